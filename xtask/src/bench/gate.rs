//! The gate beside what people would use instead (`tests/src/bench/`, `tests/peers/`).

use std::fs;

use serde_json::Value;

use crate::bench::programs::Programs;
use crate::bench::row::{Bound, Row, Unit};
use crate::bench::times::Times;
use crate::bench::{BenchError, Effort, Measured};
use crate::build;
use crate::command::{Program, Run};
use crate::setup;
use crate::workspace::{self, Workspace};

/// Builds everything as it is handed out, and measures.
pub(super) fn measure(workspace: &Workspace, effort: Effort) -> Result<Measured, BenchError> {
    let node = setup::run(workspace).map_err(BenchError::Setup)?;
    build::run(workspace, &build::Arguments::default()).map_err(BenchError::Build)?;
    let programs = Programs::build(workspace, &["gate_cost"])?;
    let quick = effort.quick.then_some("--quick");
    let said = Run::at(Program::Versus, programs.place("gate_cost"))
        .arguments(["--rounds", &effort.rounds.to_string()])
        .arguments(quick)
        .variable("USHER_GATE_BUILD", workspace.path("edge/build"))
        .variable("USHER_NODE", node.path())
        .capture_stdout()
        .map_err(BenchError::Command)?;
    let raw = serde_json::from_str(&said);
    let raw = raw.map_err(|_| BenchError::NoFigures(said.trim().to_owned()))?;
    let figures = Figures(&raw);
    let mut rows = cpu(&figures);
    rows.push(size(workspace)?);
    rows.extend([figures.first_answer(), figures.hour(), figures.recovery()]);
    rows.extend(beside(&figures));
    let notes = figures.notes(workspace, effort);
    Ok(Measured { rows, notes, raw })
}

/// What is promised of the time a request takes.
fn cpu(figures: &Figures<'_>) -> Vec<Row> {
    let most = |figure: &str, must, aim, contest, own, other| {
        let row = Row::promise(figure, Bound::AtMost(must), Bound::AtMost(aim));
        figures.ratio(row, contest, own, other)
    };
    let rate = Row::promise(
        "admitted: throughput against jose as people write it",
        Bound::AtLeast(1.6),
        Bound::AtLeast(2.0),
    );
    let refused = |what: &str, contest| {
        let figure = format!("refused, {what}: CPU against the passthrough");
        most(&figure, 1.0, 0.6, contest, "gate", "passthrough")
    };
    vec![
        most(
            "admitted, from memory: CPU against the passthrough",
            1.3,
            1.15,
            "admitted",
            "gate",
            "passthrough",
        ),
        most(
            "admitted: CPU against jose with the same caches, line in the log and deadline",
            1.0,
            0.9,
            "admitted",
            "gate",
            "jose_cached_watchful",
        ),
        figures.rate(rate, "admitted", "gate", "jose"),
        most(
            "never here before: CPU against jose with the same reads and writes",
            1.15,
            1.0,
            "uncached",
            "gate",
            "jose_cached",
        ),
        refused("expired", "expired"),
        refused("garbage", "garbage"),
        refused("suspended", "suspended"),
        most(
            "1 MB streamed: CPU against the passthrough",
            1.15,
            1.05,
            "large",
            "gate",
            "passthrough",
        ),
        most(
            "10,000 visitors in turn: CPU against one",
            1.5,
            1.2,
            "crowd",
            "many",
            "one",
        ),
    ]
}

/// What helps to read the promises.
fn beside(figures: &Figures<'_>) -> Vec<Row> {
    let row =
        |figure: &str, contest, own, other| figures.ratio(Row::beside(figure), contest, own, other);
    vec![
        row(
            "the header edits alone, in JavaScript: CPU against the passthrough",
            "admitted",
            "edits",
            "passthrough",
        ),
        row(
            "1 MB streamed, the header edits alone: CPU against the passthrough",
            "large",
            "edits",
            "passthrough",
        ),
        row(
            "jose with the same caches: CPU against the passthrough",
            "admitted",
            "jose_cached",
            "passthrough",
        ),
        row(
            "admitted: CPU against the same caches without line and deadline",
            "admitted",
            "gate",
            "jose_cached",
        ),
        row(
            "jose as people write it: CPU against the passthrough",
            "admitted",
            "jose",
            "passthrough",
        ),
        row(
            "hono and its jwk middleware: CPU against the passthrough",
            "admitted",
            "hono",
            "passthrough",
        ),
        row(
            "the line in the log: the gate's CPU with it against without",
            "admitted",
            "gate",
            "gate_without_log",
        ),
        row(
            "never here before: the gate's CPU against jose that reads the registry and keeps nothing",
            "uncached",
            "gate",
            "jose_registry",
        ),
    ]
}

