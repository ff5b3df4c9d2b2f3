//! One case of a file, and whether an answer is what it demands.

use serde_json::Value;

use super::question::{Answer, Question};

/// A question with the answer it must have.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name in the file.
    pub id: String,
    /// What it is about.
    pub comment: String,
    /// The question.
    pub question: Question,
    /// What must come of it.
    pub expected: Expected,
}

/// What must come of a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Expected {
    /// To be taken.
    Accept,
    /// To be taken as exactly this.
    AcceptAs(Value),
    /// Both are right; but whom it makes its bearer, if anybody, is given.
    Either(Option<Value>),
    /// To be refused.
    Refuse,
}

/// What an answer is, compared with what it must be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    Crash,
    EitherAccepted,
    EitherRefused,
    Right,
    WrongAccept,
    WrongRefusal,
}

impl Expected {
    /// Compares an answer with this.
    pub(super) fn judge(&self, answer: &Answer) -> Verdict {
        match (self, answer) {
            (_, Answer::Crashed(_)) => Verdict::Crash,
            (Self::Accept, Answer::Accepted(_)) | (Self::Refuse, Answer::Refused(_)) => {
                Verdict::Right
            }
            (Self::AcceptAs(expected), Answer::Accepted(found)) => same(expected, found),
            (Self::Either(expected), Answer::Accepted(found)) => {
                let other = expected.as_ref().is_some_and(|expected| expected != found);
                if other {
                    Verdict::WrongAccept
                } else {
                    Verdict::EitherAccepted
                }
            }
            (Self::Either(_), Answer::Refused(_)) => Verdict::EitherRefused,
            (Self::Refuse, Answer::Accepted(_)) => Verdict::WrongAccept,
            (Self::Accept | Self::AcceptAs(_), Answer::Refused(_)) => Verdict::WrongRefusal,
        }
    }
}

/// Of two lists, one that lacks something refuses it and one that has more takes it; anything else that differs is somebody else.
fn same(expected: &Value, found: &Value) -> Verdict {
    match (expected, found) {
        _ if expected == found => Verdict::Right,
        (Value::Array(expected), Value::Array(found))
            if found.iter().all(|item| expected.contains(item)) =>
        {
            Verdict::WrongRefusal
        }
        (_, _) => Verdict::WrongAccept,
    }
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Accept => f.write_str("accept"),
            Self::AcceptAs(what) => write!(f, "accept as {what}"),
            Self::Either(None) => f.write_str("either"),
            Self::Either(Some(what)) => write!(f, "refuse, or accept as {what}"),
            Self::Refuse => f.write_str("refuse"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_wrong_answer_is_never_right() {
        let accepted = |what: Value| Answer::Accepted(what);
        let refused = || Answer::Refused("no".to_owned());
        let crashed = || Answer::Crashed("no".to_owned());
        let keys = || Expected::AcceptAs(json!(["a", "b"]));
        for (expected, answer, verdict) in [
            (
                Expected::Refuse,
                accepted(Value::Null),
                Verdict::WrongAccept,
            ),
            (Expected::Accept, refused(), Verdict::WrongRefusal),
            (keys(), refused(), Verdict::WrongRefusal),
            (keys(), accepted(json!(["a"])), Verdict::WrongRefusal),
            (
                keys(),
                accepted(json!(["a", "b", "c"])),
                Verdict::WrongAccept,
            ),
            (keys(), accepted(json!(["a", "c"])), Verdict::WrongAccept),
            (keys(), accepted(json!(["a", "b"])), Verdict::Right),
            (
                Expected::AcceptAs(json!({ "sub": "a" })),
                accepted(json!({ "sub": "b" })),
                Verdict::WrongAccept,
            ),
            (
                Expected::Either(Some(json!("a"))),
                accepted(json!("b")),
                Verdict::WrongAccept,
            ),
            (
                Expected::Either(Some(json!("a"))),
                accepted(json!("a")),
                Verdict::EitherAccepted,
            ),
            (Expected::Either(None), refused(), Verdict::EitherRefused),
            (Expected::Either(None), crashed(), Verdict::Crash),
            (Expected::Refuse, crashed(), Verdict::Crash),
        ] {
            assert_eq!(expected.judge(&answer), verdict, "{expected}: {answer}");
        }
    }
}
