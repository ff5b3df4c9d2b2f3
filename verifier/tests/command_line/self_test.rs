//! Every wrong expectation is noticed at its step, and whoever a self-test creates is gone afterwards.

use crate::deployment::{Deployment, Switch};
use crate::usher::Usher;

#[tokio::test(flavor = "multi_thread")]
async fn at_a_healthy_deploy_every_wrong_expectation_is_noticed_and_nobody_stays() {
    let deployment = Deployment::start(Switch::Healthy).await;
    let usher = Usher::at(deployment.address());
    let ended = usher.verify(&["--self-test"]).await;
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    assert!(
        ended
            .stdout
            .ends_with("5 of 5 wrong expectations were noticed\n"),
        "{}",
        ended.stdout
    );
    assert_eq!(deployment.registered(), 5);
    assert!(deployment.users().is_empty(), "{}", ended.stdout);
    assert!(usher.journals().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_broken_deploy_does_not_get_to_is_not_called_noticed() {
    let deployment = Deployment::start(Switch::StuckAtActive).await;
    let usher = Usher::at(deployment.address());
    let ended = usher.verify(&["--self-test"]).await;
    assert_eq!(ended.code, 3, "{}{}", ended.stdout, ended.stderr);
    assert!(
        ended
            .stdout
            .contains("the run did not get as far as `reach the instance`"),
        "{}",
        ended.stdout
    );
    assert!(
        ended
            .stdout
            .ends_with("3 of 5 wrong expectations were noticed\n"),
        "{}",
        ended.stdout
    );
    assert!(deployment.users().is_empty());
}
