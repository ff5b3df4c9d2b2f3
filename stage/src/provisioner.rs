//! The provisioner: gives every new user an app, and walks its status provisioning → active → ready through the gate.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use policy::contract::{MembershipWord, NewInstance, StandingRecord};
use policy::standing::Role;
use policy::status::Status;
use reqwest::Client;
use tokio::task::{AbortHandle, JoinSet};

use crate::gate_link::{GateError, GateLink};
use crate::{Fault, Options, app};

/// Gives users their apps.
#[derive(Debug)]
pub(crate) struct Provisioner {
    client: Client,
    fault: Option<Fault>,
    provisioning: Duration,
    setup: Duration,
    gate: Mutex<Option<GateLink>>,
    apps: Mutex<HashMap<String, AbortHandle>>,
    walks: Mutex<JoinSet<()>>,
}

/// Who gets an app.
#[derive(Clone, Debug)]
pub(crate) struct Owner {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    pub(crate) email: String,
}

impl Owner {
    /// Their standing, with or without an instance.
    pub(crate) fn standing(
        &self,
        membership: MembershipWord,
        instance: Option<NewInstance>,
    ) -> StandingRecord {
        StandingRecord {
            issuer: self.issuer.clone(),
            subject: self.subject.clone(),
            email: Some(self.email.clone()),
            membership,
            org: None,
            role: Role::Member,
            instance,
        }
    }
}

impl Provisioner {
    pub(crate) fn new(options: &Options) -> Arc<Self> {
        Arc::new(Self {
            client: Client::new(),
            fault: options.fault,
            provisioning: options.provisioning,
            setup: options.setup,
            gate: Mutex::default(),
            apps: Mutex::default(),
            walks: Mutex::default(),
        })
    }

    pub(crate) fn connect(&self, gate: GateLink) {
        *held(&self.gate) = Some(gate);
    }

    /// Starts the way of a new user's app in the background, as a platform does: signing up does not wait for it.
    pub(crate) fn begin(self: &Arc<Self>, owner: Owner) {
        let provisioner = Arc::clone(self);
        held(&self.walks).spawn(async move {
            if let Err(problem) = provisioner.walk(&owner).await {
                // Incident I2: a sign-up that silently creates nothing is noticed days later.
                report(&format!(
                    "the app of {} was not provisioned: {problem}",
                    owner.subject
                ));
            }
        });
    }

    async fn walk(&self, owner: &Owner) -> Result<(), GateError> {
        let instance = self.create(owner).await?;
        tokio::time::sleep(self.provisioning).await;
        self.advance(&instance.id, Status::Active).await?;
        tokio::time::sleep(self.setup).await;
        match self.fault {
            Some(Fault::StuckActive) => Ok(()),
            Some(Fault::NeverMigrated) | None => self.advance(&instance.id, Status::Ready).await,
        }
    }

    /// Starts an app and announces it to the gate, where it is `provisioning`.
    pub(crate) async fn create(&self, owner: &Owner) -> Result<NewInstance, GateError> {
        let id = format!(
            "i-{}",
            owner.subject.split('-').next().unwrap_or(&owner.subject)
        );
        let (url, task) = app::start(&id)
            .await
            .map_err(|problem| GateError::Unreachable {
                call: "start the app".to_owned(),
                problem: problem.to_string(),
            })?;
        held(&self.apps).insert(owner.subject.clone(), task);
        let instance = NewInstance { id, url };
        self.announce(&owner.standing(MembershipWord::Member, Some(instance.clone())))
            .await?;
        Ok(instance)
    }

    /// Tells the gate of a standing.
    pub(crate) async fn announce(&self, standing: &StandingRecord) -> Result<(), GateError> {
        let gate = self.gate()?;
        patiently(|| gate.put_standing(&self.client, standing)).await
    }

    /// Takes an instance one step further.
    pub(crate) async fn advance(&self, instance: &str, status: Status) -> Result<(), GateError> {
        let gate = self.gate()?;
        patiently(|| gate.change_status(&self.client, instance, status))
            .await
            .map(|_record| ())
    }

    /// Stops a user's app and has the gate forget them.
    pub(crate) async fn remove(&self, issuer: &str, subject: &str) -> Result<(), GateError> {
        if let Some(app) = held(&self.apps).remove(subject) {
            app.abort();
        }
        let gate = self.gate()?;
        patiently(|| gate.remove_standing(&self.client, issuer, subject)).await
    }

    /// Whether this is the origin of the connected gate.
    pub(crate) fn is_gate(&self, origin: &str) -> bool {
        held(&self.gate)
            .as_ref()
            .is_some_and(|gate| gate.url == origin)
    }

    pub(crate) fn stop(&self) {
        held(&self.walks).abort_all();
        for (_, app) in held(&self.apps).drain() {
            app.abort();
        }
    }

    fn gate(&self) -> Result<GateLink, GateError> {
        held(&self.gate).clone().ok_or(GateError::NotConnected)
    }
}

/// Tries a call again where it may help: the gate may just be restarting.
async fn patiently<T, F>(call: impl Fn() -> F) -> Result<T, GateError>
where
    F: Future<Output = Result<T, GateError>>,
{
    for pause in RETRY_PAUSES {
        match call().await {
            Err(GateError::Refused { status: 500.., .. } | GateError::Unreachable { .. }) => {
                tokio::time::sleep(pause).await;
            }
            done @ (Ok(_) | Err(GateError::Refused { .. } | GateError::NotConnected)) => {
                return done;
            }
        }
    }
    call().await
}

const RETRY_PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(1)];

/// A lock whose holder panicked still holds plain data.
fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(
    clippy::print_stderr,
    reason = "the stage's log; nothing is swallowed (incident I2)"
)]
fn report(sentence: &str) {
    eprintln!("stage: {sentence}");
}
