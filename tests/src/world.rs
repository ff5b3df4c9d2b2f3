//! A whole platform on this machine: the stage, the gate in front of it, and the configuration that `usher` needs.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use stage::{
    Authority, ControlPlaneDatabase, ControlPlaneOptions, GateLink, SignUp, Stage, StageError,
};
use tempfile::TempDir;
use tokio::process::Command;
use uuid::Uuid;

use crate::gate::{Gate, GateError, GateOptions};
use crate::incident::Incident;
use crate::places;
use crate::visitor::Visitor;

/// How to start a world. The default is a healthy one, as quick as it goes.
#[derive(Debug)]
pub struct WorldOptions {
    /// Where the truth about standings lives.
    pub authority: WorldAuthority,
    /// What is broken.
    pub incident: Option<Incident>,
    /// Told of each part that is up, and how long it took.
    pub progress: fn(what: &str, took: Duration),
    /// How long a fresh instance stays `provisioning`.
    pub provisioning: Duration,
    /// How long `usher` waits for a fresh instance to become ready.
    pub ready_budget: Duration,
    /// Whether the gate's clock, its stores and a second location obey the test (`gate::rig`).
    pub rigged: bool,
    /// Workers beside the gate: the name of the service binding, and the module's text.
    pub services: BTreeMap<String, String>,
    /// How long a fresh instance stays `active`.
    pub setup: Duration,
    /// What signing up gives.
    pub sign_up: SignUp,
    /// Variables and secrets of the gate, in place of the usual ones of the same name; `null` leaves one out.
    pub vars: Map<String, Value>,
}

impl Default for WorldOptions {
    fn default() -> Self {
        Self {
            authority: WorldAuthority::Registry,
            incident: None,
            progress: |_what, _took| {},
            provisioning: Duration::from_millis(50),
            ready_budget: Duration::from_secs(10),
            rigged: false,
            services: BTreeMap::new(),
            setup: Duration::from_millis(50),
            sign_up: SignUp::App,
            vars: Map::new(),
        }
    }
}

/// Where the truth about standings lives in a world.
#[derive(Clone, Debug)]
pub enum WorldAuthority {
    /// In the stage's own control plane, which the gate asks over HTTP.
    ControlPlane {
        /// Where its table is; a file of SQLite in the world's folder unless given.
        database: Option<ControlPlaneDatabase>,
        /// Whether it tells the gate of changes unasked.
        push: bool,
    },
    /// In the gate's KV.
    Kv,
    /// In the gate's registry.
    Registry,
}

impl WorldAuthority {
    /// What the stage is told, with a fresh secret.
    fn of_stage(&self, folder: &Path) -> Authority {
        match self {
            Self::ControlPlane { database, push } => {
                let file = || ControlPlaneDatabase::Sqlite(folder.join("control_plane.db"));
                Authority::ControlPlane(ControlPlaneOptions {
                    database: database.clone().unwrap_or_else(file),
                    secret: Uuid::new_v4().simple().to_string(),
                    push: *push,
                })
            }
            Self::Kv | Self::Registry => Authority::Gate,
        }
    }

    /// What the gate is told of it.
    fn vars(&self, of_stage: &Authority, stage: &Stage) -> Map<String, Value> {
        let vars = match (self, of_stage) {
            (_, Authority::ControlPlane(options)) => json!({
                "USHER_AUTHORITY": "control-plane",
                "USHER_CONTROL_PLANE_URL": stage.addresses().control_plane,
                "USHER_CONTROL_PLANE_SECRET": options.secret,
            }),
            (Self::Kv, Authority::Gate) => json!({ "USHER_AUTHORITY": "kv" }),
            (Self::ControlPlane { .. } | Self::Registry, Authority::Gate) => json!({}),
        };
        vars.as_object().cloned().unwrap_or_default()
    }
}

/// A running platform. Dropping it stops everything.
#[derive(Debug)]
pub struct World {
    /// The gate.
    pub gate: Gate,
    /// What stands behind the gate.
    pub stage: Stage,
    folder: TempDir,
    ready_budget: Duration,
    sign_up: SignUp,
}

