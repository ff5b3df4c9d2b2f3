use serde_json::{Value, json};

use super::*;
use crate::arguments::baseline::Percent;

fn against(file: &Path, percentile: Option<Percentile>) -> Against {
    Against {
        baseline: Some(file.to_owned()),
        slower_than: Percent(50),
        fail_slower_than: None,
        slower_by: 50,
        percentile,
    }
}

fn report() -> Value {
    let step = |name, outcome, millis| json!({"name": name, "outcome": outcome, "millis": millis});
    json!({
        "schema_version": 1,
        "started_at_unix_seconds": 7,
        "verdict": {"outcome": "passed"},
        "scenarios": [{
            "scenario": "new-user",
            "verdict": {"outcome": "passed"},
            "steps": [step("register", "passed", 300), step("log_in", "skipped", 0), step("clean_up", "passed", 9)],
        }],
        "repeated": [],
        "added_later": true,
    })
}

fn read(report: &Value, percentile: Option<Percentile>, runs: u32) -> Result<Baseline, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("base.json");
    fs::write(&file, report.to_string()).unwrap();
    Baseline::of(&against(&file, percentile), runs, &[])
        .map(Option::unwrap)
        .map_err(|error| error.to_string())
}

fn repeated(runs: u64) -> Value {
    let mut report = report();
    report["repeated"] = json!([{
        "scenario": "new-user", "step": "register", "runs": runs,
        "p50_millis": 200, "p90_millis": 250, "p99_millis": 290,
    }]);
    report
}

#[test]
fn of_one_run_the_time_is_taken_and_of_several_the_median() {
    let then = |report: &Value, percentile| {
        let baseline = read(report, percentile, 100).unwrap();
        baseline.sample_then(Scenario::NewUser, &StepName::Register)
    };
    let sample = |millis, runs, percentile| {
        Some(Sample {
            millis,
            runs,
            percentile,
        })
    };
    assert_eq!(then(&report(), None), sample(300, 1, None));
    let p50 = Some(Percentile::P50);
    assert_eq!(then(&repeated(10), None), sample(200, 10, p50));
    let p90 = Some(Percentile::P90);
    assert_eq!(then(&repeated(10), p90), sample(250, 10, p90));
    // It is written there all the same.
    assert_eq!(then(&repeated(9), p90), None);
}

#[test]
fn what_did_not_pass_and_the_clean_up_are_compared_with_nothing() {
    let baseline = read(&report(), None, 1).unwrap();
    for step in [StepName::LogIn, StepName::CleanUp, StepName::LogOut] {
        assert_eq!(baseline.sample_then(Scenario::NewUser, &step), None);
    }
    assert!(!is_compared(&StepName::LogIn, Outcome::Skipped));
    assert!(!is_compared(&StepName::CleanUp, Outcome::Passed));
}

#[test]
fn a_percentile_that_a_side_cannot_carry_is_refused_before_anything_is_sent() {
    let p90 = Some(Percentile::P90);
    let refused = read(&repeated(100), p90, 9).unwrap_err();
    assert!(
        refused.contains("9 runs cannot say P90; give `--repeat 10`"),
        "{refused}"
    );
    let covers = |report: &Value| {
        let covered = read(report, p90, 10).unwrap().covers(&[Scenario::NewUser]);
        covered.map_err(|error| error.to_string())
    };
    assert_eq!(covers(&repeated(10)), Ok(()));
    let refused = covers(&repeated(9)).unwrap_err();
    assert!(
        refused
            .contains("cannot say P90 of its step `register`: it takes 10 runs, and there were 9"),
        "{refused}"
    );
    assert!(covers(&report()).unwrap_err().contains("there were 1"));
}

#[test]
fn a_report_without_percentiles_is_read_as_one_run() {
    let mut old = report();
    old.as_object_mut().unwrap().remove("repeated");
    let baseline = read(&old, None, 1).unwrap();
    assert_eq!(
        baseline
            .sample_then(Scenario::NewUser, &StepName::Register)
            .map(|sample| sample.runs),
        Some(1)
    );
}
