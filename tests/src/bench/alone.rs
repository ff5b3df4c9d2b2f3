//! workerd alone: one Worker, without the simulators that a gate of the tests has in the same process. Its stores are elsewhere, at an
//! address of this machine.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use super::{BenchError, processor, variant};
use crate::gate::{self, Compatibility};
use crate::places;

/// A Worker that workerd can serve.
pub(super) struct Alone {
    configuration: PathBuf,
    /// Where it will answer.
    pub(super) address: SocketAddr,
    /// Where its entry point [`ASIDE`] will answer.
    pub(super) aside: SocketAddr,
    /// Where its inspector will.
    pub(super) inspector: SocketAddr,
    is_inspected: bool,
}

/// An entry point beside the one for visitors, where a Worker has one.
pub(super) const ASIDE: &str = "aside";

/// What a Worker is made of.
pub(super) struct Parts<'a> {
    /// Its modules; they are copied.
    pub(super) build: &'a Path,
    pub(super) vars: &'a Map<String, Value>,
    /// The port of whoever answers for KV.
    pub(super) store: u16,
    /// Whether it is looked into: by an entry point beside the usual one, and by workerd's inspector.
    pub(super) is_inspected: bool,
}

impl Alone {
    /// Puts a Worker together in a new folder.
    pub(super) fn put(parts: &Parts<'_>, folder: &Path) -> Result<Self, BenchError> {
        let compatibility = gate::compatibility().map_err(BenchError::Gate)?;
        let put = || {
            let [port, aside, inspector] = free_ports()?;
            variant::copy(parts.build, folder)?;
            let text = configuration(folder, parts, &compatibility, port, aside)?;
            let configuration = folder.join("config.capnp");
            fs::write(&configuration, text)?;
            let here = |port: u16| ([127, 0, 0, 1], port).into();
            io::Result::Ok(Self {
                configuration,
                address: here(port),
                aside: here(aside),
                inspector: here(inspector),
                is_inspected: parts.is_inspected,
            })
        };
        put().map_err(BenchError::File)
    }

    /// Starts workerd on the core of what is measured, and waits until it listens. It ends with what is given.
    pub(super) async fn start(&self) -> Result<Child, BenchError> {
        let began = Instant::now();
        let inspector = format!("--inspector-addr={}", self.inspector);
        let child = Command::new(places::workerd())
            .arg("serve")
            .args(self.is_inspected.then_some(inspector))
            .arg(&self.configuration)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(BenchError::File)?;
        let process = child.id().unwrap_or_default();
        processor::pin_measured(process).map_err(BenchError::Processor)?;
        while TcpStream::connect(self.address).await.is_err() {
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
        Ok(child)
    }
}

/// What workerd is told, in its own language (Cap'n Proto).
fn configuration(
    folder: &Path,
    parts: &Parts<'_>,
    compatibility: &Compatibility,
    port: u16,
    aside: u16,
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
    for (name, value) in parts.vars {
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
    let store = parts.store;
    let aside = if parts.is_inspected {
        format!(
            r#"(name = "aside", address = "127.0.0.1:{aside}", http = (), service = (name = "main", entrypoint = "{ASIDE}")),"#
        )
    } else {
        String::new()
    };
    Ok(format!(
        r#"using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "store", external = (address = "127.0.0.1:{store}", http = ())),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:{port}", http = (), service = "main"),
    {aside}
  ],
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

/// Held together until all are known, so that none is given twice.
fn free_ports<const N: usize>() -> io::Result<[u16; N]> {
    let mut held = Vec::new();
    let mut ports = [0; N];
    for port in &mut ports {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}

const LOOK_AGAIN: Duration = Duration::from_micros(500);
const PATIENCE: Duration = Duration::from_secs(10);
