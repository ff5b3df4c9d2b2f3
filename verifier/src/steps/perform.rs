//! Performs the requests of usher.toml for a user: each filled, sent, judged, and what later ones need kept.

use reqwest::Url;
use serde_json::Value;

use crate::configuration::expectation::{Expectation, Test};
use crate::configuration::name::{Values, text_of_value};
use crate::configuration::request::{Call, Request};
use crate::deployment::Deployment;
use crate::deployment::exchange::Answer;
use crate::deployment::part::{instead_of, location_parameters, part_of, raw_of};
use crate::deployment::prepared::{Shown, prepared};
use crate::memory::Memory;
use crate::outcome::Problem;
use crate::redaction::{SecretName, Secrets};
use crate::run::StepLog;
use crate::steps::fault::Fault;
use crate::steps::fault::discrepancy::{Difference, Discrepancy};

/// An answer that was as expected, and what was asked.
#[derive(Debug)]
pub(crate) struct Performed {
    pub(crate) answer: Answer,
    pub(crate) url: String,
}

/// Performs a request and those before it, and gives the last answer.
pub(crate) async fn call(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    call: &Call,
    user: &Memory,
    token: Option<&str>,
) -> Result<Performed, Problem> {
    for request in &call.before {
        perform(log, deployment, request, user, token).await?;
    }
    perform(log, deployment, &call.request, user, token).await
}

/// Performs one request.
pub(crate) async fn perform(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    request: &Request,
    user: &Memory,
    token: Option<&str>,
) -> Result<Performed, Problem> {
    let performed = exchange(log, deployment, request, user, token).await?;
    judge(request, &performed, &user.values())?;
    capture(deployment.secrets, request, &performed, user)?;
    Ok(performed)
}

/// Sends one request as this user; whatever is secret in its answer is a secret from now on.
pub(crate) async fn exchange(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    request: &Request,
    user: &Memory,
    token: Option<&str>,
) -> Result<Performed, Problem> {
    let sent_as = &deployment.configuration.log_in.sent_as;
    let shown = token.map(|token| Shown { token, sent_as });
    let mut sent = prepared(request, &user.values(), shown).map_err(Fault::from)?;
    let url = Url::parse(&sent.url).ok();
    user.add_cookies(&mut sent);
    let exchange = deployment.send(sent).await;
    let url_text = exchange.request.url.clone();
    if let Ok(answer) = &exchange.answer {
        remember(deployment.secrets, answer, &url_text);
        if let Some(url) = &url {
            user.keep_cookies(url, answer);
        }
    }
    let answer = log.keep(exchange)?.clone();
    Ok(Performed {
        answer,
        url: url_text,
    })
}

/// Holds an answer against what the file says of it.
pub(crate) fn judge(
    request: &Request,
    performed: &Performed,
    values: &Values,
) -> Result<(), Discrepancy> {
    let Performed { answer, url } = performed;
    if !request.status.accepts(answer.status) {
        return Err(Discrepancy::status(&request.status, answer));
    }
    for sign in &request.fails_if {
        if holds(sign, answer, url, values)?.is_ok() {
            return Err(Discrepancy::said_it_failed(sign, answer, url));
        }
    }
    for expectation in &request.expect {
        if let Err(found) = holds(expectation, answer, url, values)? {
            return Err(Discrepancy::NotAsExpected(found));
        }
    }
    Ok(())
}

/// Whether the answer is as the expectation says; if not, the difference.
fn holds(
    expectation: &Expectation,
    answer: &Answer,
    url: &str,
    values: &Values,
) -> Result<Result<(), Difference>, Discrepancy> {
    let (part, test) = match expectation {
        Expectation::BodyContains(template) => {
            let text = template.fill(values).map_err(Discrepancy::Unfilled)?;
            let rest = if answer.truncated {
                ", in its first MiB"
            } else {
                ""
            };
            return Ok(if answer.body.contains(&text) {
                Ok(())
            } else {
                Err(Difference {
                    at: "the body".to_owned(),
                    wanted: format!("to contain `{text}`"),
                    found: format!("{} bytes without it{rest}", answer.body.len()),
                })
            });
        }
        Expectation::Part(part, test) => (part, test),
    };
    let found = part_of(answer, part, url);
    let (is_so, wanted) = match test {
        Test::Exists(wanted) => {
            let is_there = found.as_ref().is_some_and(|value| !value.is_null());
            let words = if *wanted {
                "to be there"
            } else {
                "not to be there"
            };
            (is_there == *wanted, words.to_owned())
        }
        Test::Equals(wanted) => {
            let wanted = wanted.fill(values).map_err(Discrepancy::Unfilled)?;
            (
                found.as_ref() == Some(&wanted),
                format!("to be `{}`", text_of_value(&wanted)),
            )
        }
        Test::Contains(wanted) => {
            let wanted = wanted.fill(values).map_err(Discrepancy::Unfilled)?;
            let is_in = found.as_ref().is_some_and(|found| contains(found, &wanted));
            (is_in, format!("to contain `{}`", text_of_value(&wanted)))
        }
    };
    Ok(if is_so {
        Ok(())
    } else {
        Err(Difference {
            at: part.to_string(),
            wanted,
            found: match (found, instead_of(answer, part, url)) {
                (Some(value), _) => format!("`{}`", short(&value)),
                (None, None) => "nothing".to_owned(),
                (None, Some(instead)) => format!("nothing; {instead}"),
            },
        })
    })
}

