//! The gate's own test whether 32 bytes are a key of Ed25519, compared with a library that knows the curve.

use ed25519_dalek::VerifyingKey;
use policy::issuer::Algorithm;
use policy::jwks::KeySet;
use serde_json::json;

use crate::signer::encode;

#[test]
fn any_bytes_are_a_key_exactly_where_a_library_finds_a_point_of_large_order() {
    let mut points = 0;
    for _ in 0..2000 {
        let bytes = rand::random::<[u8; 32]>();
        let body = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": encode(&bytes) }] });
        let set = KeySet::read(body.to_string().as_bytes(), &[Algorithm::EdDsa]);
        let ours = !set.expect("a key set").keys.is_empty();
        let theirs = VerifyingKey::from_bytes(&bytes).is_ok_and(|key| !key.is_weak());
        assert_eq!(ours, theirs, "{bytes:x?}");
        points += usize::from(theirs);
    }
    assert!((800..1200).contains(&points), "{points}");
}
