//! From an address somebody was sent to, through the log-in and the wait, to their app.

use stage::KeepAt;

use crate::cast::{APP, account, becomes, log_in, world};
use crate::chromium::{Chromium, Person};

const UNTRIED: &str = "LOGGING IN WITH A BROWSER";

#[tokio::test]
async fn whoever_logs_in_and_waits_arrives_by_themselves_where_they_wanted_hash_and_all() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let world = world().await;
    let newcomer = account(&world, "newcomer", KeepAt::Provisioning).await;
    let tab = browser.tab(Person::default()).await;
    let wanted = world.gate.at("/reports?year=2026&q=a%20b#section-2");
    tab.open(&wanted).await;
    log_in(&tab, &newcomer).await;
    tab.see("Your app is being created").await;
    tab.arrive(&wanted).await;
    let current = tab.find("[aria-current=step]").await;
    assert!(current[0].contains("Creation"), "{current:?}");
    let opened = tab.asked("/reports").await.len();

    becomes(&world, &newcomer, "active").await;
    tab.see("Your app is being set up").await;
    let current = tab.find("[aria-current=step]").await;
    assert!(current.len() == 1 && current[0].contains("Set-up"));
    let over = tab.find(".over").await;
    assert!(over.len() == 1 && over[0].contains("Creation"), "{over:?}");
    let heading = tab.find("h1").await;
    assert!(
        heading[0].contains("Your app is being set up"),
        "{heading:?}"
    );
    // It is told, and the page stays where it is.
    let told = tab.value("document.querySelector('[role=status]').textContent");
    assert_eq!(told.await, "Your app is being set up");
    assert_eq!(
        tab.value("document.title").await,
        "Your app is being set up – Usher"
    );
    assert_eq!(tab.asked("/reports").await.len(), opened);
    assert_eq!(tab.axe(None).await, [""; 0]);

    becomes(&world, &newcomer, "ready").await;
    tab.see(APP).await;
    tab.arrive(&wanted).await;
    assert!(tab.words().await.contains(&newcomer.email));
    assert_eq!(tab.problems().await, [""; 0]);
    world.stop().await;
}

#[tokio::test]
async fn without_scripts_they_arrive_as_well() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let world = world().await;
    let newcomer = account(&world, "newcomer", KeepAt::Provisioning).await;
    let without_scripts = Person {
        scripts: false,
        ..Person::default()
    };
    let tab = browser.tab(without_scripts).await;
    tab.open(&world.gate.at("/reports?year=2026")).await;
    log_in(&tab, &newcomer).await;
    tab.press("Continue").await;
    tab.see("Your app is being created").await;
    becomes(&world, &newcomer, "active").await;
    tab.see("Your app is being set up").await;
    // A hash is nothing that a page without scripts could keep; it must not keep the page.
    let wanted = world.gate.at("/invoices?year=2026");
    tab.open(&format!("{wanted}#section-2")).await;
    becomes(&world, &newcomer, "ready").await;
    tab.see(APP).await;
    tab.arrive(&wanted).await;
    world.stop().await;
}
