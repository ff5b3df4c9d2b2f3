//! The small domain the rules are run over: every kind of standing, age and place, and real visitors made by admission.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use policy::admission::{Presented, Visitor};
use policy::decision::{Found, Judgement, Place, Rules, decide};
use policy::door::Door;
use policy::instance_url::InstanceUrl;
use policy::issuer::{Algorithm, ClaimNames, Issuer};
use policy::provider::Provider;
use policy::refusal::Refusal;
use policy::session::SignOuts;
use policy::sighting::{Sighting, Unreadable};
use policy::signature::{SignatureCheck, SignatureFailure, SignatureQuestion};
use policy::standing::{
    Identity, Instance, InstanceId, IssuerUrl, Membership, Role, Standing, Subject,
};
use policy::status::Status;
use policy::time::Moment;
use sha2::{Digest, Sha256};

pub(crate) const NOW: Moment = Moment::from_unix_seconds(1_900_000_000);

/// A stand-in for a signature that only the holder of the issuer's name can make: enough for rules, which never look into it.
pub(crate) struct Seal;

impl SignatureCheck for Seal {
    async fn check(&self, question: &SignatureQuestion<'_>) -> Result<(), SignatureFailure> {
        let sealed = seal(question.issuer.name.as_str(), question.signed);
        (sealed == question.signature)
            .then_some(())
            .ok_or(SignatureFailure::Wrong)
    }
}

fn seal(issuer: &str, signed: &[u8]) -> Vec<u8> {
    let half = Sha256::new()
        .chain_update(issuer)
        .chain_update(signed)
        .finalize();
    [half.as_slice(), half.as_slice()].concat()
}

pub(crate) fn issuer(name: &str) -> Issuer {
    Issuer {
        name: IssuerUrl::new(name).unwrap(),
        audiences: vec!["usher".to_owned()],
        authorized_parties: Vec::new(),
        algorithms: vec![Algorithm::Es256],
        claims: ClaimNames::default(),
        provider: Provider::Own,
        leeway: Duration::from_mins(1),
    }
}

pub(crate) const ISSUER: &str = "https://id.example/";
pub(crate) const OTHER_ISSUER: &str = "https://other.example/";

pub(crate) fn token(issuer: &str, header: &str, claims: &str) -> String {
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    );
    format!(
        "{signed}.{}",
        URL_SAFE_NO_PAD.encode(seal(issuer, signed.as_bytes()))
    )
}

pub(crate) fn admit(text: &str) -> Result<Visitor, Refusal> {
    let issuers = [issuer(ISSUER), issuer(OTHER_ISSUER)];
    now_or_never(async { Presented::read(text, &issuers)?.admit(&Seal, NOW).await })
}

/// Runs a future that never waits.
pub(crate) fn now_or_never<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing here waits"),
    }
}

pub(crate) fn visitor(subject: &str) -> Visitor {
    let claims = format!(
        r#"{{"iss":"{ISSUER}","sub":"{subject}","aud":"usher","exp":1900003600,"email":"{subject}@example.com"}}"#
    );
    admit(&token(ISSUER, r#"{"alg":"ES256"}"#, &claims)).unwrap()
}

/// What the platform may know of a visitor.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Known {
    Stranger,
    NeedsInvitation,
    NoInstance,
    Has(Status),
    /// Longer on the way than the budget allows.
    Overdue(Status),
    OwnerWithout,
    OwnerWith(Status),
    /// Logged out since the token was issued.
    SignedOut(Status),
}

impl Known {
    pub(crate) const ALL: [Self; 13] = [
        Self::Stranger,
        Self::NeedsInvitation,
        Self::NoInstance,
        Self::Has(Status::Provisioning),
        Self::Overdue(Status::Provisioning),
        Self::Has(Status::Active),
        Self::Overdue(Status::Active),
        Self::Has(Status::Ready),
        Self::Has(Status::Suspended),
        Self::OwnerWithout,
        Self::OwnerWith(Status::Ready),
        Self::SignedOut(Status::Ready),
        Self::SignedOut(Status::Suspended),
    ];

    pub(crate) fn name(self) -> String {
        match self {
            Self::Stranger => "stranger".to_owned(),
            Self::NeedsInvitation => "needs invitation".to_owned(),
            Self::NoInstance => "no instance".to_owned(),
            Self::Has(status) => status.to_string(),
            Self::Overdue(status) => format!("{status}, overdue"),
            Self::OwnerWithout => "owner, no instance".to_owned(),
            Self::OwnerWith(status) => format!("owner, {status}"),
            Self::SignedOut(status) => format!("{status}, logged out"),
        }
    }

    pub(crate) fn sighting(self, identity: &Identity, seen_at: Moment) -> Sighting {
        let (membership, status, overdue) = match self {
            Self::Stranger => (Membership::Stranger, None, false),
            Self::NeedsInvitation => (Membership::NeedsInvitation, None, false),
            Self::NoInstance => (member(Role::Member), None, false),
            Self::Has(status) | Self::SignedOut(status) => {
                (member(Role::Member), Some(status), false)
            }
            Self::Overdue(status) => (member(Role::Member), Some(status), true),
            Self::OwnerWithout => (member(Role::PlatformOwner), None, false),
            Self::OwnerWith(status) => (member(Role::PlatformOwner), Some(status), false),
        };
        let waited = if overdue { BUDGET } else { Duration::ZERO };
        let instance = status.map(|status| Instance {
            id: InstanceId::new("i-1").unwrap(),
            url: InstanceUrl::new("https://guy.fly.dev").unwrap(),
            status,
            since: NOW.minus(waited),
        });
        let before = matches!(self, Self::SignedOut(_)).then_some(NOW);
        Sighting {
            standing: Standing {
                identity: identity.clone(),
                door: Door::Own,
                membership,
                instance,
                sign_outs: SignOuts {
                    before,
                    sessions: Vec::new(),
                },
                version: 1,
            },
            seen_at,
        }
    }
}

fn member(role: Role) -> Membership {
    Membership::Member { org: None, role }
}

pub(crate) const BUDGET: Duration = Duration::from_mins(10);

/// How old a sighting may be: just inside and just outside of each bound of the default rules.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Age {
    /// The sighting claims to be from the future, further than clocks differ.
    Ahead(Duration),
    Past(Duration),
}

