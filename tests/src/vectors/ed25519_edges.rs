//! `ed25519/speccheck_cases.json`: keys and signatures that the implementations of Ed25519 judge differently ("Taming the many
//! `EdDSAs`", Chalkias, Garillot and Nikolaenko, 2020).
//!
//! The gate's rule: no key of small order and no second spelling of a point (RFC 8032 section 5.1.3), no S beyond the order
//! (section 5.1.7). What is left may be judged either way, but the same way natively and in workerd.

use serde_json::Value;

use super::case::{Case, Expected};
use super::document::{Unreadable, hex};
use super::question::{Believed, Question};

/// The cases of the file.
pub(super) fn cases(file: &Value) -> Result<Vec<Case>, Unreadable> {
    let list = file.as_array().or_else(|| file.get("tests")?.as_array());
    let list = list.ok_or_else(|| Unreadable("the file is no list of cases".to_owned()))?;
    let cases = list.iter().enumerate();
    cases
        .map(|(position, test)| {
            let (key, signature) = (hex(test, "pub_key")?, hex(test, "signature")?);
            let (point, number) = signature.split_at(signature.len().min(32));
            let refuse = is_second_spelling(&key)
                || is_of_small_order(&key)
                || is_second_spelling(point)
                || !is_below(number, &ORDER);
            Ok(Case {
                id: position.to_string(),
                comment: String::new(),
                question: Question::Signature {
                    issuer: Box::new(issuer(&key)),
                    algorithm: "EdDSA".to_owned(),
                    signed: hex(test, "message")?,
                    signature,
                },
                expected: if refuse {
                    Expected::Refuse
                } else {
                    Expected::Either(None)
                },
            })
        })
        .collect()
}

fn issuer(key: &[u8]) -> Believed {
    use base64::Engine as _;
    let x = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(key);
    let set = serde_json::json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": x }] });
    Believed {
        name: "https://issuer.example".to_owned(),
        algorithms: vec!["EdDSA".to_owned()],
        key_set: Some(set.to_string()),
        ..Believed::default()
    }
}

/// 2^252 + 27742317777372353535851937790883648493, little-endian (RFC 8032 section 5.1).
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// 2^255 - 19, little-endian.
const PRIME: [u8; 32] = [
    0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
];

/// Whether one little-endian number of 32 bytes is below another.
fn is_below(number: &[u8], limit: &[u8; 32]) -> bool {
    number.len() == 32 && number.iter().rev().lt(limit.iter().rev())
}

fn y_of(point: &[u8]) -> Vec<u8> {
    let mut y = point.to_vec();
    if let Some(last) = y.last_mut() {
        *last &= 0x7f;
    }
    y
}

fn is_second_spelling(point: &[u8]) -> bool {
    !is_below(&y_of(point), &PRIME)
}

/// The points of order 1, 2, 4 and 8 have five y coordinates between them (the paper, table 6).
fn is_of_small_order(point: &[u8]) -> bool {
    const OF_ORDER_8: [&str; 2] = [
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ];
    let y = y_of(point);
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
    let digits = y
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    let text: String = digits.collect();
    let is_small = |number: u8| y.split_first() == Some((&number, [0; 31].as_slice()));
    let is_minus_one = y.first() == Some(&0xec) && y.get(1..) == PRIME.get(1..);
    is_small(0) || is_small(1) || is_minus_one || OF_ORDER_8.contains(&text.as_str())
}
