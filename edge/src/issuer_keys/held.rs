//! The keys of one issuer as an isolate holds them, and when it asks for them anew. Time is an argument.

use std::time::Duration;

use policy::issuer::Algorithm;
use policy::signature::SignatureFailure;
use policy::time::Moment;
use web_sys::CryptoKey;

use super::import::Imported;

/// After this age a set is fetched anew, after the answer. Issuers rotate rarely and publish the next key long before.
pub(super) const SET_FRESH: Duration = Duration::from_mins(5);

/// After this age a set is fetched anew before it is used, so that a withdrawn key stops admitting; as long as a verified token
/// is remembered (`memory`).
const SET_STALE: Duration = Duration::from_mins(10);

/// After this age a set is not used any more, even if its endpoint is down: a key withdrawn a day ago must be out.
pub(crate) const SET_HARD: Duration = Duration::from_hours(24);

/// A name that no key has leads to at most one fetch in this time, however many tokens with random names are sent. The very first
/// fetch of an isolate does not count: a rotation right after it must not lose anybody.
const COOL_DOWN: Duration = Duration::from_secs(30);

/// After a fetch that failed while nothing is held: nobody can be let in before the next one.
const COOL_DOWN_EMPTY: Duration = Duration::from_secs(3);

/// How long a key endpoint may take.
pub(super) const FETCH_LIMIT: Duration = Duration::from_secs(3);

/// What an isolate holds of one issuer.
#[derive(Default)]
pub(super) struct Held {
    pub(super) public: Imported,
    pub(super) secrets: Vec<CryptoKey>,
    /// When the set was fetched, by whichever isolate.
    pub(super) fetched_at: Option<Moment>,
    last_attempt: Option<Attempt>,
}

/// The last time this isolate asked for a set.
#[derive(Clone, Copy)]
struct Attempt {
    began: Moment,
    /// Whether there was nothing before it.
    first: bool,
    /// Whether it succeeded; nothing while it is under way.
    succeeded: Option<bool>,
}

impl Attempt {
    /// How long nobody fetches after it.
    fn cool_down(self) -> Duration {
        match (self.succeeded, self.first) {
            (Some(false), true) => COOL_DOWN_EMPTY,
            (Some(_), false) => COOL_DOWN,
            // The first was no answer to a name; one that never ended was cancelled.
            (Some(true), true) | (None, _) => Duration::ZERO,
        }
    }
}

/// What a request that needs a key does next.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Next {
    /// Fetch the set.
    Fetch,
    /// Use what is held.
    Use,
    /// Use what is held, and fetch after the answer.
    UseAndRefresh,
    /// Wait for the request that is fetching.
    Wait,
}

impl Held {
    /// One request of an isolate fetches, the others that need the same answer wait for it, and nobody fetches again soon.
    pub(super) fn next(&self, algorithm: Algorithm, key_id: Option<&str>, now: Moment) -> Next {
        let younger = |limit| self.age(now).is_some_and(|age| age < limit);
        let known = self.public.has(algorithm, key_id) && younger(SET_HARD);
        if known && younger(SET_FRESH) {
            return Next::Use;
        }
        match self.last_attempt {
            // Its request may have been cancelled; then it never ends.
            Some(Attempt {
                began,
                succeeded: None,
                ..
            }) if now.since(began) < FETCH_LIMIT => {
                if known {
                    Next::Use
                } else {
                    Next::Wait
                }
            }
            Some(attempt) if now.since(attempt.began) < attempt.cool_down() => Next::Use,
            Some(_) | None if known && younger(SET_STALE) => Next::UseAndRefresh,
            // The endpoint was down or slow a short while ago: nobody waits for it again.
            Some(Attempt {
                began,
                succeeded: Some(false),
                ..
            }) if known && now.since(began) < SET_STALE => Next::UseAndRefresh,
            Some(_) | None => Next::Fetch,
        }
    }

    /// The keys that may have made a signature, as far as is known.
    pub(super) fn keys(
        &self,
        algorithm: Algorithm,
        key_id: Option<&str>,
        now: Moment,
    ) -> Result<Vec<CryptoKey>, SignatureFailure> {
        let keys = self.public.candidates(algorithm, key_id);
        if !keys.is_empty() && self.age(now).is_some_and(|age| age < SET_HARD) {
            return Ok(keys);
        }
        let answered = self
            .last_attempt
            .is_some_and(|attempt| attempt.succeeded == Some(true));
        // Without an answer from the endpoint nobody knows whether the key exists: that is no fault of the visitor's.
        Err(if answered {
            SignatureFailure::UnknownKey
        } else {
            SignatureFailure::KeysUnavailable
        })
    }