impl Age {
    pub(crate) const ALL: [Self; 8] = [
        Self::Past(Duration::ZERO),
        Self::Past(Duration::from_millis(1_999)),
        Self::Past(Duration::from_millis(9_999)),
        Self::Past(Duration::from_millis(59_999)),
        Self::Past(Duration::from_mins(1)),
        Self::Past(Duration::from_millis(899_999)),
        Self::Past(Duration::from_mins(15)),
        Self::Ahead(Duration::from_millis(5_001)),
    ];

    pub(crate) fn seen_at(self) -> Moment {
        match self {
            Self::Past(age) => NOW.minus(age),
            Self::Ahead(lead) => NOW.plus(lead),
        }
    }
}

pub(crate) const PLACES: [Place; 3] = [Place::App, Place::OpenWhenSuspended, Place::PlatformRoot];

/// What was found out, as data that both implementations understand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum FoundOut {
    Answered(Known),
    Remembered(Known, Age),
    Failed(Known, Age),
    FailedNeverSeen,
    Unreadable,
    SomeoneElses(Status),
}

pub(crate) fn every_finding() -> Vec<FoundOut> {
    let pairs = Known::ALL
        .into_iter()
        .flat_map(|known| Age::ALL.into_iter().map(move |age| (known, age)));
    pairs
        .flat_map(|(known, age)| {
            [
                FoundOut::Remembered(known, age),
                FoundOut::Failed(known, age),
            ]
        })
        .chain(Known::ALL.map(FoundOut::Answered))
        .chain([FoundOut::FailedNeverSeen, FoundOut::Unreadable])
        .chain(Status::ALL.map(FoundOut::SomeoneElses))
        .collect()
}

/// Asks the real rules and gives what `look` makes of the judgement.
pub(crate) fn judged<T>(
    visitor: &Visitor,
    found_out: FoundOut,
    place: Place,
    now: Moment,
    look: impl FnOnce(&Judgement<'_>) -> T,
) -> T {
    let identity = visitor.identity();
    let someone_else = Identity {
        issuer: identity.issuer.clone(),
        subject: Subject::new("somebody-else").unwrap(),
    };
    let sighting = match found_out {
        FoundOut::Answered(known) => Some(known.sighting(identity, now)),
        FoundOut::Remembered(known, age) | FoundOut::Failed(known, age) => {
            Some(known.sighting(identity, age.seen_at()))
        }
        FoundOut::SomeoneElses(status) => Some(Known::Has(status).sighting(&someone_else, now)),
        FoundOut::FailedNeverSeen | FoundOut::Unreadable => None,
    };
    let found = match (found_out, &sighting) {
        (FoundOut::Unreadable, _) => Found::Unreadable(&Unreadable::BadShape),
        (FoundOut::Answered(_) | FoundOut::SomeoneElses(_), Some(sighting)) => {
            Found::Answered(sighting)
        }
        (FoundOut::Remembered(..), Some(sighting)) => Found::Remembered(sighting),
        (_, last) => Found::AuthorityFailed(last.as_ref()),
    };
    look(&decide(visitor, found, place, &Rules::default(), now))
}
