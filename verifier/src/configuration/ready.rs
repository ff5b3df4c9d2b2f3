//! `[ready]` of usher.toml: without a gate, what is asked until a fresh user's app is there, and what the answers mean.

use std::ops::Range;

use crate::configuration::answer_part::{AnswerPart, PartEntry};
use crate::configuration::mistake::Mistake;
use crate::configuration::placed::Placed;
use crate::configuration::reading::Reading;
use crate::configuration::request::Request;
use crate::configuration::request::tables::ReadyTable;
use crate::configuration::scope::Scope;

/// What is asked until a fresh user's app is there.
#[derive(Clone, Debug)]
pub(crate) struct Ready {
    pub(crate) request: Request,
    /// The words of its answer; without any, the first answer that is as expected will do.
    pub(crate) words: Option<Words>,
    /// Where its answer tells people how far it is.
    pub(crate) message: Option<AnswerPart>,
}

/// What the words of the deployment mean.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    pub(crate) part: AnswerPart,
    pub(crate) ready: Vec<String>,
    pub(crate) failed: Vec<String>,
    pub(crate) waiting: Option<Vec<String>>,
}

/// A word's meaning.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Meaning {
    Failed,
    Ready,
    Unknown,
    Waiting,
}

impl Words {
    pub(crate) fn meaning(&self, word: &str) -> Meaning {
        let is_in = |words: &[String]| words.iter().any(|known| known == word);
        if is_in(&self.ready) {
            Meaning::Ready
        } else if is_in(&self.failed) {
            Meaning::Failed
        } else if self.waiting.as_deref().is_none_or(is_in) {
            Meaning::Waiting
        } else {
            Meaning::Unknown
        }
    }
}

/// Reads the table.
pub(super) fn ready(
    table: &Placed<ReadyTable>,
    reading: &Reading<'_>,
    has_gate: bool,
    scope: &mut Scope,
) -> Result<(Range<usize>, Ready), Mistake> {
    let keys = &table.value;
    let words = match &keys.state {
        Some(state) if keys.ready.is_empty() && !has_gate => {
            let sentence = "`state` needs the words that mean: it is there".to_owned();
            return Err(reading.mistake(
                state,
                sentence,
                Some("add `ready = [\"ready\"]`".to_owned()),
            ));
        }
        Some(state) => Some(Words {
            part: PartEntry::complete(state.clone(), reading)?,
            ready: keys.ready.clone(),
            failed: keys.failed.clone(),
            waiting: keys.waiting.clone(),
        }),
        None if keys.ready.is_empty() && keys.failed.is_empty() && keys.waiting.is_none() => None,
        None => {
            let sentence = "these words are looked for nowhere".to_owned();
            let cure =
                "add `state = \"/status\"`, a JSON pointer to the word in the answer".to_owned();
            return Err(reading.mistake(table, sentence, Some(cure)));
        }
    };
    let message = keys.message.clone();
    let message = message.map(|part| PartEntry::complete(part, reading));
    let message = message.transpose()?;
    let request = keys.complete(reading, scope)?;
    let ready = Ready {
        request,
        words,
        message,
    };
    Ok((table.span.clone(), ready))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::value::JsonPointer;

    fn words(waiting: Option<&[&str]>) -> Words {
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        Words {
            part: AnswerPart::Json(JsonPointer::parse("/status".to_owned()).unwrap()),
            ready: owned(&["ready"]),
            failed: owned(&["failed"]),
            waiting: waiting.map(owned),
        }
    }

    #[test]
    fn a_word_outside_of_a_closed_vocabulary_is_unknown_and_else_it_is_waited_for() {
        for (word, closed, open) in [
            ("ready", Meaning::Ready, Meaning::Ready),
            ("failed", Meaning::Failed, Meaning::Failed),
            ("provisioning", Meaning::Waiting, Meaning::Waiting),
            // Incident I1: one side wrote a word that the other side did not know.
            ("active", Meaning::Unknown, Meaning::Waiting),
        ] {
            assert_eq!(words(Some(&["provisioning"])).meaning(word), closed);
            assert_eq!(words(None).meaning(word), open);
        }
    }
}
