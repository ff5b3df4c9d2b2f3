//! Standings: what the platform says of a person, in one call.

use policy::contract::StandingRecord;
use policy::instance_url::InstanceUrl;
use policy::org::OrgId;
use policy::standing::{Identity, InstanceId};

use super::call::{Call, Mistake, identity};
use crate::page::Answer;

/// Longest e-mail address: it is told to the app in a header, and a sighting must stay small (RFC 5321 section 4.5.3.1).
const MAX_TEXT_BYTES: usize = 254;

impl Call<'_> {
    pub(super) async fn standing(&self) -> Result<Answer, Mistake> {
        Ok(self.ok(&self
            .registry
            .standing_record(&self.identity_of_query()?)
            .await?))
    }

    pub(super) async fn put_standing(&self) -> Result<Answer, Mistake> {
        let record: StandingRecord = self.body().await?;
        let identity = self.known_identity(&record)?;
        self.refuse_bad_texts(&record)?;
        self.refuse_bad_instance(&record)?;
        let result = self
            .registry
            .put_standing(&identity, &record, &self.occasion())
            .await?;
        self.show(&identity).await;
        Ok(self.ok(&result))
    }

    pub(super) async fn remove_standing(&self) -> Result<Answer, Mistake> {
        let identity = self.identity_of_query()?;
        self.registry
            .remove_standing(&identity, &self.occasion())
            .await?;
        self.forget_all(&[identity]).await;
        Ok(self.done())
    }

    fn known_identity(&self, record: &StandingRecord) -> Result<Identity, Mistake> {
        let identity = identity(&record.issuer, &record.subject)?;
        let issuers = &self.gate.configuration.issuers;
        if issuers.iter().all(|issuer| issuer.name != identity.issuer) {
            let names: Vec<_> = issuers.iter().map(|issuer| issuer.name.as_str()).collect();
            return Err(Mistake::Request(format!(
                "issuer is `{}`, whose tokens nobody here believes; give one of USHER_ISSUERS, byte for byte: {}",
                record.issuer,
                names.join(", ")
            )));
        }
        Ok(identity)
    }

    fn refuse_bad_texts(&self, record: &StandingRecord) -> Result<(), Mistake> {
        if record
            .email
            .as_ref()
            .is_some_and(|email| email.len() > MAX_TEXT_BYTES)
        {
            return Err(Mistake::Request(format!(
                "email has more than {MAX_TEXT_BYTES} bytes"
            )));
        }
        match &record.org {
            Some(org) if OrgId::new(org).is_none() => Err(Mistake::Request(format!(
                "org is empty, has more than {} bytes or has control characters",
                OrgId::MAX_BYTES
            ))),
            Some(_) | None => Ok(()),
        }
    }

    fn refuse_bad_instance(&self, record: &StandingRecord) -> Result<(), Mistake> {
        let Some(instance) = &record.instance else {
            return Ok(());
        };
        if InstanceId::new(&instance.id).is_none() {
            return Err(Mistake::Request(format!(
                "instance.id is `{}`; give 1 to 128 of A-Z a-z 0-9 . _ -",
                instance.id
            )));
        }
        let url = InstanceUrl::new(&instance.url).filter(|url| url.as_str() == instance.url);
        let hosts = &self.gate.configuration.instance_hosts;
        if url.is_some_and(|url| hosts.iter().any(|rule| rule.covers(&url))) {
            return Ok(());
        }
        Err(Mistake::Request(format!(
            "instance.url is `{}`; give an origin without a slash at the end, at a host that USHER_INSTANCE_HOSTS allows",
            instance.url
        )))
    }

    fn identity_of_query(&self) -> Result<Identity, Mistake> {
        let query = self.query(&["issuer", "subject"])?;
        let parameter = |name: &str| {
            query.get(name).ok_or_else(|| {
                Mistake::Request(format!(
                    "the query has no parameter `{name}`; give issuer and subject"
                ))
            })
        };
        identity(&parameter("issuer")?, &parameter("subject")?)
    }
}