    /// Notes that the set is being asked for.
    pub(super) fn begin(&mut self, now: Moment) {
        self.last_attempt = Some(Attempt {
            began: now,
            first: self.public.is_empty(),
            succeeded: None,
        });
    }

    /// Notes how the asking ended.
    pub(super) fn end(&mut self, succeeded: bool) {
        if let Some(attempt) = &mut self.last_attempt {
            attempt.succeeded = Some(succeeded);
        }
    }

    fn age(&self, now: Moment) -> Option<Duration> {
        self.fetched_at.map(|fetched_at| now.since(fetched_at))
    }
}

#[cfg(test)]
mod tests {
    use policy::jwks::KeySet;

    use super::*;

    const NOW: Moment = Moment::from_unix_seconds(1_900_000_000);
    const SET: &[u8] = br#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"known","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

    fn after(seconds: u64) -> Moment {
        NOW.plus(Duration::from_secs(seconds))
    }

    fn next(held: &Held, key_id: &str, seconds: u64) -> Next {
        held.next(Algorithm::EdDsa, Some(key_id), after(seconds))
    }

    /// A set that was fetched now, by the first attempt.
    fn fetched() -> Held {
        let mut held = Held::default();
        held.begin(NOW);
        held.end(true);
        held.public = Imported::unusable(KeySet::read(SET, &[Algorithm::EdDsa]).unwrap());
        held.fetched_at = Some(NOW);
        held
    }

    #[test]
    fn of_many_who_need_a_set_one_fetches_and_the_others_wait_but_not_for_ever() {
        let mut held = Held::default();
        assert_eq!(next(&held, "known", 0), Next::Fetch);
        held.begin(NOW);
        assert_eq!(next(&held, "known", 2), Next::Wait);
        assert_eq!(next(&held, "known", 3), Next::Fetch);
    }

    #[test]
    fn a_known_key_grows_stale_and_is_fetched_anew_first_beside_and_then_before_its_use() {
        let held = fetched();
        for (seconds, expected) in [
            (0, Next::Use),
            (299, Next::Use),
            (300, Next::UseAndRefresh),
            (599, Next::UseAndRefresh),
            (600, Next::Fetch),
        ] {
            assert_eq!(next(&held, "known", seconds), expected, "{seconds} s");
        }
    }

    #[test]
    fn an_unknown_name_is_asked_for_at_once_and_then_at_most_every_half_minute() {
        let mut held = fetched();
        assert_eq!(next(&held, "new", 1), Next::Fetch);
        held.begin(after(1));
        held.end(true);
        assert_eq!(next(&held, "made up", 1), Next::Use);
        assert_eq!(next(&held, "made up", 30), Next::Use);
        assert_eq!(next(&held, "made up", 31), Next::Fetch);
    }

    #[test]
    fn a_known_key_is_used_while_the_endpoint_fails_and_nobody_waits_but_not_beyond_a_day() {
        let mut held = fetched();
        held.begin(after(600));
        held.end(false);
        assert_eq!(next(&held, "known", 601), Next::Use);
        assert_eq!(next(&held, "known", 630), Next::UseAndRefresh);
        let day = SET_HARD.as_secs();
        held.begin(after(day - 40));
        held.end(false);
        assert_eq!(next(&held, "known", day - 1), Next::UseAndRefresh);
        assert_eq!(next(&held, "known", day), Next::Fetch);
    }

    #[test]
    fn without_an_answer_a_missing_key_is_nobodys_fault_and_with_one_it_is_the_tokens() {
        let ask = |held: &Held| held.keys(Algorithm::EdDsa, Some("new"), NOW).map(|_| ());
        let mut held = fetched();
        assert_eq!(ask(&held), Err(SignatureFailure::UnknownKey));
        held.begin(NOW);
        assert_eq!(ask(&held), Err(SignatureFailure::KeysUnavailable));
        held.end(false);
        assert_eq!(ask(&held), Err(SignatureFailure::KeysUnavailable));
    }

    #[test]
    fn while_nothing_is_held_a_failed_fetch_is_tried_again_soon() {
        let mut held = Held::default();
        held.begin(NOW);
        held.end(false);
        assert_eq!(next(&held, "known", 2), Next::Use);
        assert_eq!(next(&held, "known", 3), Next::Fetch);
    }
}
