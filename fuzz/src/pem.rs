//! Target `pem`: a key that is read has exactly the numbers that were written. An input that does not begin like PEM is taken for
//! the DER inside of it, so that no mutation is lost in base64.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a law: where it is broken it panics"
)]

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use policy::public_key::{KeyMaterial, KeyName, PublicKey};

use crate::outcome::Outcome;

pub(crate) const WORDS: &[&str] = &[
    "-----BEGIN PUBLIC KEY-----\n",
    "\n-----END PUBLIC KEY-----",
    "-----BEGIN PRIVATE KEY-----",
    "CERTIFICATE",
    "\n",
    "\r\n",
    " ",
    "\u{30}\u{2a}\u{30}\u{5}\u{6}\u{3}\u{2b}\u{65}\u{70}\u{3}\u{21}\u{0}",
    "\u{2}\u{3}\u{1}\u{0}\u{1}",
    "\u{5}\u{0}",
    "\u{4}",
    "=",
];

/// RFC 8410 section 4, RFC 5480 section 2: everything before the numbers.
const ED25519: &[u8] = &[0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];
const P256: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 3, 1, 7, 3, 0x42, 0, 4,
];
/// RFC 8017 appendix A.1, for 2048 bits and an exponent of three bytes.
const RSA: &[u8] = &[
    0x30, 0x82, 1, 0x22, 0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0, 3,
    0x82, 1, 0x0f, 0, 0x30, 0x82, 1, 0x0a, 2, 0x82, 1, 1, 0,
];

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let ders = [
        [ED25519, &[7; 32]].concat(),
        [P256, &[7; 64]].concat(),
        [RSA, &[0xc1; 256], &[2, 3, 1, 0, 1]].concat(),
    ];
    let pems = ders.clone().map(|der| pem(&der).into_bytes());
    ders.into_iter().chain(pems).collect()
}

pub(crate) fn pem(der: &[u8]) -> String {
    let mut pem = "-----BEGIN PUBLIC KEY-----\n".to_owned();
    for (position, character) in STANDARD.encode(der).chars().enumerate() {
        // RFC 7468 section 2: lines of 64 characters.
        if position > 0 && position % 64 == 0 {
            pem.push('\n');
        }
        pem.push(character);
    }
    pem + "\n-----END PUBLIC KEY-----\n"
}

pub(crate) fn law(data: &[u8]) -> Outcome {
    let text = if data.starts_with(b"-") {
        String::from_utf8_lossy(data).into_owned()
    } else {
        pem(data)
    };
    let Ok(key) = PublicKey::from_pem(&text) else {
        return Outcome::Refused;
    };
    assert_eq!(key.name, KeyName::Any, "somebody wrote it down");
    let der = der(&text);
    match &key.material {
        KeyMaterial::Ed25519 { x } => written(&der, &[&number(x, 32..=32)]),
        KeyMaterial::P256 { x, y } => {
            written(&der, &[&[4], &number(x, 32..=32), &number(y, 32..=32)]);
        }
        KeyMaterial::Rsa { n, e } => {
            let (n, e) = (number(n, 256..=1024), number(e, 1..=4));
            for odd in [&n, &e] {
                assert!(odd.first() != Some(&0) && odd.last().is_some_and(|last| last % 2 == 1));
            }
            assert_ne!(e, [1]);
            let length = u8::try_from(e.len()).expect("at most four");
            // An integer whose first bit is set has a zero before it, or it would be negative (X.690 section 8.3).
            let sign: &[u8] = if e[0] < 128 { &[] } else { &[0] };
            let shown = u8::try_from(sign.len()).expect("at most one") + length;
            written(&der, &[&n, &[2, shown], sign, &e]);
        }
    }
    Outcome::Taken
}

/// What stands between the lines; people may write what they like before them (RFC 7468 section 2).
fn der(text: &str) -> Vec<u8> {
    let (_, rest) = text
        .rsplit_once("-----BEGIN PUBLIC KEY-----")
        .expect("a public key");
    let (inside, _) = rest.split_once("-----").expect("a last line");
    let base64: String = inside.split_ascii_whitespace().collect();
    STANDARD.decode(base64).expect("what was read is base64")
}

fn number(text: &str, bytes: std::ops::RangeInclusive<usize>) -> Vec<u8> {
    let number = URL_SAFE_NO_PAD.decode(text).expect("numbers are base64url");
    assert!(bytes.contains(&number.len()), "{} bytes", number.len());
    number
}

/// The numbers stand at the end of what was written, one after the other.
fn written(der: &[u8], numbers: &[&[u8]]) {
    assert!(der.ends_with(&numbers.concat()));
}
