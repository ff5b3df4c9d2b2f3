//! A run shows something of the version that was wanted, or it shows nothing.

use crate::deployment::{Deployment, Switch};
use crate::usher::{Ended, Usher};

async fn verify(versions: &[&'static str], arguments: &[&str]) -> (Deployment, Ended) {
    let deployment = Deployment::start(Switch::Healthy).await;
    deployment.answers_as(versions);
    let ended = Usher::at(deployment.address()).verify(arguments).await;
    (deployment, ended)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_is_on_its_way_is_waited_for() {
    let (deployment, ended) = verify(&["old", "old", "new"], &["--expect-version", "new"]).await;
    assert_eq!(ended.code, 0, "{}", ended.stdout);
    assert!(deployment.users().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_would_look_at_another_version_is_not_begun() {
    let wanted = ["--expect-version", "new", "--version-within", "1"];
    let (deployment, ended) = verify(&["old"], &wanted).await;
    assert_eq!(ended.code, 4);
    let verdict = "INCONCLUSIVE: for 1 s version old answered, and not version new\n";
    assert!(ended.stdout.ends_with(verdict), "{}", ended.stdout);
    assert_eq!(deployment.registered(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_in_which_another_version_answered_shows_nothing_and_leaves_nothing() {
    let (deployment, ended) =
        verify(&["new", "new", "old", "new"], &["--expect-version", "new"]).await;
    assert_eq!(ended.code, 4, "{}", ended.stdout);
    let verdict = "INCONCLUSIVE: in `wait until ready` version old answered, and not version new";
    assert!(ended.stdout.contains(verdict), "{}", ended.stdout);
    assert!(deployment.users().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_override_is_asked_for_in_every_request_and_has_to_work() {
    let wanted = ["--version-override", "my-gate=new"];
    let (deployment, ended) = verify(&["new"], &wanted).await;
    assert_eq!(ended.code, 0, "{}", ended.stdout);
    let overrides = deployment.overrides();
    assert_eq!(overrides.len(), deployment.requests());
    assert!(
        overrides.iter().all(|asked| asked == "my-gate=\"new\""),
        "{overrides:?}"
    );

    let within = [&wanted[..], &["--version-within", "1"]].concat();
    let (_, ended) = verify(&["old"], &within).await;
    assert_eq!(ended.code, 4, "{}", ended.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_that_says_no_version_is_told_how() {
    let (deployment, ended) = verify(&[], &["--expect-version", "new"]).await;
    assert_eq!(ended.code, 4);
    assert!(
        ended.report().contains("CF_VERSION_METADATA"),
        "{}",
        ended.stdout
    );
    assert_eq!(deployment.registered(), 0);
}
