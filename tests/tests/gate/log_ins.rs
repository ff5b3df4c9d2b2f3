//! Log-ins and log-outs are written down, sessions can be ended, and nothing is lost silently (incident I4).

use std::time::{Duration, Instant};

use reqwest::{Method, Response};
use serde_json::{Value, json};
use stage::{Account, KeepAt};
use tests::{Visitor, World};

use crate::cast::{account, app, claims, header, logged, operate, told, unix_seconds, world};

/// A token of this user with more claims.
fn token(world: &World, account: &Account, more: &Value) -> String {
    let mut claims = claims(world, account);
    claims["email"] = json!(account.email);
    for (name, value) in more.as_object().unwrap() {
        claims[name] = value.clone();
    }
    world.stage.sign(&claims)
}

async fn hand_over(world: &World, token: &str) -> Response {
    let browser = world.browser();
    let form = browser
        .request(Method::POST, "/.usher/session")
        .header("origin", &world.stage.addresses().identity)
        .header("user-agent", "Mosaic/0.9")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("token={token}&return_to=%2F"));
    browser.send(form).await
}

/// Logs in as the log-in page does, and gives the browser with its cookie.
async fn log_in(world: &World, token: &str) -> Visitor {
    let answer = hand_over(world, token).await;
    assert_eq!(answer.status(), 303, "{answer:?}");
    assert_eq!(header(&answer, "location"), "/.usher/arrived?to=%2F");
    world.browser().with_cookie(tests::world::COOKIE, token)
}

async fn log_out(browser: &Visitor) {
    let request = browser.request(Method::POST, "/.usher/logout");
    assert_eq!(browser.send(request).await.status(), 303);
}

async fn list(world: &World, path: &str) -> Value {
    let answer = operate(world, Method::GET, path, json!(null)).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.json().await.unwrap()
}

