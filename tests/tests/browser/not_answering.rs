//! Whose app does not answer reads whether to wait, and comes to it when it does.

use std::time::Duration;

use serde_json::json;
use tests::{World, WorldOptions};

use crate::cast::{APP, account_with, log_in, world, world_with};
use crate::chromium::{Chromium, Person};
use crate::troubled_app::{Does, TroubledApp};

const UNTRIED: &str = "APPS THAT DO NOT ANSWER WITH A BROWSER";

#[tokio::test]
async fn an_app_that_wakes_up_opens_by_itself_where_it_was_wanted() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let world = world().await;
    let app = TroubledApp::start(Does::BreakOff).await;
    let guy = account_with(&world, "guy", &app.url).await;
    let tab = browser.tab(Person::default()).await;
    let wanted = world.gate.at("/reports?year=2026#section-2");
    tab.open(&wanted).await;
    log_in(&tab, &guy).await;
    tab.see("Your app is waking up").await;
    tab.asks("HEAD", 1).await;
    assert_eq!(tab.axe(None).await, [""; 0]);
    app.does(Does::Answer);
    tab.see(APP).await;
    tab.arrive(&wanted).await;
    assert_eq!(tab.problems().await, [""; 0]);
    world.stop().await;
}

#[tokio::test]
async fn without_scripts_it_opens_as_well() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let world = world().await;
    let app = TroubledApp::start(Does::BreakOff).await;
    let guy = account_with(&world, "guy", &app.url).await;
    let without_scripts = Person {
        scripts: false,
        ..Person::default()
    };
    let tab = browser.tab(without_scripts).await;
    tab.open(&world.gate.at("/reports?year=2026")).await;
    log_in(&tab, &guy).await;
    tab.press("Continue").await;
    tab.see("Your app is waking up").await;
    app.does(Does::Answer);
    tab.see(APP).await;
    tab.arrive(&world.gate.at("/reports?year=2026")).await;
    world.stop().await;
}

#[tokio::test]
async fn an_app_that_does_not_wake_up_is_said_to_be_down() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let world = rigged_world().await;
    let app = TroubledApp::start(Does::BreakOff).await;
    let guy = account_with(&world, "guy", &app.url).await;
    let tab = browser.tab(Person::default()).await;
    let wanted = world.gate.at("/reports?year=2026");
    tab.open(&wanted).await;
    tab.stop_clock().await;
    log_in(&tab, &guy).await;
    tab.see("Your app is waking up").await;
    // It is asked now and then, so it is one wait.
    for seconds in [10, 20] {
        clock_at(&world, seconds).await;
        tab.pass(6).await;
        tab.see("Your app is waking up").await;
    }
    clock_at(&world, 31).await;
    tab.pass_until_seen("Your app does not answer").await;
    tab.arrive(&wanted).await;
    app.does(Does::Answer);
    tab.press("Try again").await;
    tab.see(APP).await;
    tab.arrive(&wanted).await;
    assert_eq!(tab.problems().await, [""; 0]);
    world.stop().await;
}

#[tokio::test]
async fn an_app_that_takes_too_long_is_said_to_and_asked_again_by_a_press() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let world = world_with(json!({ "USHER_INSTANCE_SECONDS": 1 })).await;
    let app = TroubledApp::start(Does::Dawdle).await;
    let guy = account_with(&world, "guy", &app.url).await;
    let tab = browser.tab(Person::default()).await;
    let wanted = world.gate.at("/reports?year=2026");
    tab.open(&wanted).await;
    log_in(&tab, &guy).await;
    tab.see("Your app takes too long to answer").await;
    assert_eq!(tab.axe(None).await, [""; 0]);
    app.does(Does::Answer);
    tab.press("Try again").await;
    tab.see(APP).await;
    tab.arrive(&wanted).await;
    assert_eq!(tab.problems().await, [""; 0]);
    world.stop().await;
}

async fn rigged_world() -> World {
    let options = WorldOptions {
        rigged: true,
        ..WorldOptions::default()
    };
    let world = World::with(options).await;
    let world = world.unwrap_or_else(|error| panic!("{error}"));
    clock_at(&world, 0).await;
    world
}

async fn clock_at(world: &World, seconds: u64) {
    let ahead = Duration::from_secs(seconds);
    world.gate.clock_ahead(ahead).await.unwrap();
}
