//! The operators' API where KV itself is the authority (`USHER_AUTHORITY` = `kv`).

use policy::contract::{StandingRequest, StatusChange};
use policy::door::Knock;
use policy::sighting::Sighting;
use policy::standing::Standing;

use super::given::{Mistake, believable, body, identity_of_query, instance_id};
use super::{ChangeRefused, method_not_allowed};
use crate::authority::kv_only::KvOnly;
use crate::authority::stranger;
use crate::clock;
use crate::gate::Gate;
use crate::page::Answer;

pub(super) async fn answer(gate: &Gate<'_>, path: &str) -> Result<Answer, Mistake> {
    let kv = KvOnly {
        env: gate.env,
        hosts: &gate.configuration.instance_hosts,
    };
    let call = Call { gate, kv };
    let method = gate.incoming.method();
    let segments: Vec<&str> = path.split('/').collect();
    match (segments.as_slice(), method) {
        (["standings"], "GET") => call.standing().await,
        (["standings"], "PUT") => call.put_standing().await,
        (["standings"], "DELETE") => call.remove_standing().await,
        (["standings"], _) => Ok(method_not_allowed("GET, PUT, DELETE", gate.incoming)),
        (["instances"], "GET") => Err(Mistake::Elsewhere(NO_LIST)),
        (["instances", id], "GET") => Ok(call.ok(&call.kv.instance(&instance_id(id)?).await?)),
        (["instances"] | ["instances", _], _) => Ok(method_not_allowed("GET", gate.incoming)),
        (["instances", id, "status"], "PUT") => call.change_status(id).await,
        (["instances", _, "status"], _) => Ok(method_not_allowed("PUT", gate.incoming)),
        (segments, _) if super::methods(segments).is_some() => Err(Mistake::Elsewhere(NOT_IN_KV)),
        (_, _) => Err(Mistake::Refused(ChangeRefused::NotFound)),
    }
}

const NO_LIST: &str = "KV cannot list instances by status: ask for one with `GET instances/{id}`, or keep standings in the registry (USHER_AUTHORITY = `registry`), which lists them";

const NOT_IN_KV: &str = "KV holds standings and instances only; users, orgs, invitations, sessions, events and histories are kept by the registry (USHER_AUTHORITY = `registry`)";

struct Call<'a> {
    gate: &'a Gate<'a>,
    kv: KvOnly<'a>,
}

impl Call<'_> {
    async fn standing(&self) -> Result<Answer, Mistake> {
        let identity = identity_of_query(self.gate)?;
        Ok(self.ok(&self.kv.standing_record(&identity).await?))
    }

    async fn put_standing(&self) -> Result<Answer, Mistake> {
        let record: StandingRequest = body(self.gate).await?;
        let identity = believable(self.gate, &record)?;
        let put = self.kv.put_standing(&identity, &record, clock::now());
        let (record, standing) = put.await?;
        self.show(standing).await?;
        Ok(self.ok(&record))
    }

    async fn change_status(&self, id: &str) -> Result<Answer, Mistake> {
        let StatusChange { status } = body(self.gate).await?;
        let id = instance_id(id)?;
        let changed = self.kv.change_status(&id, status, clock::now());
        let (record, standing) = changed.await?;
        self.show(standing).await?;
        Ok(self.ok(&record))
    }

    async fn remove_standing(&self) -> Result<Answer, Mistake> {
        let identity = identity_of_query(self.gate)?;
        self.kv.remove_standing(&identity).await?;
        // Newer than what KV may still give.
        let nobody = Standing {
            version: clock::now().unix_millis(),
            ..stranger(&Knock::own(identity))
        };
        self.show(nobody).await?;
        Ok(Answer::no_content(&self.gate.incoming.id))
    }

    /// What was written is what is known: KV itself may give the old value for a while (docs/authorities.md).
    async fn show(&self, standing: Standing) -> Result<(), Mistake> {
        let sighting = Sighting {
            standing,
            seen_at: clock::now(),
        };
        let learned = self.gate.sightings().learn(sighting).await;
        Ok(learned.map_err(|known| {
            ChangeRefused::Conflict(format!(
                "KV gave an old record, for version {} is known here; try again in a minute",
                known.version
            ))
        })?)
    }

    fn ok(&self, body: &impl serde::Serialize) -> Answer {
        Answer::json(200, body, &self.gate.incoming.id)
    }
}
