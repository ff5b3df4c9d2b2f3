//! Every format of every way in which a run can end, as files to read: `verifier/golden/`. `UPDATE_SNAPSHOTS=1 cargo test -p verifier` writes them
//! anew; the difference is the change to review.

use std::fs;
use std::path::Path;

use clap::ValueEnum as _;
use serde_json::{Value, json};

use crate::arguments::report::RunFormat;
use crate::deployment::exchange::{Answer, Exchange, NoAnswer};
use crate::deployment::sent::Sent;
use crate::deployment::timing::Timing;
use crate::findings::{Code, Evidence, Finding, Fix, Unlooked};
use crate::outcome::{Outcome, Verdict};
use crate::record::{LeftOver, Record, StateSeen, StepRecord};
use crate::report::{Look, github, render};
use crate::scenario::Scenario;
use crate::steps::StepName;

const STEPS: [StepName; 8] = [
    StepName::Register,
    StepName::LogIn,
    StepName::WaitUntilReady,
    StepName::ReachInstance,
    StepName::OpenSession,
    StepName::FindLogIn,
    StepName::LogOut,
    StepName::CleanUp,
];

fn step(name: StepName, outcome: Outcome, why: Option<&str>, span: [u64; 2]) -> StepRecord {
    StepRecord {
        name,
        outcome,
        why: why.map(str::to_owned),
        attempts: 1,
        at_millis: span[0],
        millis: span[1],
        states: Vec::new(),
        versions: vec!["7d5f1c2e".into()],
        last: None,
    }
}

fn exchange(answer: Result<Answer, NoAnswer>) -> Exchange {
    Exchange {
        request: Sent {
            method: reqwest::Method::GET,
            url: "https://app.example.com/.usher/me".into(),
            headers: vec![("authorization".into(), "***".into())],
            body: None,
        },
        curl: "curl -i -H \"authorization: Bearer $TOKEN\" 'https://app.example.com/.usher/me'"
            .into(),
        answer,
        timing: Timing {
            dns: Some(1_200),
            connect: Some(20_500),
            first_byte: Some(61_000),
            total: 61_340,
        },
    }
}

/// Hostile on purpose: what a deployment says goes into every format.
const BODY: &str =
    "{\"title\":\"</pre><script>alert(1)</script>\",\"detail\":\"]]> # not ok ::error::x | `y`\"}";

fn record(verdict: Verdict, mut steps: Vec<StepRecord>) -> Record {
    for name in STEPS.into_iter().skip(steps.len()) {
        steps.push(StepRecord::skipped(name, "not reached"));
    }
    Record {
        schema_version: Record::SCHEMA_VERSION,
        scenario: Scenario::NewUser,
        gate: Some("https://app.example.com".into()),
        app: "https://app.example.com".into(),
        user: "usher-4f1c@example.com".into(),
        started_at_unix_seconds: 1_795_257_000,
        millis: 61_400,
        wanted_version: None,
        unconfirmed: None,
        exit_code: verdict.exit_code().into(),
        verdict,
        findings: Vec::new(),
        could_not_look: Vec::new(),
        steps,
        left_over: Vec::new(),
    }
}

fn begun() -> Vec<StepRecord> {
    vec![
        step(StepName::Register, Outcome::Passed, None, [0, 310]),
        step(StepName::LogIn, Outcome::Passed, None, [310, 90]),
    ]
}

fn failed() -> Record {
    let mut steps = begun();
    let why = "still `active` after 60 s; only `ready` lets a visitor in";
    steps.push(StepRecord {
        attempts: 31,
        states: [("provisioning", 20), ("active", 1400)]
            .map(|(state, at_millis)| StateSeen {
                state: state.into(),
                at_millis,
            })
            .into(),
        last: Some(exchange(Ok(Answer {
            status: 200,
            headers: vec![("content-type".into(), "application/json".into())],
            body: BODY.into(),
            truncated: false,
        }))),
        ..step(
            StepName::WaitUntilReady,
            Outcome::Failed,
            Some(why),
            [400, 60_000],
        )
    });
    let mut record = record(Verdict::Failed(StepName::WaitUntilReady), steps);
    record.steps.pop();
    let clean_up = step(StepName::CleanUp, Outcome::Passed, None, [60_900, 500]);
    record.steps.push(clean_up);
    record.findings.push(Finding {
        code: Code::InstanceStuck,
        sentence: "The instance i-7 stays `active`, although its app answers 200: nobody writes `ready`, 100 % of new users wait.".into(),
        evidence: vec![Evidence::new("status `active` since 10:31:02", "GET /.usher/me")],
        fix: Fix {
            sentence: "Let the provisioner write `ready`, and lift those who wait.".into(),
            commands: vec!["usher instance set i-7 ready --config usher.toml".into()],
        },
        explains: StepName::WaitUntilReady,
    });
    record.could_not_look.push(Unlooked {
        at: "database `identity`".into(),
        why: "the file /var/lib/idp/idp.db is not there".into(),
    });
    record
}

fn broken() -> Record {
    let why = NoAnswer::Refused {
        url: "https://id.example.com/register".into(),
    };
    let register = StepRecord {
        last: Some(exchange(Err(why.clone()))),
        ..step(
            StepName::Register,
            Outcome::Broken,
            Some(&why.to_string()),
            [0, 12],
        )
    };
    record(Verdict::Broken(StepName::Register), vec![register])
}

