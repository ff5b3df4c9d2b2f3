//! The provisioner: gives every new user an app, and walks its status provisioning → active → ready through the gate.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use policy::contract::{ControlPlaneStanding, MembershipWord, NewInstance, StandingRecord};
use policy::standing::Role;
use policy::status::Status;
use reqwest::Client;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Origin;

use crate::control_plane::ControlPlane;
use crate::gate_link::{GateError, GateLink};
use crate::{Fault, Options, SignUp, StageError, app};

/// Gives users their apps.
#[derive(Debug)]
pub(crate) struct Provisioner {
    client: Client,
    fault: Option<Fault>,
    provisioning: Duration,
    setup: Duration,
    sign_up: SignUp,
    gate: Mutex<Option<GateLink>>,
    /// Where standings are written instead of at the gate.
    control_plane: Option<Arc<ControlPlane>>,
    tenants: Mutex<HashMap<String, Tenant>>,
    running: CancellationToken,
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

/// What runs for one user.
#[derive(Debug)]
struct Tenant {
    /// Ends the app and, at its next pause, the walk.
    leaving: CancellationToken,
    /// The way to `ready`, where there is one to go.
    walk: Option<JoinHandle<Option<()>>>,
}

impl Provisioner {
    pub(crate) fn new(
        options: &Options,
        control_plane: Option<Arc<ControlPlane>>,
        running: CancellationToken,
    ) -> Result<Arc<Self>, StageError> {
        // The gate is on this machine: a proxy of the surroundings could not reach it.
        let client = Client::builder().no_proxy().timeout(CALL_TIMEOUT).build();
        Ok(Arc::new(Self {
            client: client.map_err(StageError::Client)?,
            fault: options.fault,
            provisioning: options.provisioning,
            setup: options.setup,
            sign_up: options.sign_up,
            gate: Mutex::default(),
            control_plane,
            tenants: Mutex::default(),
            running,
        }))
    }

    pub(crate) fn connect(&self, gate: GateLink) {
        *held(&self.gate) = Some(gate);
    }

    /// Whether the connected gate answers at this origin.
    pub(crate) fn is_gate(&self, origin: &Origin) -> bool {
        held(&self.gate)
            .as_ref()
            .is_some_and(|gate| gate.answers_at(origin))
    }

    /// Starts the way of a new user's app in the background, as a platform does: signing up does not wait for it, unless apps are ready
    /// at once here.
    pub(crate) async fn begin(self: &Arc<Self>, owner: Owner) {
        if self.sign_up == SignUp::Nothing || self.fault == Some(Fault::SignUpLost) {
            return;
        }
        let leaving = self.running.child_token();
        let subject = owner.subject.clone();
        let (over, arrived) = oneshot::channel::<()>();
        let walk = Arc::clone(self).walk_or_report(owner, leaving.clone());
        let walk = async move {
            walk.await;
            drop(over);
        };
        let walk = tokio::spawn(self.running.clone().run_until_cancelled_owned(walk));
        let walk = Some(walk);
        held(&self.tenants).insert(subject, Tenant { leaving, walk });
        if self.sign_up == SignUp::ReadyApp {
            // Nothing is ever sent: the walk is over when this end is the only one.
            let _over = arrived.await;
        }
    }

    /// Starts an app and announces it to the gate, where it is `provisioning` and stays so.
    pub(crate) async fn move_in(&self, owner: &Owner) -> Result<NewInstance, StageError> {
        let leaving = self.running.child_token();
        let tenant = Tenant {
            leaving: leaving.clone(),
            walk: None,
        };
        held(&self.tenants).insert(owner.subject.clone(), tenant);
        self.create(owner, leaving).await
    }

    /// Writes a standing where standings are kept.
    pub(crate) async fn announce(&self, standing: &StandingRecord) -> Result<(), StageError> {
        if let Some(control_plane) = &self.control_plane {
            let entered = control_plane.enter(standing).await?;
            return self.push(entered.as_ref()).await;
        }
        patiently(|| async { self.gate()?.put_standing(&self.client, standing).await }).await?;
        Ok(())
    }

    /// Takes an instance one step further.
    pub(crate) async fn advance(&self, instance: &str, status: Status) -> Result<(), StageError> {
        if let Some(control_plane) = &self.control_plane {
            let advanced = control_plane.advance(instance, status).await?;
            return self.push(advanced.as_ref()).await;
        }
        patiently(|| async {
            let gate = self.gate()?;
            gate.change_status(&self.client, instance, status).await
        })
        .await?;
        Ok(())
    }

