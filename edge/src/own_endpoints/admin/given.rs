//! What a call of the admin API gives, parsed at the rim: each mistake a sentence that says what is wrong where.

use policy::contract::StandingRequest;
use policy::email::Email;
use policy::instance_url::InstanceUrl;
use policy::org::OrgId;
use policy::standing::{Identity, InstanceId, IssuerUrl, Subject};
use policy::strict_json::typed;
use serde::de::DeserializeOwned;

use super::query::Query;
use crate::authority::registry::ChangeRefused;
use crate::gate::Gate;

/// The largest record is a standing with an instance, below 4 KiB.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// Why a call is not done.
pub(super) enum Mistake {
    /// The configured authority has no such thing; the sentence says where it is done.
    Elsewhere(&'static str),
    /// The call cannot be understood; the sentence says what is wrong where.
    Request(String),
    /// The registry did not do it.
    Refused(ChangeRefused),
}

impl From<ChangeRefused> for Mistake {
    fn from(refusal: ChangeRefused) -> Self {
        Self::Refused(refusal)
    }
}

pub(super) async fn body<T: DeserializeOwned>(gate: &Gate<'_>) -> Result<T, Mistake> {
    let text = gate.incoming.text(MAX_BODY_BYTES).await;
    let text = text.map_err(|problem| Mistake::Request(crate::fetching::text(&problem)))?;
    typed::read(text.as_bytes()).map_err(|problem| Mistake::Request(format!("the body: {problem}")))
}

/// Whom a record is about, if the gate will believe all of it.
pub(super) fn believable(gate: &Gate<'_>, record: &StandingRequest) -> Result<Identity, Mistake> {
    let identity = identity(&record.issuer, &record.subject)?;
    believed_issuer(gate, &identity)?;
    let email = record.email.as_ref().and_then(Option::as_deref);
    // No address is longer, and a record must stay small.
    if email.is_some_and(|email| email.len() > Email::MAX_BYTES) {
        return Err(Mistake::Request(format!(
            "email has more than {} bytes",
            Email::MAX_BYTES
        )));
    }
    if let Some(Some(org)) = &record.org {
        org_id(org)?;
    }
    let Some(instance) = &record.instance else {
        return Ok(identity);
    };
    if InstanceId::new(&instance.id).is_none() {
        return Err(Mistake::Request(format!(
            "instance.id is `{}`; give 1 to 128 of A-Z a-z 0-9 . _ -",
            instance.id
        )));
    }
    let url = InstanceUrl::new(&instance.url).filter(|url| url.as_str() == instance.url);
    let hosts = &gate.configuration.instance_hosts;
    if url.is_some_and(|url| hosts.iter().any(|rule| rule.covers(&url))) {
        return Ok(identity);
    }
    Err(Mistake::Request(format!(
        "instance.url is `{}`; give an origin without a slash at the end, at a host that USHER_INSTANCE_HOSTS allows; `http:` only where it says so",
        instance.url
    )))
}

pub(super) fn believed_issuer(gate: &Gate<'_>, identity: &Identity) -> Result<(), Mistake> {
    let issuers = &gate.configuration.issuers;
    if issuers.iter().any(|issuer| issuer.name == identity.issuer) {
        return Ok(());
    }
    let names: Vec<_> = issuers.iter().map(|issuer| issuer.name.as_str()).collect();
    Err(Mistake::Request(format!(
        "issuer is `{}`, whose tokens nobody here believes; give one of USHER_ISSUERS, byte for byte: {}",
        identity.issuer.as_str(),
        names.join(", ")
    )))
}

pub(super) fn identity_of_query(gate: &Gate<'_>) -> Result<Identity, Mistake> {
    let query = Query::of(gate, &["issuer", "subject"])?;
    let parameter = |name: &str| {
        query.get(name).ok_or_else(|| {
            Mistake::Request(format!(
                "the query has no parameter `{name}`; give issuer and subject"
            ))
        })
    };
    identity(&parameter("issuer")?, &parameter("subject")?)
}

pub(super) fn identity(issuer: &str, subject: &str) -> Result<Identity, Mistake> {
    match (IssuerUrl::new(issuer), Subject::new(subject)) {
        (Some(issuer), Some(subject)) => Ok(Identity { issuer, subject }),
        (_, _) => Err(Mistake::Request(
            "issuer or subject is empty, too long or has control characters".to_owned(),
        )),
    }
}

pub(super) fn org_id(id: &str) -> Result<OrgId, Mistake> {
    OrgId::new(id).ok_or_else(|| {
        Mistake::Request(format!(
            "the org's id is empty, has more than {} bytes or has control characters",
            OrgId::MAX_BYTES
        ))
    })
}

pub(super) fn instance_id(id: &str) -> Result<InstanceId, Mistake> {
    InstanceId::new(id).ok_or(Mistake::Refused(ChangeRefused::NotFound))
}

/// A segment of the path, decoded: ids of orgs may be any text.
pub(super) fn decoded(segment: &str) -> Result<String, Mistake> {
    js_sys::decode_uri_component(segment)
        .map(String::from)
        .map_err(|_| Mistake::Request(format!("`{segment}` in the path is not percent-encoded")))
}
