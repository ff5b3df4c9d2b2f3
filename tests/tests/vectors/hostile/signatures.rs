//! Signatures that are nearly right.

use policy::issuer::Algorithm;
use serde_json::json;

use super::{Minted, have_their_verdicts, hostile};
use crate::signer::{Signer, decode, encode};

#[tokio::test]
async fn no_hostile_signature_is_admitted() {
    have_their_verdicts("signature").await;
}

pub(super) fn signatures(signer: &Signer, _: &[Signer]) -> Vec<Minted> {
    let good = signer.good();
    let (before, text) = good.rsplit_once('.').expect("a token");
    let honest = decode(text);
    let mut minted = Vec::new();
    let mut forge = |about: &str, bytes: &[u8]| {
        minted.push(hostile(about, format!("{before}.{}", encode(bytes))));
    };
    for position in [0, honest.len() / 2, honest.len() - 1] {
        let mut flipped = honest.clone();
        flipped[position] ^= 1;
        forge(&format!("a bit of byte {position} flipped"), &flipped);
    }
    forge("the last byte cut off", &honest[..honest.len() - 1]);
    forge("a byte appended", &[honest.as_slice(), &[0]].concat());
    forge("a byte before", &[[0].as_slice(), &honest].concat());
    forge("all zero", &vec![0; honest.len()]);
    forge("all ones", &vec![0xff; honest.len()]);
    for (about, bytes) in peculiar(signer, &honest) {
        forge(about, &bytes);
    }
    let other = Signer::new(signer.algorithm, &signer.key_id);
    minted.push(hostile(
        "another key of the same name",
        other.token(&signer.header(), &signer.claims()),
    ));
    let admin = signer.with_claim("sub", json!("admin"));
    let payload = admin.split('.').nth(1).expect("a token");
    let header = before.split('.').next().expect("a token");
    minted.push(hostile(
        "another payload",
        format!("{header}.{payload}.{text}"),
    ));
    let spaced = encode(format!("{} ", signer.header()).as_bytes());
    let claims = before.split('.').nth(1).expect("a token");
    minted.push(hostile(
        "a header written anew",
        format!("{spaced}.{claims}.{text}"),
    ));
    minted
}

/// What only signatures of this algorithm can be.
fn peculiar(signer: &Signer, honest: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    match signer.algorithm {
        Algorithm::Es256 => {
            let (r, s) = honest.split_at(32);
            let zero = [0; 32];
            let one_less = {
                let mut bytes = P256_ORDER;
                bytes[31] -= 1;
                bytes
            };
            vec![
                ("as DER", der(r, s)),
                ("r = 0", [&zero, s].concat()),
                ("s = 0", [r, &zero].concat()),
                ("r = n", [&P256_ORDER, s].concat()),
                ("s = n", [r, &P256_ORDER].concat()),
                ("r = s = n - 1", [one_less, one_less].concat()),
                ("r and s exchanged", [s, r].concat()),
            ]
        }
        Algorithm::EdDsa => {
            let (r, s) = honest.split_at(32);
            vec![
                ("S + L", [r, &plus_order(s)].concat()),
                ("R exchanged with S", [s, r].concat()),
                ("R of small order", [&[1_u8; 1][..], &[0; 31], s].concat()),
            ]
        }
        Algorithm::Rs256 => {
            let mut one = vec![0; honest.len()];
            *one.last_mut().expect("256 bytes") = 1;
            let modulus = signer
                .public
                .as_ref()
                .ok()
                .and_then(|key| key["n"].as_str().map(decode));
            let mut one_less = modulus.expect("an RSA key");
            // The modulus is odd.
            *one_less.last_mut().expect("256 bytes") -= 1;
            vec![("1", one), ("n - 1", one_less)]
        }
        Algorithm::Hs256 => vec![("empty", Vec::new()), ("half of it", honest[..16].to_vec())],
    }
}

/// RFC 8032 section 5.1.7: an S beyond the order would be a second signature of the same text.
fn plus_order(s: &[u8]) -> Vec<u8> {
    let mut carry = 0;
    let pairs = s.iter().zip(ED25519_ORDER);
    pairs
        .map(|(byte, order)| {
            let sum = u16::from(*byte) + u16::from(order) + carry;
            carry = sum >> 8;
            sum.to_le_bytes()[0]
        })
        .collect()
}

fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| {
        let sign: &[u8] = if number[0] > 127 { &[0] } else { &[] };
        let length = u8::try_from(number.len() + sign.len()).expect("at most 33 bytes");
        [&[2, length], sign, number].concat()
    };
    let inside = [integer(r), integer(s)].concat();
    let length = u8::try_from(inside.len()).expect("at most 70 bytes");
    [[0x30, length].as_slice(), &inside].concat()
}

/// The order of P-256 (SEC 2 section 2.4.2), big-endian.
const P256_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6,
    0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// The order of Ed25519 (RFC 8032 section 5.1), little-endian.
const ED25519_ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];
