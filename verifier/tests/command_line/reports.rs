//! Reports go where they were asked to go, and a run whose report could go nowhere is not begun.

use std::fs;

use crate::CANARIES;
use crate::deployment::{Deployment, Switch};
use crate::usher::Usher;

#[tokio::test(flavor = "multi_thread")]
async fn one_run_is_reported_in_as_many_places_as_one_likes() {
    let deployment = Deployment::start(Switch::StuckAtActive).await;
    let usher = Usher::at(deployment.address());
    let reports = [
        "tap",
        "junit=reports/usher.xml",
        "html=usher.html",
        "json=run.json",
    ];
    let arguments: Vec<_> = reports
        .iter()
        .flat_map(|report| ["--report", report])
        .collect();
    let ended = usher.verify(&arguments).await;
    assert_eq!(ended.code, 1);
    assert!(
        ended.stdout.starts_with("TAP version 14\n1..1\n"),
        "{}",
        ended.stdout
    );
    for (file, part) in [
        ("reports/usher.xml", "<failure "),
        ("usher.html", "instance_stuck"),
        ("run.json", "\"instance_stuck\""),
    ] {
        let text = fs::read_to_string(usher.folder().join(file)).unwrap();
        assert!(text.contains(part), "{file}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_can_go_nowhere_is_said_before_anything_is_sent() {
    let deployment = Deployment::start(Switch::Healthy).await;
    for (reports, complaint) in [
        (["human", "json"], "two reports go to standard output"),
        (["junit=a.xml", "html=a.xml"], "two reports go to a.xml"),
        (
            ["human", "junit=usher.toml/a.xml"],
            "cannot write the report to usher.toml/a.xml",
        ),
        (["human", "xml"], "there is no format `xml`"),
    ] {
        let usher = Usher::at(deployment.address());
        let ended = usher
            .verify(&["--report", reports[0], "--report", reports[1]])
            .await;
        assert_eq!(ended.code, 2, "{}", ended.stderr);
        assert!(ended.stderr.contains(complaint), "{}", ended.stderr);
        assert_eq!(deployment.requests(), 0, "{reports:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_github_actions_the_cause_is_an_annotation_and_in_the_summary_of_the_step() {
    let deployment = Deployment::start(Switch::StuckAtActive).await;
    let usher = Usher::at(deployment.address());
    let summary = usher.folder().join("summary.md");
    fs::write(&summary, "what was there before\n").unwrap();
    let usher = usher
        .with("GITHUB_ACTIONS", "true")
        .with("GITHUB_STEP_SUMMARY", "summary.md");
    let ended = usher.verify(&["--report", "json"]).await;
    let annotation = "::error title=usher%3A instance_stuck::";
    assert!(ended.stderr.contains(annotation), "{}", ended.stderr);
    assert!(ended.stdout.starts_with('{'), "{}", ended.stdout);
    let text = fs::read_to_string(&summary).unwrap();
    assert!(
        text.starts_with("what was there before\n### ❌ usher verify"),
        "{text}"
    );
    assert!(text.contains("**Cause: `instance_stuck`.**"), "{text}");

    // Elsewhere nobody reads commands.
    let ended = Usher::at(deployment.address()).verify(&[]).await;
    assert!(!ended.stderr.contains("::error"), "{}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_holds_a_password_or_a_token() {
    for switch in [
        Switch::RegisterFails,
        Switch::StuckAtActive,
        Switch::RemovalFails,
    ] {
        let deployment = Deployment::start(switch).await;
        let usher = Usher::at(deployment.address())
            .with("GITHUB_ACTIONS", "true")
            .with("GITHUB_STEP_SUMMARY", "summary.md");
        let formats = [
            "human=a", "json=b", "junit=c", "tap=d", "html=e", "github=f",
        ];
        let arguments: Vec<_> = formats
            .iter()
            .flat_map(|report| ["--report", report])
            .collect();
        usher.verify(&arguments).await;
        for file in ["a", "b", "c", "d", "e", "f", "summary.md"] {
            let text = fs::read_to_string(usher.folder().join(file)).unwrap();
            assert!(!text.is_empty(), "{switch:?} {file}");
            for canary in CANARIES {
                assert!(
                    !text.contains(canary),
                    "{switch:?} {file}: {canary} in {text}"
                );
            }
        }
    }
}
