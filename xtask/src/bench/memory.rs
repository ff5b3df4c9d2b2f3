//! What the gate takes of memory while more and more different visitors come (`tests/src/bench/remembering.rs`).

use serde_json::Value;

use crate::bench::programs::Programs;
use crate::bench::row::{Bound, Row, Unit};
use crate::bench::{BenchError, Effort, Measured};
use crate::build;
use crate::command::{Program, Run};
use crate::setup;
use crate::workspace::Workspace;

/// Builds everything as it is handed out, and measures.
pub(super) fn measure(workspace: &Workspace, effort: Effort) -> Result<Measured, BenchError> {
    setup::run(workspace).map_err(BenchError::Setup)?;
    build::run(workspace, &build::Arguments::default()).map_err(BenchError::Build)?;
    let programs = Programs::build(workspace, &["gate_memory"])?;
    let visitors = if effort.quick { FEW } else { MANY };
    let said = Run::at(Program::Versus, programs.place("gate_memory"))
        .arguments(["--visitors", &visitors.to_string()])
        .variable("USHER_GATE_BUILD", workspace.path("edge/build"))
        .capture_stdout()
        .map_err(BenchError::Command)?;
    let no_figures = || BenchError::NoFigures(said.trim().to_owned());
    let raw: Value = serde_json::from_str(&said).map_err(|_| no_figures())?;
    let rows = rows(&raw).ok_or_else(no_figures)?;
    Ok(Measured {
        rows,
        notes: vec![
            "what an isolate holds is the WebAssembly's memory, and the live objects of JavaScript after a collection of garbage".to_owned(),
        ],
        raw,
    })
}

/// Three times what fills every memory, in less than a minute; and a quarter of an hour's.
const FEW: u32 = 40_000;
const MANY: u32 = 1_000_000;

/// One look at the memory.
struct Step {
    visitors: f64,
    resident: f64,
    held: f64,
}

impl Step {
    fn read(step: &Value) -> Option<Self> {
        let number = |name: &str| step.get(name).and_then(Value::as_f64);
        Some(Self {
            visitors: number("visitors")?,
            resident: mebibytes(number("resident")?),
            held: mebibytes(number("wasm")? + number("javascript")?),
        })
    }
}

fn mebibytes(bytes: f64) -> f64 {
    bytes / f64::from(1 << 20)
}

/// None where a step is missing.
fn rows(raw: &Value) -> Option<Vec<Row>> {
    let steps = raw.get("steps")?.as_array()?.iter().map(Step::read);
    let steps: Vec<Step> = steps.collect::<Option<_>>()?;
    let last = steps.last()?;
    let full = raw.get("full")?.as_f64()?;
    let full = steps.iter().find(|step| step.visitors >= full)?;
    let told = |value: fn(&Step) -> f64| {
        let told = |step: &Step| format!("{:.1} after {}", value(step), thousands(step.visitors));
        let told: Vec<String> = steps.iter().map(told).collect();
        told.join(", ")
    };
    let most = steps.iter().map(|step| step.held).fold(f64::NAN, f64::max);
    let visitors = thousands(last.visitors);
    let growth = Row::promise(
        &format!(
            "what an isolate holds: growth from {} different visitors, when its memory is full, to {visitors}",
            thousands(full.visitors)
        ),
        Bound::AtMost(4.0),
        Bound::AtMost(1.0),
    );
    let held = Row::promise(
        &format!(
            "what an isolate holds, at most, of {visitors} different visitors (the platform gives it 128 MB)"
        ),
        Bound::AtMost(96.0),
        Bound::AtMost(64.0),
    );
    let resident =
        format!("all of workerd in memory, garbage and the runtime itself, after {visitors}");
    let resident = Row::beside(&resident);
    Some(vec![
        growth.measured(
            Unit::Mebibytes,
            last.held - full.held,
            told(|step| step.held),
        ),
        held.measured(Unit::Mebibytes, most, String::new()),
        resident.measured(Unit::Mebibytes, last.resident, told(|step| step.resident)),
    ])
}

/// `1,000,000`.
fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn step(visitors: u32, mebibytes: u32) -> Value {
        let bytes = mebibytes << 20;
        json!({ "visitors": visitors, "resident": 5 * bytes, "wasm": bytes, "javascript": bytes })
    }

    #[test]
    fn what_grows_after_memory_is_full_misses_its_must_and_what_grows_before_does_not() {
        let growth = |steps: &[Value]| rows(&json!({ "full": 20_000, "steps": steps }));
        let bounded = [step(1000, 1), step(20_000, 20), step(1_000_000, 20)];
        let [grown, held, _] = &growth(&bounded).unwrap()[..] else {
            panic!("three rows")
        };
        assert!(grown.is_met() && grown.measured.abs() < 1e-9);
        assert!(held.is_met() && (held.measured - 40.0).abs() < 1e-9);
        assert!(grown.told.ends_with("40.0 after 1,000,000"));
        let leaking = [step(1000, 1), step(20_000, 20), step(1_000_000, 25)];
        assert!(!growth(&leaking).unwrap()[0].is_met());
        assert!(growth(&[step(1000, 1)]).is_none());
    }
}
