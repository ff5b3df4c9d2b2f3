//! The JOSE files of Wycheproof, and what is common to all files of signed texts: an issuer made of JWKs, and what a gate that
//! allows HS256, RS256, ES256 and `EdDSA` in compact form must do.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::case::{Case, Expected};
use super::document::{Unreadable, base64url, identifier, list, optional_text, text};
use super::question::{Believed, Question};

/// The cases of `json_web_signature_test.json` or `json_web_key_test.json`.
pub(super) fn signatures(file: &Value, of_keys: bool) -> Result<Vec<Case>, Unreadable> {
    let mut cases = Vec::new();
    for group in list(file, "testGroups")? {
        let key = group.get("public").or_else(|| group.get("private"));
        let issuer = issuer(&keys(key.unwrap_or(&Value::Null)));
        for test in list(group, "tests")? {
            let token = text(test, "jws")?;
            cases.push(Case {
                id: identifier(test, "tcId"),
                comment: comment(group, test),
                expected: stated(test).unwrap_or_else(|| derived(test, token, of_keys)),
                question: Question::Envelope {
                    issuer: Box::new(issuer.clone()),
                    token: token.to_owned(),
                },
            });
        }
    }
    Ok(cases)
}

/// The cases of `json_web_encryption_test.json`: whoever could decrypt it, an encrypted text is no token here.
pub(super) fn encryptions(file: &Value) -> Result<Vec<Case>, Unreadable> {
    let mut cases = Vec::new();
    for group in list(file, "testGroups")? {
        let key = group.get("public").or_else(|| group.get("private"));
        let issuer = issuer(&keys(key.unwrap_or(&Value::Null)));
        for test in list(group, "tests")? {
            cases.push(Case {
                id: identifier(test, "tcId"),
                comment: comment(group, test),
                question: Question::Envelope {
                    issuer: Box::new(issuer.clone()),
                    token: text(test, "jwe")?.to_owned(),
                },
                expected: Expected::Refuse,
            });
        }
    }
    Ok(cases)
}

/// What the file itself says that the gate must do, if it does.
pub(super) fn stated(test: &Value) -> Option<Expected> {
    let erratum = optional_text(test, "gate_erratum").unwrap_or_default();
    if erratum.contains("either") {
        return Some(Expected::Either(None));
    }
    let word = optional_text(test, "gate_expect")?;
    Some(match word.split(' ').next() {
        Some("accept") => Expected::Accept,
        Some("reject") => Expected::Refuse,
        Some(_) | None => Expected::Either(None),
    })
}

/// What follows from `result`, the allowed algorithms and the known faults of the source (the README of the vectors): the
/// signatures 367 and 370 are byte for byte a valid one, 372 and 373 hold a `?`, finding that the key 7 is weak is optional.
fn derived(test: &Value, token: &str, of_keys: bool) -> Expected {
    let case = test.get("tcId").and_then(Value::as_u64).unwrap_or_default();
    match (of_keys, case) {
        (false, 367 | 370) => return Expected::Accept,
        (false, 372 | 373) => return Expected::Refuse,
        (true, 7) => return Expected::Either(None),
        (_, _) => {}
    }
    let valid = optional_text(test, "result").is_some_and(|result| result == "valid");
    if valid && is_allowed(token) {
        Expected::Accept
    } else {
        Expected::Refuse
    }
}

/// Whether this is a compact JWS with an algorithm that the gate allows and nothing that changes its reading.
pub(super) fn is_allowed(token: &str) -> bool {
    let header = token.split('.').next().unwrap_or_default();
    let header = URL_SAFE_NO_PAD.decode(header).unwrap_or_default();
    let header: Value = serde_json::from_slice(&header).unwrap_or_default();
    let algorithm = header
        .get("alg")
        .and_then(Value::as_str)
        .unwrap_or_default();
    policy::issuer::Algorithm::parse(algorithm).is_some()
        && ["b64", "crit", "enc"]
            .iter()
            .all(|name| header.get(name).is_none())
        && token.split('.').count() == 3
}

/// A key, a list of keys or a key set as a list of keys.
pub(super) fn keys(value: &Value) -> Vec<Value> {
    match (value.get("keys"), value) {
        (Some(Value::Array(keys)), _) | (None, Value::Array(keys)) => keys.clone(),
        (_, Value::Object(_)) => vec![value.clone()],
        (_, _) => Vec::new(),
    }
}

/// An issuer with these keys. Secrets are configured one by one, without a name, so two of one name are none; a set in which they
/// lie beside public keys came from a network, from which no secret is ever taken.
pub(super) fn issuer(keys: &[Value]) -> Believed {
    let is_secret = |key: &Value| key.get("kty").is_some_and(|kind| kind == "oct");
    let mut issuer = Believed {
        name: "https://issuer.example".to_owned(),
        ..Believed::default()
    };
    if !keys.is_empty() && keys.iter().all(is_secret) {
        issuer.algorithms = vec!["HS256".to_owned()];
        let alone = keys
            .iter()
            .filter(|key| is_alone(key, keys) && is_for_hs256(key));
        issuer.secrets = alone.filter_map(|key| base64url(key, "k")).collect();
    } else {
        issuer.algorithms = super::key_sets::ALGORITHMS.map(str::to_owned).to_vec();
        issuer.key_set = Some(json!({ "keys": keys }).to_string());
    }
    issuer
}

fn is_alone(key: &Value, keys: &[Value]) -> bool {
    let name = key.get("kid");
    name.is_none() || keys.iter().filter(|other| other.get("kid") == name).count() == 1
}

fn is_for_hs256(key: &Value) -> bool {
    key.get("alg").is_none_or(|name| name == "HS256")
        && key.get("use").is_none_or(|purpose| purpose == "sig")
}

fn comment(group: &Value, test: &Value) -> String {
    let [group, test] =
        [group, test].map(|value| optional_text(value, "comment").unwrap_or_default());
    format!("{group}: {test}")
}
