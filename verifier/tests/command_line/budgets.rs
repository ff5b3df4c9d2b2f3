//! A step that takes too long fails the run, one that is slow is said to be, and a budget of no step is a mistake.

use crate::deployment::{Deployment, Switch};
use crate::usher::{Ended, Usher, configuration};

async fn verify(budget: &str) -> (Deployment, Ended) {
    let deployment = Deployment::start(Switch::Healthy).await;
    let text = configuration(deployment.address());
    let text = text.replace(
        "request_seconds = 1\n",
        &format!("request_seconds = 1\n{budget}\n"),
    );
    let ended = Usher::configured(&text).verify(&[]).await;
    (deployment, ended)
}

// The wait takes at least the pause between two questions, on every machine.
#[tokio::test(flavor = "multi_thread")]
async fn a_step_over_its_limit_fails_the_run_and_leaves_nobody() {
    let (deployment, ended) = verify("steps = { wait_until_ready = { fail_millis = 1 } }").await;
    assert_eq!(ended.code, 1, "{}", ended.stdout);
    assert!(
        ended.report().contains("too slow: it may not take 1 ms"),
        "{}",
        ended.stdout
    );
    assert!(
        ended.stdout.contains("FAILED at `wait until ready`"),
        "{}",
        ended.stdout
    );
    assert!(deployment.users().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_step_passes_and_is_said_to_be_slow() {
    let budget = "steps = { wait_until_ready = { warn_millis = 1, fail_millis = 60000 } }";
    let (_, ended) = verify(budget).await;
    assert_eq!(ended.code, 0, "{}", ended.stdout);
    assert!(
        ended.report().contains("slower than 1 ms"),
        "{}",
        ended.stdout
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_that_cannot_be_meant_is_shown_where_it_stands() {
    for (budget, complaints) in [
        (
            "steps = { wait_until_redy = { warn_millis = 1 } }",
            [
                "there is no step `wait_until_redy`",
                "did you mean `wait_until_ready`?",
            ],
        ),
        (
            "steps = { log_in = { warn_millis = 9, fail_millis = 9 } }",
            ["`warn_millis` is not below `fail_millis`", "usher.toml:"],
        ),
        (
            "steps = { log_in = { warn_millis = 0 } }",
            ["nonzero", "usher.toml:"],
        ),
        (
            "steps = { clean_up = { warn_millis = 1 } }",
            [
                "there is no step `clean_up`",
                "the steps are register, log_in",
            ],
        ),
    ] {
        let (deployment, ended) = verify(budget).await;
        assert_eq!(ended.code, 2, "{budget}: {}", ended.stdout);
        for complaint in complaints {
            assert!(
                ended.stderr.contains(complaint),
                "{budget}: {}",
                ended.stderr
            );
        }
        assert_eq!(deployment.requests(), 0);
    }
}