impl World {
    /// Starts a healthy world.
    pub async fn start() -> Result<Self, WorldError> {
        Self::with(WorldOptions::default()).await
    }

    /// Starts the stage, then the gate, which must know the stage's keys, then tells the stage of the gate.
    pub async fn with(options: WorldOptions) -> Result<Self, WorldError> {
        let folder = tempfile::tempdir().map_err(WorldError::Folder)?;
        let started = Instant::now();
        let authority = options.authority.of_stage(folder.path());
        let stage = Stage::start(stage::Options {
            authority: authority.clone(),
            identity_port: 0,
            database: folder.path().join("identity.db"),
            fault: options.incident.and_then(Incident::of_stage),
            provisioning: options.provisioning,
            setup: options.setup,
            sign_up: options.sign_up,
        });
        let stage = stage.await.map_err(WorldError::Stage)?;
        (options.progress)("started the stage", started.elapsed());

        let started = Instant::now();
        let mut vars = gate_vars(&stage);
        vars.extend(options.authority.vars(&authority, &stage));
        vars.extend(options.vars);
        vars.retain(|_name, value| !value.is_null());
        let app_domain = vars.get("USHER_APP_DOMAIN").and_then(Value::as_str);
        let app_domain = app_domain.map(str::to_owned);
        let gate = Gate::start(GateOptions {
            folder: Some(folder.path().to_owned()),
            rigged: options.rigged,
            services: options.services,
            vars,
            ..GateOptions::default()
        })
        .await
        .map_err(WorldError::Gate)?;
        if let Some(incident) = options.incident {
            incident.befall(&gate).await.map_err(WorldError::Gate)?;
        }
        stage.connect_gate(GateLink {
            url: gate.url.clone(),
            admin_secret: gate.admin_secret.clone(),
            app_domain,
        });
        (options.progress)("started the gate on workerd", started.elapsed());
        Ok(Self {
            gate,
            stage,
            folder,
            ready_budget: options.ready_budget,
            sign_up: options.sign_up,
        })
    }

    /// A person with a browser at the gate.
    pub fn browser(&self) -> Visitor {
        Visitor::browser(&self.gate.url)
    }

    /// A program at the gate.
    pub fn api(&self) -> Visitor {
        Visitor::api(&self.gate.url)
    }

    /// A folder of this world's own, removed with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes the configuration with which `usher` verifies this world.
    pub fn usher_toml(&self) -> Result<PathBuf, WorldError> {
        let path = self.folder().join("usher.toml");
        let text = toml::to_string_pretty(&self.usher_configuration())
            .map_err(WorldError::Configuration)?;
        fs::write(&path, text).map_err(WorldError::Folder)?;
        Ok(path)
    }

    /// Runs the real `usher verify` with more arguments and waits for its end.
    pub async fn verify(&self, arguments: &[&str]) -> Result<Verification, WorldError> {
        Verification::of(self.verify_command()?.args(arguments)).await
    }

    /// The command line of `usher verify` on this world, not yet run.
    pub fn verify_command(&self) -> Result<Command, WorldError> {
        self.usher(&["verify"])
    }

    /// Runs another command of `usher` on this world and waits for its end.
    pub async fn run_usher(&self, command: &[&str]) -> Result<Verification, WorldError> {
        Verification::of(&mut self.usher(command)?).await
    }

    /// The same, run in another folder: where the gate's own files are.
    pub async fn run_usher_in(
        &self,
        folder: &Path,
        command: &[&str],
    ) -> Result<Verification, WorldError> {
        Verification::of(self.usher(command)?.current_dir(folder)).await
    }

    fn usher(&self, command: &[&str]) -> Result<Command, WorldError> {
        let mut usher = Command::new(places::usher());
        usher.args(command).arg("--config").arg(self.usher_toml()?);
        usher
            .env("USHER_ADMIN_SECRET", &self.gate.admin_secret)
            .env("USHER_STATE_DIR", self.folder().join("state"));
        Ok(usher)
    }

