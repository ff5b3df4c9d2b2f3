//! Target `jwks`: only keys that an entry of the set is, of an algorithm that is allowed; and a question finds only keys of its
//! own. The first byte of the input chooses the algorithms.

#![expect(
    clippy::indexing_slicing,
    reason = "a law: where it is broken it panics"
)]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use policy::issuer::Algorithm;
use policy::jwks::{KeySet, MAX_JWKS_BYTES};
use policy::public_key::{KeyMaterial, KeyName, PublicKey};
use serde_json::Value;

use crate::json_members;
use crate::outcome::Outcome;

pub(crate) const WORDS: &[&str] = &[
    "{\"keys\":[",
    "\"kty\":\"EC\"",
    "\"kty\":\"OKP\"",
    "\"kty\":\"RSA\"",
    "\"kty\":\"oct\"",
    "\"crv\":\"P-256\"",
    "\"crv\":\"Ed25519\"",
    "\"alg\":\"ES256\"",
    "\"alg\":\"HS256\"",
    "\"use\":\"sig\"",
    "\"use\":\"enc\"",
    "\"key_ops\":[\"verify\"]",
    "\"key_ops\":[\"sign\"]",
    "\"kid\":\"a\"",
    "\"kid\":",
    "\"d\":\"\"",
    "\"k\":\"AA\"",
    "\"p\":",
    "\"e\":\"AQAB\"",
    "\"e\":\"AQ\"",
    "\"n\":",
    "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"",
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"",
    "null",
    "},{",
    "]}",
];

const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let ec = |kid: &str| format!(r#"{{"kty":"EC","crv":"P-256",{kid}"x":"{X}","y":"{Y}"}}"#);
    let ed = format!(
        r#"{{"kty":"OKP","crv":"Ed25519","kid":"b","use":"sig","key_ops":["verify"],"x":"{X}"}}"#
    );
    let rsa = format!(
        r#"{{"kty":"RSA","alg":"RS256","kid":"a","e":"AQAB","n":"{}"}}"#,
        "_".repeat(342)
    );
    let set = |keys: &[&str]| format!("O{{\"keys\":[{}]}}", keys.join(","));
    let texts = [
        set(&[&ec(r#""kid":"a","#), &ed]),
        set(&[&ec(""), &ed]),
        set(&[&ec(r#""kid":"a","#), &ec(r#""kid":"a","use":"sig","#)]),
        set(&[&ec(r#""kid":"a","#).replace(X, Y), &ec(r#""kid":"a","#)]),
        set(&[&rsa, &format!(r#"{{"kty":"oct","alg":"HS256","k":"{X}"}}"#)]),
        set(&[]),
    ];
    texts.map(Into::into).to_vec()
}

pub(crate) fn law(data: &[u8]) -> Outcome {
    let Some((selector, body)) = data.split_first() else {
        return Outcome::Refused;
    };
    let chosen = |position: usize| selector >> position & 1 == 1;
    let algorithms: Vec<Algorithm> = Algorithm::ALL
        .into_iter()
        .enumerate()
        .filter_map(|(position, algorithm)| chosen(position).then_some(algorithm))
        .collect();
    let naive = json_members::strictly(body).filter(|_| body.len() <= MAX_JWKS_BYTES);
    let entries = naive
        .as_ref()
        .and_then(|set| set.get("keys")?.as_array())
        .filter(|entries| !entries.is_empty());
    let set = KeySet::read(body, &algorithms);
    assert_eq!(set.is_some(), entries.is_some());
    let (Some(set), Some(entries)) = (set, entries) else {
        return Outcome::Refused;
    };
    assert!(set.keys.len() + set.left_out.len() <= entries.len());
    for (position, key) in set.keys.iter().enumerate() {
        assert!(algorithms.contains(&key.material.algorithm()));
        assert!(entries.iter().any(|entry| is_this(entry, key)), "{key:?}");
        assert!(!set.keys[..position].contains(key), "each key once");
    }
    questions(&set);
    Outcome::taken_if(!set.keys.is_empty())
}

/// Every question that can be asked finds keys of its own algorithm and name, and of two that fit none.
fn questions(set: &KeySet) {
    let names = set.keys.iter().filter_map(|key| match &key.name {
        KeyName::Is(name) => Some(name.as_str()),
        KeyName::Any | KeyName::None => None,
    });
    let questions = names.map(Some).chain([None, Some("none of them")]);
    for name in questions {
        for algorithm in Algorithm::ALL {
            let fits = |key: &PublicKey| {
                let meant = name.is_none_or(|name| key.name == KeyName::Is(name.to_owned()));
                key.material.algorithm() == algorithm && meant
            };
            let expected: Vec<usize> = (0..set.keys.len())
                .filter(|position| fits(&set.keys[*position]))
                .collect();
            let found = set.candidates(algorithm, name);
            match expected.as_slice() {
                [_] => assert_eq!(found, expected),
                [] | [_, _, ..] => assert!(found.is_empty(), "{found:?}"),
            }
        }
    }
}

/// Whether two texts are one number, where the first may have one zero byte before it.
fn is_same_number(written: &str, taken: &str) -> bool {
    let [written, taken] = [written, taken].map(|text| URL_SAFE_NO_PAD.decode(text));
    let (Ok(written), Ok(taken)) = (written, taken) else {
        return false;
    };
    written == taken || written.split_first() == Some((&0, taken.as_slice()))
}

/// Whether an entry is this key: the numbers as they are written, the name, nothing private, for checking signatures.
fn is_this(entry: &Value, key: &PublicKey) -> bool {
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    let material = match &key.material {
        KeyMaterial::Ed25519 { x } => {
            bytes(x) == 32
                && (text("kty"), text("crv"), text("x")) == (Some("OKP"), Some("Ed25519"), Some(x))
        }
        KeyMaterial::P256 { x, y } => {
            (bytes(x), bytes(y)) == (32, 32)
                && (text("kty"), text("crv")) == (Some("EC"), Some("P-256"))
                && (text("x"), text("y")) == (Some(x), Some(y))
        }
        KeyMaterial::Rsa { n, e } => {
            (256..=1024).contains(&bytes(n))
                && (1..=4).contains(&bytes(e))
                && (text("kty"), text("e")) == (Some("RSA"), Some(e))
                && text("n").is_some_and(|written| is_same_number(written, n))
                && e != "AQ"
        }
    };
    let name = match &key.name {
        KeyName::Is(name) => text("kid") == Some(name),
        KeyName::None => entry.get("kid").is_none(),
        KeyName::Any => false,
    };
    let private = ["d", "p", "q", "k"]
        .iter()
        .any(|name| entry.get(*name).is_some());
    let verifies = entry.get("use").is_none_or(|purpose| purpose == "sig")
        && entry.get("key_ops").is_none_or(|operations| {
            operations
                .as_array()
                .is_some_and(|list| list.iter().any(|one| one == "verify"))
        })
        && entry
            .get("alg")
            .is_none_or(|name| name == key.material.algorithm().name());
    material && name && !private && verifies
}

fn bytes(number: &str) -> usize {
    URL_SAFE_NO_PAD
        .decode(number)
        .map_or(0, |bytes| bytes.len())
}
