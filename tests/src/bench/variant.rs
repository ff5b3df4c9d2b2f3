//! What is measured beside one another: the gate as it is built and configured, and what people would use instead (tests/peers/).

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::process::Command;

use super::seed::{AUDIENCE, ISSUER, Seed, Who};
use super::upstream::Upstream;
use super::{BenchError, processor};
use crate::gate::{Gate, GateOptions};
use crate::places;

/// One Worker that does the job, or a part of it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) enum Variant {
    /// The release build with the configuration of a real deployment.
    Gate,
    /// The same once more: what two that are the same differ by is noise.
    GateTwin,
    /// The same, which asks nobody again for ten minutes: only its memory is looked at.
    GateThatRemembers,
    /// The same without the shim that recovers from a trap and looks after sockets.
    GateWithoutShim,
    /// The same without its line in the log.
    GateWithoutLog,
    /// The header edits of a gate, and nothing else of one.
    Edits,
    /// hono with its `jwk` middleware, status from KV.
    Hono,
    /// jose, status from KV for each request.
    Jose,
    /// jose, status from the registry for each request.
    JoseRegistry,
    /// jose with the gate's caches and header edits.
    JoseCached,
    /// The same with a line in the log and a deadline for the app.
    JoseCachedWatchful,
    /// The floor.
    Passthrough,
}

impl Variant {
    /// What figures and files call it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Gate => "gate",
            Self::GateThatRemembers => "gate_that_remembers",
            Self::GateTwin => "gate_twin",
            Self::GateWithoutLog => "gate_without_log",
            Self::GateWithoutShim => "gate_without_shim",
            Self::Edits => "edits",
            Self::Hono => "hono",
            Self::Jose => "jose",
            Self::JoseCached => "jose_cached",
            Self::JoseCachedWatchful => "jose_cached_watchful",
            Self::JoseRegistry => "jose_registry",
            Self::Passthrough => "passthrough",
        }
    }

    /// Whether it judges who comes.
    pub(super) const fn is_a_door(self) -> bool {
        match self {
            Self::Edits | Self::Passthrough => false,
            Self::Gate
            | Self::GateThatRemembers
            | Self::GateTwin
            | Self::GateWithoutLog
            | Self::GateWithoutShim
            | Self::Hono
            | Self::Jose
            | Self::JoseCached
            | Self::JoseCachedWatchful
            | Self::JoseRegistry => true,
        }
    }

    /// The folder that workerd gets.
    pub(super) async fn build(self, folder: &Path) -> Result<PathBuf, BenchError> {
        let build = folder.join(self.word());
        match self {
            Self::Gate | Self::GateThatRemembers | Self::GateTwin => {
                return Ok(places::gate_build());
            }
            Self::GateWithoutShim => with_shim(&build, |_shim| peer("bare_shim")),
            // The console is looked up when it is written to, so that this comes early enough.
            Self::GateWithoutLog => with_shim(&build, |shim| {
                Ok(format!("{shim}\nconsole.log = () => {{}};\n"))
            }),
            Self::Edits | Self::Hono | Self::Passthrough | Self::Jose | Self::JoseCached => {
                return bundled(self.word(), &build).await;
            }
            Self::JoseCachedWatchful => return bundled(Self::JoseCached.word(), &build).await,
            Self::JoseRegistry => return bundled(Self::Jose.word(), &build).await,
        }
        .map_err(BenchError::File)?;
        Ok(build)
    }

    /// Variables and secrets.
    pub(super) fn vars(self, seed: &Seed, upstream: &Upstream) -> Map<String, Value> {
        let (vars, more) = match self {
            Self::Gate | Self::GateTwin | Self::GateWithoutLog | Self::GateWithoutShim => {
                (gate_vars(seed, upstream), json!({}))
            }
            Self::GateThatRemembers => (
                gate_vars(seed, upstream),
                json!({ "USHER_FRESH_SECONDS": "600", "USHER_STALE_SECONDS": "600" }),
            ),
            Self::Edits | Self::Hono | Self::Jose | Self::JoseCached | Self::Passthrough => {
                (peer_vars(seed, upstream), json!({}))
            }
            Self::JoseCachedWatchful => (peer_vars(seed, upstream), json!({ "WATCHFUL": true })),
            Self::JoseRegistry => (peer_vars(seed, upstream), json!({ "READ": "registry" })),
        };
        let parts = [vars, more].into_iter();
        parts
            .filter_map(|part| part.as_object().cloned())
            .flatten()
            .collect()
    }
}