fn left_over() -> Record {
    let mut steps = begun();
    for name in STEPS.into_iter().skip(2) {
        steps.push(step(name, Outcome::Passed, None, [400, 100]));
    }
    steps.pop();
    let why = "removing the user: status 500 instead of any 2xx";
    steps.push(step(
        StepName::CleanUp,
        Outcome::Failed,
        Some(why),
        [900, 40],
    ));
    let mut record = record(Verdict::CleanUpIncomplete, steps);
    record.left_over.push(LeftOver {
        user: record.user.clone(),
        why: why.into(),
        journal: "/home/ops/.local/state/usher/4f1c.json".into(),
    });
    record
}

fn interrupted() -> Record {
    let mut steps = begun();
    let why = Some("interrupted");
    steps.push(step(
        StepName::WaitUntilReady,
        Outcome::Broken,
        why,
        [400, 900],
    ));
    record(Verdict::Interrupted, steps)
}

fn passed() -> Record {
    let mut steps = begun();
    for name in STEPS.into_iter().skip(2) {
        steps.push(step(name, Outcome::Passed, None, [400, 100]));
    }
    record(Verdict::Passed, steps)
}

fn other_version() -> Record {
    Record {
        wanted_version: Some("9a0c11d3".into()),
        unconfirmed: Some("in `log in` 7d5f1c2e answered".into()),
        ..record(Verdict::OtherVersion, passed().steps)
    }
}

fn samples() -> [(&'static str, Record); 7] {
    [
        ("passed", passed()),
        ("failed", failed()),
        ("broken", broken()),
        ("nothing_ran", record(Verdict::NothingRan, Vec::new())),
        ("clean_up_incomplete", left_over()),
        ("interrupted", interrupted()),
        ("other_version", other_version()),
    ]
}

fn ending(format: RunFormat) -> &'static str {
    match format {
        RunFormat::Github => "github.txt",
        RunFormat::Html => "html",
        RunFormat::Human => "txt",
        RunFormat::Json => "json",
        RunFormat::Junit => "junit.xml",
        RunFormat::Tap => "tap",
    }
}

fn assert_golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(golden, text, "{name}");
}

#[test]
fn every_end_is_told_in_every_format() {
    for (name, record) in samples() {
        for format in RunFormat::ALL {
            let text = render(format, &record, Look { coloured: false });
            assert_golden(&format!("{name}.{}", ending(format)), &text);
        }
        assert_golden(&format!("{name}.summary.md"), &github::summary(&record, 0));
    }
}

#[test]
fn the_json_report_is_what_its_schema_says() {
    let schema = include_str!("../../report.schema.json");
    let schema = serde_json::from_str(schema).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    let schema = jsonschema::draft202012::new(&schema).unwrap();
    for (name, record) in samples() {
        let text = render(RunFormat::Json, &record, Look { coloured: false });
        let report = serde_json::from_str(&text).unwrap();
        let errors: Vec<_> = schema
            .iter_errors(&report)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, [""; 0], "{name}");
    }
}

#[test]
fn the_schema_knows_every_story_and_every_step() {
    let schema: Value = serde_json::from_str(include_str!("../../report.schema.json")).unwrap();
    let scenarios = Scenario::value_variants().iter();
    let scenarios: Vec<_> = scenarios.map(|scenario| json!(scenario.name())).collect();
    assert_eq!(schema["properties"]["scenario"]["enum"], json!(scenarios));
    let steps = StepName::BUILT_IN.map(|step| step.word());
    assert_eq!(schema["$defs"]["step"]["anyOf"][0]["enum"], json!(steps));
}

#[test]
fn junit_can_be_read_and_counts_what_did_not_pass() {
    for (name, record) in samples() {
        let text = render(RunFormat::Junit, &record, Look { coloured: false });
        let report = quick_junit::Report::deserialize_from_str(&text).unwrap();
        let wrong = record.steps.iter().any(|step| match step.outcome {
            Outcome::Failed | Outcome::Broken => true,
            Outcome::Passed | Outcome::Skipped => false,
        });
        let counted = report.failures + report.errors > 0;
        assert_eq!(
            counted,
            wrong || matches!(name, "nothing_ran" | "other_version"),
            "{name}"
        );
        let mut names: Vec<_> = (report.test_suites.iter())
            .flat_map(|suite| &suite.test_cases)
            .map(|case| (case.classname.clone(), case.name.clone()))
            .collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all, "GitLab shows only the first of two");
    }
}

#[test]
fn tap_announces_as_many_points_as_there_are_and_no_bad_run_reads_as_a_good_one() {
    for (name, record) in samples() {
        let text = render(RunFormat::Tap, &record, Look { coloured: false });
        let points = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
        let (ok, not_ok) = (points("ok "), points("not ok "));
        assert!(text.contains(&format!("\n1..{}\n", ok + not_ok)), "{text}");
        let good = not_ok == 0 && !text.contains("\nBail out! ");
        assert_eq!(good, name == "passed", "{name}: {text}");
    }
}

#[test]
fn the_page_runs_nothing_and_loads_nothing() {
    for (name, record) in samples() {
        let text = render(RunFormat::Html, &record, Look { coloured: false });
        for part in [
            "<script",
            "<link",
            "<img",
            "@import",
            "url(",
            "</pre><script",
        ] {
            assert!(!text.contains(part), "{name}: {part}");
        }
    }
}

#[test]
fn a_summary_never_goes_beyond_what_the_step_has_room_for() {
    let (mut record, limit) = (failed(), 1024 * 1024);
    record.findings[0].sentence = "x".repeat(limit);
    for taken in [0, limit - 300, limit - 10, limit, usize::MAX] {
        let summary = github::summary(&record, taken);
        assert!(summary.len() <= limit.saturating_sub(taken), "{taken}");
    }
    assert!(github::summary(&record, 0).contains("in the log"));
}
