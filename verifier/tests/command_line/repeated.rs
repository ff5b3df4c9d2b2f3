//! Several runs say how long each step takes, as far as so many runs can say it.

use serde_json::Value;

use crate::deployment::{Deployment, Switch};
use crate::usher::Usher;

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_have_a_median_and_no_ninetieth_percentile() {
    let deployment = Deployment::start(Switch::Healthy).await;
    let reports = [
        "--repeat",
        "2",
        "--report",
        "human",
        "--report",
        "json=run.json",
    ];
    let usher = Usher::at(deployment.address());
    let ended = usher.verify(&reports).await;
    assert_eq!(ended.code, 0, "{}", ended.stdout);
    assert_eq!(deployment.registered(), 2);
    assert!(deployment.users().is_empty());
    assert!(
        ended.stdout.contains("Times of 2 runs, in ms\n"),
        "{}",
        ended.stdout
    );
    assert!(
        ended.stdout.contains("P90 takes 10 runs, P99 takes 100"),
        "{}",
        ended.stdout
    );
    let text = std::fs::read_to_string(usher.folder().join("run.json")).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    let register = &report["repeated"][0];
    assert_eq!(
        (&register["step"], &register["runs"]),
        (&"register".into(), &2.into())
    );
    assert!(
        register["p50_millis"].is_u64() && register["p90_millis"].is_null(),
        "{register}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_run_that_does_not_pass_is_the_last_and_is_reported() {
    let deployment = Deployment::start(Switch::NoInstance).await;
    let ended = Usher::at(deployment.address())
        .verify(&["--repeat", "5"])
        .await;
    assert_eq!(ended.code, 1, "{}", ended.stdout);
    assert_eq!(deployment.registered(), 1);
}
