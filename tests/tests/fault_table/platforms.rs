//! The platforms on which the stories are played, how each ended, and what was named as the cause.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stage::SignUp;
use tests::{Incident, World, WorldOptions};
use tokio::join;

use crate::faults::{OF_APPS, OF_FIRST_SIGHT};

/// The two platforms that the stories need, broken in the same way.
pub(crate) struct Platforms {
    pub(crate) of_apps: World,
    pub(crate) of_first_sight: World,
}

impl Platforms {
    pub(crate) async fn start(incident: Option<Incident>, ready_budget: Duration) -> Self {
        let options = || WorldOptions {
            incident,
            // Long enough for somebody to come before their app is there.
            provisioning: Duration::from_millis(700),
            ready_budget,
            ..WorldOptions::default()
        };
        let first_sight = json!({ "USHER_PROVISIONING": "first-sight" });
        let open = WorldOptions {
            sign_up: SignUp::Nothing,
            vars: first_sight.as_object().cloned().unwrap_or_default(),
            ..options()
        };
        let (of_apps, of_first_sight) = join!(World::with(options()), World::with(open));
        let started = |world: Result<World, _>| world.unwrap_or_else(|error| panic!("{error}"));
        Self {
            of_apps: started(of_apps),
            of_first_sight: started(of_first_sight),
        }
    }

    /// The same by hand at the registry of both.
    pub(crate) async fn break_registry(&self, name: &str, triggers: &[&str]) {
        for world in [&self.of_apps, &self.of_first_sight] {
            for (number, trigger) in triggers.iter().enumerate() {
                let statement = format!("CREATE TRIGGER broken_{number} {trigger}");
                let done = world.gate.d1(&statement, &[]).await;
                assert!(done.is_ok(), "{name}: {done:?}");
            }
        }
    }

    /// Every story, on both.
    pub(crate) async fn played(&self) -> Played {
        let (apps, first_sight) = join!(
            played(&self.of_apps, &OF_APPS),
            played(&self.of_first_sight, &OF_FIRST_SIGHT)
        );
        apps.and(first_sight)
    }

    pub(crate) async fn stop(self) {
        join!(self.of_apps.stop(), self.of_first_sight.stop());
    }
}

/// What became of some stories.
pub(crate) struct Played {
    /// The first step of each that did not pass.
    pub(crate) ends: Vec<String>,
    /// What was named as the cause.
    pub(crate) findings: BTreeSet<String>,
}

impl Played {
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            ends: [self.ends, other.ends].concat(),
            findings: self.findings.into_iter().chain(other.findings).collect(),
        }
    }
}

pub(crate) async fn played(world: &World, stories: &[&str]) -> Played {
    let names = stories.join(",");
    let mut arguments = vec!["--scenario", &names, "--jobs", "6", "--report", "json"];
    if stories.contains(&"bootstrap") {
        arguments.push("--allow-bootstrap");
    }
    let verification = world.verify(&arguments).await;
    let verification = verification.unwrap_or_else(|error| panic!("{error}"));
    let report: Value = serde_json::from_str(&verification.stdout)
        .unwrap_or_else(|error| panic!("{error}: {verification:#?}"));
    let told = report.get("scenarios").and_then(Value::as_array);
    let end_of = |name: &&str| {
        let mut found = told
            .into_iter()
            .flatten()
            .filter(|story| story["scenario"] == **name);
        found.next().map_or_else(|| "not told".to_owned(), end)
    };
    let findings = report.get("findings").and_then(Value::as_array);
    let findings = findings.into_iter().flatten();
    let code = |finding: &Value| Some(finding["code"].as_str()?.to_owned());
    Played {
        ends: stories.iter().map(end_of).collect(),
        findings: findings.filter_map(code).collect(),
    }
}

fn end(story: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let steps = story["steps"].as_array().into_iter().flatten();
    let mut wrong = steps.filter(|step| !matches!(&*text(&step["outcome"]), "passed" | "skipped"));
    wrong
        .next()
        .map(|step| text(&step["name"]))
        .unwrap_or_default()
}

/// As an operator would wait for them who has one machine: the time is shown, and a slow machine breaks nothing.
pub(crate) async fn one_after_the_other(platforms: &Platforms) -> (Played, Duration) {
    let began = Instant::now();
    let apps = played(&platforms.of_apps, &OF_APPS).await;
    let first_sight = played(&platforms.of_first_sight, &OF_FIRST_SIGHT).await;
    (apps.and(first_sight), began.elapsed())
}
