//! Signatures by WebCrypto. The same check compiled to WebAssembly costs about ten times as much.

use js_sys::{Reflect, Uint8Array};
use policy::issuer::Algorithm;
use policy::signature::{SignatureCheck, SignatureFailure, SignatureQuestion};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Crypto, CryptoKey, SubtleCrypto};
use worker::Env;

use crate::configuration::Configuration;
use crate::context::Context;
use crate::issuer_keys::{IssuerKeys, Tools, Wanted, object};

/// Checks signatures with the keys of this isolate.
pub(crate) struct WebCrypto<'a> {
    pub(crate) configuration: &'static Configuration,
    pub(crate) issuer_keys: &'static IssuerKeys,
    pub(crate) env: &'a Env,
    pub(crate) context: &'a Context,
}

impl SignatureCheck for WebCrypto<'_> {
    async fn check(&self, question: &SignatureQuestion<'_>) -> Result<(), SignatureFailure> {
        let issuers = self.configuration.issuers.iter();
        let mut units = issuers.zip(&self.configuration.key_sources);
        let (issuer, source) = units
            .find(|(issuer, _)| issuer.name == question.issuer.name)
            .ok_or(SignatureFailure::UnknownKey)?;
        let crypto = subtle().ok_or(SignatureFailure::KeysUnavailable)?;
        let wanted = Wanted {
            issuer,
            algorithm: question.algorithm,
            key_id: question.key_id,
        };
        let tools = Tools {
            crypto: &crypto,
            env: self.env,
            context: self.context,
        };
        let candidates = self.issuer_keys.candidates(wanted, source, &tools).await?;
        made_by_one_of(&candidates, question, &crypto).await
    }
}

/// Whether one of these keys made the signature.
pub(crate) async fn made_by_one_of(
    candidates: &[CryptoKey],
    question: &SignatureQuestion<'_>,
    crypto: &SubtleCrypto,
) -> Result<(), SignatureFailure> {
    for key in candidates {
        if verify(crypto, key, question).await {
            return Ok(());
        }
    }
    Err(SignatureFailure::Wrong)
}

async fn verify(crypto: &SubtleCrypto, key: &CryptoKey, question: &SignatureQuestion<'_>) -> bool {
    let parameters = match question.algorithm {
        Algorithm::EdDsa => object(&[("name", "Ed25519")]),
        Algorithm::Es256 => object(&[("name", "ECDSA"), ("hash", "SHA-256")]),
        Algorithm::Hs256 => object(&[("name", "HMAC")]),
        Algorithm::Rs256 => object(&[("name", "RSASSA-PKCS1-v1_5")]),
    };
    let signature = Uint8Array::from(question.signature);
    let signed = Uint8Array::from(question.signed);
    let Ok(promise) = crypto.verify_with_object_and_buffer_source_and_buffer_source(
        &parameters,
        key,
        &signature,
        &signed,
    ) else {
        return false;
    };
    let verdict = wasm_bindgen_futures::JsFuture::from(promise).await;
    verdict.ok().and_then(|verdict| verdict.as_bool()) == Some(true)
}

pub(crate) fn subtle() -> Option<SubtleCrypto> {
    let crypto = Reflect::get(&js_sys::global(), &JsValue::from_str("crypto")).ok()?;
    Some(crypto.unchecked_into::<Crypto>().subtle())
}
