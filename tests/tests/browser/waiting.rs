//! A page that waits: it asks ever less often, not while nobody looks, not sooner than it is told, and opens the app.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use edge::gallery::{Circumstances, Gallery};
use policy::language::Language;
use policy::negotiation::Audience;
use policy::reason::Reason;
use policy::time::Moment;
use stage::KeepAt;
use tokio::net::TcpListener;

use crate::cast::{APP, account, becomes, log_in, world};
use crate::chromium::{Chromium, Person};
use crate::gallery::{message, respond};

const UNTRIED: &str = "WAITING WITH A BROWSER";

/// What a page asks while its app is not ready.
const QUESTION: &str = "/.usher/me";

#[tokio::test]
async fn a_page_asks_ever_less_often_and_never_while_nobody_looks() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let world = world().await;
    let guy = account(&world, "guy", KeepAt::Provisioning).await;
    let tab = browser.tab(Person::default()).await;
    tab.open(&world.gate.at("/")).await;
    tab.stop_clock().await;
    log_in(&tab, &guy).await;
    tab.see("Your app is being created").await;
    tab.see("less than a minute").await;

    tab.pass(60).await;
    let first = tab.asked(QUESTION).await.len();
    assert!((7..=14).contains(&first), "{first} in the first minute");
    tab.pass(270).await;
    let later = tab.asked(QUESTION).await.len() - first;
    assert!(
        (15..=22).contains(&later),
        "{later} in four and a half later minutes"
    );
    // As of the last answer, which is not older than 17 seconds.
    tab.see("for 5 minutes").await;

    let looks = |hidden: bool| {
        format!(
            "Object.defineProperty(document, 'hidden', {{ value: {hidden}, configurable: true }}); \
             document.dispatchEvent(new Event('visibilitychange'))"
        )
    };
    tab.value(&looks(true)).await;
    let before = tab.asked(QUESTION).await.len();
    tab.pass(300).await;
    assert_eq!(tab.asked(QUESTION).await.len(), before);
    tab.value(&looks(false)).await;
    tab.asks(QUESTION, before + 1).await;

    becomes(&world, &guy, "active").await;
    becomes(&world, &guy, "ready").await;
    // The gate may have seen another status up to two seconds ago, and its clock runs on.
    tab.pass_until_seen(APP).await;
    assert_eq!(tab.problems().await, [""; 0]);
    world.stop().await;
}

#[tokio::test]
async fn a_form_that_is_answered_by_a_wait_is_never_sent_again() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let world = world().await;
    for scripts in [true, false] {
        let guy = account(&world, &format!("guy-{scripts}"), KeepAt::Active).await;
        let person = Person {
            scripts,
            ..Person::default()
        };
        let tab = browser.tab(person).await;
        tab.open(&world.gate.at("/")).await;
        log_in(&tab, &guy).await;
        if !scripts {
            tab.press("Continue").await;
        }
        tab.see("Your app is being set up").await;
        let form = "const form = document.createElement('form'); form.method = 'post'; form.action = '/orders'; \
                    document.body.append(form); form.submit()";
        tab.value(form).await;
        tab.arrive(&world.gate.at("/orders")).await;
        tab.see("Your app is being set up").await;
        becomes(&world, &guy, "ready").await;
        tab.see(APP).await;
        tab.arrive(&world.gate.at("/")).await;
        let sent = tab.asked("/orders").await;
        assert_eq!(sent, [format!("POST {}", world.gate.at("/orders"))]);
    }
    world.stop().await;
}

/// No app of the stage sleeps, so this one does: asked for nothing but its head, it wakes up with the third time.
#[tokio::test]
async fn an_app_that_wakes_up_is_asked_itself_and_opens_where_it_was_wanted() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let asked = Arc::new(AtomicUsize::new(0));
    let url = serve(move |request| match *request.method() {
        Method::HEAD if asked.fetch_add(1, Ordering::Relaxed) < 2 => page(Reason::InstanceWaking),
        Method::HEAD => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        _ if asked.load(Ordering::Relaxed) < 3 => page(Reason::InstanceWaking),
        _ => Html(format!("<h1>{APP}</h1>")).into_response(),
    })
    .await;
    let tab = browser.tab(Person::default()).await;
    let wanted = format!("{url}/reports?year=2026#section-2");
    tab.open(&wanted).await;
    tab.see("Your app is waking up").await;
    tab.see(APP).await;
    tab.arrive(&wanted).await;
    let heads = tab.asked("HEAD").await;
    assert_eq!(heads, vec![format!("HEAD {url}/reports?year=2026"); 3]);
    assert_eq!(tab.asked(QUESTION).await, [""; 0]);
    assert_eq!(tab.problems().await, [""; 0]);
}

#[tokio::test]
async fn whoever_is_told_to_ask_later_asks_later() {
    let Some(browser) = Chromium::start_or_skip(UNTRIED).await else {
        return;
    };
    let url = serve(|request| {
        if request.uri().path() == QUESTION {
            let later = [("retry-after", "120")];
            return (StatusCode::TOO_MANY_REQUESTS, later, "slow down").into_response();
        }
        page(Reason::InstanceProvisioning)
    })
    .await;
    let tab = browser.tab(Person::default()).await;
    tab.stop_clock().await;
    tab.open(&url).await;
    tab.pass(100).await;
    assert_eq!(tab.asked(QUESTION).await.len(), 1);
    tab.pass(40).await;
    assert_eq!(tab.asked(QUESTION).await.len(), 2);
    tab.see("Your app is being created").await;
}

/// A server that answers in this way; gives its origin.
async fn serve(answer: impl Fn(&Request) -> Response + Clone + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(async move |request: Request| answer(&request));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

fn page(reason: Reason) -> Response {
    let gallery = Gallery::new(&[]).unwrap_or_else(|error| panic!("{error}"));
    respond(gallery.show(
        &message(reason),
        Circumstances {
            audience: Audience::Browser,
            language: Language::English,
            now: Moment::from_unix_seconds(0),
            url: "/",
        },
    ))
}
