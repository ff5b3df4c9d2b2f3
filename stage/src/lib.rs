//! A small SaaS to stand in front of: an identity service, a provisioner, and one small app per user, all on loopback.
//!
//! In scope: what a platform behind the gate looks like from outside, real enough to be broken in the ways of the five
//! incidents ([`Fault`]). Out of scope: everything the gate does. Never shipped.
//!
//! ```text
//! register ─► identity ─► provisioner ─► gate's admin API: provisioning ─► active ─► ready
//!                     │        └──────► app, one listener a user
//!                     └─► or its own control plane, which the gate asks
//! ```

mod account;
mod app;
mod control_plane;
mod fault;
mod gate_link;
mod identity;
mod loopback;
mod provisioner;

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio_util::sync::{CancellationToken, DropGuard};

pub use account::{Account, AccountInstance, KeepAt, NewAccount};
use control_plane::ControlPlane;
pub use control_plane::{Authority, BooksError, ControlPlaneDatabase, ControlPlaneOptions};
pub use fault::{Fault, UnknownFault};
pub use gate_link::{GateError, GateLink};
use identity::Identity;
pub use identity::users::UserError;
use loopback::Loopback;
use provisioner::Provisioner;

/// How to start the stage.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where standings are kept.
    pub authority: Authority,
    /// The identity service's port on 127.0.0.1; 0 takes any free one.
    pub identity_port: u16,
    /// The identity service's SQLite file.
    pub database: PathBuf,
    /// What is broken.
    pub fault: Option<Fault>,
    /// How long a fresh instance stays `provisioning`.
    pub provisioning: Duration,
    /// How long a fresh instance stays `active`.
    pub setup: Duration,
    /// What signing up gives.
    pub sign_up: SignUp,
}

/// What signing up gives besides an identity.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum SignUp {
    /// An app, and with it a place on the platform.
    #[default]
    App,
    /// An app that is ready before the sign-up is answered, as where some are kept waiting for whoever comes.
    ReadyApp,
    /// Nothing: whoever comes to the gate is made known there, and gets an app later.
    Nothing,
}

/// Where the stage is found.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Addresses {
    /// The identity service's origin, which is also the exact `iss` of its tokens.
    pub identity: String,
    /// The `aud` of its tokens.
    pub audience: String,
    /// Its key set.
    pub jwks_url: String,
    /// Its log-in page.
    pub login_url: String,
    /// Its SQLite file.
    pub database: PathBuf,
    /// The control plane's address, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control_plane: Option<String>,
}

/// A running stage. Dropping it stops everything it started.
#[derive(Debug)]
pub struct Stage {
    addresses: Addresses,
    identity: Arc<Identity>,
    _running: DropGuard,
}

impl Stage {
    /// Starts the identity service; when this returns, it listens.
    pub async fn start(options: Options) -> Result<Self, StageError> {
        let loopback = Loopback::bind(options.identity_port)
            .await
            .map_err(StageError::Listen)?;
        let origin = loopback.origin.clone();
        // Everything that is started hangs on this token, so that nothing outlives the stage.
        let running = CancellationToken::new();
        let stopping = running.clone().drop_guard();
        let control_plane = match options.authority.clone() {
            Authority::Gate => None,
            Authority::ControlPlane(options) => {
                let opened = ControlPlane::open(origin.clone(), options).await;
                Some(Arc::new(opened.map_err(StageError::ControlPlane)?))
            }
        };
        let control_plane_origin = match &control_plane {
            None => None,
            Some(control_plane) => {
                let loopback = Loopback::bind(0).await.map_err(StageError::Listen)?;
                let origin = loopback.origin.clone();
                let router = control_plane::router(Arc::clone(control_plane));
                loopback.serve(router, running.clone());
                Some(origin)
            }
        };
        let addresses = Addresses {
            audience: AUDIENCE.to_owned(),
            jwks_url: format!("{origin}/.well-known/jwks.json"),
            login_url: format!("{origin}/login"),
            database: options.database.clone(),
            control_plane: control_plane_origin,
            identity: origin,
        };
        let provisioner = Provisioner::new(&options, control_plane, running.clone())?;
        let identity = Arc::new(Identity::open(&addresses, options.fault, provisioner).await?);
        let router = identity::routes::router(Arc::clone(&identity));
        loopback.serve(router, running);
        Ok(Self {
            addresses,
            identity,
            _running: stopping,
        })
    }

    /// Where the stage is found.
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// Tells the provisioner of the gate; the gate must know our key set first, so this comes after the start.
    pub fn connect_gate(&self, gate: GateLink) {
        self.identity.provisioner.connect(gate);
    }

    /// Makes a user whose standing is at once what `account.keep_at` says, and stays so.
    pub async fn account(&self, account: NewAccount) -> Result<Account, StageError> {
        account::make(&self.identity, account).await
    }

    /// A token with exactly these claims, signed with the stage's key.
    pub fn sign(&self, claims: &serde_json::Value) -> String {
        self.identity.keys.sign(claims)
    }

    /// The token a log-in would give to this user.
    pub fn access_token(&self, account: &Account) -> String {
        self.identity.access_token(&account.subject, &account.email)
    }
}

/// Why the stage, or a part of it, could not be had.
#[derive(Debug)]
pub enum StageError {
    /// There is no HTTP client to reach the gate with.
    Client(reqwest::Error),
    /// The control plane's database cannot be used.
    ControlPlane(BooksError),
    /// The identity database cannot be used.
    Database(UserError),
    /// The gate refused or did not answer.
    Gate(GateError),
    /// A port cannot be listened on.
    Listen(io::Error),
}

impl fmt::Display for StageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(problem) => write!(f, "make an HTTP client: {problem}"),
            Self::ControlPlane(problem) => {
                write!(f, "use the control plane's database: {problem}")
            }
            Self::Database(problem) => write!(f, "use the identity database: {problem}"),
            Self::Gate(problem) => write!(f, "bring a standing to its state: {problem}"),
            Self::Listen(problem) => write!(f, "listen on a port of 127.0.0.1: {problem}"),
        }
    }
}

impl std::error::Error for StageError {}

impl From<BooksError> for StageError {
    fn from(problem: BooksError) -> Self {
        Self::ControlPlane(problem)
    }
}

impl From<GateError> for StageError {
    fn from(problem: GateError) -> Self {
        Self::Gate(problem)
    }
}

impl From<UserError> for StageError {
    fn from(problem: UserError) -> Self {
        Self::Database(problem)
    }
}

/// Whom the stage's tokens are for.
const AUDIENCE: &str = "usher";
