//! Signatures checked by a library of this machine, behind the same trait as WebCrypto.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use policy::admission::{SignatureCheck, SignatureFailure, SignatureQuestion};
use policy::issuer::Algorithm;
use policy::jwks::{KeyMaterial, KeySet};

/// The keys of each issuer, by its name.
#[derive(Default)]
pub(crate) struct NativeSignatures {
    pub(crate) sets: HashMap<String, KeySet>,
    pub(crate) secrets: HashMap<String, Vec<u8>>,
}

impl SignatureCheck for NativeSignatures {
    async fn check(&self, question: &SignatureQuestion<'_>) -> Result<(), SignatureFailure> {
        let issuer = question.issuer.name.as_str();
        let key = match self.secrets.get(issuer) {
            Some(secret) => DecodingKey::from_secret(secret),
            None => self.public_key(issuer, question.key_id)?,
        };
        let algorithm = match question.issuer.algorithm {
            Algorithm::EdDsa => jsonwebtoken::Algorithm::EdDSA,
            Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
            Algorithm::Hs256 => jsonwebtoken::Algorithm::HS256,
            Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
        };
        let signature = URL_SAFE_NO_PAD.encode(question.signature);
        match jsonwebtoken::crypto::verify(&signature, question.signed, &key, algorithm) {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(SignatureFailure::Wrong),
        }
    }
}

impl NativeSignatures {
    fn public_key(
        &self,
        issuer: &str,
        key_id: Option<&str>,
    ) -> Result<DecodingKey, SignatureFailure> {
        let set = self.sets.get(issuer).ok_or(SignatureFailure::UnknownKey)?;
        let position = set.position(key_id).ok_or(SignatureFailure::UnknownKey)?;
        let key = match set.keys.get(position).map(|key| &key.material) {
            Some(KeyMaterial::Ed25519 { x }) => DecodingKey::from_ed_components(x),
            Some(KeyMaterial::P256 { x, y }) => DecodingKey::from_ec_components(x, y),
            Some(KeyMaterial::Rsa { n, e }) => DecodingKey::from_rsa_components(n, e),
            None => return Err(SignatureFailure::UnknownKey),
        };
        key.map_err(|_| SignatureFailure::UnknownKey)
    }
}
