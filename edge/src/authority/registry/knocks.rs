//! Who is to see a change: everybody whom a user is known as, and everybody who may know an instance, at every door.

use policy::door::{Address, Door, Knock};
use policy::sighting::Unreadable;
use policy::standing::{Identity, InstanceId, IssuerUrl, Subject};

use super::{ChangeRefused, RECORD, Registry, number, read, text};

/// Every door that the user `?1` may know, that of their own instance first, up to `?2`.
const KNOCKS_OF: &str = "
    SELECT (SELECT json_group_array(json_array(issuer, subject, address)) FROM (
                SELECT issuer, subject, NULL AS address FROM identities WHERE user_id = users.id
                UNION ALL
                SELECT issuer, subject, address FROM identities, addresses
                JOIN instances ON instances.id = addresses.instance_id
                LEFT JOIN instance_orgs ON instance_orgs.instance_id = instances.id
                WHERE identities.user_id = users.id
                  AND (instances.user_id = users.id
                       OR instance_orgs.org_id IN (SELECT org_id FROM members WHERE user_id = users.id))
                LIMIT ?2)) AS record
    FROM users WHERE id = ?1";

/// Everybody who may know the doors of the instance `?1`, its owner first, up to `?2`.
const KNOCKS_AT: &str = "
    SELECT (SELECT json_group_array(json_array(issuer, subject, address)) FROM (
                SELECT issuer, subject, NULL AS address FROM identities WHERE user_id = instances.user_id
                UNION ALL
                SELECT issuer, subject, address FROM addresses, identities
                WHERE addresses.instance_id = instances.id
                  AND (identities.user_id = instances.user_id
                       OR identities.user_id IN (SELECT members.user_id FROM instance_orgs
                                                 JOIN members ON members.org_id = instance_orgs.org_id
                                                 WHERE instance_orgs.instance_id = instances.id))
                LIMIT ?2)) AS record
    FROM instances WHERE id = ?1";

/// What is shown at once after a change: each takes one question to D1 and one write to KV, and a request of the free plan may make 50
/// of them. Everybody beyond sees it within STALE.
const MOST_SHOWN: u64 = 20;

impl Registry<'_> {
    /// Everybody a user is known as, at every door they may know; what is remembered of them there is theirs.
    pub(crate) async fn knocks_of(&self, user: &str) -> Result<Vec<Knock>, ChangeRefused> {
        self.knocks(KNOCKS_OF, user).await
    }

    /// Everybody who may know the doors of an instance.
    pub(crate) async fn knocks_at(&self, id: &InstanceId) -> Result<Vec<Knock>, ChangeRefused> {
        self.knocks(KNOCKS_AT, id.as_str()).await
    }

    async fn knocks(&self, sql: &str, id: &str) -> Result<Vec<Knock>, ChangeRefused> {
        let values = [text(id), number(MOST_SHOWN)];
        let statement = self.database.prepare(sql).bind(&values);
        let record: Option<String> = statement.first(RECORD).await?;
        let rows: Vec<(String, String, Option<String>)> =
            read(&record.ok_or(ChangeRefused::NotFound)?).map_err(ChangeRefused::Unreadable)?;
        let knocks = rows.iter().map(|(issuer, subject, address)| {
            Some(Knock {
                identity: Identity {
                    issuer: IssuerUrl::new(issuer)?,
                    subject: Subject::new(subject)?,
                },
                door: match address {
                    None => Door::Own,
                    Some(address) => Door::At(Address::new(address)?),
                },
            })
        });
        let knocks: Option<Vec<_>> = knocks.collect();
        knocks.ok_or(ChangeRefused::Unreadable(Unreadable::BadShape))
    }
}
