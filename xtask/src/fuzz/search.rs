//! One search in one target, and the line it comes to.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::engine::Engine;
use super::{Budget, FuzzError, Target};
use crate::command::{Program, Run};
use crate::workspace::{self, Workspace};

/// What a search came to.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Search {
    pub(crate) executions: u64,
    pub(crate) took: Duration,
    pub(crate) finding: Option<Finding>,
}

/// A law was broken.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Finding {
    /// The input, unless the engine itself failed.
    pub(crate) input: Option<PathBuf>,
    /// The end of what the engine said.
    pub(crate) said: String,
}

impl Search {
    pub(crate) fn run(
        workspace: &Workspace,
        engine: &Engine,
        target: &Target,
        budget: Budget,
    ) -> Result<Self, FuzzError> {
        let findings = folder(workspace, "findings", &target.name)?;
        let engine = match engine {
            Engine::LibFuzzer(program) => {
                lib_fuzzer(workspace, program, target, budget, &findings)?
            }
            Engine::Plain(program) => plain(program, target, budget, &findings),
        };
        // Where the law stands is said without it, and what is tried again can show the rest.
        let engine = engine.variable("RUST_BACKTRACE", "0");
        let started = Instant::now();
        let (success, said) = engine.observe().map_err(FuzzError::Command)?;
        Ok(Self::read(success, &said, started.elapsed()))
    }

    fn read(success: bool, said: &str, took: Duration) -> Self {
        let after = |words: &str| said.lines().rev().find_map(|line| line.split(words).nth(1));
        let executions = after("stat::number_of_executed_units:");
        Self {
            executions: executions.map_or(0, |number| number.trim().parse().unwrap_or(0)),
            took,
            finding: (!success).then(|| Finding {
                input: after("Test unit written to ").map(PathBuf::from),
                said: last_lines(said),
            }),
        }
    }

    /// What people are told.
    pub(crate) fn line(&self, target: &Target) -> String {
        let name = &target.name;
        let seconds = self.took.as_secs_f64();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::cast_sign_loss,
            reason = "a figure for people"
        )]
        let rate = (self.executions as f64 / seconds) as u64;
        let done = format!(
            "{name}: {} executions, {seconds:.1} s, {rate} executions/s",
            self.executions
        );
        match &self.finding {
            None => format!("{done}, no finding"),
            Some(Finding {
                input: Some(input),
                said,
            }) => {
                let input = input.display();
                format!(
                    "{done}, 1 FINDING: {input}\n{said}\ntry it again with `cargo xtask fuzz {name} --input {input}`"
                )
            }
            Some(Finding { input: None, said }) => {
                format!("{done}, 1 FINDING: the engine ended without an input\n{said}")
            }
        }
    }
}

fn lib_fuzzer(
    workspace: &Workspace,
    program: &Path,
    target: &Target,
    budget: Budget,
    findings: &Path,
) -> Result<Run, FuzzError> {
    let corpus = folder(workspace, "corpus", &target.name)?;
    let words = workspace.path("target/fuzz/words").join(&target.name);
    // libFuzzer looks whether the dictionary is there before the target can write it.
    workspace::write(&words, b"").map_err(FuzzError::File)?;
    let budget = match budget {
        Budget::Executions(number) => format!("-runs={number}"),
        Budget::Seconds(number) => format!("-max_total_time={number}"),
    };
    Ok(Run::at(Program::Fuzzer, program.to_owned())
        .variable("USHER_FUZZ_TARGET", &target.name)
        .variable("USHER_FUZZ_CORPUS", &corpus)
        .variable("USHER_FUZZ_WORDS", &words)
        .arguments([budget, format!("-max_len={}", target.max_bytes)])
        // No input of ours may take long or much; both bounds are far above what is usual.
        .arguments(["-timeout=5", "-rss_limit_mb=512", "-print_final_stats=1"])
        .arguments([format!("-artifact_prefix={}/", findings.display())])
        .arguments([format!("-dict={}", words.display())])
        .arguments([corpus])
        .folder(workspace.root()))
}

fn plain(program: &Path, target: &Target, budget: Budget, findings: &Path) -> Run {
    let budget = match budget {
        Budget::Executions(number) => ["--executions".to_owned(), number.to_string()],
        Budget::Seconds(number) => ["--seconds".to_owned(), number.to_string()],
    };
    Run::at(Program::Fuzzer, program.to_owned())
        .arguments([&target.name])
        .arguments(budget)
        .arguments([format!("--findings={}/", findings.display())])
}

/// A folder below target/fuzz that is there: what is found is kept from one search to the next.
fn folder(workspace: &Workspace, kind: &str, target: &str) -> Result<PathBuf, FuzzError> {
    let path = workspace.path("target/fuzz").join(kind).join(target);
    fs::create_dir_all(&path)
        .map_err(|source| FuzzError::File(workspace::unwritten(&path, source)))?;
    Ok(path)
}

/// The panic is the last thing said but for libFuzzer's figures; this many lines hold it.
fn last_lines(said: &str) -> String {
    let wanted = ["panicked at", "ERROR: libFuzzer", "error"];
    let lines: Vec<&str> = said.lines().collect();
    let start = lines
        .iter()
        .position(|line| wanted.iter().any(|word| line.contains(word)))
        .unwrap_or(lines.len().saturating_sub(8));
    let shown = lines.iter().skip(start).take(8);
    shown.copied().collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: &str = "token";

    fn read(success: bool, said: &str) -> (Search, String) {
        let search = Search::read(success, said, Duration::from_secs(2));
        let target = Target {
            name: TARGET.to_owned(),
            max_bytes: "1024".to_owned(),
        };
        let line = search.line(&target);
        (search, line)
    }

    #[test]
    fn a_search_that_found_nothing_is_one_line() {
        let (search, line) = read(true, "#5 DONE\nstat::number_of_executed_units: 500\n");
        assert_eq!(search.finding, None);
        assert_eq!(
            line,
            "token: 500 executions, 2.0 s, 250 executions/s, no finding"
        );
    }

    #[test]
    fn a_finding_names_its_input_and_how_to_try_it_again() {
        let said = "INFO: x\nthread panicked at a.rs:1:\nboth\nTest unit written to /t/crash-1\nstat::number_of_executed_units: 5\n";
        let (_, line) = read(false, said);
        assert!(
            line.contains("1 FINDING: /t/crash-1\nthread panicked at a.rs:1:\nboth"),
            "{line}"
        );
        assert!(
            line.ends_with("`cargo xtask fuzz token --input /t/crash-1`"),
            "{line}"
        );
    }

    #[test]
    fn an_engine_that_fails_is_a_finding_too() {
        let (search, line) = read(false, "ERROR: libFuzzer: out of memory");
        assert!(search.finding.is_some());
        assert!(line.ends_with("ERROR: libFuzzer: out of memory"), "{line}");
    }
}