/// Waits until a list has so many rows: they are written after the answer.
async fn rows(world: &World, path: &str, name: &str, count: usize) -> Vec<Value> {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let rows = list(world, path).await[name].as_array().unwrap().clone();
        if rows.len() >= count {
            assert_eq!(rows.len(), count, "{rows:?}");
            return rows;
        }
        assert!(Instant::now() < deadline, "{path}: {rows:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Where a browser is sent, and why.
async fn sent_away(visitor: &Visitor) -> String {
    let answer = visitor.get("/").await;
    assert_eq!(answer.status(), 303, "{answer:?}");
    let forgotten = format!("{}=; Max-Age=0", tests::world::COOKIE);
    let mut cookies = answer.headers().get_all("set-cookie").iter();
    assert!(
        cookies.any(|cookie| cookie.to_str().unwrap().starts_with(&forgotten)),
        "{answer:?}"
    );
    header(&answer, "usher-reason").to_owned()
}

#[tokio::test]
async fn a_log_in_begins_a_session_and_is_written_down_once() {
    let world = world().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let browser = log_in(&world, &token(&world, &account, &json!({ "jti": "1" }))).await;
    app_page(&browser).await;
    app_page(&browser).await;

    let [event] = &rows(&world, "events?event=login_success", "events", 1).await[..] else {
        panic!("one event")
    };
    assert_eq!(event["email"], json!(account.email));
    assert_eq!(event["provider"], "own");
    assert_eq!(event["user_agent"], "Mosaic/0.9");
    let user = event["user"].as_str().unwrap();
    let [session] = &rows(
        &world,
        &format!("sessions?user={user}&state=open"),
        "sessions",
        1,
    )
    .await[..] else {
        panic!("one session")
    };
    assert_eq!(session["provider"], "own");
    assert_eq!(session["ended_at"], Value::Null);
    assert!(
        session["started_at"]
            .as_u64()
            .unwrap()
            .abs_diff(unix_seconds())
            < 60
    );

    // Another log-in is another session.
    log_in(&world, &token(&world, &account, &json!({ "jti": "2" }))).await;
    rows(&world, &format!("sessions?user={user}"), "sessions", 2).await;
    rows(&world, "events?event=login_success", "events", 2).await;
}

async fn app_page(browser: &Visitor) {
    let answer = browser.get("/").await;
    assert_eq!(
        (answer.status().as_u16(), header(&answer, "usher-response")),
        (200, "")
    );
}

#[tokio::test]
async fn a_log_out_ends_every_session_and_a_new_log_in_is_welcome() {
    let world = world().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let [first, second] = ["1", "2"].map(|jti| token(&world, &account, &json!({ "jti": jti })));
    let [first, second] = [log_in(&world, &first).await, log_in(&world, &second).await];
    let renewed = token(&world, &account, &json!({ "sid": "s", "jti": "3" }));
    let third = log_in(&world, &renewed).await;
    for browser in [&first, &second, &third] {
        app_page(browser).await;
    }
    rows(&world, "sessions?state=open", "sessions", 3).await;

    log_out(&first).await;
    for browser in [&first, &second, &third] {
        assert_eq!(sent_away(browser).await, "session_ended");
    }
    // A token that the issuer renews in a session that is over is over.
    let later = json!({ "sid": "s", "jti": "4", "iat": unix_seconds() + 5 });
    let later = token(&world, &account, &later);
    let program = world.api().with_bearer(&later);
    assert_eq!(told(program.get("/").await).await.1, "session_ended");

    let [event] = &rows(&world, "events?event=logout", "events", 1).await[..] else {
        panic!("one event")
    };
    assert_eq!(event["email"], json!(account.email));
    for session in rows(&world, "sessions?state=over", "sessions", 3).await {
        assert_eq!(session["ended_by"], "its owner");
        assert!(session["duration_seconds"].as_u64().unwrap() < 60);
    }
    let fresh = log_in(&world, &token(&world, &account, &json!({ "jti": "5" }))).await;
    app_page(&fresh).await;
}

#[tokio::test]
async fn what_was_issued_before_a_log_out_is_over_also_where_no_session_was_known() {
    let world = world().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let old = token(&world, &account, &json!({ "iat": unix_seconds() - 30 }));
    let program = world.api().with_bearer(&old);
    app(program.get("/").await).await;
    let browser = log_in(&world, &token(&world, &account, &json!({ "jti": "1" }))).await;
    log_out(&browser).await;
    assert_eq!(told(program.get("/").await).await.1, "session_ended");
}

#[tokio::test]
async fn a_log_in_that_is_over_begins_no_session() {
    let world = world().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let over = json!({ "jti": "over", "iat": unix_seconds() - 30 });
    let over = token(&world, &account, &over);
    log_out(&log_in(&world, &token(&world, &account, &json!({ "jti": "1" }))).await).await;
    let browser = world.browser().with_cookie(tests::world::COOKIE, &over);
    assert_eq!(sent_away(&browser).await, "session_ended");
    // What is written after an answer is written soon.
    tokio::time::sleep(Duration::from_millis(500)).await;
    rows(&world, "events?event=login_success", "events", 1).await;
    rows(&world, "sessions?state=open", "sessions", 0).await;
    rows(&world, "sessions", "sessions", 1).await;
}

#[tokio::test]
async fn an_ended_session_is_remembered_for_as_long_as_its_token_is_good() {
    let world = world().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let end = unix_seconds() + 600;
    let fraction =
        json!({ "jti": "1", "exp": Value::from(f64::from(u32::try_from(end).unwrap()) + 0.9) });
    log_in(&world, &token(&world, &account, &fraction)).await;
    let [session] = &rows(&world, "sessions", "sessions", 1).await[..] else {
        panic!("one session")
    };
    // 60 s are forgiven.
    assert_eq!(session["expires_at"], end + 61);
}

#[tokio::test]
async fn an_operator_ends_one_session_and_the_others_go_on() {
    let world = world().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let first = log_in(&world, &token(&world, &account, &json!({ "jti": "1" }))).await;
    let [session] = &rows(&world, "sessions", "sessions", 1).await[..] else {
        panic!("one session")
    };
    let second = log_in(&world, &token(&world, &account, &json!({ "jti": "2" }))).await;
    rows(&world, "sessions", "sessions", 2).await;
    let path = format!("sessions/{}", session["id"].as_str().unwrap());
    assert_eq!(
        operate(&world, Method::DELETE, &path, json!(null))
            .await
            .status(),
        204
    );
    assert_eq!(sent_away(&first).await, "session_ended");
    app_page(&second).await;

    let path = format!("users/{}/sessions", session["user"].as_str().unwrap());
    assert_eq!(
        operate(&world, Method::DELETE, &path, json!(null))
            .await
            .status(),
        204
    );
    assert_eq!(sent_away(&second).await, "session_ended");
    assert_eq!(
        rows(&world, "events?event=session_ended", "events", 1).await[0]["actor"],
        "secret"
    );
    rows(&world, "events?event=sessions_ended", "events", 1).await;
}

#[tokio::test]
async fn whoever_has_more_sessions_ended_than_a_standing_names_is_logged_out_everywhere() {
    let world = world().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let browser = log_in(&world, &token(&world, &account, &json!({ "jti": "1" }))).await;
    let [session] = &rows(&world, "sessions", "sessions", 1).await[..] else {
        panic!("one session")
    };
    let copies = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 64)
        INSERT INTO sessions (id, user_id, issuer, provider, issued_at, started_at, last_activity_at, expires_at, renewable, ended_at)
        SELECT printf('%022d', i), user_id, issuer, provider, issued_at, started_at, last_activity_at, expires_at, 0, started_at
        FROM sessions, n";
    world.gate.d1(copies, &[]).await.unwrap();
    app_page(&browser).await;
    let old = token(&world, &account, &json!({ "iat": unix_seconds() - 30 }));
    let program = world.api().with_bearer(&old);
    app(program.get("/").await).await;
    let path = format!("sessions/{}", session["id"].as_str().unwrap());
    assert_eq!(
        operate(&world, Method::DELETE, &path, json!(null))
            .await
            .status(),
        204
    );
    assert_eq!(sent_away(&browser).await, "session_ended");
    assert_eq!(told(program.get("/").await).await.1, "session_ended");
}

#[tokio::test]
async fn a_log_in_that_fails_is_written_down_without_what_it_claimed() {
    let world = world().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let expired = token(&world, &account, &json!({ "exp": unix_seconds() - 3600 }));
    for (token, reason) in [
        ("x.y.z", "token_invalid"),
        (expired.as_str(), "token_expired"),
    ] {
        hand_over(&world, token).await;
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let events = list(&world, "events?event=login_failed").await;
            if events["events"][0]["reason"] == reason {
                let text = events.to_string();
                assert!(!text.contains(&account.email), "{text}");
                assert!(
                    !text.contains("x.y.z") && !text.contains(&expired),
                    "{text}"
                );
                break;
            }
            assert!(Instant::now() < deadline, "{events}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test]
async fn an_event_that_cannot_be_written_is_said_and_counted_and_nobody_is_kept_out() {
    let world = world().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    world
        .gate
        .d1("ALTER TABLE events RENAME TO auth_events", &[])
        .await
        .unwrap();
    let browser = log_in(&world, &token(&world, &account, &json!({ "jti": "1" }))).await;
    app_page(&browser).await;
    logged(&world, "event_lost").await;
    let ready = world.api().get("/.usher/ready").await;
    assert_eq!(ready.status(), 503);
    assert!(
        ready
            .text()
            .await
            .unwrap()
            .contains("no such table: events")
    );

    world
        .gate
        .d1("ALTER TABLE auth_events RENAME TO events", &[])
        .await
        .unwrap();
    let ready: Value = world.api().get("/.usher/ready").await.json().await.unwrap();
    assert_eq!(ready["status"], "ready");
    assert!(ready["lost_events"].as_u64().unwrap() >= 1, "{ready}");
    assert!(
        ready["last_lost_because"]
            .as_str()
            .unwrap()
            .contains("events"),
        "{ready}"
    );
}

#[tokio::test]
async fn what_is_older_than_records_are_kept_goes_with_the_next_log_ins() {
    let world = crate::cast::world_with(json!({ "USHER_RECORDS_DAYS": 30 })).await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let old = "INSERT INTO events (at, event) VALUES (1000, 'login_failed'), (unixepoch() * 1000 - 2505600000, 'login_failed')";
    world.gate.d1(old, &[]).await.unwrap();
    let old = "INSERT INTO sessions (id, user_id, issuer, provider, issued_at, started_at, last_activity_at, expires_at, renewable)
               SELECT 'old', id, 'x', 'own', 1, 1, 1, 1, 0 FROM users";
    world.gate.d1(old, &[]).await.unwrap();
    log_in(&world, &token(&world, &account, &json!({ "jti": "1" }))).await;
    rows(&world, "events?event=login_success", "events", 1).await;
    rows(&world, "events?event=login_failed", "events", 1).await;
    rows(&world, "sessions", "sessions", 1).await;
}
