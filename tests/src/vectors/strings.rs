//! `strings/*`: hostile texts, offered as everything that comes from outside. None may admit anybody or crash the gate.

use serde_json::Value;

use super::case::{Case, Expected};
use super::question::{Believed, Person, Question};

/// The texts of a file: a JSON list, or one a line.
pub(super) fn texts(content: &str) -> Vec<String> {
    let list: Option<Vec<Value>> = serde_json::from_str(content).ok();
    match list {
        Some(list) => {
            let texts = list.iter().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        }
        None => content.lines().map(str::to_owned).collect(),
    }
}

/// Every text as a token, in both headers, as a key set and as a subject.
pub(super) fn cases(texts: &[String]) -> Vec<Case> {
    let cases = texts.iter().enumerate().flat_map(|(position, text)| {
        let uses = [
            ("token", admit(text), Expected::Refuse),
            (
                "Authorization",
                offer(Some(text.clone()), None),
                Expected::Refuse,
            ),
            (
                "Authorization after Bearer",
                offer(Some(format!("Bearer {text}")), None),
                Expected::Refuse,
            ),
            ("Cookie", offer(None, Some(text.clone())), Expected::Refuse),
            (
                "cookie's value",
                offer(None, Some(format!("{COOKIE}={text}"))),
                Expected::Refuse,
            ),
            ("key set", key_set(text), Expected::Refuse),
            ("subject", storage_keys(text), Expected::Accept),
            (
                "path",
                Question::Path { path: text.clone() },
                Expected::Either(None),
            ),
        ];
        uses.map(|(what, question, expected)| Case {
            id: format!("{} as {what}", position + 1),
            comment: text.clone(),
            question,
            expected,
        })
    });
    cases.collect()
}

const COOKIE: &str = "__Host-usher";

fn issuer() -> Believed {
    Believed {
        name: "https://id.example".to_owned(),
        audiences: vec!["usher".to_owned()],
        algorithms: vec!["HS256".to_owned()],
        secrets: vec![vec![7; policy::shared_secret::MIN_SECRET_BYTES]],
        ..Believed::default()
    }
}

fn admit(text: &str) -> Question {
    Question::Admit {
        issuers: vec![issuer()],
        token: text.to_owned(),
        now: 1,
    }
}

fn offer(authorization: Option<String>, cookies: Option<String>) -> Question {
    Question::Offer {
        issuers: vec![issuer()],
        authorization,
        cookies,
        cookie_name: COOKIE.to_owned(),
    }
}

fn key_set(text: &str) -> Question {
    Question::KeySet {
        body: text.as_bytes().to_vec(),
        algorithms: super::key_sets::ALGORITHMS.map(str::to_owned).to_vec(),
    }
}

/// Where the text can be somebody, nobody else has their key.
fn storage_keys(text: &str) -> Question {
    let person = |sub: String| Person {
        iss: "https://id.example".to_owned(),
        sub,
    };
    Question::StorageKeys {
        one: person(text.to_owned()),
        other: person(format!("{text}x")),
    }
}
