//! A gate on real workerd, as a running process of this machine (host.mjs).

mod host;
pub mod rig;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use crate::places;
use host::Host;
pub use host::HostError;
use rig::Rig;

/// How to start a gate.
#[derive(Debug)]
pub struct GateOptions {
    /// The folder that `cargo xtask build` wrote.
    pub build: PathBuf,
    /// Where it keeps its files, removed when it ends however it ends; a fresh one unless given.
    pub folder: Option<PathBuf>,
    /// The port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// Whether its clock, its stores and a second location obey the test (`gate::rig`).
    pub rigged: bool,
    /// Workers beside the gate: the name of the service binding, and the module's text.
    pub services: BTreeMap<String, String>,
    /// Whether what it logs is thrown away: thousands of lines a second would be measured with it.
    pub unlogged: bool,
    /// Variables and secrets. What is not a string becomes a JSON binding, as wrangler would make it.
    pub vars: Map<String, Value>,
}

impl Default for GateOptions {
    fn default() -> Self {
        Self {
            build: places::gate_build(),
            folder: None,
            port: 0,
            rigged: false,
            services: BTreeMap::new(),
            unlogged: false,
            vars: Map::new(),
        }
    }
}

/// A running gate. Dropping it stops it; when the test panics, its log is printed.
#[derive(Debug)]
pub struct Gate {
    /// Where it answers: an origin.
    pub url: String,
    /// Where workerd itself listens: addresses and headers reach the gate as they were written.
    pub direct: String,
    /// The secret of its admin API; empty when none was configured.
    pub admin_secret: String,
    /// Where a rigged gate answers from another location: an isolate that remembers nothing of what was asked here, with the same
    /// KV and the same D1.
    pub elsewhere: Option<String>,
    host: Host,
    rig: Option<Rig>,
}

impl Gate {
    /// Starts a gate and waits until it answers.
    pub async fn start(options: GateOptions) -> Result<Self, GateError> {
        let admin_secret = options
            .vars
            .get("USHER_ADMIN_SECRET")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let configuration = configuration(&options)?;
        let (host, ready) = Host::start(&configuration).await.map_err(GateError::Host)?;
        let mut gate = Self {
            url: String::new(),
            direct: String::new(),
            admin_secret,
            elsewhere: None,
            host,
            rig: options.rigged.then(Rig::new),
        };
        gate.take_addresses(&ready)?;
        Ok(gate)
    }

    /// The address of a path at this gate.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// The rows that a statement gives in the gate's own database.
    pub async fn d1(&self, statement: &str, parameters: &[Value]) -> Result<Vec<Value>, GateError> {
        let answer = self
            .ask(json!({ "d1": statement, "params": parameters }))
            .await?;
        Ok(answer
            .get("rows")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default())
    }

    /// The value of a key in the gate's store.
    pub async fn kv_get(&self, key: &str) -> Result<Option<String>, GateError> {
        let answer = self.ask(json!({ "kv_get": key })).await?;
        Ok(answer
            .get("value")
            .and_then(Value::as_str)
            .map(str::to_owned))
    }

    /// Writes a value into the gate's store.
    pub async fn kv_put(&self, key: &str, value: &str) -> Result<(), GateError> {
        self.ask(json!({ "kv_put": key, "value": value }))
            .await
            .map(|_done| ())
    }

    /// Removes a key from the gate's store.
    pub async fn kv_delete(&self, key: &str) -> Result<(), GateError> {
        self.ask(json!({ "kv_delete": key })).await.map(|_done| ())
    }

    /// Every key in the gate's store.
    pub async fn kv_list(&self) -> Result<Vec<String>, GateError> {
        let answer = self.ask(json!({ "kv_list": true })).await?;
        let keys = answer
            .get("keys")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        Ok(keys
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect())
    }

    /// Replaces the gate by one that remembers nothing; what KV and D1 hold stays, and so does what a rigged one was told. Its
    /// addresses may change.
    pub async fn restart(&mut self) -> Result<(), GateError> {
        let ready = self.ask(json!({ "restart": true })).await?;
        self.take_addresses(&ready)?;
        self.rig_again().await
    }

    /// What the gate has logged so far, one entry a line.
    pub fn logs(&self) -> Vec<String> {
        self.host.logs()
    }

    /// The process that holds this gate; workerd is its child.
    pub fn process_id(&self) -> Option<u32> {
        self.host.process_id()
    }

