//! The operators' API, `/.usher/admin/v1/`: standings and statuses, with transition checks.

mod kv_standings;
mod sightings;

use policy::contract::{StandingRecord, StatusChange};
use policy::instance_url::InstanceUrl;
use policy::reason::Reason;
use policy::standing::{Identity, InstanceId, IssuerUrl, Subject};
use policy::status::Status;
use serde::Serialize;
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq as _;

use super::method_not_allowed;
use crate::authority::registry::{ChangeRefused, Registry};
use crate::configuration::{AuthoritySetting, Bindings};
use crate::gate::Gate;
use crate::page::Answer;
use crate::{clock, events};

/// The largest record is a standing with an instance, below 4 KiB.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// Longest e-mail address or org: both are told to the app in a header, and a sighting must stay small (RFC 5321 section 4.5.3.1).
const MAX_TEXT_BYTES: usize = 254;

pub(super) async fn answer(gate: &Gate<'_>, path: &str) -> Answer {
    if path == "sightings" {
        // The one call that a control plane may make as well, by its signature.
        return told(gate, sightings::answer(gate).await);
    }
    if !is_operator(gate) {
        return Answer::problem(Reason::OperatorRequired, &gate.incoming.id, Vec::new());
    }
    match &gate.configuration.authority {
        AuthoritySetting::ControlPlane(_) => {
            return told(gate, Err(Mistake::Elsewhere(AT_THE_CONTROL_PLANE)));
        }
        AuthoritySetting::Kv => return told(gate, kv_standings::answer(gate, path).await),
        AuthoritySetting::Registry => {}
    }
    let registry = match Bindings(gate.env).registry() {
        Ok(database) => Registry {
            database,
            hosts: &gate.configuration.instance_hosts,
        },
        Err(problem) => return refused(gate, ChangeRefused::Failed(problem.to_string())),
    };
    let call = Call { gate, registry };
    let method = gate.incoming.method();
    let segments: Vec<&str> = path.split('/').collect();
    let result = match (segments.as_slice(), method.as_str()) {
        (["standings"], "GET") => call.standing().await,
        (["standings"], "PUT") => call.put_standing().await,
        (["standings"], "DELETE") => call.remove_standing().await,
        (["standings"], _) => Ok(method_not_allowed("GET, PUT, DELETE", gate.incoming)),
        (["instances"], "GET") => call.instances().await,
        (["instances", id], "GET") => call.instance(id).await,
        (["instances"] | ["instances", _], _) => Ok(method_not_allowed("GET", gate.incoming)),
        (["instances", id, "status"], "PUT") => call.change_status(id).await,
        (["instances", _, "status"], _) => Ok(method_not_allowed("PUT", gate.incoming)),
        (_, _) => Err(Mistake::Refused(ChangeRefused::NotFound)),
    };
    told(gate, result)
}

/// The answer, or what is wrong with the call.
fn told(gate: &Gate<'_>, result: Result<Answer, Mistake>) -> Answer {
    result.unwrap_or_else(|mistake| match mistake {
        Mistake::Elsewhere(sentence) => {
            let mistakes = vec![sentence.to_owned()];
            Answer::problem(Reason::NotFound, &gate.incoming.id, mistakes)
        }
        Mistake::Request(sentence) => {
            Answer::problem(Reason::BadRequest, &gate.incoming.id, vec![sentence])
        }
        Mistake::Refused(refusal) => refused(gate, refusal),
    })
}

const AT_THE_CONTROL_PLANE: &str = "standings and statuses are kept by the control plane (USHER_AUTHORITY): change them there, and push what has changed with `PUT /.usher/admin/v1/sightings`";

/// Compared in constant time: how long a refusal takes tells nothing about the secret.
fn is_operator(gate: &Gate<'_>) -> bool {
    let authorization = gate.incoming.header("authorization").unwrap_or_default();
    let offered = authorization
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    offered.is_some_and(|(_, secret)| {
        secret
            .as_bytes()
            .ct_eq(gate.configuration.admin_secret.as_bytes())
            .into()
    })
}

enum Mistake {
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

struct Call<'a> {
    gate: &'a Gate<'a>,
    registry: Registry<'a>,
}

