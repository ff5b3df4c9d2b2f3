//! Rate limits: how long a service wants to be left alone.

use std::time::Duration;

use crate::clock::now;
use crate::deployment::exchange::Answer;

/// How long to wait before it is asked again, if it refused for now (RFC 6585 section 4, RFC 9110 section 15.6.4).
pub(super) fn refused(answer: &Answer, times: u32) -> Option<Duration> {
    if !matches!(answer.status, 429 | 503) || times >= MOST_REFUSALS {
        return None;
    }
    let usual = Duration::from_secs(1_u64 << times.min(5));
    let said = answer
        .retry_after()
        .or_else(|| reset(answer, now().unix_seconds()));
    Some(said.unwrap_or(usual).min(LONGEST_PAUSE))
}

/// How long to wait before the next question, where this one was the last that is answered for now.
pub(super) fn exhausted(answer: &Answer) -> Option<Duration> {
    let remaining = REMAINING.iter().find_map(|name| answer.header(name))?;
    let is_exhausted = remaining.trim() == "0";
    is_exhausted
        .then(|| reset(answer, now().unix_seconds()).map(|pause| pause.min(LONGEST_PAUSE)))?
}

/// Auth0 and the PDS of `ATProto` say a second of the Unix epoch, the draft of the IETF a number of seconds.
fn reset(answer: &Answer, now: u64) -> Option<Duration> {
    let said = RESET.iter().find_map(|name| answer.header(name))?;
    let seconds: u64 = said.trim().parse().ok()?;
    Some(Duration::from_secs(if seconds >= EPOCH {
        seconds.saturating_sub(now)
    } else {
        seconds
    }))
}

const REMAINING: [&str; 2] = ["x-ratelimit-remaining", "ratelimit-remaining"];
const RESET: [&str; 2] = ["x-ratelimit-reset", "ratelimit-reset"];

/// Nobody waits thirty years, and it is no date of this century.
const EPOCH: u64 = 1_000_000_000;

/// Ten tries, at most a minute apart: a limit that counts by the minute has let go by then.
const MOST_REFUSALS: u32 = 10;
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(headers: &[(&str, &str)]) -> Answer {
        let header = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Answer {
            status: 200,
            headers: headers.iter().map(header).collect(),
            body: String::new(),
            truncated: false,
        }
    }

    #[test]
    fn a_limit_ends_when_the_service_says() {
        let in_ten = (1_800_000_010).to_string();
        let of_auth0 = answer(&[("x-ratelimit-reset", &in_ten)]);
        assert_eq!(
            reset(&of_auth0, 1_800_000_000),
            Some(Duration::from_secs(10))
        );
        assert_eq!(reset(&of_auth0, 1_900_000_000), Some(Duration::ZERO));
        let of_draft = answer(&[("ratelimit-reset", "7")]);
        assert_eq!(
            reset(&of_draft, 1_800_000_000),
            Some(Duration::from_secs(7))
        );
    }

    #[test]
    fn nobody_waits_while_there_are_questions_left() {
        let left = [("x-ratelimit-remaining", "1"), ("x-ratelimit-reset", "7")];
        assert_eq!(exhausted(&answer(&left)), None);
        let none = [("ratelimit-remaining", "0"), ("ratelimit-reset", "7")];
        assert_eq!(exhausted(&answer(&none)), Some(Duration::from_secs(7)));
        assert_eq!(exhausted(&answer(&[("ratelimit-remaining", "0")])), None);
    }
}
