//! From the text of a token to a visitor, or to the reason why not. The only place that makes a [`Visitor`].

use core::future::Future;

use crate::issuer::{Algorithm, Issuer};
use crate::refusal::{Malformation, Refusal};
use crate::standing::{Email, Identity};
use crate::storage_key::StorageKey;
use crate::time::Moment;
use crate::token::{Claims, UnverifiedToken};

/// Somebody whose credential was accepted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Visitor {
    identity: Identity,
    email: Option<Email>,
    valid_from: Moment,
    valid_until: Moment,
    storage_key: StorageKey,
}

impl Visitor {
    /// Who it is.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The e-mail address of the token, only to be shown.
    pub fn email(&self) -> Option<&Email> {
        self.email.as_ref()
    }

    /// The key under which anything about this visitor is stored.
    pub fn storage_key(&self) -> &StorageKey {
        &self.storage_key
    }

    /// When the credential ends, leeway included.
    pub fn valid_until(&self) -> Moment {
        self.valid_until
    }

    /// Judges `exp` and `nbf` anew: a visitor remembered from an earlier request may have expired since.
    pub fn still_valid(&self, now: Moment) -> Result<(), Refusal> {
        if now >= self.valid_until {
            return Err(Refusal::Expired {
                seconds_ago: now.since(self.valid_until).as_secs(),
            });
        }
        if now < self.valid_from {
            return Err(Refusal::NotYetValid {
                seconds_ahead: self.valid_from.since(now).as_secs(),
            });
        }
        Ok(())
    }
}

/// Checks signatures: WebCrypto in the Worker, a native library in tests.
pub trait SignatureCheck {
    /// Whether the signature is the issuer's. Keys come from configuration or the issuer, never from the token.
    fn check(
        &self,
        question: &SignatureQuestion<'_>,
    ) -> impl Future<Output = Result<(), SignatureFailure>>;
}

/// One signature to be checked.
#[derive(Clone, Copy, Debug)]
pub struct SignatureQuestion<'a> {
    /// Whose it should be; also says with which algorithm.
    pub issuer: &'a Issuer,
    /// The `kid` of the header: an opaque name to compare with, never part of an address, a query or a storage key.
    pub key_id: Option<&'a str>,
    /// What was signed: header and payload as they came, with the dot.
    pub signed: &'a [u8],
    /// The signature, decoded; its length is right for the algorithm.
    pub signature: &'a [u8],
}

/// Why a signature was not confirmed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SignatureFailure {
    /// The keys could not be had, so nobody can tell.
    KeysUnavailable,
    /// The issuer has no such key.
    UnknownKey,
    /// The signature is wrong.
    Wrong,
}

/// A token that has the form of one of ours, from an issuer we know. Nothing it says is believed yet.
#[derive(Debug)]
pub struct Presented<'a> {
    token: UnverifiedToken<'a>,
    issuer: &'a Issuer,
}

impl<'a> Presented<'a> {
    /// The part of admission that needs nobody's answer: 1. read the token, 2. find its issuer, 3. compare the algorithm.
    pub fn read(text: &'a str, issuers: &'a [Issuer]) -> Result<Self, Refusal> {
        let token = UnverifiedToken::read(text)?;
        let issuer = issuers
            .iter()
            .find(|issuer| issuer.name.as_str() == token.claims.issuer)
            .ok_or(Refusal::UnknownIssuer)?;
        if Algorithm::parse(&token.algorithm) != Some(issuer.algorithm) {
            return Err(Refusal::AlgorithmNotAllowed {
                found: token.algorithm,
                expected: issuer.algorithm,
            });
        }
        if !issuer.algorithm.may_sign_with(token.signature.len()) {
            return Err(Refusal::Malformed(Malformation::SignatureLength));
        }
        Ok(Self { token, issuer })
    }

    /// The rest: 4. check the signature, 5. judge the claims. A token that is forged *and* expired is a forged one, so claims
    /// are judged only after the signature.
    pub async fn admit(
        self,
        signatures: &impl SignatureCheck,
        now: Moment,
    ) -> Result<Visitor, Refusal> {
        let question = SignatureQuestion {
            issuer: self.issuer,
            key_id: self.token.key_id.as_deref(),
            signed: self.token.signed.as_bytes(),
            signature: &self.token.signature,
        };
        signatures
            .check(&question)
            .await
            .map_err(|failure| match failure {
                SignatureFailure::KeysUnavailable => Refusal::KeysUnavailable,
                SignatureFailure::UnknownKey => Refusal::UnknownKey,
                SignatureFailure::Wrong => Refusal::SignatureWrong,
            })?;
        judge(self.token.claims, self.issuer, now)
    }
}

fn judge(claims: Claims, issuer: &Issuer, now: Moment) -> Result<Visitor, Refusal> {
    judge_addressee(&claims, issuer)?;
    if let Some(issued_at) = claims.issued_at
        && issued_at > now.plus(issuer.leeway)
    {
        return Err(Refusal::IssuedInTheFuture {
            seconds_ahead: issued_at.since(now).as_secs(),
        });
    }
    let identity = Identity {
        issuer: issuer.name.clone(),
        subject: claims.subject,
    };
    // RFC 7519 section 4.1.5: valid from `nbf` on; the leeway is granted by moving that moment, not the clock.
    let valid_from = claims
        .not_before
        .map_or(Moment::from_unix_millis(0), |not_before| {
            not_before.minus(issuer.leeway)
        });
    let visitor = Visitor {
        storage_key: StorageKey::of(&identity),
        identity,
        email: claims.email,
        valid_from,
        valid_until: claims.expires_at.plus(issuer.leeway),
    };
    visitor.still_valid(now)?;
    Ok(visitor)
}

/// Whom the token is for: `aud` must name us (RFC 7519 section 4.1.3), or, where the issuer sends none, `azp` must. A token that
/// names neither is for anybody, so for nobody.
fn judge_addressee(claims: &Claims, issuer: &Issuer) -> Result<(), Refusal> {
    let party = claims.authorized_party.as_ref();
    if !issuer.authorized_parties.is_empty() {
        match party {
            Some(party) if issuer.authorized_parties.contains(party) => {}
            None if !issuer.audiences.is_empty() => {}
            Some(_) | None => return Err(Refusal::PartyMismatch),
        }
    }
    match &claims.audiences {
        None if issuer.audiences.is_empty() => Ok(()),
        None => Err(Refusal::Missing { claim: "aud" }),
        Some(audiences)
            if audiences
                .iter()
                .any(|audience| issuer.audiences.contains(audience)) =>
        {
            Ok(())
        }
        Some(_) => Err(Refusal::AudienceMismatch),
    }
}
