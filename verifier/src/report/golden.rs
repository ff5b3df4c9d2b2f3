//! Every format of every way in which a run can end, as files to read: `verifier/golden/`. `UPDATE_SNAPSHOTS=1 cargo test -p verifier` writes them
//! anew; the difference is the change to review.

use std::fs;
use std::path::Path;

use clap::ValueEnum as _;
use serde_json::{Value, json};

use crate::arguments::report::RunFormat;
use crate::baseline::comparison::{Change, Comparison, Limits, Pace, Sample};
use crate::deployment::exchange::{Answer, Exchange, NoAnswer};
use crate::deployment::sent::Sent;
use crate::deployment::timing::Timing;
use crate::findings::code::Code;
use crate::findings::{self, Cause, Confidence, Evidence, Explained, Finding, Fix, Unlooked};
use crate::outcome::{Outcome, Verdict};
use crate::percentiles::Percentile;
use crate::record::{LeftOver, Record, StateSeen, StepRecord, Story};
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
            tls: Some(18_400),
            first_byte: Some(61_000),
            total: 61_340,
        },
    }
}

/// Hostile on purpose: what a deployment says goes into every format.
const BODY: &str =
    "{\"title\":\"</pre><script>alert(1)</script>\",\"detail\":\"]]> # not ok ::error::x | `y`\"}";

fn story(scenario: Scenario, verdict: Verdict, mut steps: Vec<StepRecord>) -> Story {
    for name in STEPS.into_iter().skip(steps.len()) {
        steps.push(StepRecord::unreached(name));
    }
    Story {
        scenario,
        user: Some("usher-4f1c@example.com".into()),
        at_millis: 0,
        millis: 61_400,
        verdict,
        why: None,
        steps,
    }
}

fn run(scenarios: Vec<Story>) -> Record {
    let verdict = Verdict::of(scenarios.iter().map(|story| &story.verdict));
    Record {
        schema_version: Record::SCHEMA_VERSION,
        gate: Some("https://app.example.com".into()),
        app: "https://app.example.com".into(),
        started_at_unix_seconds: 1_795_257_000,
        millis: 61_400,
        wanted_version: None,
        exit_code: verdict.exit_code().into(),
        verdict,
        findings: Vec::new(),
        could_not_look: Vec::new(),
        scenarios,
        left_over: Vec::new(),
        repeated: Vec::new(),
        baseline: None,
    }
}

