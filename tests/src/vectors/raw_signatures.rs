//! The files of Wycheproof with bare signatures and tags: below the envelope, above the keys.

use serde_json::{Value, json};

use super::case::{Case, Expected};
use super::document::{Unreadable, hex, identifier, list, optional_text, text};
use super::jose::stated;
use super::question::{Believed, Question};

/// The cases of a file of public-key signatures made with this algorithm.
pub(super) fn public(file: &Value, algorithm: &str) -> Result<Vec<Case>, Unreadable> {
    let mut cases = Vec::new();
    for group in list(file, "testGroups")? {
        let issuer = issuer(group, algorithm);
        for test in list(group, "tests")? {
            cases.push(case(test, &issuer, algorithm, hex(test, "sig")?)?);
        }
    }
    Ok(cases)
}

/// The cases of the file of HMAC tags, each with a secret of its own.
pub(super) fn tags(file: &Value) -> Result<Vec<Case>, Unreadable> {
    let mut cases = Vec::new();
    for group in list(file, "testGroups")? {
        for test in list(group, "tests")? {
            let secret = hex(test, "key")?;
            let short = secret.len() < policy::shared_secret::MIN_SECRET_BYTES;
            let mut issuer = named("HS256");
            issuer.secrets.push(secret);
            let mut case = case(test, &issuer, "HS256", hex(test, "tag")?)?;
            let cut = group.get("tagSize").is_some_and(|bits| bits != 256);
            if stated(test).is_none() && (short || cut) {
                case.expected = Expected::Refuse;
            }
            cases.push(case);
        }
    }
    Ok(cases)
}

fn case(
    test: &Value,
    issuer: &Believed,
    algorithm: &str,
    signature: Vec<u8>,
) -> Result<Case, Unreadable> {
    // "acceptable" is what old software made, such as RSA tcId 8 with its missing NULL: refused.
    let derived = if text(test, "result")? == "valid" {
        Expected::Accept
    } else {
        Expected::Refuse
    };
    Ok(Case {
        id: identifier(test, "tcId"),
        comment: optional_text(test, "comment").unwrap_or_default(),
        expected: stated(test).unwrap_or(derived),
        question: Question::Signature {
            issuer: Box::new(issuer.clone()),
            algorithm: algorithm.to_owned(),
            signed: hex(test, "msg")?,
            signature,
        },
    })
}

/// The key of a group as PEM; as JWK where there is no PEM.
fn issuer(group: &Value, algorithm: &str) -> Believed {
    let mut issuer = named(algorithm);
    if let Some(pem) = optional_text(group, "publicKeyPem") {
        issuer.pems.push(pem);
        return issuer;
    }
    let key = group.get("publicKeyJwk").or_else(|| group.get("keyJwk"));
    let mut key = key.cloned().unwrap_or_default();
    if let Some(members) = key.as_object_mut() {
        // A name would have to be called by one, and a bare signature calls none.
        members.remove("kid");
    }
    issuer.key_set = Some(json!({ "keys": [key] }).to_string());
    issuer
}

fn named(algorithm: &str) -> Believed {
    Believed {
        name: "https://issuer.example".to_owned(),
        algorithms: vec![algorithm.to_owned()],
        ..Believed::default()
    }
}
