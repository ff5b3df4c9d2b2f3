//! Deployments that have no gate, and log-ins that are more than one request of JSON.

use serde_json::Value;

use crate::assert_snapshot;
use crate::shop::{API_KEY, Flaw, Shop};
use crate::usher::{Ended, Usher};

#[tokio::test(flavor = "multi_thread")]
async fn forms_tickets_envelopes_and_cookies_are_followed_to_the_app_and_back() {
    let (shop, ended) = verify(Flaw::None, &[]).await;
    assert_snapshot("shop_passed", &ended);
    assert_eq!(shop.users(), 0);
    assert_eq!(
        shop.requests(),
        ["page", "sign-up", "ticket", "login", "remove"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_inside_of_a_200_fails_the_log_in_and_quotes_it() {
    let (shop, ended) = verify(Flaw::ErrorInside200, &[]).await;
    assert_eq!(ended.code, 1, "{}", ended.stdout);
    assert!(
        ended
            .report()
            .contains("the answer says that it failed: `/error` is `{\"code\":-32000"),
        "{}",
        ended.stdout
    );
    assert!(
        ended.report().contains("the account is locked"),
        "{}",
        ended.stdout
    );
    // The id that the removal needs is said by a log-in, and there was none: that is said, and nobody is taken for removed.
    assert_eq!(shop.users(), 1);
    assert!(
        ended
            .report()
            .contains("could not be logged in to be removed"),
        "{}",
        ended.stdout
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_outside_of_the_vocabulary_ends_the_wait_at_once_and_is_named() {
    let (shop, ended) = verify(Flaw::UnknownWord, &[]).await;
    assert_eq!(ended.code, 1);
    assert!(
        ended.report().contains(
            "the state is `active`, a word that the configuration does not know; it knows `ready`, `failed`, `provisioning`"
        ),
        "{}",
        ended.stdout
    );
    assert!(ended.report().contains("status 404"), "{}", ended.stdout);
    assert_eq!(shop.users(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_final_word_ends_the_wait_at_once() {
    let (_, ended) = verify(Flaw::Failed, &["--report", "json"]).await;
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(report["verdict"]["step"], "wait_until_ready");
    let why = report["scenarios"][0]["steps"][2]["why"].as_str().unwrap();
    assert!(
        why.contains("`failed`, which the configuration says will never become ready"),
        "{why}"
    );
    assert_eq!(report["gate"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_and_reads_that_access_is_denied_fails_the_wait() {
    let (shop, ended) = verify(Flaw::SaysDenied, &[]).await;
    assert_eq!(ended.code, 1);
    assert!(
        ended
            .report()
            .contains("is told “Access denied.”: “access denied” is not the case"),
        "{}",
        ended.stdout
    );
    assert_eq!(shop.users(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_of_ones_own_fails_under_its_own_name() {
    let (shop, ended) = verify(Flaw::LostProject, &["--report", "json"]).await;
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(report["verdict"]["step"], "see it in the list");
    let step = report["scenarios"][0]["steps"]
        .as_array()
        .unwrap()
        .iter()
        .find(|step| step["name"] == "see it in the list")
        .unwrap();
    assert_eq!(
        step["why"],
        "expected the JSON to contain `p-77`, found `[]`"
    );
    assert_eq!(shop.users(), 0);
}

const RETURNING: &[&str] = &["--scenario", "returning-user"];

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_comes_back_is_let_in_at_once() {
    let (shop, ended) = verify(Flaw::None, RETURNING).await;
    assert_snapshot("shop_returning", &ended);
    assert_eq!(shop.users(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_comes_back_and_has_to_wait_again_is_not_recognised() {
    let (shop, ended) = verify(Flaw::ForgetsUsers, RETURNING).await;
    assert_eq!(ended.code, 1);
    assert!(
        ended
            .report()
            .contains("a user who has been let in before is not let in at once: `status 404`"),
        "{}",
        ended.stdout
    );
    assert!(
        ended.report().contains("FAILED at `be recognised`"),
        "{}",
        ended.stdout
    );
    assert_eq!(shop.users(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_is_too_slow_for_who_comes_back_fails_with_the_fastest_answer() {
    let (_, ended) = verify(Flaw::Slow, RETURNING).await;
    assert_eq!(ended.code, 1);
    let report = ended.report();
    assert!(
        report.contains("the fastest of 5 answers took 1"),
        "{report}"
    );
    assert!(report.contains("the budget is 1000 ms"), "{report}");
}

const LOGGED_OUT: &[&str] = &["--scenario", "logged-out"];

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_is_not_logged_in_is_kept_out() {
    let (_, ended) = verify(Flaw::None, LOGGED_OUT).await;
    assert_eq!(ended.code, 0, "{}", ended.stdout);
    assert!(ended.report().contains("✓ be kept out"), "{}", ended.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_shows_itself_to_anybody_is_named() {
    let (_, ended) = verify(Flaw::OpenToAll, LOGGED_OUT).await;
    assert_eq!(ended.code, 1);
    let report = ended.report();
    assert!(
        report.contains("the app answered 200 to a browser that is not logged in"),
        "{report}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_that_go_round_are_shown_as_their_cycle() {
    let (shop, ended) = verify(
        Flaw::RedirectLoop,
        &["--scenario", "logged-out", "--report", "json"],
    )
    .await;
    assert_eq!(ended.code, 1);
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    let steps = report["scenarios"][0]["steps"].as_array().unwrap();
    let step = steps
        .iter()
        .find(|step| step["name"] == "be_kept_out")
        .unwrap();
    let places =
        ["denied", "apps/1000", "denied"].map(|place| format!("{}/{place}", shop.address()));
    assert_eq!(
        step["why"],
        format!(
            "redirects go round: {}; set on the way, and of no help: the cookies seen",
            places.join(" → ")
        )
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_story_that_the_configuration_cannot_tell_is_refused_before_anything_is_sent() {
    for scenario in ["denied", "pending", "suspended"] {
        let (shop, ended) = verify(Flaw::None, &["--scenario", scenario]).await;
        assert_eq!(ended.code, 2);
        let said = format!("the scenario `{scenario}` needs a gate");
        assert!(ended.stderr.contains(&said), "{}", ended.stderr);
        assert!(shop.requests().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_captured_ever_leaves() {
    for flaw in [Flaw::None, Flaw::ErrorInside200, Flaw::LostProject] {
        for format in ["human", "json"] {
            let (_, ended) = verify(flaw, &["--report", format]).await;
            let said = ended.stdout + &ended.stderr;
            for canary in [
                "canary-csrf",
                "canary-form",
                "canary-ticket",
                "canary-session",
                API_KEY,
                "Us3r!",
                "Us3r%21",
            ] {
                assert!(
                    !said.contains(canary),
                    "{flaw:?} {format}: {canary} in {said}"
                );
            }
        }
    }
}

async fn verify(flaw: Flaw, arguments: &[&str]) -> (Shop, Ended) {
    let shop = Shop::start(flaw).await;
    let usher = Usher::configured(&shop.configuration()).with("SHOP_API_KEY", API_KEY);
    let ended = usher.verify(arguments).await;
    (shop, ended)
}
