//! How long a fresh workerd takes from its start to the end of its first answer: somebody waits for it whenever there is a new isolate.
//!
//! workerd runs alone here (`workerd serve`), with KV answered from memory by this process, so that nothing but the Worker differs. The
//! visitor's status is in KV, fresh: each Worker loads, fetches the issuer's keys, verifies, reads KV, and passes the request on.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use policy::standing::{Identity, IssuerUrl, Subject};
use policy::storage_key::StorageKey;
use serde_json::{Map, Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;

use super::contest::Arena;
use super::load::{self, Asked};
use super::seed::{ISSUER, Seed, Who};
use super::upstream::{SMALL, SMALL_BYTES};
use super::variant::Variant;
use super::{BenchError, processor};
use crate::gate::{self, Compatibility};
use crate::places;

/// One that was in KV when the gate had been asked, and comes to nobody else.
const WHO: Who = Who::Visitor(3);

const VARIANTS: [Variant; 3] = [Variant::Passthrough, Variant::Jose, Variant::Gate];

/// Milliseconds of each variant, round by round.
pub(super) async fn measure(arena: &mut Arena<'_>) -> Result<Value, BenchError> {
    let store = Store::with(arena)
        .await?
        .start()
        .await
        .map_err(BenchError::Upstream)?;
    let mut starts = Vec::new();
    for variant in VARIANTS {
        starts.push((variant, Fresh::of(variant, arena, store).await?, Vec::new()));
    }
    for round in 0..=arena.effort.rounds {
        let mut order: Vec<_> = starts.iter_mut().collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for (_, fresh, millis) in order {
            let took = fresh.first_answer(arena.seed).await?;
            if round > 0 {
                millis.push(took.as_secs_f64() * 1000.0);
            }
        }
    }
    let figures = starts
        .into_iter()
        .map(|(variant, _, millis)| (variant.word().to_owned(), json!(millis)));
    Ok(Value::Object(figures.collect::<Map<_, _>>()))
}

/// What KV holds, by a part of the key.
struct Store {
    /// What `jose` reads.
    status: String,
    /// What the gate reads: a sighting.
    hash: String,
    sighting: Value,
}

impl Store {
    /// The gate's own record is what a gate has written.
    async fn with(arena: &mut Arena<'_>) -> Result<Self, BenchError> {
        let (_, status) = Seed::in_kv(WHO, &arena.upstream.url);
        let key = storage_key().ok_or(BenchError::Gone)?;
        let asked = asked(arena.seed);
        let gate = arena.variant(Variant::Gate).await?;
        load::send(gate.address, &asked, 0, 1)
            .await
            .map_err(BenchError::Load)?;
        // It is written after the answer.
        let mut patience = 200;
        loop {
            let stored = gate.worker.kv_get(key.as_str()).await;
            let stored = stored.map_err(BenchError::Gate)?;
            if let Some(sighting) = stored.and_then(|text| serde_json::from_str(&text).ok()) {
                return Ok(Self {
                    status,
                    hash: key.as_str().trim_start_matches("v1:").to_owned(),
                    sighting,
                });
            }
            patience -= 1;
            if patience == 0 {
                return Err(BenchError::Wrong {
                    variant: Variant::Gate.word(),
                    answer: format!("{key} is not in KV after a visit"),
                });
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Answers as workerd expects it of KV; gives the port.
    async fn start(self) -> io::Result<u16> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let router = Router::new().fallback(kept).with_state(Arc::new(self));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(port)
    }
}

async fn kept(State(store): State<Arc<Store>>, uri: Uri) -> (StatusCode, String) {
    if uri.path().contains(&store.hash) {
        let mut sighting = store.sighting.clone();
        // Seen just now.
        if let Some(seen_at) = sighting.get_mut("seen_at") {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            let now = now.unwrap_or_default().as_millis();
            *seen_at = json!(u64::try_from(now).unwrap_or_default());
        }
        (StatusCode::OK, sighting.to_string())
    } else if uri.path().contains("standing") {
        (StatusCode::OK, store.status.clone())
    } else {
        (StatusCode::NOT_FOUND, String::new())
    }
}

fn storage_key() -> Option<StorageKey> {
    Some(StorageKey::of(&Identity {
        issuer: IssuerUrl::new(ISSUER)?,
        subject: Subject::new(&WHO.subject())?,
    }))
}

fn asked(seed: &Seed) -> Asked {
    Asked {
        path: SMALL,
        visitors: seed.crowd([WHO].into_iter()),
        status: 200,
        length: Some(SMALL_BYTES),
    }
}

/// A Worker that can be started by workerd alone.
struct Fresh {
    workerd: PathBuf,
    configuration: PathBuf,
    port: u16,
}

impl Fresh {
    async fn of(variant: Variant, arena: &Arena<'_>, store: u16) -> Result<Self, BenchError> {
        let build = variant.build(arena.folder()).await?;
        let vars = variant.vars(arena.seed, arena.upstream);
        let compatibility = gate::compatibility().map_err(BenchError::Gate)?;
        let put = || {
            let port = free_port()?;
            let folder = arena.folder().join(format!("{}-alone", variant.word()));
            super::variant::copy(&build, &folder)?;
            let text = configuration(&folder, &vars, &compatibility, port, store)?;
            let path = folder.join("config.capnp");
            fs::write(&path, text)?;
            io::Result::Ok((port, path))
        };
        let (port, configuration) = put().map_err(BenchError::File)?;
        Ok(Self {
            workerd: places::workerd(),
            configuration,
            port,
        })
    }

    async fn first_answer(&self, seed: &Seed) -> Result<Duration, BenchError> {
        let asked = asked(seed);
        let address = ([127, 0, 0, 1], self.port).into();
        let began = Instant::now();
        let mut child = Command::new(&self.workerd)
            .arg("serve")
            .arg(&self.configuration)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(BenchError::File)?;
        let process = child.id().unwrap_or_default();
        processor::pin_measured(process).map_err(BenchError::Processor)?;
        while TcpStream::connect(address).await.is_err() {
            if began.elapsed() > PATIENCE {
                return Err(BenchError::Wrong {
                    variant: "workerd",
                    answer: format!(
                        "it does not listen; try `workerd serve {}`",
                        self.configuration.display()
                    ),
                });
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        let answered = load::send(address, &asked, 0, 1).await;
        let took = began.elapsed();
        // It has nothing to finish.
        let _ = child.kill().await;
        answered.map(|_| took).map_err(BenchError::Load)
    }
}

/// What workerd is told, in its own language (Cap'n Proto).
fn configuration(
    folder: &Path,
    vars: &Map<String, Value>,
    compatibility: &Compatibility,
    port: u16,
    store: u16,
) -> io::Result<String> {
    let mut modules = String::new();
    let mut files = files(folder, Path::new(""))?;
    // The first one is the entry.
    files.sort_by_key(|file| file.as_path() != Path::new("shim.mjs"));
    for file in files {
        let name = Value::from(file.to_string_lossy().into_owned());
        let kind = match file.extension().and_then(|extension| extension.to_str()) {
            Some("wasm") => "wasm",
            Some("js" | "mjs") => "esModule",
            Some(_) | None => continue,
        };
        // Writing into a text does not fail, here and below.
        let _ = writeln!(modules, "(name = {name}, {kind} = embed {name}),");
    }
    let mut bindings = String::new();
    for (name, value) in vars {
        let (kind, text) = match value {
            Value::String(text) => ("text", text.clone()),
            Value::Array(_)
            | Value::Bool(_)
            | Value::Null
            | Value::Number(_)
            | Value::Object(_) => ("json", value.to_string()),
        };
        let (name, text) = (Value::from(name.as_str()), Value::from(text));
        let _ = writeln!(bindings, "(name = {name}, {kind} = {text}),");
    }
    let date = Value::from(compatibility.date.as_str());
    let flags = json!(compatibility.flags);
    Ok(format!(
        r#"using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "store", external = (address = "127.0.0.1:{store}", http = ())),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:{port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  compatibilityDate = {date},
  compatibilityFlags = {flags},
  modules = [{modules}],
  bindings = [
    {bindings}
    (name = "USHER_KV", kvNamespace = "store"),
    (name = "USHER_DB", wrapped = (
      moduleName = "cloudflare-internal:d1-api",
      innerBindings = [(name = "fetcher", service = "store")],
    )),
  ],
);
"#
    ))
}

fn files(folder: &Path, below: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder.join(below))? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            found.extend(files(folder, &path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

fn free_port() -> io::Result<u16> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    Ok(listener.local_addr()?.port())
}

const LOOK_AGAIN: Duration = Duration::from_micros(500);
const PATIENCE: Duration = Duration::from_secs(10);
