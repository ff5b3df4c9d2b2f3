//! At the host of somebody's own instance, which is another site than the log-in page: `localhost` is no host of 127.0.0.1.

use serde_json::json;
use stage::KeepAt;
use tests::world::COOKIE;

use crate::cast::{APP, account, log_in, place, world_with};
use crate::chromium::{Chromium, Person};

const UNTRIED: &str = "HOSTS OF INSTANCES WITH A BROWSER";

#[tokio::test]
async fn whoever_comes_to_the_host_of_their_app_logs_in_there_and_nobody_else_gets_in() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let world = world_with(json!({ "USHER_APP_DOMAIN": "app.localhost" })).await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let eve = account(&world, "eve", KeepAt::Ready).await;
    place(&world, &guy, "guy").await;
    let port = world.gate.url.rsplit(':').next().unwrap();
    let wanted = format!("http://guy.app.localhost:{port}/reports?year=2026#section-2");
    let tab = browser.tab(Person::default()).await;
    tab.open(&wanted).await;
    log_in(&tab, &eve).await;
    tab.see("There is no app for you here").await;
    tab.see(&eve.email).await;
    tab.arrive(&wanted).await;

    tab.press("Use another account").await;
    tab.see("E-mail address").await;
    assert_eq!(tab.cookies().await, [""; 0]);
    log_in(&tab, &guy).await;
    tab.see(APP).await;
    tab.see(&guy.email).await;
    assert_eq!(tab.cookies().await, [COOKIE]);

    // A log-in is for one host.
    tab.open(&world.gate.at("/")).await;
    tab.see("E-mail address").await;
    assert_eq!(tab.problems().await, [""; 0]);
    world.stop().await;
}
