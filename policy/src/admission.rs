//! From the text of a token to a visitor, or to the reason why not. The only place that makes a [`Visitor`].

use core::time::Duration;

use crate::claims::{Claims, Payload, judge_end, judge_start};
use crate::email::{ComparableEmail, Email};
use crate::envelope::Envelope;
use crate::issuer::Issuer;
use crate::provider::Provider;
use crate::provisioning::{Newcomer, Unrecognised};
use crate::refusal::Refusal;
use crate::session::{SessionKey, SessionName};
use crate::signature::SignatureCheck;
use crate::standing::Identity;
use crate::storage_key::StorageKey;
use crate::time::Moment;

/// Somebody whose credential was accepted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Visitor {
    identity: Identity,
    provider: Provider,
    email: Option<Email>,
    email_verified: Option<bool>,
    issued_at: Option<Moment>,
    session: SessionKey,
    session_outlives_token: bool,
    is_operator: bool,
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

    /// Who they may be recognised as at first sight. An address counts unless the issuer says that it is not verified.
    pub fn newcomer(&self) -> Newcomer {
        let email = self.email.as_ref().ok_or(Unrecognised::NoEmail);
        Newcomer {
            email: email.and_then(|email| match self.email_verified {
                Some(false) => Err(Unrecognised::EmailUnverified),
                Some(true) | None => {
                    ComparableEmail::parse(email.as_str()).ok_or(Unrecognised::EmailAmbiguous)
                }
            }),
        }
    }

    /// When the credential was issued, as far as it says.
    pub fn issued_at(&self) -> Option<Moment> {
        self.issued_at
    }

    /// The session the credential belongs to.
    pub fn session(&self) -> &SessionKey {
        &self.session
    }

    /// Whether later tokens can belong to the same session, so that it is not over when this one is.
    pub fn session_outlives_token(&self) -> bool {
        self.session_outlives_token
    }

    /// Whether their issuer says that they run the platform.
    pub fn is_operator(&self) -> bool {
        self.is_operator
    }

    /// The key under which anything about this visitor is stored.
    pub fn storage_key(&self) -> &StorageKey {
        &self.storage_key
    }

    /// When the credential ends, leeway included.
    pub fn valid_until(&self) -> Moment {
        self.expires_at.plus(self.leeway)
    }

    /// Judges `exp` and `nbf` anew: a visitor remembered from an earlier request may have expired since.
    pub fn still_valid(&self, now: Moment) -> Result<(), Refusal> {
        judge_end(self.expires_at, self.leeway, now)?;
        judge_start(self.not_before, self.leeway, now)
    }
}

impl Visitor {
    /// Somebody who would come with a credential issued at this moment. Nobody is let in as such a one: [`crate::foresight`] alone asks
    /// for it, and gives no permit away.
    pub(crate) fn imagined(identity: &Identity, now: Moment) -> Self {
        Self {
            identity: identity.clone(),
            provider: Provider::Own,
            email: None,
            email_verified: None,
            issued_at: Some(now),
            // Whatever it is named after, it is nobody's.
            session: SessionKey::of(identity, SessionName::Payload(&[])),
            session_outlives_token: false,
            is_operator: false,
            not_before: None,
            expires_at: now.plus(Duration::from_secs(1)),
            leeway: Duration::ZERO,
            storage_key: StorageKey::of(identity),
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
        judge(self.claims, self.envelope.payload(), self.issuer, now)
    }
}

fn judge(claims: Claims, payload: &[u8], issuer: &Issuer, now: Moment) -> Result<Visitor, Refusal> {
    claims.judge_addressee(issuer)?;
    claims.judge_issue(issuer, now)?;
    let identity = Identity {
        issuer: issuer.name.clone(),
        subject: claims.subject,
    };
    let session = match (&claims.session_id, &claims.token_id) {
        (Some(sid), _) => SessionName::Sid(sid),
        (None, Some(jti)) => SessionName::Jti(jti),
        (None, None) => SessionName::Payload(payload),
    };
    let visitor = Visitor {
        session: SessionKey::of(&identity, session),
        session_outlives_token: session.outlives_its_token(),
        // `nbf` is a second best: a token is not used before it, and hardly issued long before.
        issued_at: claims.issued_at.or(claims.not_before),
        email_verified: claims.email_verified,
        is_operator: claims.is_operator,
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
