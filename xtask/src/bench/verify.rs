//! `usher verify` beside the same requests run by hurl (`tests/src/bin/versus_hurl.rs`).

use serde_json::Value;

use crate::bench::programs::Programs;
use crate::bench::row::{Bound, Row, Unit};
use crate::bench::times::Times;
use crate::bench::{BenchError, Effort, Measured, hurl};
use crate::build;
use crate::command::{Program, Run};
use crate::setup;
use crate::talk;
use crate::workspace::Workspace;

/// Builds everything as it is handed out, and measures.
pub(super) fn measure(workspace: &Workspace, effort: Effort) -> Result<Measured, BenchError> {
    let rounds = effort.rounds;
    let node = setup::run(workspace).map_err(BenchError::Setup)?;
    let row = Row::promise(
        "`usher verify` wall time against the same HTTP steps run by hurl",
        Bound::AtMost(1.2),
        Bound::AtMost(1.0),
    );
    let Some((hurl, version)) = hurl::find(workspace, &node)? else {
        talk::say(&format!(
            "SKIPPED: `usher verify` is not measured; {}",
            hurl::ABSENT
        ));
        return Ok(Measured {
            rows: vec![row.left_out(hurl::ABSENT.to_owned())],
            notes: Vec::new(),
            raw: Value::Null,
        });
    };
    build::run(workspace, &build::Arguments::default()).map_err(BenchError::Build)?;
    let programs = Programs::build(workspace, &["usher", "versus_hurl"])?;
    let said = Run::at(Program::Versus, programs.place("versus_hurl"))
        .arguments([hurl.as_os_str()])
        .arguments(["--rounds", &rounds.to_string()])
        .variable("USHER_BIN", programs.place("usher"))
        .variable("USHER_GATE_BUILD", workspace.path("edge/build"))
        .variable("USHER_NODE", node.path())
        .capture_stdout()
        .map_err(BenchError::Command)?;
    let no_figures = || BenchError::NoFigures(said.trim().to_owned());
    let times: Value = serde_json::from_str(&said).map_err(|_| no_figures())?;
    let of = |name: &str| {
        let times = times.get(name)?.as_array()?;
        Times::of(times.iter().filter_map(Value::as_f64).collect())
    };
    let (usher, hurl) = of("usher").zip(of("hurl")).ok_or_else(no_figures)?;
    let told = format!(
        "least of {rounds}: {:.0} ms against {:.0} ms; medians {:.0} ms and {:.0} ms, {:.2}×; hurl {version}",
        usher.least(),
        hurl.least(),
        usher.median(),
        hurl.median(),
        usher.median() / hurl.median(),
    );
    Ok(Measured {
        rows: vec![row.measured(Unit::Times, usher.least() / hurl.least(), told)],
        notes: Vec::new(),
        raw: times,
    })
}