/// What an upload of the gate weighs.
fn size(workspace: &Workspace) -> Result<Row, BenchError> {
    let path = workspace.path("edge/build/index_bg.wasm");
    let wasm = workspace::read(&path).map_err(BenchError::File)?;
    let kilobytes = |bytes: usize| f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1000.0;
    let row = Row::promise(
        "WebAssembly with gzip",
        Bound::AtMost(200.0),
        Bound::AtMost(120.0),
    );
    let told = format!("{:.0} KB without", kilobytes(wasm.len()));
    Ok(row.measured(Unit::Kilobytes, kilobytes(build::gzip_bytes(&wasm)), told))
}

/// Half of the two per cent that are promised of recovery.
const FINE_ENOUGH: f64 = 0.01;

/// What the program said.
struct Figures<'a>(&'a Value);

impl Figures<'_> {
    fn times(&self, pointer: &str) -> Option<Times> {
        let times = self.0.pointer(pointer)?.as_array()?;
        Times::of(times.iter().filter_map(Value::as_f64).collect())
    }

    fn side(&self, contest: &str, side: &str, what: &str) -> Option<Times> {
        self.times(&format!("/contests/{contest}/{side}/{what}"))
    }

    /// The least of one against the least of the other; what is missing meets no promise.
    fn ratio(&self, row: Row, contest: &str, own: &str, other: &str) -> Row {
        let sides = (self.side(contest, own, "micros")).zip(self.side(contest, other, "micros"));
        let Some((own, other)) = sides else {
            return row;
        };
        let rounds = own.against(&other);
        let told = format!(
            "{:.0} µs against {:.0}; medians {:.0} and {:.0}; in the same round {:.2}× ({:.2} to {:.2})",
            own.least(),
            other.least(),
            own.median(),
            other.median(),
            rounds.median(),
            rounds.least(),
            rounds.most(),
        );
        row.measured(Unit::Times, own.least() / other.least(), told)
    }

    /// The most of one against the most of the other.
    fn rate(&self, row: Row, contest: &str, own: &str, other: &str) -> Row {
        let sides = (self.side(contest, own, "rates")).zip(self.side(contest, other, "rates"));
        let Some((own, other)) = sides else {
            return row;
        };
        let rounds = own.against(&other);
        let told = format!(
            "{:.0} requests a second against {:.0}; in the same round {:.2}× ({:.2} to {:.2})",
            own.most(),
            other.most(),
            rounds.median(),
            rounds.least(),
            rounds.most(),
        );
        row.measured(Unit::Times, own.most() / other.most(), told)
    }

    /// A few microseconds: promised only where two gates that are the same were found to be the same, else the noise is told.
    fn recovery(&self) -> Row {
        let figure = "recovery from traps: the gate's CPU with its shim against without";
        let promise = Row::promise(figure, Bound::AtMost(1.02), Bound::AtMost(1.0));
        let micros = |side| self.side("recovery", side, "micros");
        let Some((gate, twin)) = micros("gate").zip(micros("gate_twin")) else {
            return promise;
        };
        let apart = (twin.least() / gate.least() - 1.0).abs();
        let row = if apart > FINE_ENOUGH {
            Row::beside(&format!(
                "{figure} (must ≤ 1.02×, which cannot be told here)"
            ))
        } else {
            promise
        };
        let mut row = self.ratio(row, "recovery", "gate", "gate_without_shim");
        let noise = format!("; two that are the same differ by {:.1} %", apart * 100.0);
        row.told.push_str(&noise);
        row
    }

    fn first_answer(&self) -> Row {
        let row = Row::promise(
            "first answer of a fresh workerd: wall time against jose as people write it",
            Bound::AtMost(1.5),
            Bound::AtMost(1.1),
        );
        let of = |variant: &str| self.times(&format!("/first_answer/{variant}"));
        let (Some(gate), Some(jose), Some(floor)) = (of("gate"), of("jose"), of("passthrough"))
        else {
            return row;
        };
        let told = format!(
            "{:.0} ms against {:.0} (passthrough {:.0}); medians {:.0} and {:.0}",
            gate.least(),
            jose.least(),
            floor.least(),
            gate.median(),
            jose.median(),
        );
        row.measured(Unit::Times, gate.least() / jose.least(), told)
    }

    /// The isolate that asked most counts.
    fn hour(&self) -> Row {
        let row = Row::promise(
            "questions to the authority in an hour about one busy visitor, of one isolate",
            Bound::AtMost(360.0),
            Bound::AtMost(360.0),
        );
        let Some(reads) = self.times("/hour/reads") else {
            return row;
        };
        let number =
            |name: &str| (self.0.pointer(name).and_then(Value::as_f64)).unwrap_or(f64::NAN);
        let told = format!(
            "{:.0} to {:.0} in {} isolates; {:.0} requests a second, {:.0} minutes of a clock that we set, taken for an hour",
            reads.least(),
            reads.most(),
            reads.rounds(),
            number("/hour/requests_a_second"),
            number("/hour/minutes"),
        );
        row.measured(Unit::Reads, reads.most(), told)
    }

    fn notes(&self, workspace: &Workspace, effort: Effort) -> Vec<String> {
        let mut notes = vec![format!(
            "figures are the least of {} rounds; CPU is that of all threads of workerd, a request",
            effort.rounds
        )];
        if let Some(floor) = self.side("admitted", "passthrough", "micros") {
            notes.push(format!(
                "noise: the passthrough's rounds took {:.0} to {:.0} µs a request, half of them up to {:.0}",
                floor.least(),
                floor.most(),
                floor.median(),
            ));
        }
        let version = |package: &str| {
            let path = workspace.path(&format!("node_modules/{package}/package.json"));
            let package = fs::read(path).ok()?;
            let package: Value = serde_json::from_slice(&package).ok()?;
            package.get("version")?.as_str().map(str::to_owned)
        };
        let versions = ["workerd", "jose", "hono"].into_iter().filter_map(|name| {
            let version = version(name)?;
            Some(format!("{name} {version}"))
        });
        let versions: Vec<String> = versions.collect();
        let tokens = self.0.get("tokens").and_then(Value::as_str);
        notes.push(format!(
            "{}; tokens: {}; {}",
            versions.join(", "),
            tokens.unwrap_or_default(),
            processor(),
        ));
        notes
    }
}

