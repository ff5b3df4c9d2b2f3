//! One call of the admin API: its body, its occasion, and how it is answered.

use policy::standing::{Identity, IssuerUrl, Subject};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::operator::Operator;
use crate::authority::registry::audit::Occasion;
use crate::authority::registry::{ChangeRefused, Registry};
use crate::clock;
use crate::gate::Gate;
use crate::page::Answer;

/// The largest record is a standing with an instance, below 4 KiB.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// Why a call is not done.
pub(super) enum Mistake {
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

/// One call by an operator.
pub(super) struct Call<'a> {
    pub(super) gate: &'a Gate<'a>,
    pub(super) registry: Registry<'a>,
    pub(super) operator: Operator,
}

impl Call<'_> {
    /// What the audit says of this call.
    pub(super) fn occasion(&self) -> Occasion<'_> {
        Occasion {
            at: clock::now(),
            request_id: &self.gate.incoming.id,
            ip: None,
            user_agent: None,
            actor: Some(&self.operator.name),
            why: self.operator.why.as_deref(),
        }
    }

    /// Makes a change visible at the next request at this location, and soon elsewhere.
    pub(super) async fn show(&self, identity: &Identity) {
        self.gate.isolate.memory.forget(identity);
        self.gate.sightings().refresh(identity).await;
    }

    pub(super) async fn show_all(&self, identities: &[Identity]) {
        for identity in identities {
            self.show(identity).await;
        }
    }

    /// Shows that somebody, or what was theirs, is not there any more. That there is nothing is remembered, or an answer that is
    /// still under way would bring it back.
    pub(super) async fn forget_all(&self, identities: &[Identity]) {
        for identity in identities {
            self.show(identity).await;
            self.gate.sightings().remove(identity).await;
        }
    }

    pub(super) async fn body<T: DeserializeOwned>(&self) -> Result<T, Mistake> {
        let text = self.gate.incoming.text(MAX_BODY_BYTES).await;
        let text = text.map_err(|problem| Mistake::Request(crate::fetching::text(&problem)))?;
        serde_json::from_slice(text.as_bytes())
            .map_err(|problem| Mistake::Request(format!("the body: {problem}")))
    }

    pub(super) fn ok(&self, body: &impl Serialize) -> Answer {
        Answer::json(200, body, &self.gate.incoming.id)
    }

    /// Answers with JSON that is written already.
    pub(super) fn text(&self, json: String) -> Answer {
        Answer::json_text(json, &self.gate.incoming.id)
    }

    pub(super) fn done(&self) -> Answer {
        Answer::no_content(&self.gate.incoming.id)
    }
}

pub(super) fn identity(issuer: &str, subject: &str) -> Result<Identity, Mistake> {
    match (IssuerUrl::new(issuer), Subject::new(subject)) {
        (Some(issuer), Some(subject)) => Ok(Identity { issuer, subject }),
        (_, _) => Err(Mistake::Request(
            "issuer or subject is empty, too long or has control characters".to_owned(),
        )),
    }
}

/// A segment of the path, decoded: ids of orgs may be any text.
pub(super) fn decoded(segment: &str) -> Result<String, Mistake> {
    js_sys::decode_uri_component(segment)
        .map(String::from)
        .map_err(|_| Mistake::Request(format!("`{segment}` in the path is not percent-encoded")))
}
