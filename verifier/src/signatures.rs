//! Signatures checked by libraries of this machine, behind the same trait as WebCrypto in the gate.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use policy::issuer::Algorithm;
use policy::jwks::KeySet;
use policy::public_key::{KeyMaterial, MAX_RSA_BITS, PublicKey};
use policy::signature::{SignatureCheck, SignatureFailure, SignatureQuestion};
use rsa::sha2::{Digest as _, Sha256};
use rsa::{BigUint, Pkcs1v15Sign, RsaPublicKey};

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
    /// Takes the keys of an issuer, but for those that the libraries do not take: WebCrypto would not import them either.
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
        if candidates.iter().any(|key| key.made(question)) {
            Ok(())
        } else {
            Err(SignatureFailure::Wrong)
        }
    }
}

impl Keys {
    fn candidates(&self, question: &SignatureQuestion<'_>) -> Vec<Key> {
        if question.algorithm == Algorithm::Hs256 {
            let secrets = self.secrets.iter();
            let keys = secrets.map(|secret| Key::Library(DecodingKey::from_secret(secret)));
            return keys.collect();
        }
        let positions = self
            .public
            .candidates(question.algorithm, question.key_id)
            .into_iter();
        positions
            .filter_map(|position| self.public.keys.get(position))
            .filter_map(Key::of)
            .collect()
    }
}

/// Whether the libraries take the key: not, say, a point that is not on its curve.
pub fn is_usable(key: &PublicKey) -> bool {
    let algorithm = library_name(key.material.algorithm());
    match Key::of(key) {
        // It looks at the key only when it checks something.
        Some(Key::Library(key)) => jsonwebtoken::crypto::verify("", b"", &key, algorithm).is_ok(),
        Some(Key::Rsa(_)) => true,
        None => false,
    }
}

/// A key as a library takes it.
enum Key {
    Library(DecodingKey),
    /// Beside the library, which takes no RSA key of more than 4096 bits; `WebCrypto` and the rules do.
    Rsa(RsaPublicKey),
}

impl Key {
    /// None if its numbers cannot be a key.
    fn of(key: &PublicKey) -> Option<Self> {
        match &key.material {
            KeyMaterial::Ed25519 { x } => {
                DecodingKey::from_ed_components(x).ok().map(Self::Library)
            }
            KeyMaterial::P256 { x, y } => DecodingKey::from_ec_components(x, y)
                .ok()
                .map(Self::Library),
            KeyMaterial::Rsa { n, e } => {
                let number =
                    |text| Some(BigUint::from_bytes_be(&URL_SAFE_NO_PAD.decode(text).ok()?));
                RsaPublicKey::new_with_max_size(number(n)?, number(e)?, MAX_RSA_BITS)
                    .ok()
                    .map(Self::Rsa)
            }
        }
    }

    fn made(&self, question: &SignatureQuestion<'_>) -> bool {
        match self {
            Self::Library(key) => {
                let signature = URL_SAFE_NO_PAD.encode(question.signature);
                let algorithm = library_name(question.algorithm);
                jsonwebtoken::crypto::verify(&signature, question.signed, key, algorithm)
                    .unwrap_or_default()
            }
            Self::Rsa(key) => {
                let hash = Sha256::digest(question.signed);
                key.verify(Pkcs1v15Sign::new::<Sha256>(), &hash, question.signature)
                    .is_ok()
            }
        }
    }
}

const fn library_name(algorithm: Algorithm) -> jsonwebtoken::Algorithm {
    match algorithm {
        Algorithm::EdDsa => jsonwebtoken::Algorithm::EdDSA,
        Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
        Algorithm::Hs256 => jsonwebtoken::Algorithm::HS256,
        Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
    }
}
