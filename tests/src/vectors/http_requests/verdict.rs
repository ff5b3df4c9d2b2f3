//! What came of a request, compared with what may.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::case::Verdict;
use super::super::document::{Unreadable, text, texts};
use super::super::http_head::Head;
use super::wire::Response;

/// What came of a request.
pub(super) struct Outcome {
    pub(super) answer: Response,
    /// What reached the instances of A and B.
    pub(super) heard: [Vec<Head>; 2],
    pub(super) to_loopback: bool,
}

impl Outcome {
    /// Whether workerd refused it before the gate saw it: such cases count as passed. Every answer of the gate says whose it is.
    pub(super) fn was_refused_in_front(&self) -> bool {
        match &self.answer {
            Response::Answer(head) => {
                self.nobody_heard()
                    && head.field("usher-response").is_none()
                    && head.status().is_some_and(|status| status >= 400)
            }
            Response::Closed => self.nobody_heard(),
            Response::Nothing => false,
        }
    }

    /// A gate on a developer's machine answers nobody at another host: it is not configured for it.
    pub(super) fn was_refused_for_its_host(&self) -> bool {
        let Response::Answer(head) = &self.answer else {
            return false;
        };
        !self.to_loopback
            && self.nobody_heard()
            && head.status() == Some(503)
            && head.field("usher-reason") == Some("misconfigured")
    }

    fn nobody_heard(&self) -> bool {
        self.heard.iter().all(Vec::is_empty)
    }
}

/// The members of `expect` that nobody here knows, so that none is passed over in silence.
pub(super) fn unjudged(tests: &[Value]) -> BTreeSet<&str> {
    let expects = tests
        .iter()
        .filter_map(|test| test.get("expect")?.as_object());
    let names = expects.flat_map(|expect| expect.keys().map(String::as_str));
    names.filter(|name| !JUDGED.contains(name)).collect()
}

/// Whoever is called is told who is there, whether or not `upstream_identity` says so; the rest is judged where it is given.
const JUDGED: [&str; 6] = [
    "response_must_not_have",
    "status",
    "upstream",
    "upstream_identity",
    "upstream_must_not_have",
    "upstream_must_not_have_value",
];

/// One case and what came of it.
pub(super) struct Verdicts<'a> {
    pub(super) expect: &'a Value,
    pub(super) outcome: &'a Outcome,
    pub(super) subjects: &'a [String; 2],
}

impl Verdicts<'_> {
    /// The verdict, and what happened in words.
    pub(super) fn judge(&self) -> Result<(Verdict, String), Unreadable> {
        let outcome = self.outcome;
        let [a, b] = &outcome.heard;
        let status = match &outcome.answer {
            Response::Answer(head) => head.status(),
            Response::Closed | Response::Nothing => None,
        };
        let happened = format!(
            "{}, A called {} times, B {}",
            self.words(),
            a.len(),
            b.len()
        );
        if matches!(outcome.answer, Response::Nothing) || status == Some(500) {
            return Ok((Verdict::Crash, happened));
        }
        if let Some(wrong) = self.leaked() {
            return Ok((Verdict::WrongAccept, format!("{wrong}; {happened}")));
        }
        if let Some(verdict) = self.calls()? {
            return Ok((verdict, happened));
        }
        let allowed = self.expect.get("status").and_then(Value::as_array);
        let allowed = allowed.is_some_and(|allowed| {
            allowed
                .iter()
                .any(|word| word.as_u64() == status.map(u64::from))
        });
        if allowed || outcome.was_refused_in_front() || outcome.was_refused_for_its_host() {
            return Ok((Verdict::Right, happened));
        }
        let taken = status.is_some_and(|status| status < 300);
        let verdict = if taken {
            Verdict::WrongAccept
        } else {
            Verdict::WrongRefusal
        };
        Ok((verdict, happened))
    }

    /// Whether the right instance was called, if any had to be.
    fn calls(&self) -> Result<Option<Verdict>, Unreadable> {
        let [a, b] = self.outcome.heard.each_ref().map(|heard| !heard.is_empty());
        let rule = text(self.expect, "upstream")?;
        let (wanted, other, perhaps) = match rule {
            "not_called" => return Ok((a || b).then_some(Verdict::WrongAccept)),
            "called_as_A" => (a, b, false),
            "called_as_B" => (b, a, false),
            "called_as_A_or_not_called" => (a, b, true),
            "called_as_B_or_not_called" => (b, a, true),
            other => return Err(Unreadable(format!("`upstream` is `{other}`"))),
        };
        let excused =
            self.outcome.was_refused_in_front() || self.outcome.was_refused_for_its_host();
        Ok(if other {
            Some(Verdict::WrongAccept)
        } else {
            (!wanted && !perhaps && !excused).then_some(Verdict::WrongRefusal)
        })
    }

    /// What an instance, or the client, must not have been told.
    fn leaked(&self) -> Option<String> {
        let mut heads = self.outcome.heard.iter().zip(self.subjects);
        let upstream = heads.find_map(|(heard, subject)| {
            heard
                .iter()
                .find_map(|head| self.leaked_upstream(head, subject))
        });
        upstream.or_else(|| self.leaked_back())
    }

    fn leaked_upstream(&self, head: &Head, subject: &str) -> Option<String> {
        // Whatever else the case is about: who is called is told exactly who is there.
        if head.field("usher-user") != Some(subject) {
            return Some(format!(
                "an instance was called as {:?}",
                head.field("usher-user")
            ));
        }
        let forbidden = texts(self.expect, "upstream_must_not_have");
        let has = |name: &String| {
            head.fields
                .iter()
                .any(|(known, _)| folded(known) == folded(name))
        };
        if let Some(name) = forbidden.iter().find(|name| has(name)) {
            return Some(format!("`{name}` reached the instance"));
        }
        let values = self
            .expect
            .get("upstream_must_not_have_value")?
            .as_object()?;
        values.iter().find_map(|(value, names)| {
            let mut fields = head.fields.iter();
            // In whatever header the value arrives, it came from the client.
            let found = fields.find(|(_, known)| known == value)?;
            Some(format!(
                "`{}: {value}` reached the instance, although {names} must not say it",
                found.0
            ))
        })
    }

    fn leaked_back(&self) -> Option<String> {
        let Response::Answer(head) = &self.outcome.answer else {
            return None;
        };
        let forbidden = texts(self.expect, "response_must_not_have");
        let has = |line: &&String| {
            let (name, value) = line
                .split_once(':')
                .map_or((line.as_str(), None), |(name, value)| {
                    (name, Some(value.trim()))
                });
            let found = head.field(name);
            found.is_some_and(|found| value.is_none_or(|value| value == found))
        };
        let line = forbidden.iter().find(has)?;
        Some(format!("the answer has `{line}`"))
    }

    fn words(&self) -> String {
        match &self.outcome.answer {
            Response::Answer(head) => {
                let reason = head.field("usher-reason").unwrap_or("no reason");
                format!("{} ({reason})", head.first_line)
            }
            Response::Closed => "closed without an answer".to_owned(),
            Response::Nothing => "no answer".to_owned(),
        }
    }
}

/// A name as the most careless server reads it.
fn folded(name: &str) -> String {
    name.to_ascii_lowercase()
        .replace(|byte: char| !byte.is_ascii_alphanumeric(), "-")
}
