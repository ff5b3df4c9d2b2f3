//! Seeds from the folder of vectors beside the project, where there is one. Read in place, never copied into the repository.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::cookie;
use crate::target::Target;

/// The seeds that the vectors hold for this target.
pub(crate) fn seeds(target: Target) -> Vec<Vec<u8>> {
    match target {
        Target::Authorization => headers("authorization"),
        Target::Claims => tokens()
            .iter()
            .filter_map(|token| unsealed(token))
            .collect(),
        Target::Cookie => headers("cookie"),
        Target::InstanceUrl => texts("url/return_to_cases.json", "value"),
        // Every algorithm is allowed: the first byte chooses.
        Target::Jwks => {
            let bodies = texts("gate/jwks_cases.json", "body").into_iter();
            bodies
                .map(|body| [b"O".as_slice(), &body].concat())
                .collect()
        }
        Target::ControlPlane | Target::KvRecord | Target::Languages => Vec::new(),
        Target::Path => {
            let listed = fs::read_to_string(folder().join("strings/directory_traversal.txt"));
            let listed = listed.unwrap_or_default();
            let listed = listed.lines().map(|line| format!("/{line}").into_bytes());
            let targets = texts("url/path_cases.json", "target").into_iter();
            targets.chain(listed).collect()
        }
        Target::Pem => texts(
            "wycheproof/rsa_signature_2048_sha256_test.json",
            "publicKeyPem",
        )
        .into_iter()
        .chain(texts(
            "wycheproof/ecdsa_secp256r1_sha256_p1363_test.json",
            "publicKeyPem",
        ))
        .collect(),
        Target::StrictJson => {
            let cases = texts("json/jsontestsuite.json", "data_b64").into_iter();
            cases
                .filter_map(|case| STANDARD.decode(case).ok())
                .collect()
        }
        Target::Token => tokens(),
    }
}

fn folder() -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors");
    std::env::var_os("USHER_VECTORS").map_or(beside, PathBuf::from)
}

fn tokens() -> Vec<Vec<u8>> {
    let ours = texts("gate/jwt_policy_vectors.json", "token").into_iter();
    let theirs = texts("wycheproof/json_web_signature_test.json", "jws");
    ours.chain(theirs).collect()
}

/// Header and payload of a token, one line each.
fn unsealed(token: &[u8]) -> Option<Vec<u8>> {
    let mut parts = token.split(|byte| *byte == b'.');
    let mut next = || URL_SAFE_NO_PAD.decode(parts.next()?).ok();
    Some([next()?, b"\n".to_vec(), next()?].concat())
}

/// The values of this header in the requests, with our name for the cookie.
fn headers(name: &str) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    each(&file("gate/http_request_cases.json"), &mut |value| {
        if let Some([Value::String(header), Value::String(text)]) =
            value.as_array().map(Vec::as_slice)
            && header.eq_ignore_ascii_case(name)
        {
            found.push(text.replace("__Host-gate", cookie::NAME).into_bytes());
        }
    });
    found
}

/// Every text under this name, at any depth.
fn texts(name: &str, member: &str) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    each(&file(name), &mut |value| {
        if let Some(Value::String(text)) = value.get(member) {
            found.push(text.clone().into_bytes());
        }
    });
    found
}

fn file(name: &str) -> Value {
    let text = fs::read(folder().join(name)).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

fn each(value: &Value, look: &mut impl FnMut(&Value)) {
    look(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| each(item, look)),
        Value::Object(members) => members.values().for_each(|member| each(member, look)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
