//! Each way to break a platform makes exactly the stories fail that it concerns, at the step that shows it, and is named as the cause,
//! and nothing else is; a right platform fails none of them, and nothing is named. The table is printed: `cargo test -p tests --test fault_table -- --nocapture`.
#![expect(
    clippy::panic,
    clippy::print_stdout,
    reason = "what a test builds on must hold, and the table is for people"
)]

mod faults;
mod platforms;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::pin::pin;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use tests::Incident;
use tokio::join;

use crate::faults::{Ends, INCIDENTS, OF_APPS, OF_FIRST_SIGHT, REGISTRY};
use crate::platforms::{Platforms, Played, one_after_the_other, played};

#[derive(Default)]
struct Table {
    text: String,
    wrong: Vec<String>,
}

impl Table {
    fn row(&mut self, name: &str, expected: &[&str], finds: &[&str], found: &Played) {
        let mut cells: Vec<_> = (expected.iter().zip(&found.ends))
            .map(
                |(expected, found)| match (*expected == found.as_str(), found.as_str()) {
                    (true, "") => "passed".to_owned(),
                    (true, step) => step.to_owned(),
                    (false, step) => format!("WRONG {step}"),
                },
            )
            .collect();
        cells.push(named(finds, &found.findings));
        let row = format!("| {name} | {} |", cells.join(" | "));
        if cells.iter().any(|cell| cell.starts_with("WRONG")) {
            self.wrong
                .push(format!("{row} expected {expected:?} and {finds:?}"));
        }
        let _infallible = writeln!(self.text, "{row}");
    }

    fn shown(&self, what: &str, stories: &[&str]) {
        let stories = stories.join(" | ");
        println!("\n| {what} | {stories} | cause |\n{}", self.text);
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
    }
}

/// What was named as the cause, all of what must be and nothing else.
fn named(must: &[&str], found: &BTreeSet<String>) -> String {
    let must: BTreeSet<&str> = must.iter().copied().collect();
    let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
    let list = |codes: &BTreeSet<&str>| codes.iter().copied().collect::<Vec<_>>().join(", ");
    if must == found {
        list(&found)
    } else {
        format!("WRONG {}", list(&found))
    }
}

fn every_story() -> Vec<&'static str> {
    [OF_APPS.as_slice(), &OF_FIRST_SIGHT].concat()
}

#[tokio::test]
async fn every_incident_fails_exactly_the_stories_that_it_concerns_and_is_named() {
    let mut table = Table::default();
    let played = stream::iter(Incident::ALL).map(async |incident| {
        let platforms = Platforms::start(Some(incident), SHORT).await;
        let played = platforms.played().await;
        platforms.stop().await;
        (incident, played)
    });
    let mut played = pin!(played.buffered(AT_ONCE));
    while let Some((incident, played)) = played.next().await {
        let (_, ends, finds) = INCIDENTS
            .iter()
            .find(|(of, ..)| *of == incident)
            .unwrap_or_else(|| panic!("{incident:?}"));
        table.row(incident.name(), &ends.steps(), finds, &played);
    }
    table.shown("incident", &every_story());
}

#[tokio::test]
async fn what_is_broken_in_the_registry_fails_exactly_the_stories_that_it_concerns_and_is_named() {
    let mut table = Table::default();
    let played = stream::iter(REGISTRY).map(async |broken| {
        let platforms = Platforms::start(None, SHORT).await;
        platforms.break_registry(broken.name, broken.breaks).await;
        let played = platforms.played().await;
        platforms.stop().await;
        (broken, played)
    });
    let mut played = pin!(played.buffered(AT_ONCE));
    while let Some((broken, played)) = played.next().await {
        let finds = [broken.besides, &["registry_altered"]].concat();
        table.row(broken.name, &broken.ends.steps(), &finds, &played);
    }
    table.shown("fault of the registry", &every_story());
}

/// Real workerd, real SQLite. A platform has its first owner once, so of many runs on one platform only the first tells of it.
#[tokio::test]
async fn a_right_platform_fails_no_story_and_raises_no_finding_in_any_of_many_runs() {
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
            let mut found = apps.and(first_sight);
            found.ends.push(TOLD_ONCE.to_owned());
            found
        };
        table.row(&format!("run {run}"), &expected, &[], &found);
    }
    table.shown("right platform", &every_story());
    platforms.stop().await;
}

/// What stands for a story that nobody tells a second time.
const TOLD_ONCE: &str = "told once";

/// So many rows are played side by side: most of each is waiting for what never comes.
const AT_ONCE: usize = 2;

/// What never comes is waited for so long. A status counts as stuck when it stood still for half of it, and on a busy machine the steps
/// before that take seconds.
const SHORT: Duration = Duration::from_secs(8);

/// On a busy machine a right platform is slow.
const LONG: Duration = Duration::from_secs(30);

/// Of nine stories at most, some seconds long: before a release `USHER_HEALTHY_RUNS=50`.
const RUNS: u32 = 10;
