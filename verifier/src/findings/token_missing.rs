//! A log-in is answered as a success, and there is no token where usher.toml, and whatever logs people in, looks for one.

use serde_json::Value;

use crate::configuration::answer_part::AnswerPart;
use crate::deployment::exchange::Answer;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion, Scene};
use crate::outcome::Problem;
use crate::steps::fault::Fault;

/// Looks when the log-in went well and gave no token: whether there is one at another place, or none at all.
pub(crate) fn look(scene: &Scene<'_>) -> Opinion {
    let Problem::Failed(Fault::NoToken { at, .. }) = &scene.stopped.problem else {
        return Opinion::default();
    };
    let Some(asked) = scene.step.and_then(|step| step.last.as_ref()) else {
        return Opinion::default();
    };
    let Ok(answer) = &asked.answer else {
        return Opinion::default();
    };
    let url = asked.request.url.as_str();
    let body: Option<Value> = answer.json();
    let mut places = Vec::new();
    if let Some(body) = &body {
        tokens_in(body, "", &mut places);
    }
    let cause = match places.as_slice() {
        [] => none_at_all(at, answer, body.as_ref(), url),
        [first, ..] => elsewhere(at, first, &places, url),
    };
    Opinion {
        causes: vec![cause],
        unlooked: Vec::new(),
    }
}

/// The service gives one, and usher.toml looks elsewhere.
fn elsewhere(at: &AnswerPart, first: &str, places: &[String], url: &str) -> Cause {
    let named: Vec<_> = places.iter().map(|place| format!("`{place}`")).collect();
    Cause {
        code: Code::TokenMissing,
        // Which of several tokens the gate is to be shown is known to whoever configured it.
        confidence: Confidence::Likely,
        sentence: format!(
            "the log-in gives a token at {}, and usher.toml looks for it at {at}",
            named.join(" and ")
        ),
        evidence: vec![Evidence::new(
            format!("the answer has a JSON Web Token at {}", named.join(" and ")),
            url,
        )],
        fix: Fix {
            sentence: format!(
                "If the answer of the service has changed, whatever logs people in has to look there as well. Write into [log_in] of \
                 usher.toml: `token = \"{first}\"`"
            ),
            commands: Vec::new(),
        },
    }
}

/// The service says that the log-in went well, and nobody can do anything with it.
fn none_at_all(at: &AnswerPart, answer: &Answer, body: Option<&Value>, url: &str) -> Cause {
    // What the members say is nobody's business; what they are called is.
    let found = match body {
        Some(Value::Object(members)) if members.is_empty() => "an empty object".to_owned(),
        Some(Value::Object(members)) => {
            let names: Vec<_> = members
                .iter()
                .map(|(name, value)| match value {
                    Value::Null => format!("`{name}` (null)"),
                    Value::Bool(_)
                    | Value::Number(_)
                    | Value::String(_)
                    | Value::Array(_)
                    | Value::Object(_) => format!("`{name}`"),
                })
                .collect();
            format!("an object with {}", names.join(", "))
        }
        Some(
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_),
        ) => "JSON that is no object".to_owned(),
        None => {
            let kind = answer.header("content-type").unwrap_or("no content type");
            format!("no JSON ({kind})")
        }
    };
    Cause {
        code: Code::TokenMissing,
        confidence: Confidence::Certain,
        sentence: format!(
            "the identity service answers the log-in with {} and gives no token, so nobody can get in anywhere",
            answer.status
        ),
        evidence: vec![
            Evidence::new(format!("the answer is {found}"), url),
            Evidence::new(format!("there is no token at {at}"), url),
        ],
        fix: Fix {
            sentence: "Look into the log of the identity service: an answer without a token most often means that the client of this \
                       log-in has lost its grant, its audience or its scope, or that a second factor or a consent is asked for. If the \
                       token is meant to be elsewhere, correct `token` in [log_in]."
                .to_owned(),
            commands: Vec::new(),
        },
    }
}

/// The places of everything that has the form of a JSON Web Token, as JSON pointers (RFC 6901).
fn tokens_in(value: &Value, place: &str, places: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                tokens_in(value, &format!("{place}/{name}"), places);
            }
        }
        Value::Array(entries) => {
            for (position, value) in entries.iter().enumerate() {
                tokens_in(value, &format!("{place}/{position}"), places);
            }
        }
        Value::String(text) if has_the_form(text) => places.push(place.to_owned()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Three parts, the first of which is a JSON object in base64url (RFC 7515 section 7.1).
fn has_the_form(text: &str) -> bool {
    text.starts_with("eyJ") && text.split('.').count() == 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_wherever_the_answer_has_it() {
        let answer = serde_json::json!({
            "data": { "a/b": [{ "jwt": "eyJhbGciOiJub25lIn0.e30.AA" }], "note": "eyJ is how they begin" }
        });
        let mut places = Vec::new();
        tokens_in(&answer, "", &mut places);
        assert_eq!(places, ["/data/a~1b/0/jwt"]);
        assert!(answer.pointer("/data/a~1b/0/jwt").is_some());
    }
}
