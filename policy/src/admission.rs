//! From the text of a token to a visitor, or to the reason why not. The only place that makes a [`Visitor`].

use core::time::Duration;

use crate::claims::{Claims, Payload};
use crate::envelope::Envelope;
use crate::issuer::Issuer;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::signature::SignatureCheck;
use crate::standing::{Email, Identity};
use crate::storage_key::StorageKey;
use crate::time::Moment;

/// Somebody whose credential was accepted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Visitor {
    identity: Identity,
    provider: Provider,
    email: Option<Email>,
    not_before: Option<Moment>,
    expires_at: Moment,
    leeway: Duration,
    storage_key: StorageKey,
}

impl Visitor {
    /// Who it is.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Whose log-in it was, as the issuer is configured.
    pub fn provider(&self) -> Provider {
        self.provider
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
        self.expires_at.plus(self.leeway)
    }

    /// Judges `exp` and `nbf` anew: a visitor remembered from an earlier request may have expired since. RFC 7519 sections 4.1.4
    /// and 4.1.5: valid before `exp` and from `nbf` on; the leeway moves those moments, not the clock.
    pub fn still_valid(&self, now: Moment) -> Result<(), Refusal> {
        if now >= self.valid_until() {
            return Err(Refusal::Expired {
                seconds_ago: now.since(self.expires_at).as_secs(),
            });
        }
        match self.not_before {
            Some(not_before) if now < not_before.minus(self.leeway) => Err(Refusal::NotYetValid {
                seconds_ahead: not_before.since(now).as_secs(),
            }),
            Some(_) | None => Ok(()),
        }
    }
}

/// A token that has the form of one of ours, from an issuer we know. Nothing it says is believed yet.
#[derive(Debug)]
pub struct Presented<'a> {
    envelope: Envelope<'a>,
    claims: Claims,
    issuer: &'a Issuer,
}

impl<'a> Presented<'a> {
    /// The part of admission that needs nobody's answer: 1. read the token, 2. find its issuer, 3. compare the algorithm.
    pub fn read(text: &'a str, issuers: &'a [Issuer]) -> Result<Self, Refusal> {
        let envelope = Envelope::read(text)?;
        let payload = Payload::read(envelope.payload())?;
        let issuer = payload.issuer(issuers)?;
        let claims = payload.claims(&issuer.claims)?;
        envelope.algorithm_of(issuer)?;
        Ok(Self {
            envelope,
            claims,
            issuer,
        })
    }

    /// Whose token it says it is.
    pub fn issuer(&self) -> &'a Issuer {
        self.issuer
    }

    /// The rest: 4. check the signature, 5. judge the claims. A token that is forged *and* expired is a forged one, so claims
    /// are judged only after the signature.
    pub async fn admit(
        self,
        signatures: &impl SignatureCheck,
        now: Moment,
    ) -> Result<Visitor, Refusal> {
        self.envelope.check(self.issuer, signatures).await?;
        judge(self.claims, self.issuer, now)
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
    let visitor = Visitor {
        storage_key: StorageKey::of(&identity),
        identity,
        provider: issuer.provider,
        email: claims.email,
        not_before: claims.not_before,
        expires_at: claims.expires_at,
        leeway: issuer.leeway,
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
            Some(_) | None => {
                return Err(Refusal::PartyMismatch {
                    found: party.cloned(),
                });
            }
        }
    }
    match &claims.audiences {
        None if issuer.audiences.is_empty() => Ok(()),
        None => Err(Refusal::Missing { name: "aud".into() }),
        Some(audiences)
            if audiences
                .iter()
                .any(|audience| issuer.audiences.contains(audience)) =>
        {
            Ok(())
        }
        Some(audiences) => Err(Refusal::AudienceMismatch {
            found: audiences.clone(),
        }),
    }
}
