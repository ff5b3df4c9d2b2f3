//! What the operator's own steps create is removed again, whatever became of the run, and before the user who could do it is.

use crate::atelier::{Atelier, Flaw};
use crate::usher::{Ended, Usher};

async fn verified(flaw: Flaw, change: impl FnOnce(String) -> String) -> (Atelier, Usher, Ended) {
    let atelier = Atelier::start(flaw).await;
    let usher = Usher::configured(&change(atelier.configuration()));
    let ended = usher.verify(&[]).await;
    (atelier, usher, ended)
}

fn as_it_is(text: String) -> String {
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn what_steps_create_is_removed_the_last_one_first_and_then_the_user() {
    let (atelier, usher, ended) = verified(Flaw::None, as_it_is).await;
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    assert_eq!(atelier.removed(), ["board", "project", "user"]);
    assert_eq!(atelier.holds(), [0, 0, 0]);
    assert!(usher.journals().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_was_refused_created_nothing_and_is_not_undone() {
    let (atelier, _, ended) = verified(Flaw::BoardRefused, as_it_is).await;
    assert_eq!(ended.code, 1, "{}", ended.stdout);
    assert_eq!(atelier.removed(), ["project", "user"]);
    assert_eq!(atelier.holds(), [0, 0, 0]);
}

/// The id is in an answer that is not as it should be, and nowhere else.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_created_although_the_answer_says_that_it_failed_is_removed() {
    let (atelier, _, ended) = verified(Flaw::BoardAnswers500, as_it_is).await;
    assert_eq!(ended.code, 1, "{}", ended.stdout);
    assert!(
        ended.report().contains("create a board"),
        "{}",
        ended.stdout
    );
    assert_eq!(atelier.removed(), ["board", "project", "user"]);
    assert_eq!(atelier.holds(), [0, 0, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_undone_is_left_over_with_its_user_until_a_clean_up_can() {
    let (atelier, usher, ended) = verified(Flaw::ProjectsStay, as_it_is).await;
    assert_eq!(ended.code, 5, "{}", ended.stdout);
    assert!(
        ended
            .report()
            .contains("`create a project` is not undone: expected status 2xx, found 500"),
        "{}",
        ended.stdout
    );
    assert_eq!(atelier.holds(), [1, 1, 0]);
    let again = usher.run(&["cleanup", "--yes"]).await;
    assert_eq!(again.code, 5, "{}", again.stdout);
    assert_eq!(usher.journals().len(), 1);
    atelier.has(Flaw::None);
    let ended = usher.run(&["cleanup", "--yes"]).await;
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    assert_eq!(atelier.removed(), ["board", "project", "user"]);
    assert_eq!(atelier.holds(), [0, 0, 0]);
    assert!(usher.journals().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_killed_run_a_clean_up_undoes_what_it_did() {
    let atelier = Atelier::start(Flaw::ListHangs).await;
    let usher = Usher::configured(&atelier.configuration());
    let mut child = usher.start(&[]);
    atelier.until_listing().await;
    child.kill().await.unwrap();
    assert_eq!(atelier.holds(), [1, 1, 1]);
    let ended = usher.run(&["cleanup", "--yes"]).await;
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    assert_eq!(atelier.removed(), ["board", "project", "user"]);
    assert_eq!(atelier.holds(), [0, 0, 0]);
}

/// What surely is there and is not found is somewhere else than the file says.
#[tokio::test(flavor = "multi_thread")]
async fn an_undo_that_finds_nothing_of_what_was_just_made_is_no_undo() {
    let elsewhere =
        |text: String| text.replace("\"{app}/projects/{project}\"", "\"{app}/project\"");
    let (atelier, usher, ended) = verified(Flaw::None, elsewhere).await;
    assert_eq!(ended.code, 5, "{}", ended.stdout);
    assert!(
        ended
            .report()
            .contains("`create a project` is not undone: expected status 2xx, found 404"),
        "{}",
        ended.stdout
    );
    assert_eq!(atelier.holds(), [1, 1, 0]);
    assert_eq!(usher.journals().len(), 1);
}

/// Nobody will ever know its name, so nobody is kept for it.
#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_name_is_left_over_and_its_user_is_not() {
    let nameless = |text: String| {
        text.replace(
            "project = { json = \"/id\", secret = false }",
            "project = \"/none\"",
        )
    };
    let (atelier, usher, ended) = verified(Flaw::None, nameless).await;
    assert_eq!(ended.code, 1, "{}", ended.stdout);
    let said =
        "`create a project` is not undone: `{project}` is needed, and no answer has given it";
    assert!(ended.report().contains(said), "{}", ended.stdout);
    assert_eq!(atelier.holds(), [0, 1, 0]);
    // Who is gone is not looked for.
    let again = usher.run(&["cleanup", "--yes", "--report", "json"]).await;
    assert_eq!(again.code, 5, "{}", again.stdout);
    assert!(again.stdout.contains(said), "{}", again.stdout);
    assert_eq!(usher.journals().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_shows_the_undoing_in_its_order() {
    let atelier = Atelier::start(Flaw::None).await;
    let usher = Usher::configured(&atelier.configuration());
    let plan = usher.verify(&["--plan"]).await;
    let at = |text: &str| {
        plan.stdout
            .find(text)
            .unwrap_or_else(|| panic!("{text}: {}", plan.stdout))
    };
    let order = [
        at("\nclean up\n"),
        at("/projects/{project}/boards/{board}"),
        at("undoes `create a board`, if that was sent"),
        at("undoes `create a project`, if that was sent"),
        at("/users/me"),
    ];
    assert!(order.is_sorted(), "{}", plan.stdout);
    let other = usher
        .verify(&["--plan", "--scenario", "returning-user"])
        .await;
    assert!(!other.stdout.contains("undoes"), "{}", other.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undo_can_use_what_its_own_step_captures_and_nothing_later() {
    let atelier = Atelier::start(Flaw::None).await;
    let text = atelier.configuration();
    let later = text.replace("\"{app}/projects/{project}\"", "\"{app}/projects/{board}\"");
    let ended = Usher::configured(&later).verify(&["--plan"]).await;
    assert_eq!(ended.code, 2, "{}", ended.stdout);
    assert!(
        ended
            .stderr
            .contains("`{board}` is not known here: it is captured in [[steps]]"),
        "{}",
        ended.stderr
    );
}
