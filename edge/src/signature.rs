//! Signatures by WebCrypto. The same check compiled to WebAssembly costs about ten times as much.

use js_sys::{Reflect, Uint8Array};
use policy::admission::{SignatureCheck, SignatureFailure, SignatureQuestion};
use policy::issuer::Algorithm;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Crypto, SubtleCrypto};

use crate::configuration::Configuration;
use crate::issuer_keys::{IssuerKeys, object};

/// Checks signatures with the keys of this isolate.
pub(crate) struct WebCrypto<'a> {
    pub(crate) configuration: &'a Configuration,
    pub(crate) issuer_keys: &'a IssuerKeys,
}

impl SignatureCheck for WebCrypto<'_> {
    async fn check(&self, question: &SignatureQuestion<'_>) -> Result<(), SignatureFailure> {
        let position = self
            .configuration
            .issuers
            .iter()
            .position(|issuer| issuer == question.issuer);
        let source = position.and_then(|position| self.configuration.key_sources.get(position));
        let source = source.ok_or(SignatureFailure::UnknownKey)?;
        let crypto = subtle().ok_or(SignatureFailure::KeysUnavailable)?;
        let key = self.issuer_keys.key(question, source, &crypto).await?;
        let parameters = match question.issuer.algorithm {
            Algorithm::EdDsa => object(&[("name", "Ed25519")]),
            Algorithm::Rs256 => object(&[("name", "RSASSA-PKCS1-v1_5")]),
            Algorithm::Es256 => object(&[("name", "ECDSA"), ("hash", "SHA-256")]),
            Algorithm::Hs256 => object(&[("name", "HMAC")]),
        };
        let signature = Uint8Array::from(question.signature);
        let signed = Uint8Array::from(question.signed);
        let promise = crypto
            .verify_with_object_and_buffer_source_and_buffer_source(
                &parameters,
                &key,
                &signature,
                &signed,
            )
            .map_err(|_| SignatureFailure::Wrong)?;
        let verdict = wasm_bindgen_futures::JsFuture::from(promise).await;
        if verdict.ok().and_then(|verdict| verdict.as_bool()) == Some(true) {
            Ok(())
        } else {
            Err(SignatureFailure::Wrong)
        }
    }
}

fn subtle() -> Option<SubtleCrypto> {
    let crypto = Reflect::get(&js_sys::global(), &JsValue::from_str("crypto")).ok()?;
    Some(crypto.unchecked_into::<Crypto>().subtle())
}
