//! At which hosts an instance is reached, and whose members reach it there.

use policy::contract::InstanceRecord;
use policy::door::{Address, Knock};
use policy::event::EventKind;
use policy::org::OrgId;
use policy::standing::InstanceId;

use super::audit::{Entry, Occasion};
use super::changes::version;
use super::{ChangeRefused, Registry, text};
use crate::database::{DatabaseFailed, Statement};

/// Newer than all that was known of any instance at these addresses: what they led to before must not win.
const NEW_VERSION: &str = "UPDATE instances SET version = max(version + 1, ?2) WHERE id = ?1";

const LEAVE_ADDRESSES: &str = "DELETE FROM addresses WHERE instance_id = ?1";

const TAKE_ADDRESSES: &str =
    "INSERT INTO addresses (address, instance_id) SELECT DISTINCT value, ?1 FROM json_each(?2)";

const TAKEN: &str = "
    SELECT address || '` is that of the instance `' || instance_id AS taken FROM addresses
    WHERE address IN (SELECT value FROM json_each(?2)) AND instance_id != ?1 LIMIT 1";

const LEAVE_ORG: &str = "DELETE FROM instance_orgs WHERE instance_id = ?1";

const JOIN_ORG: &str = "INSERT INTO instance_orgs (instance_id, org_id) VALUES (?1, ?2)";

/// What is to become of an instance.
#[derive(Debug)]
pub(crate) struct Place {
    /// All of its addresses; those it has stay where this is `None`.
    pub(crate) addresses: Option<Vec<Address>>,
    pub(crate) org: OrgOfInstance,
}

/// Whose members reach an instance at its addresses, besides its owner.
#[derive(Debug)]
pub(crate) enum OrgOfInstance {
    AsItWas,
    Nobody,
    MembersOf(OrgId),
}

impl Registry<'_> {
    /// Gives an instance other addresses or another org. Gives also everybody who knew it before, or knows it now.
    pub(crate) async fn place_instance(
        &self,
        id: &InstanceId,
        place: &Place,
        occasion: &Occasion<'_>,
    ) -> Result<(InstanceRecord, Vec<Knock>), ChangeRefused> {
        let before = self.instance(id).await?;
        let mut knocks = self.knocks_at(id).await?;
        let addresses = place.addresses.as_ref().map(|addresses| {
            let texts: Vec<_> = addresses.iter().map(Address::as_str).collect();
            serde_json::Value::from(texts)
        });
        let org = match &place.org {
            OrgOfInstance::MembersOf(org) => Some(org),
            OrgOfInstance::AsItWas | OrgOfInstance::Nobody => None,
        };
        // What stays is left out; null is nobody's.
        let mut details = serde_json::Map::new();
        details.extend(
            addresses
                .clone()
                .map(|addresses| ("addresses".to_owned(), addresses)),
        );
        match &place.org {
            OrgOfInstance::AsItWas => {}
            OrgOfInstance::Nobody | OrgOfInstance::MembersOf(_) => {
                details.insert("org".to_owned(), org.map(OrgId::as_str).into());
            }
        }
        let details = serde_json::Value::from(details).to_string();
        let addresses = addresses.map(|addresses| addresses.to_string());
        if let Some(addresses) = &addresses {
            self.refuse_taken(id, addresses).await?;
        }
        if let Some(org) = org {
            self.refuse_unknown(org).await?;
        }
        let entry = Entry {
            user: before.user.as_deref(),
            instance: Some(id.as_str()),
            details: Some(&details),
            ..Entry::default()
        };
        let mut batch = vec![self.event(EventKind::InstanceChanged, &entry, occasion)];
        batch.extend(self.moves(id, addresses.as_deref(), &place.org, occasion));
        // Somebody else may have taken one of them just now.
        self.database
            .batch(batch)
            .await
            .map_err(|problem| conflict(&problem))?;
        for knock in self.knocks_at(id).await? {
            if !knocks.contains(&knock) {
                knocks.push(knock);
            }
        }
        Ok((self.instance(id).await?, knocks))
    }

    fn moves(
        &self,
        id: &InstanceId,
        addresses: Option<&str>,
        org: &OrgOfInstance,
        occasion: &Occasion<'_>,
    ) -> Vec<Statement> {
        let key = text(id.as_str());
        let prepare = |sql: &str| self.database.prepare(sql);
        let mut batch = Vec::new();
        if let Some(addresses) = addresses {
            batch.push(prepare(LEAVE_ADDRESSES).bind(core::slice::from_ref(&key)));
            batch.push(prepare(TAKE_ADDRESSES).bind(&[key, text(addresses)]));
        }
        let leave = prepare(LEAVE_ORG).bind(core::slice::from_ref(&key));
        match org {
            OrgOfInstance::AsItWas => {}
            OrgOfInstance::Nobody => batch.push(leave),
            OrgOfInstance::MembersOf(org) => {
                batch.push(leave);
                batch.push(prepare(JOIN_ORG).bind(&[key, text(org.as_str())]));
            }
        }
        batch.push(prepare(NEW_VERSION).bind(&[key, version(occasion)]));
        batch
    }

    async fn refuse_taken(&self, id: &InstanceId, addresses: &str) -> Result<(), ChangeRefused> {
        let values = [text(id.as_str()), text(addresses)];
        let statement = self.database.prepare(TAKEN).bind(&values);
        match statement.first("taken").await? {
            Some(taken) => Err(ChangeRefused::Conflict(format!(
                "`{taken}`; take it from there first"
            ))),
            None => Ok(()),
        }
    }

    async fn refuse_unknown(&self, org: &OrgId) -> Result<(), ChangeRefused> {
        match self.org(org).await {
            Err(ChangeRefused::NotFound) => Err(ChangeRefused::Conflict(format!(
                "there is no org `{0}`; make it first, with PUT orgs/{0}",
                org.as_str()
            ))),
            known => known.map(|_| ()),
        }
    }
}

fn conflict(problem: &DatabaseFailed) -> ChangeRefused {
    if problem.is_constraint() {
        let sentence = "an address was given to another instance, or the org was removed, at the same moment; read them again";
        ChangeRefused::Conflict(sentence.to_owned())
    } else {
        ChangeRefused::Failed(problem.to_string())
    }
}
