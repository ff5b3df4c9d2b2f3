//! `usher audit` of 100,000 identities beside only fetching the same pages (`tests/src/bin/audit_cost.rs`).

use serde_json::{Value, json};

use crate::bench::programs::Programs;
use crate::bench::row::{Bound, Row, Unit};
use crate::bench::times::Times;
use crate::bench::{BenchError, Effort, Measured};
use crate::command::{Program, Run};
use crate::workspace::Workspace;

/// Measures with services that take different times for a page, of which the slowest is what there really is, at its best.
pub(super) fn measure(workspace: &Workspace, effort: Effort) -> Result<Measured, BenchError> {
    let programs = Programs::build(workspace, &["audit_cost", "usher"])?;
    let (mut rows, mut raw, mut most) = (Vec::new(), Vec::new(), f64::NAN);
    // A quick run has the one that is promised, whose rounds take seconds each.
    let all = [(5, true), (1, false), (0, false)];
    let services = all
        .into_iter()
        .filter(|(_, promised)| *promised || !effort.quick);
    let rounds = if effort.quick {
        FEW_ROUNDS
    } else {
        effort.rounds
    };
    for (millis, promised) in services {
        let said = Run::at(Program::Versus, programs.place("audit_cost"))
            .arguments([IDENTITIES.to_string(), millis.to_string()])
            .arguments([rounds.to_string()])
            .variable("USHER_BIN", programs.place("usher"))
            .capture_stdout()
            .map_err(BenchError::Command)?;
        let no_figures = || BenchError::NoFigures(said.trim().to_owned());
        let found: Value = serde_json::from_str(&said).map_err(|_| no_figures())?;
        let of = |name: &str| {
            let times = found.get(name)?.as_array()?;
            Times::of(times.iter().filter_map(Value::as_f64).collect())
        };
        let (fetching, audit) = of("fetching").zip(of("audit")).ok_or_else(no_figures)?;
        let peak = found.get("peak_rss_mib").and_then(Value::as_f64);
        most = most.max(peak.ok_or_else(no_figures)?);
        let figure = format!(
            "`usher audit` of 100,000 identities: time against only fetching the pages, of a service that takes {millis} ms for each"
        );
        let row = if promised {
            Row::promise(&figure, Bound::AtMost(1.3), Bound::AtMost(1.1))
        } else {
            Row::beside(&figure)
        };
        let told = format!(
            "least of {rounds}: {:.0} ms against {:.0} ms; medians {:.0} ms and {:.0} ms",
            audit.least(),
            fetching.least(),
            audit.median(),
            fetching.median(),
        );
        rows.push(row.measured(Unit::Times, audit.least() / fetching.least(), told));
        raw.push(found);
    }
    let memory = "`usher audit` of 100,000 identities: memory";
    let memory = Row::promise(memory, Bound::AtMost(200.0), Bound::AtMost(100.0));
    let told = "the most that was in use at once, of every run".to_owned();
    rows.insert(0, memory.measured(Unit::Mebibytes, most, told));
    Ok(Measured {
        rows,
        notes: vec![
            "one service answers both, in the process that only fetches; the audit also reads and joins as many rows of a file".to_owned(),
        ],
        raw: json!(raw),
    })
}

const IDENTITIES: u32 = 100_000;
const FEW_ROUNDS: u32 = 2;
