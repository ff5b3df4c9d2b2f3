//! `gate/jwt_policy_vectors.json`: tokens under a stated policy, and whom each makes its bearer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::case::{Case, Expected};
use super::document::{
    Unreadable, base64url, identifier, list, number, optional_text, text, texts,
};
use super::question::{Believed, Question};

/// The cases of the file.
pub(super) fn cases(file: &Value) -> Result<Vec<Case>, Unreadable> {
    let policy = file.get("policy").unwrap_or(&Value::Null);
    let now = number(policy, "now")?;
    let issuers = list(policy, "issuers")?.iter();
    let issuers = issuers.map(|issuer| believed(issuer, number(policy, "clock_skew_s")?));
    let issuers: Vec<Believed> = issuers.collect::<Result<_, _>>()?;
    let tests = list(file, "tests")?.iter();
    tests
        .map(|test| {
            Ok(Case {
                id: identifier(test, "id"),
                comment: optional_text(test, "comment").unwrap_or_default(),
                question: Question::Admit {
                    issuers: issuers.clone(),
                    token: token(test)?,
                    now,
                },
                expected: expected(test)?,
            })
        })
        .collect()
}

/// Where the file's limits are not the gate's, cases about them cannot be judged by the gate.
pub(super) fn notes(file: &Value) -> Vec<String> {
    let policy = file.get("policy").unwrap_or(&Value::Null);
    let ours = [
        ("max_token_bytes", policy::envelope::MAX_TOKEN_BYTES),
        ("max_json_depth", policy::strict_json::MAX_DEPTH),
    ];
    let mut notes = Vec::new();
    for (name, ours) in ours {
        if let Ok(theirs) = number(policy, name)
            && theirs != ours as u64
        {
            notes.push(format!(
                "the file's `{name}` is {theirs}, the gate's is {ours}"
            ));
        }
    }
    notes
}

/// An issuer of the file. A secret is configured as one, never as a key of a set.
fn believed(issuer: &Value, leeway_seconds: u64) -> Result<Believed, Unreadable> {
    let keys = issuer
        .get("jwks")
        .map_or(Ok(&[][..]), |set| list(set, "keys"))?;
    let (secrets, public): (Vec<&Value>, Vec<&Value>) = keys
        .iter()
        .partition(|key| key.get("kty").is_some_and(|kind| kind == "oct"));
    Ok(Believed {
        name: text(issuer, "iss")?.to_owned(),
        audiences: texts(issuer, "aud"),
        authorized_parties: texts(issuer, "azp"),
        algorithms: texts(issuer, "algs"),
        key_set: Some(json!({ "keys": public }).to_string()),
        pems: Vec::new(),
        secrets: secrets
            .iter()
            .filter_map(|key| base64url(key, "k"))
            .collect(),
        leeway_seconds,
    })
}

/// The token as a header would hand it over: a few are given as bytes, which the platform reads as Latin-1.
fn token(test: &Value) -> Result<String, Unreadable> {
    if let Some(bytes) = optional_text(test, "token_b64") {
        let bytes = STANDARD.decode(bytes);
        let bytes = bytes.map_err(|error| Unreadable(format!("`token_b64`: {error}")))?;
        return Ok(bytes.into_iter().map(char::from).collect());
    }
    text(test, "token").map(str::to_owned)
}

fn expected(test: &Value) -> Result<Expected, Unreadable> {
    let identity = test.get("identity").filter(|identity| identity.is_object());
    let identity =
        identity.map(|identity| json!({ "iss": identity.get("iss"), "sub": identity.get("sub") }));
    Ok(match (text(test, "expect")?, identity) {
        ("accept", Some(identity)) => Expected::AcceptAs(identity),
        ("accept", None) => Expected::Accept,
        ("either", identity) => Expected::Either(identity),
        ("reject", _) => Expected::Refuse,
        (other, _) => {
            return Err(Unreadable(format!(
                "`expect` is `{other}` in {}",
                identifier(test, "id")
            )));
        }
    })
}
