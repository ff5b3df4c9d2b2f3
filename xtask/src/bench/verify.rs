//! `usher verify` beside the same requests run by hurl (`tests/src/bin/versus_hurl.rs`).

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::Value;

use crate::bench::{BenchError, Row, Times, hurl};
use crate::build;
use crate::command::{Program, Run};
use crate::setup;
use crate::talk;
use crate::workspace::Workspace;

/// Builds everything as it is handed out, and measures.
pub(super) fn measure(workspace: &Workspace, rounds: u32) -> Result<Vec<Row>, BenchError> {
    let node = setup::run(workspace).map_err(BenchError::Setup)?;
    build::run(workspace, &build::Arguments::default()).map_err(BenchError::Build)?;
    let (hurl, version) = hurl::find(workspace, &node)?;
    let (versus, usher) = programs(workspace)?;
    let said = Run::at(Program::Versus, versus)
        .arguments([hurl.as_os_str()])
        .arguments(["--rounds", &rounds.to_string()])
        .variable("USHER_BIN", &usher)
        .variable("USHER_GATE_BUILD", workspace.path("edge/build"))
        .variable("USHER_NODE", node.path())
        .capture_stdout()
        .map_err(BenchError::Command)?;
    let no_times = || BenchError::NoTimes(said.trim().to_owned());
    let times: Value = serde_json::from_str(&said).map_err(|_| no_times())?;
    let of = |name: &str| {
        let times = times.get(name)?.as_array()?;
        Times::of(times.iter().filter_map(Value::as_f64).collect())
    };
    let (usher, hurl) = of("usher").zip(of("hurl")).ok_or_else(no_times)?;
    Ok(vec![Row {
        figure: "`usher verify` wall time against the same HTTP steps run by hurl",
        must: 1.2,
        aim: 1.0,
        measured: usher.least() / hurl.least(),
        told: format!(
            "least of {rounds}: {:.0} ms against {:.0} ms; medians {:.0} ms and {:.0} ms, {:.2}×; hurl {version}",
            usher.least(),
            hurl.least(),
            usher.median(),
            hurl.median(),
            usher.median() / hurl.median(),
        ),
    }])
}

/// The comparison and the verifier, with the optimisations of a release: a slow server would hide a slow client.
fn programs(workspace: &Workspace) -> Result<(PathBuf, PathBuf), BenchError> {
    let started = Instant::now();
    let messages = Run::new(Program::Cargo)
        .arguments(["build", "--release", "--package", "verifier"])
        .arguments(["--package", "tests", "--bins"])
        .arguments(["--message-format", "json-render-diagnostics"])
        .folder(workspace.root())
        .capture_stdout()
        .map_err(BenchError::Command)?;
    talk::say_done("built the verifier for release", started.elapsed());
    let place = |name| {
        build::executable(&messages, name).unwrap_or_else(|| Path::new("target/release").join(name))
    };
    Ok((place("versus_hurl"), place("usher")))
}