fn record(verdict: Verdict, steps: Vec<StepRecord>) -> Record {
    run(vec![story(Scenario::NewUser, verdict, steps)])
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
    let steps = &mut record.scenarios[0].steps;
    steps.pop();
    steps.push(step(
        StepName::CleanUp,
        Outcome::Passed,
        None,
        [60_900, 500],
    ));
    let cause = Cause {
        code: Code::InstanceStuck,
        confidence: Confidence::Certain,
        sentence: "The instance i-7 stays `active`, although its app answers 200: nobody writes `ready`, 100 % of new users wait.".into(),
        evidence: vec![Evidence {
            what: "status `active` since 10:31:02".into(),
            source: "GET /.usher/me".into(),
            at_unix_seconds: 1_767_225_660,
        }],
        fix: Fix {
            sentence: "Let the provisioner write `ready`, and lift those who wait.".into(),
            commands: vec!["usher instance set i-7 ready --config usher.toml".into()],
        },
    };
    findings::note(
        &mut record.findings,
        cause,
        waits_in_vain(Scenario::NewUser),
    );
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
        user: "usher-4f1c@example.com".into(),
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

fn passed_steps() -> Vec<StepRecord> {
    let mut steps = begun();
    for name in STEPS.into_iter().skip(2) {
        steps.push(step(name, Outcome::Passed, None, [400, 100]));
    }
    steps
}

fn passed() -> Record {
    record(Verdict::Passed, passed_steps())
}

fn waits_in_vain(scenario: Scenario) -> Explained {
    let step = StepName::WaitUntilReady;
    Explained { scenario, step }
}

fn other_version() -> Record {
    let mut story = story(Scenario::NewUser, Verdict::OtherVersion, passed_steps());
    story.why = Some("in `log in` 7d5f1c2e answered".into());
    Record {
        wanted_version: Some("9a0c11d3".into()),
        ..run(vec![story])
    }
}

/// One of each kind, and one cause that two of them met.
fn several() -> Record {
    let of = |scenario, mut record: Record| {
        let mut story = record.scenarios.remove(0);
        story.scenario = scenario;
        story
    };
    let mut remarked = passed();
    remarked.scenarios[0].steps[3].why =
        Some("without [gate_admin], nobody asked whether they are recorded once".into());
    let lacks = "it needs [gate_admin], with which the user is turned away and let in again";
    let left_over = left_over();
    let whom_nobody_removed = left_over.left_over.clone();
    let Record {
        mut findings,
        could_not_look,
        ..
    } = failed();
    let Finding { cause, .. } = failed().findings.remove(0);
    findings::note(&mut findings, cause, waits_in_vain(Scenario::Pending));
    Record {
        findings,
        could_not_look,
        left_over: whom_nobody_removed,
        repeated: Vec::new(),
        ..run(vec![
            of(Scenario::ReturningUser, remarked),
            of(Scenario::NewUser, failed()),
            of(Scenario::Denied, broken()),
            of(Scenario::Pending, failed()),
            of(Scenario::LoggedOut, left_over),
            Story::unplayed(Scenario::Suspended, STEPS.to_vec(), Verdict::Skipped, lacks),
        ])
    }
}

fn several_passed() -> Record {
    let mut logged_out = story(Scenario::LoggedOut, Verdict::Passed, passed_steps());
    (logged_out.at_millis, logged_out.millis) = (400, 900);
    run(vec![
        story(Scenario::NewUser, Verdict::Passed, passed_steps()),
        logged_out,
        Story::unplayed(
            Scenario::Pending,
            STEPS.to_vec(),
            Verdict::Skipped,
            "it needs a gate",
        ),
    ])
}

/// A change of each kind; the last one has failed the run, if it may.
fn slower(pace: Pace) -> Record {
    let sample = |millis, runs, percentile| {
        Some(Sample {
            millis,
            runs,
            percentile,
        })
    };
    let one = |millis| sample(millis, 1, None);
    let changed = |step, then, now, percent, pace| Change {
        scenario: Scenario::NewUser,
        step,
        then,
        now,
        percent,
        pace,
    };
    let median = sample(320, 20, Some(Percentile::P50));
    let slow = changed(StepName::LogIn, one(40), one(90), Some(125), pace);
    let said = format!("{}: {}", pace.word(), slow.said().unwrap());
    let mut record = passed();
    record.baseline = Some(Comparison {
        file: "last-good.json".into(),
        started_at_unix_seconds: 1_795_170_600,
        limits: Limits {
            slower_than_percent: 50,
            fail_slower_than_percent: (pace == Pace::TooSlow).then_some(100),
            slower_by_millis: 50,
        },
        steps: vec![
            changed(StepName::Register, median, one(310), Some(-3), Pace::Fine),
            slow,
            changed(
                StepName::WaitUntilReady,
                None,
                one(100),
                None,
                Pace::Uncompared,
            ),
        ],
    });
    record.scenarios[0].steps[1].why = Some(said);
    if pace == Pace::TooSlow {
        record.scenarios[0].steps[1].outcome = Outcome::Failed;
        record.scenarios[0].verdict = Verdict::Failed(StepName::LogIn);
        record.verdict = Verdict::Failed(StepName::LogIn);
        record.exit_code = record.verdict.exit_code().into();
    }
    record
}

fn samples() -> [(&'static str, Record); 11] {
    [
        ("passed", passed()),
        ("failed", failed()),
        ("broken", broken()),
        ("nothing_ran", record(Verdict::NothingRan, Vec::new())),
        ("clean_up_incomplete", left_over()),
        ("interrupted", interrupted()),
        ("other_version", other_version()),
        ("slower", slower(Pace::Slower)),
        ("too_slow", slower(Pace::TooSlow)),
        ("several", several()),
        ("several_passed", several_passed()),
    ]
}

fn has_passed(name: &str) -> bool {
    matches!(name, "passed" | "slower" | "several_passed")
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
    assert_eq!(schema["$defs"]["scenario"]["enum"], json!(scenarios));
    let steps = StepName::BUILT_IN.map(|step| step.word());
    assert_eq!(schema["$defs"]["step"]["anyOf"][0]["enum"], json!(steps));
}

#[test]
fn junit_can_be_read_and_counts_what_did_not_pass() {
    for (name, record) in samples() {
        let text = render(RunFormat::Junit, &record, Look { coloured: false });
        let report = quick_junit::Report::deserialize_from_str(&text).unwrap();
        let mut steps = record.scenarios.iter().flat_map(|story| &story.steps);
        let wrong = steps.any(|step| match step.outcome {
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
        let subtests = text.split("# Subtest: ").skip(1);
        for subtest in subtests {
            let points = |start: &str| {
                let lines = subtest.lines();
                lines.filter(|line| line.starts_with(start)).count()
            };
            let (ok, not_ok) = (points("    ok "), points("    not ok "));
            let plan = format!("\n    1..{}\n", ok + not_ok);
            assert!(subtest.contains(&plan), "{text}");
        }
        let good = not_ok == 0 && !text.contains("\nBail out! ");
        assert_eq!(good, has_passed(name), "{name}: {text}");
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
    record.findings[0].cause.sentence = "x".repeat(limit);
    for taken in [0, limit - 300, limit - 10, limit, usize::MAX] {
        let summary = github::summary(&record, taken);
        assert!(summary.len() <= limit.saturating_sub(taken), "{taken}");
    }
    assert!(github::summary(&record, 0).contains("in the log"));
}
