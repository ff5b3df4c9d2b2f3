//! Each way to break a platform makes exactly the stories fail that it concerns, at the step that shows it; and a right platform fails
//! none of them. The table is printed: `cargo test -p tests --test fault_table -- --nocapture`.
#![expect(
    clippy::panic,
    clippy::print_stdout,
    reason = "what a test builds on must hold, and the table is for people"
)]

mod faults;
mod platforms;

use std::fmt::Write as _;
use std::time::Duration;

use stage::Fault;
use tests::Incident;
use tokio::join;

use crate::faults::{Ends, InTheRegistry, OF_APPS, OF_FIRST_SIGHT, REGISTRY, STAGE};
use crate::platforms::{Platforms, one_after_the_other, played};

#[derive(Default)]
struct Table {
    text: String,
    wrong: Vec<String>,
}

impl Table {
    fn row(&mut self, name: &str, expected: &[&str], found: &[String]) {
        let cells: Vec<_> = (expected.iter().zip(found))
            .map(
                |(expected, found)| match (*expected == found.as_str(), found.as_str()) {
                    (true, "") => "passed".to_owned(),
                    (true, step) => step.to_owned(),
                    (false, step) => format!("WRONG {step}"),
                },
            )
            .collect();
        let row = format!("| {name} | {} |", cells.join(" | "));
        if cells.iter().any(|cell| cell.starts_with("WRONG")) {
            self.wrong.push(format!("{row} expected {expected:?}"));
        }
        let _infallible = writeln!(self.text, "{row}");
    }

    fn shown(&self, what: &str, stories: &[&str]) {
        println!("\n| {what} | {} |\n{}", stories.join(" | "), self.text);
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
    }
}

fn every_story() -> Vec<&'static str> {
    [OF_APPS.as_slice(), &OF_FIRST_SIGHT].concat()
}

#[tokio::test]
async fn what_is_broken_on_the_stage_fails_exactly_the_stories_that_it_concerns() {
    let mut table = Table::default();
    for fault in Fault::ALL {
        let (_, ends) = STAGE
            .iter()
            .find(|(of, _)| *of == fault)
            .unwrap_or_else(|| panic!("{fault:?}"));
        let platforms = Platforms::start(Some(Incident::Stage(fault)), SHORT).await;
        table.row(fault.name(), &ends.steps(), &platforms.played().await);
        platforms.stop().await;
    }
    table.shown("fault of the stage", &every_story());
}

#[tokio::test]
async fn what_is_broken_in_the_registry_fails_exactly_the_stories_that_it_concerns() {
    let mut table = Table::default();
    for InTheRegistry { name, breaks, ends } in REGISTRY {
        let platforms = Platforms::start(None, SHORT).await;
        platforms.break_registry(name, breaks).await;
        table.row(name, &ends.steps(), &platforms.played().await);
        platforms.stop().await;
    }
    table.shown("fault of the registry", &every_story());
}

/// Real workerd, real SQLite. A platform has its first owner once, so of many runs on one platform only the first tells of it.
#[tokio::test]
async fn a_right_platform_fails_no_story_in_any_of_many_runs() {
    let mut table = Table::default();
    let platforms = Platforms::start(None, LONG).await;
    let runs = std::env::var("USHER_HEALTHY_RUNS").ok();
    let runs = runs.map_or(RUNS, |runs| runs.parse().unwrap_or(RUNS));
    for run in 1..=runs {
        let mut expected = Ends::NOWHERE.steps();
        let found = if run == 1 {
            let (found, took) = one_after_the_other(&platforms).await;
            println!("\nevery story, one platform after the other: {took:.1?}");
            found
        } else {
            expected.pop();
            expected.push(TOLD_ONCE);
            let (apps, first_sight) = join!(
                played(&platforms.of_apps, &OF_APPS),
                played(&platforms.of_first_sight, &OF_FIRST_SIGHT[..2])
            );
            [apps, first_sight, vec![TOLD_ONCE.to_owned()]].concat()
        };
        table.row(&format!("run {run}"), &expected, &found);
    }
    table.shown("right platform", &every_story());
    platforms.stop().await;
}

/// What stands for a story that nobody tells a second time.
const TOLD_ONCE: &str = "told once";

/// What never comes is waited for so long.
const SHORT: Duration = Duration::from_secs(4);

/// On a busy machine a right platform is slow.
const LONG: Duration = Duration::from_secs(30);

/// Of nine stories at most, some seconds long: before a release `USHER_HEALTHY_RUNS=50`.
const RUNS: u32 = 10;
