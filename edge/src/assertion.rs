//! The gate's own signature under what it tells an app, made by WebCrypto.

use std::cell::OnceCell;

use js_sys::{Array, Uint8Array};
use policy::assertion::{self, Claims};
use policy::assertion_key::{AssertionKey, AssertionKeys};
use policy::time::Moment;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, SubtleCrypto};

use crate::fetching;
use crate::issuer_keys::object;
use crate::signature::subtle;

/// What makes the assertions of an isolate.
pub(crate) struct Assertions {
    key: OnceCell<CryptoKey>,
}

impl Assertions {
    pub(crate) fn new() -> Self {
        Self {
            key: OnceCell::new(),
        }
    }

    /// Makes one.
    pub(crate) async fn mint(
        &self,
        keys: &AssertionKeys,
        claims: &Claims<'_>,
        now: Moment,
    ) -> Result<String, String> {
        let signed = claims.to_be_signed(&keys.signing.name, now);
        let crypto = subtle().ok_or("this runtime has no WebCrypto")?;
        let key = self.key(&keys.signing, &crypto).await?;
        let signature = sign(&crypto, &key, signed.as_bytes()).await?;
        Ok(assertion::token(signed, &signature))
    }

    /// Why none can be made, if none can.
    pub(crate) async fn trouble(&self, keys: &AssertionKeys) -> Option<String> {
        let crypto = subtle()?;
        let key = match self.key(&keys.signing, &crypto).await {
            Ok(key) => key,
            Err(problem) => return Some(problem),
        };
        sign(&crypto, &key, b"ready").await.err()
    }

    async fn key(&self, key: &AssertionKey, crypto: &SubtleCrypto) -> Result<CryptoKey, String> {
        if let Some(key) = self.key.get() {
            return Ok(key.clone());
        }
        let jwk = object(&[
            ("kty", "EC"),
            ("crv", "P-256"),
            ("x", &key.x),
            ("y", &key.y),
            ("d", &key.d),
        ]);
        let parameters = object(&[("name", "ECDSA"), ("namedCurve", "P-256")]);
        let uses = Array::of1(&"sign".into());
        let imported = async {
            let promise = crypto.import_key_with_object("jwk", &jwk, &parameters, false, &uses)?;
            JsFuture::from(promise).await
        };
        let imported = imported.await.map_err(|problem| {
            format!(
                "the key in USHER_ASSERTION_KEY cannot be used ({})",
                fetching::text(&problem)
            )
        })?;
        let imported: CryptoKey = imported.unchecked_into();
        Ok(self.key.get_or_init(|| imported).clone())
    }
}

/// R and S, 32 bytes each, as RFC 7518 section 3.4 has them: WebCrypto gives nothing else.
async fn sign(crypto: &SubtleCrypto, key: &CryptoKey, signed: &[u8]) -> Result<Vec<u8>, String> {
    let parameters = object(&[("name", "ECDSA"), ("hash", "SHA-256")]);
    let signature = async {
        let promise = crypto.sign_with_object_and_u8_array(&parameters, key, signed)?;
        JsFuture::from(promise).await
    };
    let signature = signature.await.map_err(|problem| {
        format!(
            "an assertion cannot be signed ({})",
            fetching::text(&problem)
        )
    })?;
    Ok(Uint8Array::new(&signature).to_vec())
}
