//! Whoever is not let in reads why, in their language, and gets on from there.

use stage::KeepAt;

use crate::cast::{APP, account, becomes, log_in, world};
use crate::chromium::{Chromium, Person};

const UNTRIED: &str = "BEING TURNED AWAY WITH A BROWSER";

#[tokio::test]
async fn whoever_is_suspended_reads_why_and_whom_to_ask() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let world = world().await;
    let guy = account(&world, "guy", KeepAt::Suspended).await;
    let tab = browser.tab(Person::default()).await;
    tab.open(&world.gate.at("/")).await;
    log_in(&tab, &guy).await;
    tab.see("Your app is suspended").await;
    tab.see(&guy.email).await;
    let ways = tab.find(".ways a").await;
    assert!(ways[0].contains("mailto:support@usher.invalid"), "{ways:?}");
    assert_eq!(tab.find("script").await, [""; 0]);
    assert_eq!(tab.axe(None).await, [""; 0]);
    // The page does not wait, so its reader looks again.
    becomes(&world, &guy, "ready").await;
    tab.reload().await;
    tab.see(APP).await;
    assert_eq!(tab.problems().await, [""; 0]);
    world.stop().await;
}

#[tokio::test]
async fn whoever_came_with_the_wrong_account_comes_back_with_another_one() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let world = world().await;
    let right = account(&world, "right", KeepAt::Ready).await;
    for (name, scripts) in [("wrong", true), ("mistaken", false)] {
        let wrong = account(&world, name, KeepAt::NeedsInvitation).await;
        let person = Person {
            scripts,
            ..Person::default()
        };
        let tab = browser.tab(person).await;
        let wanted = world.gate.at("/reports?year=2026");
        tab.open(&wanted).await;
        log_in(&tab, &wrong).await;
        if !scripts {
            tab.press("Continue").await;
        }
        tab.see("Access request pending").await;
        tab.see(&wrong.email).await;
        tab.press("Use another account").await;
        tab.see("E-mail address").await;
        let asked = tab.asked("prompt=select_account").await;
        assert_eq!(asked.len(), 1, "{asked:?}");
        assert_eq!(tab.cookies().await, [""; 0]);
        log_in(&tab, &right).await;
        if !scripts {
            tab.press("Continue").await;
        }
        tab.see(APP).await;
        tab.arrive(&wanted).await;
        tab.see(&right.email).await;
        assert_eq!(tab.problems().await, [""; 0]);
    }
    let log_outs = "SELECT email FROM events WHERE event = 'logout' ORDER BY email DESC";
    let log_outs = world.gate.d1(log_outs, &[]).await.unwrap();
    let emails: Vec<_> = log_outs
        .iter()
        .map(|row| row["email"].as_str().unwrap())
        .collect();
    assert_eq!(
        emails,
        ["wrong@visitors.example", "mistaken@visitors.example"]
    );
    world.stop().await;
}

#[tokio::test]
async fn a_browser_is_answered_in_the_language_it_asks_for() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let world = world().await;
    let guy = account(&world, "guy", KeepAt::NeedsInvitation).await;
    for (language, title) in [
        ("de-AT", "Ihr Zugang ist noch nicht freigegeben"),
        ("fr-CA", "Demande d’accès en attente"),
        ("es-MX", "Solicitud de acceso pendiente"),
        ("pt-PT", "Solicitação de acesso pendente"),
        ("ja-JP", "アクセス承認待ちです"),
        ("nl-NL", "Access request pending"),
    ] {
        let person = Person {
            language,
            ..Person::default()
        };
        let tab = browser.tab(person).await;
        tab.open(&world.gate.at("/")).await;
        log_in(&tab, &guy).await;
        tab.see(title).await;
        tab.close().await;
    }
    world.stop().await;
}
