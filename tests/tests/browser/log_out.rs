//! Out again, and in as somebody else.

use stage::KeepAt;
use tests::world::COOKIE;

use crate::cast::{APP, account, log_in, world};
use crate::chromium::{Chromium, Person};

const UNTRIED: &str = "LOGGING OUT WITH A BROWSER";

#[tokio::test]
async fn whoever_logs_out_is_out() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let world = world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let tab = browser.tab(Person::default()).await;
    tab.open(&world.gate.at("/")).await;
    log_in(&tab, &guy).await;
    tab.see(APP).await;
    tab.press("Log out").await;
    tab.forgets(COOKIE).await;
    tab.open(&world.gate.at("/reports")).await;
    tab.see("E-mail address").await;
    assert!(
        tab.value("location.href")
            .await
            .as_str()
            .unwrap()
            .starts_with(&world.stage.addresses().login_url)
    );
    world.stop().await;
}

/// A link is no wish: another page may have placed it.
#[tokio::test]
async fn whoever_opens_the_log_out_is_asked_and_can_go_back() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let world = world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let tab = browser.tab(Person::default()).await;
    tab.open(&world.gate.at("/reports")).await;
    log_in(&tab, &guy).await;
    tab.see(APP).await;
    tab.open(&world.gate.at("/.usher/logout")).await;
    tab.see("Do you want to log out?").await;
    tab.press("Go to your app").await;
    tab.see(APP).await;
    tab.see(&guy.email).await;
    assert_eq!(tab.cookies().await, [COOKIE]);
    assert_eq!(tab.problems().await, [""; 0]);
    world.stop().await;
}

#[tokio::test]
async fn whoever_logs_out_by_the_page_comes_back_only_by_logging_in_also_as_another() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let world = world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let eve = account(&world, "eve", KeepAt::Ready).await;
    let tab = browser.tab(Person::default()).await;
    tab.open(&world.gate.at("/")).await;
    log_in(&tab, &guy).await;
    tab.see(&guy.email).await;
    tab.open(&world.gate.at("/.usher/logout")).await;
    tab.press("Log out").await;
    tab.see("You are logged out").await;
    tab.arrive(&world.gate.at("/.usher/logout")).await;
    assert_eq!(tab.cookies().await, [""; 0]);
    let ended = "SELECT email FROM events WHERE event = 'logout'";
    let ended = world.gate.d1(ended, &[]).await.unwrap();
    assert_eq!(ended.len(), 1, "{ended:?}");
    tab.open(&world.gate.at("/reports")).await;
    tab.see("E-mail address").await;

    // From the page that says so the way leads to the app, not to the question once more.
    tab.open(&world.gate.at("/.usher/logout")).await;
    tab.press("Log in").await;
    log_in(&tab, &eve).await;
    tab.see(APP).await;
    tab.see(&eve.email).await;
    tab.arrive(&world.gate.at("/")).await;
    assert_eq!(tab.problems().await, [""; 0]);
    world.stop().await;
}