    /// Tells the gate of a change unasked, if that was wanted.
    async fn push(&self, standing: Option<&ControlPlaneStanding>) -> Result<(), StageError> {
        let secret = self.control_plane.as_ref().and_then(|it| it.push_secret());
        if let (Some(secret), Some(standing)) = (secret, standing) {
            patiently(|| async {
                let gate = self.gate()?;
                gate.push(&self.client, standing, secret).await
            })
            .await?;
        }
        Ok(())
    }

    /// Stops a user's app and has everybody forget them.
    pub(crate) async fn remove(&self, issuer: &str, subject: &str) -> Result<(), StageError> {
        let tenant = held(&self.tenants).remove(subject);
        if let Some(Tenant { leaving, walk }) = tenant {
            leaving.cancel();
            if let Some(walk) = walk {
                // Its last call ends first, or it could bring back the standing that is deleted next.
                let _ = walk.await;
            }
        }
        if let Some(control_plane) = &self.control_plane {
            let removed = control_plane.remove(subject).await?;
            return self.push(Some(&removed)).await;
        }
        if held(&self.gate).is_none() {
            // Nobody was ever told of them.
            return Ok(());
        }
        patiently(|| async {
            let gate = self.gate()?;
            gate.remove_standing(&self.client, issuer, subject).await
        })
        .await?;
        Ok(())
    }

    async fn walk_or_report(self: Arc<Self>, owner: Owner, leaving: CancellationToken) {
        if let Err(problem) = self.walk(&owner, leaving).await {
            // Incident I2: a sign-up that silently creates nothing is noticed days later.
            report(&format!(
                "failed to provision the app of {}: {problem}",
                owner.subject
            ));
        }
    }

    async fn walk(&self, owner: &Owner, leaving: CancellationToken) -> Result<(), StageError> {
        let instance = self.create(owner, leaving.clone()).await?;
        for (pause, status) in self.way() {
            let waited = leaving.run_until_cancelled(tokio::time::sleep(pause));
            if waited.await.is_none() {
                return Ok(());
            }
            self.advance(&instance.id, status).await?;
        }
        Ok(())
    }

    /// What a fresh instance becomes, each after a while.
    fn way(&self) -> Vec<(Duration, Status)> {
        let active = (self.provisioning, Status::Active);
        let ready = (self.setup, Status::Ready);
        match self.fault {
            Some(Fault::StuckActive) => vec![active],
            Some(
                Fault::AppDown
                | Fault::AppForgetsVisitor
                | Fault::EmailMissing
                | Fault::EmailUnverified
                | Fault::LogInFails
                | Fault::LogInWithoutToken
                | Fault::LogOutFails
                | Fault::NeverMigrated
                | Fault::RemovalFails
                | Fault::SignUpLost,
            )
            | None => vec![active, ready],
        }
    }

    async fn create(
        &self,
        owner: &Owner,
        leaving: CancellationToken,
    ) -> Result<NewInstance, StageError> {
        let short = owner.subject.split('-').next().unwrap_or(&owner.subject);
        let id = format!("i-{short}");
        let url = app::start(&id, self.fault, leaving)
            .await
            .map_err(StageError::Listen)?;
        let instance = NewInstance { id, url };
        let standing = owner.standing(MembershipWord::Member, Some(instance.clone()));
        self.announce(&standing).await?;
        Ok(instance)
    }

    fn gate(&self) -> Result<GateLink, GateError> {
        held(&self.gate).clone().ok_or(GateError::NotConnected)
    }
}

/// Tries a call again: the gate may be restarting, or may only just be about to be connected.
async fn patiently<F>(call: impl Fn() -> F) -> Result<(), GateError>
where
    F: Future<Output = Result<(), GateError>>,
{
    for pause in RETRY_PAUSES {
        if call().await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(pause).await;
    }
    call().await
}

/// A lock whose holder panicked still holds plain data.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(
    clippy::print_stderr,
    reason = "the stage's log; nothing is swallowed (incident I2)"
)]
fn report(sentence: &str) {
    eprintln!("stage: {sentence}");
}

/// Together below a second: whoever waits for a call that fails for good learns it soon.
const RETRY_PAUSES: [Duration; 3] = [
    Duration::from_millis(100),
    Duration::from_millis(200),
    Duration::from_millis(400),
];

/// A gate that accepts and never answers must not hold a walk for ever.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