/// What the machine is.
fn processor() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("an unnamed processor", |(_, name)| name.trim());
    format!("{cores} cores, {name}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_least_of_both_sides_are_compared_and_what_was_not_measured_meets_nothing() {
        let raw = json!({ "contests": { "admitted": {
            "gate": { "micros": [300.0, 260.0], "rates": [3000.0, 3200.0] },
            "passthrough": { "micros": [200.0, 210.0], "rates": [4000.0, 3200.0] },
        } } });
        let figures = Figures(&raw);
        let row = || Row::promise("a", Bound::AtMost(1.3), Bound::AtMost(1.0));
        let ratio = figures.ratio(row(), "admitted", "gate", "passthrough");
        assert!((ratio.measured - 1.3).abs() < 1e-9 && ratio.is_met());
        let rate = figures.rate(row(), "admitted", "gate", "passthrough");
        assert!((rate.measured - 0.8).abs() < 1e-9);
        assert!(
            !figures
                .ratio(row(), "uncached", "gate", "passthrough")
                .is_met()
        );
        assert!(!figures.hour().is_met() && !figures.first_answer().is_met());
        assert!(!figures.recovery().is_met());
    }

    #[test]
    fn what_recovery_costs_is_promised_only_where_two_that_are_the_same_are_found_to_be() {
        let recovery = |gate: f64, twin: f64| {
            let side = |micros: f64| json!({ "micros": [micros] });
            let raw = json!({ "contests": { "recovery": {
                "gate": side(gate), "gate_twin": side(twin), "gate_without_shim": side(200.0),
            } } });
            Figures(&raw).recovery()
        };
        assert!(recovery(203.0, 203.0).is_met() && !recovery(206.0, 206.0).is_met());
        let noisy = recovery(206.0, 210.0);
        assert!(noisy.is_met() && noisy.must.is_none());
        assert!(noisy.told.ends_with("differ by 1.9 %"), "{}", noisy.told);
    }
}
