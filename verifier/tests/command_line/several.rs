//! Several stories in one run, side by side: each with a user of its own, and one verdict.

use serde_json::{Value, json};

use crate::deployment::{Deployment, Switch};
use crate::shop::{API_KEY, Flaw, Shop};
use crate::usher::{Ended, Usher, configuration, interrupt};

const THREE: &[&str] = &[
    "--scenario",
    "new-user,returning-user",
    "--scenario",
    "logged-out",
];

async fn at_the_shop(flaw: Flaw, arguments: &[&str]) -> (Shop, Usher, Ended) {
    let shop = Shop::start(flaw).await;
    let usher = Usher::configured(&shop.configuration()).with("SHOP_API_KEY", API_KEY);
    let ended = usher.verify(arguments).await;
    (shop, usher, ended)
}

fn report(ended: &Ended) -> Value {
    serde_json::from_str(&ended.stdout).unwrap()
}

fn ends(report: &Value) -> Vec<(String, String)> {
    let scenarios = report["scenarios"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    scenarios
        .map(|story| (text(&story["scenario"]), text(&story["verdict"]["outcome"])))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_of_all_says_what_is_no_part_of_it() {
    let usher = Usher::at("http://127.0.0.1:9");
    let ended = usher.verify(&["--plan", "--scenario", "all"]).await;
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let left_out = "\nbootstrap: left out: it needs ";
    assert!(ended.stdout.contains(left_out), "{}", ended.stdout);
    let planned = "\nreturning-user on http://127.0.0.1:9";
    assert!(ended.stdout.contains(planned), "{}", ended.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_can_be_told_is_and_the_rest_is_skipped_and_never_passed() {
    let (shop, usher, ended) = at_the_shop(Flaw::None, &["--scenario", "all"]).await;
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    let last = ended.stdout.lines().last().unwrap();
    assert!(
        last.starts_with("PASSED in ") && last.contains("skipped"),
        "{last}"
    );
    assert_eq!(shop.users(), 0);
    assert!(usher.journals().is_empty());
    let (_, _, ended) = at_the_shop(Flaw::None, &["--scenario", "all", "--report", "json"]).await;
    let report = report(&ended);
    for (scenario, outcome) in ends(&report) {
        let can_be_told = ["new-user", "returning-user", "logged-out"].contains(&&*scenario);
        let expected = if can_be_told { "passed" } else { "skipped" };
        assert_eq!(outcome, expected, "{scenario}: {report:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_names_a_story_that_cannot_be_told_is_refused_also_beside_all() {
    for scenarios in ["new-user,denied", "all,pending"] {
        let (shop, _, ended) = at_the_shop(Flaw::None, &["--scenario", scenarios]).await;
        assert_eq!(ended.code, 2);
        assert!(ended.stderr.contains("needs a gate"), "{}", ended.stderr);
        assert!(shop.requests().is_empty());
    }
}

/// The order of the words is not the order of the report, and a word said twice is said once.
#[tokio::test(flavor = "multi_thread")]
async fn a_failure_of_one_story_is_hidden_by_no_other() {
    let words = [
        "--scenario",
        "returning-user,new-user,new-user",
        "--report",
        "json",
    ];
    let (shop, _, ended) = at_the_shop(Flaw::LostProject, &words).await;
    assert_eq!(ended.code, 1);
    let report = report(&ended);
    assert_eq!(
        ends(&report),
        [("new-user", "failed"), ("returning-user", "passed")]
            .map(|(scenario, outcome)| (scenario.to_owned(), outcome.to_owned()))
    );
    assert_eq!(
        report["verdict"],
        json!({ "outcome": "failed", "step": "see it in the list" })
    );
    assert_eq!(shop.users(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cause_that_several_stories_met_is_said_once_with_all_that_it_explains() {
    let deployment = Deployment::start(Switch::StuckAtActive).await;
    let usher = Usher::at(deployment.address());
    let ended = usher.verify(&[THREE, &["--report", "json"]].concat()).await;
    assert_eq!(ended.code, 1);
    let report = report(&ended);
    assert_eq!(
        report["findings"].as_array().unwrap().len(),
        1,
        "{report:#}"
    );
    let explained = ["new-user", "returning-user", "logged-out"]
        .map(|scenario| json!({ "scenario": scenario, "step": "wait_until_ready" }));
    assert_eq!(report["findings"][0]["explains"], json!(explained));
    assert!(deployment.users().is_empty());
    let ended = usher.verify(THREE).await;
    assert!(
        ended.report().contains(
            "Cause: instance_stuck, explains `wait until ready` of new-user, returning-user and logged-out"
        ),
        "{}",
        ended.stdout
    );
    let is_copied = |line: &&str| line.contains("curl") || line.contains("      usher ");
    for line in ended.stdout.lines().filter(|line| !is_copied(line)) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

/// When each story began and when it was over.
fn spans(report: &Value) -> Vec<(u64, u64)> {
    let scenarios = report["scenarios"].as_array().unwrap().iter();
    let number = |value: &Value| value.as_u64().unwrap();
    scenarios
        .map(|story| (number(&story["at_millis"]), number(&story["millis"])))
        .map(|(at, took)| (at, at + took))
        .collect()
}

/// Every one of them waits for two seconds, in vain.
#[tokio::test(flavor = "multi_thread")]
async fn stories_are_told_side_by_side_and_with_one_job_one_after_the_other() {
    for (jobs, side_by_side) in [("3", true), ("1", false)] {
        let deployment = Deployment::start(Switch::StuckAtActive).await;
        let arguments = [THREE, &["--report", "json", "--jobs", jobs]].concat();
        let ended = Usher::at(deployment.address()).verify(&arguments).await;
        let report = report(&ended);
        let spans = spans(&report);
        for (first, next) in spans.iter().zip(spans.iter().skip(1)) {
            // A millisecond is lost where two are rounded down.
            assert_eq!(next.0 + 1 < first.1, side_by_side, "{jobs}: {spans:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_ends_all_stories_with_their_clean_up_and_begins_no_other() {
    let deployment = Deployment::start(Switch::StuckAtActive).await;
    let usher = Usher::at(deployment.address());
    let child = usher.start(&[THREE, &["--jobs", "2", "--report", "json"]].concat());
    while deployment.registered() < 2 {
        deployment.until_asked_me().await;
    }
    deployment.until_asked_me().await;
    interrupt(&child).await;
    let ended = usher.finish(child).await;
    assert_eq!(ended.code, 130, "{}", ended.stdout);
    let report = report(&ended);
    assert!(
        ends(&report)
            .iter()
            .all(|(_, outcome)| outcome == "interrupted"),
        "{report:#}"
    );
    assert_eq!(report["scenarios"][2]["user"], Value::Null);
    assert_eq!(ended.stderr.matches("once more to stop at once").count(), 1);
    assert!(deployment.users().is_empty());
    assert!(usher.journals().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_ctrl_c_names_everybody_who_may_be_left() {
    let deployment = Deployment::start(Switch::RemovalHangs).await;
    let text =
        configuration(deployment.address()).replace("request_seconds = 1", "request_seconds = 60");
    let usher = Usher::configured(&text);
    let child = usher.start(THREE);
    while deployment.registered() < 3 {
        deployment.until_asked_me().await;
    }
    interrupt(&child).await;
    deployment.until_asked_to_remove().await;
    interrupt(&child).await;
    let ended = usher.finish(child).await;
    assert_eq!(ended.code, 130);
    let named = ended.stderr.matches("left over: the user usher-").count();
    assert_eq!(named, usher.journals().len(), "{}", ended.stderr);
    assert!(named > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_on_the_way_says_of_which_story_it_is() {
    let (_, _, ended) = at_the_shop(Flaw::None, THREE).await;
    for line in ended.stderr.lines() {
        let story = line.split_once(": ").map(|(story, _)| story);
        assert!(
            story.is_some_and(|story| THREE
                .iter()
                .any(|words| words.split(',').any(|word| word == story))),
            "{line}"
        );
    }
    assert!(
        ended
            .stderr
            .contains("\nreturning-user: be recognised passed after "),
        "{}",
        ended.stderr
    );
}