    /// Stops everything and waits until nothing is left.
    pub async fn stop(self) {
        self.gate.stop().await;
    }

    fn usher_configuration(&self) -> Value {
        let database = &self.stage.addresses().database;
        json!({
            "target": { "gate": self.gate.url, "identity": self.stage.addresses().identity },
            "register": {
                "url": "{identity}/api/v1/auth/register",
                "json": { "email": "{email}", "username": "{username}", "password": "{password}" },
                "status": [201],
            },
            "log_in": {
                "url": "{identity}/api/v1/auth/login",
                "json": { "email": "{email}", "password": "{password}" },
                "token": "/access_token",
            },
            "log_out": { "url": "{identity}/api/v1/auth/logout" },
            "remove_user": { "method": "DELETE", "url": "{identity}/api/v1/users/me" },
            "instance": { "path": "/", "contains": "{email}", "health": "/health" },
            "gate_admin": {
                "secret_env": "USHER_ADMIN_SECRET",
                "first_sight": self.sign_up == SignUp::Nothing,
            },
            "budget": { "ready_seconds": self.ready_budget.as_secs(), "request_seconds": 10 },
            "databases": [{
                "name": "identity",
                "kind": "sqlite",
                "path": database,
                "tables": ["users"],
                // The stage applies its migrations when it starts.
                "migrate": format!("cargo run --package stage -- --database {}", database.display()),
            }],
        })
    }
}

/// The gate's cookie in a world, which is served over plain HTTP (`USHER_DEVELOPMENT`).
pub const COOKIE: &str = "usher-development";

/// What `usher` said.
#[derive(Clone, Debug)]
pub struct Verification {
    /// Its exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// The report.
    pub stdout: String,
    /// Talk and progress.
    pub stderr: String,
}

impl Verification {
    async fn of(command: &mut Command) -> Result<Self, WorldError> {
        let output = command.output().await.map_err(WorldError::Usher)?;
        Ok(Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }
}

/// A gate in front of the stage, as its operator would configure it.
fn gate_vars(stage: &Stage) -> Map<String, Value> {
    let addresses = stage.addresses();
    let issuer = json!({
        "issuer": addresses.identity,
        "audience": addresses.audience,
        "algorithm": "ES256",
        "jwks_url": addresses.jwks_url,
    });
    let vars = [
        (
            "USHER_ADMIN_SECRET",
            json!(Uuid::new_v4().simple().to_string()),
        ),
        ("USHER_DEVELOPMENT", json!(true)),
        ("USHER_INSTANCE_HOSTS", json!(["127.0.0.1"])),
        ("USHER_ISSUERS", json!([issuer])),
        ("USHER_LOGIN_URL", json!(addresses.login_url)),
        ("USHER_SUPPORT", json!("mailto:support@usher.invalid")),
    ];
    vars.into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Why there is no world, or `usher` did not run in it.
#[derive(Debug)]
pub enum WorldError {
    /// The configuration of `usher` cannot be written as TOML.
    Configuration(toml::ser::Error),
    /// The world's folder cannot be written.
    Folder(io::Error),
    /// The gate did not start.
    Gate(GateError),
    /// The stage did not start.
    Stage(StageError),
    /// The `usher` command cannot be started.
    Usher(io::Error),
}

impl fmt::Display for WorldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configuration(error) => write!(f, "usher.toml cannot be written: {error}"),
            Self::Folder(error) => write!(f, "the world's folder cannot be written: {error}"),
            Self::Gate(error @ GateError::Gone) => error.fmt(f),
            Self::Gate(error) => write!(f, "the gate did not start: {error}"),
            Self::Stage(error) => write!(f, "the stage did not start: failed to {error}"),
            Self::Usher(error) => {
                write!(
                    f,
                    "`{}` cannot be started: {error}; run `cargo build -p verifier`",
                    places::usher().display()
                )
            }
        }
    }
}
