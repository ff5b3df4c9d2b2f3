//! `rfc-cookbook/` and `rfc-latchset/`: the examples of RFC 7515, 7517, 7520, 7797 and 8037.
//!
//! Compact texts signed with an algorithm that the gate allows verify; JWE, the JSON serialisations, unencoded and detached
//! payloads and everything else is refused.

use serde_json::{Value, json};

use super::case::{Case, Expected};
use super::folder::Folder;
use super::jose::{is_allowed, issuer, keys};
use super::question::{Believed, Question};

/// The cases of one file of `rfc-cookbook/`.
pub(super) fn cookbook(name: &str, content: &str) -> Vec<Case> {
    let Ok(file) = serde_json::from_str::<Value>(content) else {
        return Vec::new();
    };
    if file.get("kty").is_some() {
        return vec![key(name, &file)];
    }
    let given = file.pointer("/input/key").map_or_else(Vec::new, keys);
    let public: Vec<Value> = given.iter().map(public_part).collect();
    let issuer = issuer(&public);
    let output = file.get("output").and_then(Value::as_object);
    let texts = output.into_iter().flatten();
    texts
        .map(|(form, text)| {
            let compact = text.as_str().map(str::to_owned);
            let may_be_taken = compact.is_some();
            let token = compact.unwrap_or_else(|| text.to_string());
            signed(&format!("{name} {form}"), &token, &issuer, may_be_taken)
        })
        .collect()
}

/// The cases of one file of `rfc-latchset/`.
pub(super) fn latchset(name: &str, content: &str, folder: &Folder) -> Vec<Case> {
    let Some((stem, kind)) = name.rsplit_once('.') else {
        return Vec::new();
    };
    match kind {
        "jwk" | "jwkset" => serde_json::from_str::<Value>(content)
            .map(|file| key(name, &file))
            .into_iter()
            .collect(),
        "jwsc" | "jwsf" | "jwsg" => {
            let key = folder.linked_json(&format!("{stem}.jwk"));
            let key = key.or_else(|| folder.linked_json(&format!("{stem}.jwkset")));
            let public: Vec<Value> = key
                .iter()
                .flat_map(keys)
                .map(|key| public_part(&key))
                .collect();
            vec![signed(
                name,
                content.trim(),
                &issuer(&public),
                !public.is_empty(),
            )]
        }
        _ => Vec::new(),
    }
}

fn signed(id: &str, token: &str, issuer: &Believed, may_be_taken: bool) -> Case {
    Case {
        id: id.to_owned(),
        comment: String::new(),
        question: Question::Envelope {
            issuer: Box::new(issuer.clone()),
            token: token.to_owned(),
        },
        // Where the payload is detached, nothing stands between the dots.
        expected: if may_be_taken && is_allowed(token) && !token.contains("..") {
            Expected::Accept
        } else {
            Expected::Refuse
        },
    }
}

/// A key or a set as an endpoint would serve it: nothing private in it is ever used.
fn key(id: &str, file: &Value) -> Case {
    let keys = keys(file);
    let private = keys
        .iter()
        .all(|key| key.get("d").is_some() || key.get("k").is_some());
    Case {
        id: id.to_owned(),
        comment: String::new(),
        question: Question::KeySet {
            body: json!({ "keys": keys }).to_string().into_bytes(),
            algorithms: super::key_sets::ALGORITHMS.map(str::to_owned).to_vec(),
        },
        expected: if private {
            Expected::AcceptAs(json!([]))
        } else {
            Expected::Either(None)
        },
    }
}

/// The books show the private key that signed; what an issuer would publish of it is its public half.
fn public_part(key: &Value) -> Value {
    let mut key = key.clone();
    if let Some(members) = key.as_object_mut() {
        for private in ["d", "p", "q", "dp", "dq", "qi"] {
            members.remove(private);
        }
    }
    key
}
