//! From checked numbers to keys as WebCrypto holds them. Only here is it found out whether a point lies on P-256.

use js_sys::{Array, Object, Reflect, Uint8Array};
use policy::issuer::Algorithm;
use policy::jwks::KeySet;
use policy::public_key::{KeyMaterial, KeyName, PublicKey};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CryptoKey, SubtleCrypto};

/// A set and its keys, at the same positions.
#[derive(Default)]
pub(crate) struct Imported {
    set: KeySet,
    keys: Vec<CryptoKey>,
    /// The names of those that WebCrypto did not take.
    pub(crate) refused: Vec<KeyName>,
}

impl Imported {
    /// A key that WebCrypto does not take is left out, and the others stay.
    pub(crate) async fn of(offered: KeySet, crypto: &SubtleCrypto) -> Self {
        let mut imported = Self::default();
        for key in offered.keys {
            match import(crypto, "jwk", &jwk(&key), key.material.algorithm()).await {
                Some(crypto_key) => {
                    imported.set.keys.push(key);
                    imported.keys.push(crypto_key);
                }
                None => imported.refused.push(key.name),
            }
        }
        imported
    }

    /// A set whose keys are known by name only: no test on this machine has a WebCrypto.
    #[cfg(test)]
    pub(super) fn unusable(set: KeySet) -> Self {
        Self {
            set,
            ..Self::default()
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.set.keys.is_empty()
    }

    pub(crate) fn has(&self, algorithm: Algorithm, key_id: Option<&str>) -> bool {
        !self.set.candidates(algorithm, key_id).is_empty()
    }

    pub(crate) fn candidates(&self, algorithm: Algorithm, key_id: Option<&str>) -> Vec<CryptoKey> {
        let positions = self.set.candidates(algorithm, key_id).into_iter();
        positions
            .filter_map(|position| self.keys.get(position).cloned())
            .collect()
    }
}

/// A secret as a key for HMAC.
pub(crate) async fn secret(value: &[u8], crypto: &SubtleCrypto) -> Option<CryptoKey> {
    import(
        crypto,
        "raw",
        Uint8Array::from(value).as_ref(),
        Algorithm::Hs256,
    )
    .await
}

/// The key as WebCrypto takes it, made of the checked members only.
fn jwk(key: &PublicKey) -> Object {
    match &key.material {
        KeyMaterial::Ed25519 { x } => object(&[("kty", "OKP"), ("crv", "Ed25519"), ("x", x)]),
        KeyMaterial::P256 { x, y } => {
            object(&[("kty", "EC"), ("crv", "P-256"), ("x", x), ("y", y)])
        }
        KeyMaterial::Rsa { n, e } => object(&[("kty", "RSA"), ("n", n), ("e", e)]),
    }
}

async fn import(
    crypto: &SubtleCrypto,
    format: &str,
    key: &Object,
    algorithm: Algorithm,
) -> Option<CryptoKey> {
    let parameters = match algorithm {
        Algorithm::EdDsa => object(&[("name", "Ed25519")]),
        Algorithm::Es256 => object(&[("name", "ECDSA"), ("namedCurve", "P-256")]),
        Algorithm::Hs256 => object(&[("name", "HMAC"), ("hash", "SHA-256")]),
        Algorithm::Rs256 => object(&[("name", "RSASSA-PKCS1-v1_5"), ("hash", "SHA-256")]),
    };
    let uses = Array::of1(&JsValue::from_str("verify"));
    let promise = crypto
        .import_key_with_object(format, key, &parameters, false, &uses)
        .ok()?;
    wasm_bindgen_futures::JsFuture::from(promise)
        .await
        .ok()?
        .dyn_into()
        .ok()
}

pub(crate) fn object(members: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (name, value) in members {
        // Setting a member of a plain object cannot fail.
        let _ = Reflect::set(&object, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    object
}