    /// Waits until the gate's process has ended, which it does by itself only when somebody kills it.
    pub async fn ended(&self) {
        self.host.ended().await;
    }

    /// Stops the gate and waits until nothing of it is left.
    pub async fn stop(self) {
        self.host.stop().await;
    }

    fn take_addresses(&mut self, ready: &Value) -> Result<(), GateError> {
        let origin = |name: &str| ready.get(name).and_then(Value::as_str).map(str::to_owned);
        let (Some(url), Some(direct)) = (origin("url"), origin("direct")) else {
            return Err(GateError::Host(HostError::Ended));
        };
        (self.url, self.direct) = (url, direct);
        self.elsewhere = origin("elsewhere");
        Ok(())
    }

    async fn ask(&self, command: Value) -> Result<Value, GateError> {
        self.host.ask(&command).await.map_err(GateError::Host)
    }
}

/// What host.mjs is told: the options, and what `wrangler.toml` says of every gate.
fn configuration(options: &GateOptions) -> Result<Value, GateError> {
    let wrangler = wrangler()?;
    let [store] = wrangler.kv_namespaces;
    let [database] = wrangler.d1_databases;
    Ok(json!({
        "build": options.build,
        "folder": options.folder,
        "port": options.port,
        "rigged": options.rigged,
        "services": options.services,
        "unlogged": options.unlogged,
        "bindings": options.vars,
        "compatibility_date": wrangler.compatibility_date,
        "compatibility_flags": wrangler.compatibility_flags,
        "store": store.binding,
        "database": database.binding,
        "migrations": places::workspace().join(database.migrations_dir),
        "version": wrangler.version_metadata.binding,
    }))
}

/// What of the platform a Worker of `wrangler.toml` relies on.
#[derive(Debug)]
pub struct Compatibility {
    /// `compatibility_date`.
    pub date: String,
    /// `compatibility_flags`.
    pub flags: Vec<String>,
}

/// What `wrangler.toml` says of it.
pub fn compatibility() -> Result<Compatibility, GateError> {
    let wrangler = wrangler()?;
    Ok(Compatibility {
        date: wrangler.compatibility_date,
        flags: wrangler.compatibility_flags,
    })
}

fn wrangler() -> Result<Wrangler, GateError> {
    let path = places::workspace().join("wrangler.toml");
    let text = std::fs::read_to_string(&path);
    let text = text.map_err(|error| GateError::Wrangler(error.to_string()))?;
    toml::from_str(&text).map_err(|error| GateError::Wrangler(error.to_string()))
}

/// The part of `wrangler.toml` that tells how the gate is run.
#[derive(Debug, serde::Deserialize)]
struct Wrangler {
    compatibility_date: String,
    #[serde(default)]
    compatibility_flags: Vec<String>,
    kv_namespaces: [Binding; 1],
    d1_databases: [Database; 1],
    version_metadata: Binding,
}

#[derive(Debug, serde::Deserialize)]
struct Binding {
    binding: String,
}

#[derive(Debug, serde::Deserialize)]
struct Database {
    binding: String,
    migrations_dir: PathBuf,
}

/// Why a gate does not run or obey.
#[derive(Debug)]
pub enum GateError {
    /// Its process was ended by somebody else.
    Gone,
    /// The process that holds it failed.
    Host(HostError),
    /// It was not started with a rig.
    NotRigged,
    /// The rig's answer is none.
    RigNotUnderstood(serde_json::Error),
    /// `wrangler.toml` does not say what a gate needs.
    Wrangler(String),
}

impl fmt::Display for GateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => f.write_str("the gate's process was ended by somebody else"),
            Self::Host(error) => error.fmt(f),
            Self::NotRigged => f.write_str("the gate has no rig; start it with `rigged: true`"),
            Self::RigNotUnderstood(error) => {
                write!(f, "the answer of `tests/rig.mjs` is none: {error}")
            }
            Self::Wrangler(reason) => write!(f, "`wrangler.toml` cannot be used: {reason}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gate_runs_as_wrangler_toml_says() {
        let configuration = configuration(&GateOptions::default()).unwrap();
        assert_eq!(configuration["store"], "USHER_KV");
        assert_eq!(configuration["database"], "USHER_DB");
        assert!(
            configuration["compatibility_date"]
                .as_str()
                .unwrap()
                .starts_with("20")
        );
    }
}
