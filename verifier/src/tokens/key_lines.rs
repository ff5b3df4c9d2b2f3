//! Where the keys are, which can be used, and whether the one the token names is among them.

use std::fmt::Write as _;

use policy::envelope::Envelope;
use policy::issuer::Algorithm;
use policy::jwks::KeySet;
use policy::public_key::KeyName;
use policy::refusal::Refusal;

use crate::counted::counted;
use crate::outcome::Outcome;
use crate::tokens::cure::cure;
use crate::tokens::explanation::{Line, Topic};
use crate::tokens::keys_at_hand::KeysAtHand;
use crate::tokens::words::{list, shown};

/// The lines about keys; the one about the named key only where the algorithm is allowed.
pub(crate) fn of(
    envelope: &Envelope<'_>,
    algorithm: Option<Algorithm>,
    keys: &KeysAtHand,
) -> Vec<Line> {
    let mut lines = Vec::new();
    lines.extend(keys.place.as_ref().map(|place| set(place, keys)));
    if !keys.known_secrets.is_empty() || !keys.unknown_secrets.is_empty() {
        lines.push(secrets(keys));
    }
    let set = keys.public.as_ref().ok();
    lines.extend(match (algorithm, set) {
        (Some(Algorithm::Hs256), _) => Some(Line::new(
            Topic::Key,
            Outcome::Skipped,
            "HS256 needs none by name: each secret is tried".to_owned(),
        )),
        (Some(algorithm @ (Algorithm::EdDsa | Algorithm::Es256 | Algorithm::Rs256)), Some(set)) => {
            Some(named(envelope.key_id(), algorithm, set))
        }
        (Some(Algorithm::EdDsa | Algorithm::Es256 | Algorithm::Rs256) | None, _) => None,
    });
    lines
}

/// Why a signature could not be judged, and the cure.
pub(crate) fn unavailable(algorithm: Algorithm, keys: &KeysAtHand) -> (String, String) {
    match (&keys.public, algorithm) {
        (_, Algorithm::Hs256) => {
            let names = keys.unknown_secrets.join(", ");
            (
                format!("the secret {names} is not known here"),
                format!(
                    "set the environment variable {names}, or add it to `.dev.vars` beside wrangler.toml; `wrangler secret` does not give it back"
                ),
            )
        }
        (problem, Algorithm::EdDsa | Algorithm::Es256 | Algorithm::Rs256) => {
            let said = problem.as_ref().err().map(ToString::to_string);
            (
                format!(
                    "the keys could not be had: {}",
                    said.as_deref().unwrap_or("nothing was said")
                ),
                cure(&Refusal::KeysUnavailable, false),
            )
        }
    }
}

fn set(place: &str, keys: &KeysAtHand) -> Line {
    match &keys.public {
        Err(reason) => Line::new(Topic::Keys, Outcome::Broken, format!("{place}: {reason}")),
        Ok(set) => {
            let status = if place.starts_with("http") {
                "200, "
            } else {
                ""
            };
            let usable = counted(set.keys.len() as u64, "usable key");
            let mut says = format!("{place}: {status}{usable}");
            for left_out in set.left_out.iter().take(MOST_LEFT_OUT) {
                let name = left_out
                    .key_id
                    .as_deref()
                    .map_or("one without a name".to_owned(), |name| shown(name, 32));
                let _infallible = write!(says, "; left out {name}: {}", left_out.problem);
            }
            if set.left_out.len() > MOST_LEFT_OUT {
                let more = set.left_out.len() - MOST_LEFT_OUT;
                let _infallible = write!(says, "; {more} more left out");
            }
            Line::new(Topic::Keys, Outcome::Passed, says)
        }
    }
}

fn secrets(keys: &KeysAtHand) -> Line {
    if keys.unknown_secrets.is_empty() {
        let says = format!("the secret {}", keys.known_secrets.join(", "));
        return Line::new(Topic::Keys, Outcome::Passed, says);
    }
    let says = format!(
        "could not look: the value of {} is neither in the environment nor in .dev.vars",
        keys.unknown_secrets.join(", ")
    );
    Line::new(Topic::Keys, Outcome::Broken, says)
}

/// Whether the set has the one key that may have made the signature.
fn named(key_id: Option<&str>, algorithm: Algorithm, set: &KeySet) -> Line {
    let name = key_id.map_or("the only key".to_owned(), |key_id| shown(key_id, 32));
    let algorithm_name = algorithm.name();
    if !set.candidates(algorithm, key_id).is_empty() {
        let says = format!("{name} is there, for {algorithm_name}");
        return Line::new(Topic::Key, Outcome::Passed, says);
    }
    let called = |wanted: &str| {
        let wanted = KeyName::Is(wanted.to_owned());
        let of_name = set.keys.iter().filter(move |key| key.name == wanted);
        of_name.map(|key| key.material.algorithm())
    };
    let of_name: Vec<_> = key_id.into_iter().flat_map(called).collect();
    let left_out = set
        .left_out
        .iter()
        .find(|left_out| key_id.is_some() && left_out.key_id.as_deref() == key_id);
    let says = match (of_name.as_slice(), left_out, key_id) {
        ([other], _, _) if *other != algorithm => format!(
            "{name} is there, but is for {}, and the token says {algorithm_name}",
            other.name()
        ),
        ([_, ..], _, _) => {
            format!("several keys are called {name}, so that none can be meant")
        }
        ([], Some(left_out), _) => format!("{name} is left out: {}", left_out.problem),
        ([], None, None) => {
            format!("the token names no key, and the set has not exactly one for {algorithm_name}")
        }
        ([], None, Some(_)) => format!("{name} is not there; {}", there(set)),
    };
    Line::new(Topic::Key, Outcome::Failed, says)
}

fn there(set: &KeySet) -> String {
    let names = list(set.keys.iter().filter_map(|key| match &key.name {
        KeyName::Is(name) => Some(name),
        KeyName::Any | KeyName::None => None,
    }));
    if names.is_empty() {
        "the set has no usable key with a name".to_owned()
    } else {
        format!("the set has {names}")
    }
}

const MOST_LEFT_OUT: usize = 4;
