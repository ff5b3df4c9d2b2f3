//! The real `usher` against real servers: exit code, standard output and standard error together.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test -p verifier` writes the snapshots anew; the difference is the change to review.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in a test, that is how a broken assumption is told"
)]

mod atelier;
mod baseline;
mod before_a_run;
mod budgets;
mod cleanup;
mod code_flow;
mod contract;
mod defects;
mod deployment;
mod hostile;
mod incident;
mod install;
mod repeated;
mod reports;
mod self_test;
mod several;
mod shop;
mod tagged;
mod tls;
mod tokens;
mod undo;
mod usher;
mod versions;
mod without_a_gate;

use std::path::Path;

use serde_json::Value;

use crate::deployment::{ADMIN_SECRET, Deployment, Switch};
use crate::usher::{Ended, Usher, configuration, interrupt};

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_deploy_passes_and_nothing_stays() {
    let (deployment, usher, ended) = verify(Switch::Healthy).await;
    assert_snapshot("passed", &ended);
    assert_eq!(deployment.users(), Vec::<String>::new());
    assert!(usher.journals().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_stays_active_is_named_with_its_cure() {
    let (deployment, _, ended) = verify(Switch::StuckAtActive).await;
    assert_snapshot("stuck_at_active", &ended);
    assert!(deployment.users().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_readable_at_80_columns_except_for_what_is_copied() {
    let (_, _, ended) = verify(Switch::StuckAtActive).await;
    let is_copied = |line: &&str| line.contains("curl") || line.contains("      usher ");
    for line in ended.stdout.lines().filter(|line| !is_copied(line)) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_others_are_found_by_what_the_operator_has_at_hand() {
    let deployment = Deployment::start(Switch::StuckAtActive).await;
    let admin = "[gate_admin]\nsecret_env = \"USHER_ADMIN_SECRET\"\n";
    let without = configuration(deployment.address()).replace(admin, "");
    let ended = Usher::configured(&without).verify(&[]).await;
    assert_snapshot("stuck_without_a_secret", &ended);
    // Then it can only be the operator's own table that the status stands in.
    let own =
        format!("{without}\n[contract]\ndatabase = \"identity\"\ntable = \"t\"\nkey = \"id\"\n");
    let ended = Usher::configured(&own).verify(&[]).await;
    assert!(
        ended
            .stdout
            .contains("\n      usher check contract --fix --config usher.toml\n"),
        "{}",
        ended.stdout
    );
    assert!(!ended.report().contains("curl --fail"), "{}", ended.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_is_down_is_not_blamed_on_the_status() {
    let (_, _, ended) = verify(Switch::StuckAndAppDown).await;
    assert_eq!(ended.code, 1);
    assert!(
        ended.report().contains("the app is not well"),
        "{}",
        ended.stdout
    );
    assert!(!ended.report().contains("-X PUT"), "{}", ended.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_sign_up_leads_to_the_database_that_was_never_migrated() {
    let deployment = Deployment::start(Switch::RegisterFails).await;
    let usher = Usher::at(deployment.address());
    std::fs::write(usher.folder().join("idp.db"), "").unwrap();
    assert_snapshot("never_migrated", &usher.verify(&[]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mistakes_of_a_misconfigured_gate_are_listed() {
    let (_, _, ended) = verify(Switch::Misconfigured).await;
    assert_snapshot("misconfigured", &ended);
}

/// Incident I1. The app is there a moment later, and everybody read it all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_sentence_that_is_not_the_case_fails_the_step_in_which_it_was_read_and_is_quoted() {
    let (deployment, _, ended) = verify(Switch::SaysActive).await;
    assert_eq!(ended.code, 1, "{}", ended.stdout);
    let report = ended.report();
    assert!(
        report.contains(
            "is told “Your instance is currently active.”: “currently active” is not the case"
        ),
        "{report}"
    );
    assert!(report.contains("FAILED at `wait until ready`"), "{report}");
    assert!(deployment.users().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_up_that_created_nothing_is_named() {
    let (_, _, ended) = verify(Switch::NoInstance).await;
    assert_snapshot("no_instance", &ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_in_that_is_not_written_down_is_named_with_what_the_gate_counts() {
    let (_, _, ended) = verify(Switch::EventsLost).await;
    assert_snapshot("events_lost", &ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_that_gives_no_session_fails_the_deploy() {
    let (_, _, ended) = verify(Switch::NoSession).await;
    assert_eq!(ended.code, 1);
    assert!(
        ended.report().contains("the gate gives no session"),
        "{}",
        ended.stdout
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_events_are_kept_none_is_looked_for_and_that_is_said() {
    let (_, _, ended) = verify(Switch::KeepsNoEvents).await;
    assert_eq!(ended.code, 0);
    assert!(
        ended
            .report()
            .contains("skipped: the authority of this gate keeps no events"),
        "{}",
        ended.stdout
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_user_is_not_waited_for() {
    let (_, _, ended) = verify(Switch::Suspended).await;
    assert_eq!(ended.code, 1);
    assert!(
        ended.report().contains("reason `instance_suspended`"),
        "{}",
        ended.stdout
    );
    assert!(
        ended.report().contains("no cause found"),
        "{}",
        ended.stdout
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deploy_that_does_not_listen_is_broken_and_not_failed() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let usher = Usher::at(&address);
    assert_snapshot("refused", &usher.verify(&[]).await);
    assert!(usher.journals().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_that_hangs_is_broken_and_not_failed() {
    let (deployment, _, ended) = verify(Switch::Silent).await;
    assert_eq!(ended.code, 3, "{}", ended.stdout);
    assert!(ended.report().contains("within 1 s"), "{}", ended.stdout);
    assert!(deployment.users().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_that_cannot_be_removed_is_named_with_the_journal() {
    let (_, usher, ended) = verify(Switch::RemovalFails).await;
    assert_snapshot("left_over", &ended);
    let journal = std::fs::read_to_string(&usher.journals()[0]).unwrap();
    assert!(journal.contains("\"password\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_of_the_configuration_are_shown_where_they_are() {
    let text = configuration("http://127.0.0.1:9");
    assert_snapshot(
        "missing_file",
        &Usher::without_configuration().verify(&[]).await,
    );
    assert_snapshot(
        "empty_file",
        &Usher::configured("# nothing\n").verify(&[]).await,
    );
    assert_snapshot(
        "typo",
        &Usher::configured(&text.replace("token =", "tokn ="))
            .verify(&[])
            .await,
    );
    assert_snapshot(
        "missing_secret",
        &Usher::configured(&text)
            .without_operator_secret()
            .verify(&[])
            .await,
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_removes_the_user_and_ends_with_130() {
    let deployment = Deployment::start(Switch::StuckAtActive).await;
    let usher = Usher::at(deployment.address());
    let child = usher.start(&[]);
    deployment.until_asked_me().await;
    interrupt(&child).await;
    let ended = usher.finish(child).await;
    assert_eq!(ended.code, 130, "{}", ended.stdout);
    assert!(ended.report().contains("INTERRUPTED"), "{}", ended.stdout);
    assert!(deployment.users().is_empty());
    assert!(usher.journals().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_ctrl_c_ends_at_once_and_names_what_is_left() {
    let deployment = Deployment::start(Switch::RemovalHangs).await;
    let text =
        configuration(deployment.address()).replace("request_seconds = 1", "request_seconds = 60");
    let usher = Usher::configured(&text);
    let child = usher.start(&[]);
    deployment.until_asked_me().await;
    interrupt(&child).await;
    deployment.until_asked_to_remove().await;
    interrupt(&child).await;
    let ended = usher.finish(child).await;
    assert_eq!(ended.code, 130);
    assert!(
        ended.stderr.contains("left over: the user usher-"),
        "{}",
        ended.stderr
    );
    assert_eq!(usher.journals().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_json_report_is_one_object_with_every_step() {
    let deployment = Deployment::start(Switch::StuckAtActive).await;
    let ended = Usher::at(deployment.address())
        .verify(&["--report", "json"])
        .await;
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(report["schema_version"], 1);
    assert_eq!(report["exit_code"], ended.code);
    assert_eq!(
        report["verdict"],
        serde_json::json!({"outcome": "failed", "step": "wait_until_ready"})
    );
    assert_eq!(report["findings"][0]["code"], "instance_stuck");
    let outcomes: Vec<_> = report["scenarios"][0]["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(
        outcomes,
        [
            "passed", "passed", "failed", "skipped", "skipped", "skipped", "skipped", "passed"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_ever_leaves() {
    for switch in [
        Switch::Healthy,
        Switch::NoSession,
        Switch::StuckAtActive,
        Switch::RegisterFails,
        Switch::RemovalFails,
    ] {
        for format in ["human", "json", "junit", "tap", "html", "github"] {
            let deployment = Deployment::start(switch).await;
            let ended = Usher::at(deployment.address())
                .verify(&["--report", format])
                .await;
            let said = ended.stdout + &ended.stderr;
            for canary in CANARIES {
                assert!(
                    !said.contains(canary),
                    "{switch:?} {format}: {canary} in {said}"
                );
            }
        }
    }
}

/// What is in every token, in every password, and the operator's secret.
const CANARIES: [&str; 5] = [
    "canary-token",
    "canary-refresh",
    ADMIN_SECRET,
    "Us3r!",
    "Us3r%21",
];

async fn verify(switch: Switch) -> (Deployment, Usher, Ended) {
    let deployment = Deployment::start(switch).await;
    let usher = Usher::at(deployment.address());
    let ended = usher.verify(&[]).await;
    (deployment, usher, ended)
}

pub(crate) fn assert_snapshot(name: &str, ended: &Ended) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/command_line/snapshots")
        .join(format!("{name}.txt"));
    let found = ended
        .snapshot()
        .replace(env!("CARGO_PKG_VERSION"), "VERSION");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "differs from {}", path.display());
}
