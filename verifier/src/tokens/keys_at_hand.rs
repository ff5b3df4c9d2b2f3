//! The keys of one issuer as far as they can be had from here, and the check of signatures with them.

use policy::issuer::{Algorithm, Issuer};
use policy::jwks::KeySet;
use policy::signature::{SignatureCheck, SignatureFailure, SignatureQuestion};
use verifier::signatures::{Keys, NativeSignatures};

use crate::tokens::error::CheckError;
use crate::tokens::expectation::{IssuerKeys, Place};
use crate::tokens::key_set::{self, NoKeys};

/// What could be had of an issuer's keys.
pub(crate) struct KeysAtHand {
    /// Where the public ones are, for people; none where the issuer has none.
    pub(crate) place: Option<String>,
    pub(crate) public: Result<KeySet, NoKeys>,
    /// The names of the secrets whose values are known.
    pub(crate) known_secrets: Vec<String>,
    /// The names of those that nobody here knows.
    pub(crate) unknown_secrets: Vec<String>,
    native: NativeSignatures,
}

impl KeysAtHand {
    /// Looks at every place where the issuer has keys.
    pub(crate) async fn gather(issuer: &Issuer, keys: &IssuerKeys) -> Result<Self, CheckError> {
        let algorithms = &issuer.algorithms;
        let (place, public) = match &keys.public {
            Place::None => (None, Ok(KeySet::default())),
            Place::Written(set) => (Some("the configuration".to_owned()), Ok(set.clone())),
            Place::File(path) => (
                Some(path.display().to_string()),
                Ok(key_set::read(path, algorithms)?),
            ),
            Place::Address(url) => (
                // Without user and query, which may hold what is nobody's business.
                Some(format!(
                    "{}{}",
                    url.origin().ascii_serialization(),
                    url.path()
                )),
                key_set::fetch(url, algorithms).await?,
            ),
        };
        let (known, unknown): (Vec<_>, Vec<_>) =
            keys.secrets.iter().partition(|(_, value)| value.is_some());
        let names = |secrets: Vec<&(String, Option<String>)>| {
            let names = secrets.into_iter().map(|(name, _)| name.clone());
            names.collect()
        };
        let mut native = NativeSignatures::default();
        let secrets = known.iter().filter_map(|(_, value)| value.as_ref());
        native.add(
            issuer.name.as_str(),
            Keys {
                public: public.as_ref().cloned().unwrap_or_default(),
                secrets: secrets.map(|value| value.clone().into_bytes()).collect(),
            },
        );
        Ok(Self {
            place,
            public,
            known_secrets: names(known),
            unknown_secrets: names(unknown),
            native,
        })
    }

    /// Whether a key that could not be had might have made a signature of this algorithm.
    pub(crate) fn may_lack(&self, algorithm: Algorithm) -> bool {
        match algorithm {
            Algorithm::Hs256 => !self.unknown_secrets.is_empty(),
            Algorithm::EdDsa | Algorithm::Es256 | Algorithm::Rs256 => self.public.is_err(),
        }
    }
}

impl SignatureCheck for KeysAtHand {
    async fn check(&self, question: &SignatureQuestion<'_>) -> Result<(), SignatureFailure> {
        let answer = self.native.check(question).await;
        // A signature that no key at hand has made may be that of one we could not look at.
        answer.map_err(|failure| {
            if self.may_lack(question.algorithm) {
                SignatureFailure::KeysUnavailable
            } else {
                failure
            }
        })
    }
}