impl Call<'_> {
    async fn standing(&self) -> Result<Answer, Mistake> {
        let identity = identity_of_query(self.gate)?;
        Ok(self.ok(&self.registry.standing_record(&identity).await?))
    }

    async fn put_standing(&self) -> Result<Answer, Mistake> {
        let record: StandingRecord = body(self.gate).await?;
        let identity = believable(self.gate, &record)?;
        let result = self
            .registry
            .put_standing(&identity, &record, clock::now())
            .await?;
        self.show(&identity).await;
        Ok(self.ok(&result))
    }

    async fn remove_standing(&self) -> Result<Answer, Mistake> {
        let identity = identity_of_query(self.gate)?;
        self.registry.remove_standing(&identity).await?;
        self.gate.isolate.memory.forget(&identity);
        self.gate.sightings().remove(&identity).await;
        Ok(Answer::no_content(&self.gate.incoming.id))
    }

    async fn instances(&self) -> Result<Answer, Mistake> {
        let word = self.gate.incoming.parameter("status").unwrap_or_default();
        let status = Status::parse(&word).map_err(|_| {
            let words = Status::ALL.map(Status::word).join(", ");
            Mistake::Request(format!(
                "the query's `status` is `{word}`; give one of {words}"
            ))
        })?;
        Ok(self.ok(&self.registry.instances(status).await?))
    }

    async fn instance(&self, id: &str) -> Result<Answer, Mistake> {
        Ok(self.ok(&self.registry.instance(&instance_id(id)?).await?))
    }

    async fn change_status(&self, id: &str) -> Result<Answer, Mistake> {
        let StatusChange { status } = body(self.gate).await?;
        let record = self
            .registry
            .change_status(&instance_id(id)?, status, clock::now())
            .await?;
        if let Ok(owner) = identity(&record.issuer, &record.subject) {
            self.show(&owner).await;
        }
        Ok(self.ok(&record))
    }

    /// Makes a change visible at the next request at this location, and soon elsewhere.
    async fn show(&self, identity: &Identity) {
        self.gate.isolate.memory.forget(identity);
        self.gate.sightings().refresh(identity).await;
    }

    fn ok(&self, body: &impl Serialize) -> Answer {
        Answer::json(200, body, &self.gate.incoming.id)
    }
}

/// Whom a record is about, if the gate will believe all of it.
fn believable(gate: &Gate<'_>, record: &StandingRecord) -> Result<Identity, Mistake> {
    let identity = identity(&record.issuer, &record.subject)?;
    believed_issuer(gate, &identity)?;
    for (name, value) in [("email", &record.email), ("org", &record.org)] {
        if value
            .as_ref()
            .is_some_and(|value| value.len() > MAX_TEXT_BYTES)
        {
            return Err(Mistake::Request(format!(
                "{name} has more than {MAX_TEXT_BYTES} bytes"
            )));
        }
    }
    if let Some(instance) = &record.instance {
        if InstanceId::new(&instance.id).is_none() {
            return Err(Mistake::Request(format!(
                "instance.id is `{}`; give 1 to 128 of A-Z a-z 0-9 . _ -",
                instance.id
            )));
        }
        let url = InstanceUrl::new(&instance.url).filter(|url| url.as_str() == instance.url);
        if !url.is_some_and(|url| {
            gate.configuration
                .instance_hosts
                .iter()
                .any(|rule| rule.covers(&url))
        }) {
            return Err(Mistake::Request(format!(
                "instance.url is `{}`; give an origin without a slash at the end, at a host that USHER_INSTANCE_HOSTS allows",
                instance.url
            )));
        }
    }
    Ok(identity)
}

fn believed_issuer(gate: &Gate<'_>, identity: &Identity) -> Result<(), Mistake> {
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

fn identity_of_query(gate: &Gate<'_>) -> Result<Identity, Mistake> {
    let parameter = |name: &str| {
        let value = gate.incoming.parameter(name);
        value.ok_or_else(|| {
            Mistake::Request(format!(
                "the query has no parameter `{name}`; give issuer and subject"
            ))
        })
    };
    identity(&parameter("issuer")?, &parameter("subject")?)
}

async fn body<T: DeserializeOwned>(gate: &Gate<'_>) -> Result<T, Mistake> {
    let text = gate.incoming.text(MAX_BODY_BYTES).await;
    let text = text.map_err(|problem| Mistake::Request(crate::fetching::text(&problem)))?;
    serde_json::from_slice(text.as_bytes())
        .map_err(|problem| Mistake::Request(format!("the body: {problem}")))
}

fn identity(issuer: &str, subject: &str) -> Result<Identity, Mistake> {
    match (IssuerUrl::new(issuer), Subject::new(subject)) {
        (Some(issuer), Some(subject)) => Ok(Identity { issuer, subject }),
        (_, _) => Err(Mistake::Request(
            "issuer or subject is empty, too long or has control characters".to_owned(),
        )),
    }
}

fn instance_id(id: &str) -> Result<InstanceId, Mistake> {
    InstanceId::new(id).ok_or(Mistake::Refused(ChangeRefused::NotFound))
}

fn refused(gate: &Gate<'_>, refusal: ChangeRefused) -> Answer {
    let (reason, mistakes) = match refusal {
        ChangeRefused::Conflict(sentence) => (Reason::Conflict, vec![sentence]),
        ChangeRefused::Illegal(transition) => {
            (Reason::IllegalTransition, vec![transition.to_string()])
        }
        ChangeRefused::NotFound => (Reason::NotFound, Vec::new()),
        ChangeRefused::Failed(problem) => {
            events::alarm("registry_failed", &problem);
            (Reason::AuthorityUnavailable, vec![problem])
        }
        ChangeRefused::Unreadable(unreadable) => {
            events::alarm("standing_unreadable", &unreadable.to_string());
            let words = Status::ALL.map(Status::word).join(", ");
            (
                Reason::StandingUnreadable,
                vec![
                    unreadable.to_string(),
                    format!("the words of status are {words}"),
                ],
            )
        }
    };
    Answer::problem(reason, &gate.incoming.id, mistakes)
}
