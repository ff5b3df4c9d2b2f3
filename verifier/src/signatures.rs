//! Signatures checked by a library of this machine, behind the same trait as WebCrypto in the gate.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use policy::issuer::Algorithm;
use policy::jwks::KeySet;
use policy::public_key::{KeyMaterial, PublicKey};
use policy::signature::{SignatureCheck, SignatureFailure, SignatureQuestion};

/// The keys of each issuer, by its name.
#[derive(Clone, Debug, Default)]
pub struct NativeSignatures(HashMap<String, Keys>);

/// The keys of one issuer.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// Those for `EdDSA`, ES256 and RS256.
    pub public: KeySet,
    /// Those for HS256.
    pub secrets: Vec<Vec<u8>>,
}

impl NativeSignatures {
    /// Takes the keys of an issuer, but for those that the library does not take: WebCrypto would not import them either.
    pub fn add(&mut self, issuer: &str, mut keys: Keys) {
        keys.public.keys.retain(is_usable);
        self.0.insert(issuer.to_owned(), keys);
    }
}

impl SignatureCheck for NativeSignatures {
    async fn check(&self, question: &SignatureQuestion<'_>) -> Result<(), SignatureFailure> {
        let keys = self
            .0
            .get(question.issuer.name.as_str())
            .ok_or(SignatureFailure::UnknownKey)?;
        let candidates = keys.candidates(question);
        if candidates.is_empty() {
            return Err(SignatureFailure::UnknownKey);
        }
        let signature = URL_SAFE_NO_PAD.encode(question.signature);
        let algorithm = library_name(question.algorithm);
        let verified = |key: &DecodingKey| {
            let verdict = jsonwebtoken::crypto::verify(&signature, question.signed, key, algorithm);
            verdict.unwrap_or_default()
        };
        if candidates.iter().any(verified) {
            Ok(())
        } else {
            Err(SignatureFailure::Wrong)
        }
    }
}

impl Keys {
    fn candidates(&self, question: &SignatureQuestion<'_>) -> Vec<DecodingKey> {
        if question.algorithm == Algorithm::Hs256 {
            let secrets = self.secrets.iter();
            return secrets
                .map(|secret| DecodingKey::from_secret(secret))
                .collect();
        }
        let positions = self
            .public
            .candidates(question.algorithm, question.key_id)
            .into_iter();
        positions
            .filter_map(|position| self.public.keys.get(position))
            .filter_map(decoding_key)
            .collect()
    }
}

/// Whether the library takes the key: not, say, a point that is not on its curve. Only at a check does it look.
pub fn is_usable(key: &PublicKey) -> bool {
    let algorithm = library_name(key.material.algorithm());
    decoding_key(key)
        .is_some_and(|key| jsonwebtoken::crypto::verify("", b"", &key, algorithm).is_ok())
}

const fn library_name(algorithm: Algorithm) -> jsonwebtoken::Algorithm {
    match algorithm {
        Algorithm::EdDsa => jsonwebtoken::Algorithm::EdDSA,
        Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
        Algorithm::Hs256 => jsonwebtoken::Algorithm::HS256,
        Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
    }
}

/// The key as the library takes it; none if its numbers cannot be read.
fn decoding_key(key: &PublicKey) -> Option<DecodingKey> {
    match &key.material {
        KeyMaterial::Ed25519 { x } => DecodingKey::from_ed_components(x),
        KeyMaterial::P256 { x, y } => DecodingKey::from_ec_components(x, y),
        KeyMaterial::Rsa { n, e } => DecodingKey::from_rsa_components(n, e),
    }
    .ok()
}