/// A text contains its parts; a list or an object what it holds, at any depth.
fn contains(found: &Value, wanted: &Value) -> bool {
    match found {
        Value::String(text) => text.contains(&text_of_value(wanted)),
        Value::Array(items) => items.iter().any(|item| holds_deep(item, wanted)),
        Value::Object(members) => members.values().any(|value| holds_deep(value, wanted)),
        Value::Null | Value::Bool(_) | Value::Number(_) => found == wanted,
    }
}

fn holds_deep(found: &Value, wanted: &Value) -> bool {
    if found == wanted {
        return true;
    }
    match found {
        Value::Array(items) => items.iter().any(|item| holds_deep(item, wanted)),
        Value::Object(members) => members.values().any(|value| holds_deep(value, wanted)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// As much of a value as helps to recognise it.
pub(crate) fn short(value: &Value) -> String {
    let text = text_of_value(value);
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

const SHOWN: usize = 120;

/// Keeps what later requests need.
pub(crate) fn capture(
    secrets: &Secrets,
    request: &Request,
    performed: &Performed,
    user: &Memory,
) -> Result<(), Discrepancy> {
    for capture in &request.captures {
        let value = part_of(&performed.answer, &capture.part, &performed.url)
            .filter(|value| !value.is_null() && value.as_str() != Some(""))
            .ok_or_else(|| Discrepancy::NotCaptured {
                name: capture.name.clone(),
                at: capture.part.to_string(),
                instead: instead_of(&performed.answer, &capture.part, &performed.url),
            })?;
        if capture.is_secret {
            let name = SecretName::Captured(&capture.name);
            secrets.remember(name, &text_of_value(&value));
            if let Some(raw) = raw_of(&performed.answer, &capture.part, &performed.url) {
                secrets.remember(name, &raw);
            }
        }
        user.note(capture.name.clone(), value);
    }
    Ok(())
}

/// A refresh token beside the token that was asked for is as good as a password, and so is a session's cookie, and a code or a token in
/// the address that a browser is sent to.
pub(crate) fn remember(secrets: &Secrets, answer: &Answer, url: &str) {
    if let Some(body) = answer.json::<Value>() {
        for token in tokens_in(&body) {
            secrets.remember(SecretName::Token, token);
        }
    }
    remember_head(secrets, answer, url);
}

/// What is secret in an answer beside its body.
pub(crate) fn remember_head(secrets: &Secrets, answer: &Answer, url: &str) {
    for found in location_parameters(answer, url) {
        let name = found.name.to_ascii_lowercase();
        if found.value.len() >= SHORTEST_TOKEN && (name == "code" || name.contains("token")) {
            secrets.remember(SecretName::Token, &found.value);
            secrets.remember(SecretName::Token, &found.raw);
        }
    }
    let values = answer
        .all("set-cookie")
        .filter_map(|line| cookie_store::RawCookie::parse(line).ok());
    for cookie in values.filter(|cookie| cookie.value().len() >= SHORTEST_TOKEN) {
        secrets.remember(SecretName::Cookie, cookie.value());
    }
}

/// Whether a text of JSON could have a token at all: nothing of it says so, not even with an escaped letter. To look is much quicker
/// than to read it.
pub(crate) fn may_have_tokens(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_around = |at: usize| {
        let word = at.checked_sub(2).and_then(|from| bytes.get(from..at + 3));
        word.is_some_and(says_token)
    };
    let escapes_letter =
        |at: usize| (bytes.get(at + 4)).is_some_and(|digit| b"4567".contains(digit));
    memchr::memchr2_iter(b'k', b'K', bytes).any(is_around)
        || memchr::memmem::find_iter(bytes, "\\u00").any(escapes_letter)
}

/// Every text of the body whose name says that it is a token.
pub(crate) fn tokens_in(body: &Value) -> Vec<&str> {
    let mut tokens = Vec::new();
    find_tokens(body, &mut tokens);
    tokens
}

fn find_tokens<'a>(body: &'a Value, tokens: &mut Vec<&'a str>) {
    match body {
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_str() {
                    Some(text) if text.len() >= SHORTEST_TOKEN && says_token(name.as_bytes()) => {
                        tokens.push(text);
                    }
                    Some(_) | None => find_tokens(value, tokens),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| find_tokens(item, tokens)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn says_token(name: &[u8]) -> bool {
    name.windows(5)
        .any(|part| part.eq_ignore_ascii_case(b"token"))
}

/// `token_type` is `bearer` (RFC 6750 section 4) and no secret; no real token is that short.
const SHORTEST_TOKEN: usize = 16;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_contains_what_it_holds_at_any_depth_and_a_text_its_parts() {
        let list = json!([{"id": 7, "name": "usher a1"}, {"id": 8}]);
        assert!(contains(&list, &json!(7)));
        assert!(contains(&list, &json!("usher a1")));
        assert!(contains(&list, &json!({"id": 8})));
        // A part of a text in a list is another project's name.
        assert!(!contains(&list, &json!("usher")));
        assert!(!contains(&list, &json!("7")));
        assert!(contains(&json!("application/json"), &json!("json")));
        assert!(!contains(&json!(null), &json!("null")));
    }
}
