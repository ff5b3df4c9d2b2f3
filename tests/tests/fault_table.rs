//! Each way to break a platform makes exactly the stories fail that it concerns, at the step that shows it; and a right platform fails
//! none of them. The table is printed: `cargo test -p tests --test fault_table -- --nocapture`.
#![expect(
    clippy::panic,
    clippy::print_stdout,
    reason = "what a test builds on must hold, and the table is for people"
)]

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::Value;
use stage::Fault;
use tests::{Incident, World, WorldOptions};

const STORIES: [&str; 6] = [
    "new-user",
    "returning-user",
    "denied",
    "pending",
    "logged-out",
    "suspended",
];

/// The step at which each story ends, in the order of [`STORIES`]; nothing where it passes.
type Ends = [&'static str; 6];

const NONE: Ends = [""; 6];

const fn all(step: &'static str) -> Ends {
    [step; 6]
}

/// What is broken inside of the gate's registry, by hand: its name, the triggers, and where it shows.
struct InTheRegistry {
    name: &'static str,
    breaks: &'static [&'static str],
    ends: Ends,
}

const REGISTRY: [InTheRegistry; 14] = [
    InTheRegistry {
        name: "log-ins are not written down",
        breaks: &["BEFORE INSERT ON events WHEN new.event = 'login_success' BEGIN SELECT raise(IGNORE); END"],
        ends: ["find_log_in", "", "", "", "", ""],
    },
    InTheRegistry {
        name: "everybody is recorded twice",
        breaks: &["AFTER INSERT ON users WHEN new.id NOT LIKE 'twin-%' BEGIN
            INSERT INTO users (id, email, version, created_at)
            VALUES ('twin-' || new.id, new.email, new.version, new.created_at); END"],
        ends: ["", "be_recognised", "", "", "", ""],
    },
    InTheRegistry {
        name: "no suspension is taken",
        breaks: &["BEFORE UPDATE OF status ON instances WHEN new.status = 'suspended'
            BEGIN SELECT raise(ABORT, 'no such status'); END"],
        ends: ["", "", "", "", "", "suspend"],
    },
    InTheRegistry {
        name: "nobody is let in again after a suspension",
        breaks: &["BEFORE UPDATE OF status ON instances WHEN old.status = 'suspended'
            BEGIN SELECT raise(ABORT, 'no way back'); END"],
        ends: ["", "", "", "", "", "resume"],
    },
    InTheRegistry {
        name: "who is uninvited stays a member",
        breaks: &["BEFORE UPDATE OF requires_invitation ON users WHEN new.requires_invitation = 1
            BEGIN SELECT raise(IGNORE); END"],
        ends: ["", "", "be_turned_away", "", "", ""],
    },
    InTheRegistry {
        name: "who is uninvited is an error",
        breaks: &["BEFORE UPDATE OF requires_invitation ON users WHEN new.requires_invitation = 1
            BEGIN SELECT raise(ABORT, 'not allowed'); END"],
        ends: ["", "", "uninvite", "", "", ""],
    },
    InTheRegistry {
        name: "who is invited again stays out",
        breaks: &["BEFORE UPDATE OF requires_invitation ON users WHEN new.requires_invitation = 0 AND old.requires_invitation = 1
            BEGIN SELECT raise(IGNORE); END"],
        ends: ["", "", "invite", "", "", ""],
    },
    InTheRegistry {
        name: "who is invited again is an error",
        breaks: &["BEFORE UPDATE OF requires_invitation ON users WHEN new.requires_invitation = 0 AND old.requires_invitation = 1
            BEGIN SELECT raise(ABORT, 'not allowed'); END"],
        ends: ["", "", "invite", "", "", ""],
    },
    InTheRegistry {
        name: "log-outs are forgotten",
        breaks: &[
            "BEFORE INSERT ON sign_outs BEGIN SELECT raise(IGNORE); END",
            "BEFORE INSERT ON sessions BEGIN SELECT raise(IGNORE); END",
        ],
        ends: ["", "", "", "", "be_kept_out", ""],
    },
    InTheRegistry {
        name: "no instance is taken",
        breaks: &["BEFORE INSERT ON instances BEGIN SELECT raise(ABORT, 'full'); END"],
        ends: all("wait_until_ready"),
    },
    InTheRegistry {
        name: "no user is taken",
        breaks: &["BEFORE INSERT ON users BEGIN SELECT raise(ABORT, 'full'); END"],
        ends: all("wait_until_ready"),
    },
    InTheRegistry {
        name: "no identity is taken",
        breaks: &["BEFORE INSERT ON identities BEGIN SELECT raise(ABORT, 'full'); END"],
        ends: all("wait_until_ready"),
    },
    InTheRegistry {
        name: "the step to ready is refused",
        breaks: &["BEFORE UPDATE OF status ON instances WHEN old.status = 'active' AND new.status = 'ready'
            BEGIN SELECT raise(ABORT, 'not yet'); END"],
        ends: all("wait_until_ready"),
    },
    InTheRegistry {
        name: "everybody is born suspended",
        breaks: &["AFTER UPDATE OF status ON instances WHEN new.status = 'active' BEGIN
            UPDATE instances SET status = 'suspended', suspended_from = 'active', version = version + 1 WHERE id = new.id; END"],
        ends: all("wait_until_ready"),
    },
];

/// Where what is broken on the stage shows.
const STAGE: [(Fault, Ends); 9] = [
    (Fault::AppDown, all("reach_instance")),
    (Fault::AppForgetsVisitor, all("reach_instance")),
    (Fault::LogInFails, all("log_in")),
    (Fault::LogInWithoutToken, all("log_in")),
    (Fault::LogOutFails, ["log_out", "", "", "", "", ""]),
    (Fault::NeverMigrated, all("register")),
    (Fault::RemovalFails, all("clean_up")),
    (Fault::SignUpLost, all("wait_until_ready")),
    (Fault::StuckActive, all("wait_until_ready")),
];

async fn world(incident: Option<Incident>, ready_budget: Duration) -> World {
    let world = World::with(WorldOptions {
        incident,
        // Long enough for somebody to come before their app is there.
        provisioning: Duration::from_millis(700),
        ready_budget,
        ..WorldOptions::default()
    });
    world.await.unwrap_or_else(|error| panic!("{error}"))
}

/// The first step of each story that did not pass.
async fn played(world: &World) -> [String; 6] {
    let stories = STORIES.join(",");
    let arguments = ["--scenario", &stories, "--jobs", "6", "--report", "json"];
    let verification = world.verify(&arguments).await;
    let verification = verification.unwrap_or_else(|error| panic!("{error}"));
    let report: Value = serde_json::from_str(&verification.stdout)
        .unwrap_or_else(|error| panic!("{error}: {verification:#?}"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let end = |story: &Value| {
        let steps = story["steps"].as_array().into_iter().flatten();
        let mut wrong =
            steps.filter(|step| !matches!(&*text(&step["outcome"]), "passed" | "skipped"));
        wrong
            .next()
            .map(|step| text(&step["name"]))
            .unwrap_or_default()
    };
    let of = |name: &str| {
        let stories = report
            .get("scenarios")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let mut found = stories.filter(|story| story["scenario"] == name);
        found.next().map_or_else(|| "not told".to_owned(), end)
    };
    STORIES.map(of)
}

#[derive(Default)]
struct Table {
    text: String,
    wrong: Vec<String>,
}

impl Table {
    fn row(&mut self, name: &str, expected: &[&str; 6], found: &[String; 6]) {
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

    fn shown(&self, what: &str) {
        println!("\n| {what} | {} |\n{}", STORIES.join(" | "), self.text);
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
    }
}

#[tokio::test]
async fn what_is_broken_on_the_stage_fails_exactly_the_stories_that_it_concerns() {
    let mut table = Table::default();
    for fault in Fault::ALL {
        let (_, ends) = STAGE
            .iter()
            .find(|(of, _)| *of == fault)
            .unwrap_or_else(|| panic!("{fault:?}"));
        let world = world(Some(Incident::Stage(fault)), SHORT).await;
        table.row(fault.name(), ends, &played(&world).await);
        world.stop().await;
    }
    table.shown("fault of the stage");
}

#[tokio::test]
async fn what_is_broken_in_the_registry_fails_exactly_the_stories_that_it_concerns() {
    let mut table = Table::default();
    for InTheRegistry { name, breaks, ends } in REGISTRY {
        let world = world(None, SHORT).await;
        let triggers = (breaks.iter().enumerate())
            .map(|(number, trigger)| format!("CREATE TRIGGER broken_{number} {trigger}"));
        for statement in triggers {
            let done = world.gate.d1(&statement, &[]).await;
            assert!(done.is_ok(), "{name}: {done:?}");
        }
        table.row(name, &ends, &played(&world).await);
        world.stop().await;
    }
    table.shown("fault of the registry");
}

/// Real workerd, real SQLite, one world.
#[tokio::test]
async fn a_right_platform_fails_no_story_in_any_of_many_runs() {
    let mut table = Table::default();
    let world = world(None, LONG).await;
    let runs = std::env::var("USHER_HEALTHY_RUNS").ok();
    let runs = runs.map_or(RUNS, |runs| runs.parse().unwrap_or(RUNS));
    for run in 1..=runs {
        table.row(&format!("run {run}"), &NONE, &played(&world).await);
    }
    table.shown("right platform");
    world.stop().await;
}

/// What never comes is waited for so long.
const SHORT: Duration = Duration::from_secs(4);

/// On a busy machine a right platform is slow.
const LONG: Duration = Duration::from_secs(30);

/// Of six stories each, some seconds long: before a release `USHER_HEALTHY_RUNS=50`.
const RUNS: u32 = 10;
