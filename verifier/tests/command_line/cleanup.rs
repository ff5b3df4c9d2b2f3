//! What a killed run left behind is removed by the next clean-up, and nothing else is.

use crate::deployment::{Deployment, Switch};
use crate::usher::{Usher, configuration};

/// A run that was killed when its user was there.
async fn killed(switch: Switch) -> (Deployment, Usher) {
    let deployment = Deployment::start(switch).await;
    let usher = Usher::at(deployment.address());
    kill(&deployment, &usher).await;
    (deployment, usher)
}

async fn kill(deployment: &Deployment, usher: &Usher) {
    let mut child = usher.start(&[]);
    deployment.until_asked_me().await;
    // SIGKILL: nothing can be done about it.
    child.kill().await.unwrap();
    assert_eq!(deployment.users().len(), 1);
    assert_eq!(usher.journals().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_killed_run_a_clean_up_leaves_nobody() {
    let (deployment, usher) = killed(Switch::StuckAtActive).await;
    let ended = usher.run(&["cleanup", "--yes"]).await;
    assert_eq!(ended.code, 0, "{}", ended.stdout);
    assert!(
        ended
            .stdout
            .contains("swept up 1 user; nothing is left over"),
        "{}",
        ended.stdout
    );
    assert!(deployment.users().is_empty());
    assert!(usher.journals().is_empty());
    let again = usher.run(&["cleanup"]).await;
    assert_eq!(
        (again.code, &*again.stdout),
        (0, "nothing is left over of runs that were cut off\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_removed_whom_nobody_wanted_removed() {
    let (deployment, usher) = killed(Switch::StuckAtActive).await;
    for (arguments, code, complaint) in [
        (&["cleanup"][..], 2, "give --yes"),
        (
            &["cleanup", "--yes", "guy@example.com"],
            2,
            "no run that was cut off created `guy@example.com`",
        ),
        (&["cleanup", "--yes", "--older-than", "1h"], 0, ""),
    ] {
        let ended = usher.run(arguments).await;
        assert_eq!(ended.code, code, "{arguments:?}: {}", ended.stderr);
        assert!(
            ended.stderr.contains(complaint),
            "{arguments:?}: {}",
            ended.stderr
        );
        assert_eq!(deployment.users().len(), 1);
        assert_eq!(usher.journals().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_under_way_is_left_alone() {
    let deployment = Deployment::start(Switch::Silent).await;
    let usher = Usher::at(deployment.address());
    let child = usher.start(&[]);
    deployment.until_asked_me().await;
    let ended = usher.run(&["cleanup", "--yes"]).await;
    assert!(
        ended.stdout.contains("nothing is left over"),
        "{}",
        ended.stdout
    );
    assert_eq!(deployment.users().len(), 1);
    usher.finish(child).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_be_removed_stays_written_down_until_they_are_forgotten() {
    let (deployment, usher) = killed(Switch::RemovalFails).await;
    let ended = usher.run(&["cleanup", "--yes", "--report", "json"]).await;
    assert_eq!(ended.code, 5, "{}", ended.stdout);
    let said: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(said["removed"].as_array().unwrap().len(), 0);
    assert!(
        said["left_over"][0]["why"]
            .as_str()
            .unwrap()
            .starts_with("expected status 2xx, found 403"),
        "{said}"
    );
    assert_eq!(usher.journals().len(), 1);
    let left = deployment.users().concat();
    let ended = usher.run(&["cleanup", "--yes", "--forget", &left]).await;
    assert_eq!(ended.code, 0, "{}", ended.stdout);
    assert!(usher.journals().is_empty());
    assert_eq!(deployment.users().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_removal_needs_to_know_survives_the_crash() {
    let deployment = Deployment::start(Switch::StuckAtActive).await;
    let text = configuration(deployment.address())
        .replace(
            "status = [200, 201]",
            "status = [200, 201]\ncapture = { who = \"/email\" }",
        )
        .replace("/users/me\"", "/users/me?who={who}\"");
    let usher = Usher::configured(&text);
    kill(&deployment, &usher).await;
    let ended = usher.run(&["cleanup", "--yes"]).await;
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    assert!(deployment.users().is_empty());
}
