//! What has to be told to people is made of the report of the run that did not pass.

use crate::deployment::{ADMIN_SECRET, Deployment, Switch};
use crate::usher::{Ended, Usher, configuration};

/// A run that ended so, and its report in `run.json`.
async fn ran(switch: Switch) -> (Usher, Ended) {
    let deployment = Deployment::start(switch).await;
    let usher = Usher::at(deployment.address());
    let ended = usher.verify(&["--report", "json=run.json"]).await;
    (usher, ended)
}

#[tokio::test(flavor = "multi_thread")]
async fn users_read_what_it_means_for_them_and_nothing_of_the_inside() {
    let (usher, ended) = ran(Switch::StuckAtActive).await;
    assert_eq!(ended.code, 1);
    let told = usher
        .run(&["report", "--incident", "run.json", "--for", "users"])
        .await;
    assert_eq!(told.code, 0, "{}", told.stderr);
    for part in [
        "the apps of new accounts are not getting ready",
        "your account is there",
        "We know the cause",
        "[TIME]",
    ] {
        assert!(told.stdout.contains(part), "{part}: {}", told.stdout);
    }
    for inside in [
        "127.0.0.1",
        "instance_stuck",
        "active",
        "i-1",
        "usher",
        ADMIN_SECRET,
    ] {
        assert!(!told.stdout.contains(inside), "{inside}: {}", told.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_team_reads_cause_impact_fix_and_state() {
    let (usher, _) = ran(Switch::StuckAtActive).await;
    let told = usher
        .run(&["report", "--incident", "run.json", "--for", "team"])
        .await;
    for part in [
        "is broken: the instance stayed `active`",
        "**State:** identified",
        "everybody who has signed up since it broke",
        "## Cause: `instance_stuck`",
        "**Fix:**",
        "usher instance",
    ] {
        assert!(told.stdout.contains(part), "{part}: {}", told.stdout);
    }
    let both = usher.run(&["report", "--incident", "run.json"]).await;
    assert!(both.stdout.starts_with("# For users\n"), "{}", both.stdout);
    assert!(
        both.stdout.contains("\n# For the team\n"),
        "{}",
        both.stdout
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_cause_nobody_is_told_that_one_is_known() {
    let (usher, _) = ran(Switch::Suspended).await;
    let told = usher.run(&["report", "--incident", "run.json"]).await;
    for part in [
        "We are looking for the cause",
        "the apps of new accounts are not getting ready",
        "**State:** investigating",
    ] {
        assert!(told.stdout.contains(part), "{part}: {}", told.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_over_only_when_a_later_run_of_the_same_platform_shows_it() {
    let deployment = Deployment::start(Switch::RegisterFails).await;
    let usher = Usher::at(deployment.address());
    usher.verify(&["--report", "json=run.json"]).await;
    let over = ["report", "--incident", "run.json", "--fixed", "after.json"];
    let same = ["report", "--incident", "run.json", "--fixed", "run.json"];
    assert!(usher.run(&same).await.stderr.contains("no later run"));
    assert!(
        usher
            .run(&over)
            .await
            .stderr
            .contains("cannot read after.json")
    );
    let healthy = Deployment::start(Switch::Healthy).await;
    let text = configuration(healthy.address());
    std::fs::write(usher.folder().join("usher.toml"), text).unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    assert_eq!(usher.verify(&["--report", "json=after.json"]).await.code, 0);
    let elsewhere = usher.run(&over).await;
    assert_eq!(elsewhere.code, 2);
    assert!(
        elsewhere
            .stderr
            .contains("and the run that did not pass of"),
        "{}",
        elsewhere.stderr
    );
    let after = std::fs::read_to_string(usher.folder().join("after.json")).unwrap();
    let after = after.replace(healthy.address(), deployment.address());
    std::fs::write(usher.folder().join("after.json"), after).unwrap();
    let told = usher.run(&over).await;
    assert_eq!(told.code, 0, "{}", told.stderr);
    for part in [
        "**It is over.**",
        "new accounts could not be created",
        "**State:** over: verified again at",
    ] {
        assert!(told.stdout.contains(part), "{part}: {}", told.stdout);
    }
    let passed = usher.run(&["report", "--incident", "after.json"]).await;
    assert!(
        passed.stderr.contains("there is no incident"),
        "{}",
        passed.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_report_is_said_with_the_way_to_one() {
    let usher = Usher::without_configuration();
    std::fs::write(usher.folder().join("x.json"), "{}").unwrap();
    let told = usher.run(&["report", "--incident", "x.json"]).await;
    assert_eq!(told.code, 2);
    assert!(
        told.stderr.contains("usher verify --report json=x.json"),
        "{}",
        told.stderr
    );
    std::fs::write(usher.folder().join("x.json"), r#"{"schema_version":99}"#).unwrap();
    let told = usher.run(&["report", "--incident", "x.json"]).await;
    assert!(told.stderr.contains("version 99"), "{}", told.stderr);
}
