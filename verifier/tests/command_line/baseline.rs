//! A run beside an earlier one: how each step changed, what fails for it, and what is no baseline.

use serde_json::{Value, json};

use crate::deployment::{Deployment, Switch};
use crate::usher::{Ended, Usher};

/// A deployment with a report of a run that passed, beside which the steps took this much then.
async fn after_one(millis: u64) -> (Deployment, Usher) {
    let deployment = Deployment::start(Switch::Healthy).await;
    let usher = Usher::at(deployment.address());
    let ended = usher.verify(&["--report", "json=base.json"]).await;
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    edit(&usher, |report| {
        for step in report["scenarios"][0]["steps"].as_array_mut().unwrap() {
            step["millis"] = json!(millis);
        }
    });
    (deployment, usher)
}

fn edit(usher: &Usher, change: impl FnOnce(&mut Value)) {
    let path = usher.folder().join("base.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut report = serde_json::from_str(&text).unwrap();
    change(&mut report);
    std::fs::write(path, report.to_string()).unwrap();
}

async fn compared(usher: &Usher, arguments: &[&str]) -> (Ended, Value) {
    let reports = [
        "--baseline",
        "base.json",
        "--report",
        "human",
        "--report",
        "json=now.json",
    ];
    let ended = usher.verify(&[&reports, arguments].concat()).await;
    let text = std::fs::read_to_string(usher.folder().join("now.json")).unwrap_or_default();
    (ended, serde_json::from_str(&text).unwrap_or_default())
}

fn paces(report: &Value) -> Vec<(String, String)> {
    let steps = report["baseline"]["steps"].as_array().unwrap().iter();
    let text = |step: &'_ Value, name: &str| step[name].as_str().map(str::to_owned).unwrap();
    steps
        .map(|step| (text(step, "step"), text(step, "pace")))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_faster_than_then_is_said_and_nothing_is_made_of_it() {
    let (_deployment, usher) = after_one(3_600_000).await;
    let (ended, report) = compared(&usher, &["--fail-slower-than", "51%"]).await;
    assert_eq!(ended.code, 0, "{}", ended.stdout);
    assert!(
        paces(&report).iter().all(|(_, pace)| pace == "fine"),
        "{report}"
    );
    assert!(
        ended.report().contains("Compared with base.json of "),
        "{}",
        ended.stdout
    );
    assert!(
        ended.report().contains("register 3600000 "),
        "{}",
        ended.stdout
    );
    assert!(
        ended.report().contains("then: one run, now: one run"),
        "{}",
        ended.stdout
    );
    let steps = paces(&report);
    assert!(
        steps.iter().all(|(step, _)| step != "clean_up"),
        "{steps:?}"
    );
}

// The wait takes at least the pause between two questions, on every machine.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_slower_than_then_passes_and_is_told() {
    let (_deployment, usher) = after_one(0).await;
    let (ended, report) = compared(&usher, &["--slower-by", "1", "--report", "github=a.txt"]).await;
    assert_eq!(ended.code, 0, "{}", ended.stdout);
    assert!(
        paces(&report).contains(&("wait_until_ready".into(), "slower".into())),
        "{report}"
    );
    assert!(
        ended.report().contains("slower than in the baseline"),
        "{}",
        ended.stdout
    );
    let annotations = std::fs::read_to_string(usher.folder().join("a.txt")).unwrap();
    let warning = "::warning title=usher new-user%3A wait until ready slower::";
    assert!(annotations.contains(warning), "{annotations}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_few_milliseconds_are_no_alarm_whatever_the_percentage() {
    let (_deployment, usher) = after_one(0).await;
    let patient = ["--slower-by", "3600000", "--fail-slower-than", "1"];
    let (ended, report) = compared(&usher, &patient).await;
    assert_eq!(ended.code, 0, "{}", ended.stdout);
    assert!(
        paces(&report).iter().all(|(_, pace)| pace == "fine"),
        "{report}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_slow_fails_the_run_at_its_step_and_leaves_nobody() {
    let (deployment, usher) = after_one(3_600_000).await;
    edit(&usher, |report| {
        let steps = report["scenarios"][0]["steps"].as_array_mut().unwrap();
        let wait = steps
            .iter_mut()
            .find(|step| step["name"] == "wait_until_ready");
        wait.unwrap()["millis"] = json!(0);
    });
    let (ended, report) =
        compared(&usher, &["--slower-by", "1", "--fail-slower-than", "100%"]).await;
    assert_eq!(ended.code, 1, "{}", ended.stdout);
    assert_eq!(report["exit_code"], 1);
    assert_eq!(
        report["verdict"],
        json!({"outcome": "failed", "step": "wait_until_ready"})
    );
    assert!(
        ended.stdout.contains("FAILED at `wait until ready`"),
        "{}",
        ended.stdout
    );
    assert!(
        ended.report().contains("failed: too slow: "),
        "{}",
        ended.stdout
    );
    assert!(deployment.users().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_are_compared_by_their_medians() {
    let (_deployment, usher) = after_one(3_600_000).await;
    let (ended, report) = compared(&usher, &["--repeat", "2"]).await;
    assert_eq!(ended.code, 0, "{}", ended.stdout);
    let register = &report["baseline"]["steps"][0];
    assert_eq!(
        register["then"],
        json!({"millis": 3_600_000, "runs": 1, "percentile": null})
    );
    assert_eq!(
        (&register["now"]["runs"], &register["now"]["percentile"]),
        (&json!(2), &json!("p50"))
    );
    assert_eq!(
        register["now"]["millis"],
        report["repeated"][0]["p50_millis"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_did_not_pass_is_compared_with_nothing() {
    let (_deployment, usher) = after_one(0).await;
    let broken = Deployment::start(Switch::NoInstance).await;
    let text = crate::usher::configuration(broken.address());
    std::fs::write(usher.folder().join("usher.toml"), text).unwrap();
    let (ended, report) = compared(&usher, &[]).await;
    assert_eq!(ended.code, 1, "{}", ended.stdout);
    assert!(report["baseline"].is_null(), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_baseline_is_told_with_its_cure_and_nothing_is_sent() {
    let (deployment, usher) = after_one(1).await;
    let good = std::fs::read_to_string(usher.folder().join("base.json")).unwrap();
    let requests = deployment.requests();
    let with = |change: fn(&mut Value)| {
        let mut report = serde_json::from_str(&good).unwrap();
        change(&mut report);
        report.to_string()
    };
    let without_scenarios =
        with(|report| drop(report.as_object_mut().unwrap().remove("scenarios")));
    let other_version = with(|report| report["schema_version"] = json!(2));
    let failed = with(|report| report["verdict"] = json!({"outcome": "failed", "step": "log_in"}));
    for (text, arguments, said) in [
        (
            "{\n  not",
            &[][..],
            "no report of `usher verify`: key must be a string at line 2",
        ),
        ("", &[], "no report of `usher verify`: EOF"),
        (&without_scenarios, &[], "missing field `scenarios`"),
        (
            &other_version,
            &[],
            "its `schema_version` is 2, and this one reads 1",
        ),
        (&failed, &[], "did not pass: its `verdict` is `failed`"),
        (
            &good,
            &["--repeat", "9", "--percentile", "p90"],
            "9 runs cannot say P90; give `--repeat 10`",
        ),
        (
            &good,
            &["--slower-than", "60%", "--fail-slower-than", "60%"],
            "is not below",
        ),
        (
            &good,
            &["--report", "junit=base.json"],
            "would replace the baseline base.json",
        ),
    ] {
        std::fs::write(usher.folder().join("base.json"), text).unwrap();
        let ended = usher
            .verify(&[&["--baseline", "base.json"], arguments].concat())
            .await;
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{said}");
        assert!(ended.stderr.contains(said), "{}", ended.stderr);
        assert_eq!(deployment.requests(), requests, "{said}");
    }
    let ended = usher.verify(&["--baseline", "nowhere.json"]).await;
    assert!(
        ended
            .stderr
            .contains("cannot read the baseline nowhere.json"),
        "{}",
        ended.stderr
    );
    std::fs::write(usher.folder().join("base.json"), &good).unwrap();
    let p50 = [
        "--baseline",
        "base.json",
        "--percentile",
        "p50",
        "--repeat",
        "2",
    ];
    for (arguments, said) in [
        (
            &p50[..],
            "cannot say P50 of its step `register`: it takes 2 runs, and there were 1",
        ),
        (
            &["--baseline", "base.json", "--scenario", "denied"],
            "has no `denied` that passed among its `scenarios` (new-user)",
        ),
    ] {
        let ended = usher.verify(arguments).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{said}");
        assert!(ended.stderr.contains(said), "{}", ended.stderr);
    }
    assert_eq!(deployment.registered(), 1, "nobody is registered for it");
}