/// As an operator would configure it; everything else is as it comes.
fn gate_vars(seed: &Seed, upstream: &Upstream) -> Value {
    let issuer = json!({
        "issuer": ISSUER, "audience": AUDIENCE, "algorithm": "RS256", "jwks_url": upstream.keys(),
    });
    json!({
        "USHER_ADMIN_SECRET": "an admin secret of the bench, which nobody uses",
        "USHER_ASSERTION_KEY": seed.assertion_key().to_string(),
        "USHER_DEVELOPMENT": true,
        "USHER_INSTANCE_HOSTS": ["127.0.0.1"],
        "USHER_ISSUERS": [issuer],
        "USHER_LOGIN_URL": "https://id.bench.invalid/login",
        "USHER_SUPPORT": "mailto:support@bench.invalid",
    })
}

fn peer_vars(seed: &Seed, upstream: &Upstream) -> Value {
    json!({
        "ASSERTION_KEY": seed.assertion_key(),
        "AUDIENCE": AUDIENCE,
        "INSTANCE": upstream.url,
        "ISSUER": ISSUER,
        "JWKS": seed.key_set(),
        "JWKS_URL": upstream.keys(),
    })
}

fn peer(name: &str) -> io::Result<String> {
    fs::read_to_string(places::workspace().join(format!("tests/peers/{name}.mjs")))
}

/// A copy of the gate's build whose entry is another one.
fn with_shim(build: &Path, change: impl FnOnce(String) -> io::Result<String>) -> io::Result<()> {
    copy(&places::gate_build(), build)?;
    let shim = build.join("shim.mjs");
    fs::write(&shim, change(fs::read_to_string(&shim)?)?)
}

pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// A peer and its packages as one module, which is what `wrangler deploy` makes of it.
async fn bundled(name: &str, build: &Path) -> Result<PathBuf, BenchError> {
    let root = places::workspace();
    let output = Command::new(places::node())
        .arg(root.join("tests/bundle.mjs"))
        .arg(root.join(format!("tests/peers/{name}.mjs")))
        .arg(build.join("shim.mjs"))
        .output()
        .await
        .map_err(BenchError::File)?;
    if output.status.success() {
        Ok(build.to_owned())
    } else {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(BenchError::File(io::Error::other(said)))
    }
}

/// A variant that runs.
pub(super) struct Running {
    pub(super) variant: Variant,
    pub(super) worker: Gate,
    pub(super) address: SocketAddr,
    workerd: u32,
}

impl Running {
    /// Starts it on the core of what is measured, with everybody in its stores.
    pub(super) async fn start(
        variant: Variant,
        folder: &Path,
        seed: &Seed,
        upstream: &Upstream,
    ) -> Result<Self, BenchError> {
        let worker = Gate::start(GateOptions {
            build: variant.build(folder).await?,
            unlogged: true,
            vars: variant.vars(seed, upstream),
            ..GateOptions::default()
        });
        let worker = worker.await.map_err(BenchError::Gate)?;
        know_everybody(&worker, upstream).await?;
        let host = worker.process_id().unwrap_or_default();
        let workerd = processor::workerd_below(host).map_err(BenchError::Processor)?;
        processor::pin_measured(workerd).map_err(BenchError::Processor)?;
        let authority = worker.direct.trim_start_matches("http://");
        let address = authority.parse().map_err(|_no_address| BenchError::Wrong {
            variant: variant.word(),
            answer: format!("it says that it is at `{}`", worker.direct),
        })?;
        Ok(Self {
            variant,
            worker,
            address,
            workerd,
        })
    }

    /// For how long its process has run.
    pub(super) fn time(&self) -> Result<Duration, BenchError> {
        processor::time(self.workerd).map_err(BenchError::Processor)
    }
}

/// Puts everybody into the stores of one.
pub(super) async fn know_everybody(worker: &Gate, upstream: &Upstream) -> Result<(), BenchError> {
    for statement in Seed::registry(&upstream.url) {
        worker.d1(&statement, &[]).await.map_err(BenchError::Gate)?;
    }
    for who in [Who::Visitor(0), Who::Suspended] {
        let (key, value) = Seed::in_kv(who, &upstream.url);
        worker
            .kv_put(&key, &value)
            .await
            .map_err(BenchError::Gate)?;
    }
    Ok(())
}
