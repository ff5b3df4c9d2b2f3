//! Whoever logs in again and again and never gets in is stopped, reads why, and gets in when that is mended (incident I4).

use serde_json::json;
use stage::{Account, KeepAt};
use tests::World;
use tests::world::COOKIE;

use crate::cast::{APP, account, log_in, world, world_with};
use crate::chromium::{Chromium, Person};
use crate::log_in_page::{LogInPage, SentBack};

const UNTRIED: &str = "GOING ROUND WITH A BROWSER";

const ROUND: &str = "Logging in does not bring you in";

async fn before(page: &LogInPage) -> (World, Account) {
    let world = world_with(json!({ "USHER_LOGIN_URL": page.url })).await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    (world, guy)
}

#[tokio::test]
async fn a_log_in_that_never_sticks_is_tried_three_times_and_then_said_to_fail() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    for how in [
        SentBack::AsTheyCame,
        // The gate has the browser forget it each time, and the page sets it again.
        SentBack::HoldingCookie("no-token"),
    ] {
        let page = LogInPage::start(how).await;
        let (world, guy) = before(&page).await;
        let tab = browser.tab(Person::default()).await;
        let wanted = world.gate.at("/reports?year=2026&month=11");
        tab.open(&wanted).await;
        tab.see(ROUND).await;
        tab.arrive(&wanted).await;
        assert_eq!(tab.asked(&page.url).await.len(), 3);
        assert!(!tab.cookies().await.contains(&COOKIE.to_owned()));
        assert_eq!(tab.axe(None).await, [""; 0]);

        // Its button tries once more, which is no new round while nothing is mended.
        tab.press("Log in").await;
        tab.asks(&page.url, 4).await;
        tab.see(ROUND).await;
        tab.arrive(&wanted).await;
        assert_eq!(tab.asked(&page.url).await.len(), 4);

        page.sends_back(SentBack::HandingOver(world.stage.access_token(&guy)));
        tab.press("Log in").await;
        tab.see(APP).await;
        tab.arrive(&wanted).await;
        assert_eq!(tab.cookies().await, [COOKIE]);
        assert_eq!(tab.problems().await, [""; 0]);
        world.stop().await;
    }
}

#[tokio::test]
async fn a_token_that_is_always_refused_goes_no_round_at_all() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let page = LogInPage::start(SentBack::HandingOver("no-token".to_owned())).await;
    let (world, guy) = before(&page).await;
    let tab = browser.tab(Person::default()).await;
    tab.open(&world.gate.at("/reports")).await;
    tab.see("Your log-in was not accepted").await;
    assert_eq!(tab.asked(&page.url).await.len(), 1);
    assert!(!tab.cookies().await.contains(&COOKIE.to_owned()));
    page.sends_back(SentBack::HandingOver(world.stage.access_token(&guy)));
    tab.press("Log in").await;
    tab.see(APP).await;
    tab.arrive(&world.gate.at("/reports")).await;
    assert_eq!(tab.problems().await, [""; 0]);
    world.stop().await;
}

#[tokio::test]
async fn whose_browser_keeps_no_cookies_reads_so_after_logging_in_once() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let world = world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let tab = browser.tab(Person::default()).await;
    tab.keep_cookies(false).await;
    let wanted = world.gate.at("/reports?year=2026#section-2");
    tab.open(&wanted).await;
    log_in(&tab, &guy).await;
    tab.see("Your browser did not keep your log-in").await;
    let arrived = "/.usher/arrived?to=%2Freports%3Fyear%3D2026%23section-2";
    tab.arrive(&world.gate.at(arrived)).await;
    assert_eq!(tab.cookies().await, [""; 0]);
    assert_eq!(tab.axe(None).await, [""; 0]);

    tab.keep_cookies(true).await;
    tab.press("Log in").await;
    log_in(&tab, &guy).await;
    tab.see(APP).await;
    tab.arrive(&wanted).await;
    assert_eq!(tab.problems().await, [""; 0]);
    world.stop().await;
}
