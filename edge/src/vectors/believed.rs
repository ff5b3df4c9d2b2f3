//! The issuers of a question and their keys, in place of the configured ones.

use std::time::Duration;

use policy::issuer::{Algorithm, ClaimNames, Issuer};
use policy::jwks::KeySet;
use policy::provider::Provider;
use policy::public_key::PublicKey;
use policy::shared_secret::MIN_SECRET_BYTES;
use policy::signature::{SignatureCheck, SignatureFailure, SignatureQuestion};
use policy::standing::IssuerUrl;
use web_sys::{CryptoKey, SubtleCrypto};

use super::question::Believed;
use crate::issuer_keys::import::{self, Imported};
use crate::signature::made_by_one_of;

/// Issuers and their keys, at the same positions.
pub(super) struct Ring<'a> {
    pub(super) issuers: Vec<Issuer>,
    keys: Vec<Keys>,
    crypto: &'a SubtleCrypto,
}

struct Keys {
    public: Imported,
    secrets: Vec<CryptoKey>,
}

impl<'a> Ring<'a> {
    pub(super) async fn of(believed: &[Believed], crypto: &'a SubtleCrypto) -> Self {
        let mut ring = Self {
            issuers: Vec::new(),
            keys: Vec::new(),
            crypto,
        };
        for issuer in believed {
            let Some(name) = IssuerUrl::new(&issuer.name) else {
                continue;
            };
            let algorithms = algorithms_of(&issuer.algorithms);
            ring.keys.push(keys_of(issuer, &algorithms, crypto).await);
            ring.issuers.push(Issuer {
                name,
                provider: Provider::Own,
                audiences: issuer.audiences.clone(),
                authorized_parties: issuer.authorized_parties.clone(),
                algorithms,
                claims: ClaimNames::default(),
                leeway: Duration::from_secs(issuer.leeway_seconds),
            });
        }
        ring
    }
}

impl SignatureCheck for Ring<'_> {
    async fn check(&self, question: &SignatureQuestion<'_>) -> Result<(), SignatureFailure> {
        let mut units = self.issuers.iter().zip(&self.keys);
        let (_, keys) = units
            .find(|(issuer, _)| issuer.name == question.issuer.name)
            .ok_or(SignatureFailure::UnknownKey)?;
        let candidates = if question.algorithm == Algorithm::Hs256 {
            keys.secrets.clone()
        } else {
            keys.public.candidates(question.algorithm, question.key_id)
        };
        if candidates.is_empty() {
            return Err(SignatureFailure::UnknownKey);
        }
        made_by_one_of(&candidates, question, self.crypto).await
    }
}

async fn keys_of(issuer: &Believed, algorithms: &[Algorithm], crypto: &SubtleCrypto) -> Keys {
    let body = issuer.key_set.as_deref().unwrap_or_default();
    let mut set = KeySet::read(body.as_bytes(), algorithms).unwrap_or_default();
    let written = issuer.pems.iter().map(|pem| PublicKey::from_pem(pem));
    written.flatten().for_each(|key| set.add(key));
    let mut secrets = Vec::new();
    // The configuration refuses a shorter one.
    let long_enough = |secret: &&Vec<u8>| secret.len() >= MIN_SECRET_BYTES;
    for secret in issuer.secrets.iter().filter(long_enough) {
        secrets.extend(import::secret(secret, crypto).await);
    }
    Keys {
        public: Imported::of(set, crypto).await,
        secrets,
    }
}

pub(super) fn algorithms_of(names: &[String]) -> Vec<Algorithm> {
    let known = names.iter().filter_map(|name| Algorithm::parse(name));
    known.collect()
}
