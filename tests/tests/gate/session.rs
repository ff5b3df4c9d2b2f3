//! The log-in page hands over a token, and the browser is in.

use reqwest::Method;
use stage::KeepAt;
use tests::{Visitor, World};

use crate::cast::{IN, account, app, header, logged, person, seen, told, world, world_with};

async fn hand_over(world: &World, token: &str, return_to: &str, origin: &str) -> reqwest::Response {
    let browser = world.browser();
    let form = browser
        .request(Method::POST, "/.usher/session")
        .header("origin", origin)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("token={token}&return_to={return_to}"));
    browser.send(form).await
}

/// Where a browser ends up that follows the answer to a log-in.
async fn arrives(browser: &Visitor, response: &reqwest::Response) -> String {
    let first = header(response, "location");
    assert!(first.starts_with("/.usher/arrived?to="), "{first}");
    let onward = browser.get(first).await;
    assert_eq!(onward.status(), 303, "{onward:?}");
    header(&onward, "location").to_owned()
}

#[tokio::test]
async fn a_person_logs_in_by_form_and_arrives_where_they_wanted() {
    let world = world().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let identity = &world.stage.addresses().identity;
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let form = format!(
        "email={}&password={}&return_to={}%2Freports",
        account.email.replace('@', "%40"),
        account.password.replace(' ', "+"),
        world.gate.url.replace(':', "%3A").replace('/', "%2F"),
    );
    let page = client
        .post(format!("{identity}/login"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await
        .unwrap();
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    let token = page
        .split("name=\"token\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();

    let response = hand_over(
        &world,
        token,
        &format!("{}/reports?a=b", world.gate.url),
        identity,
    )
    .await;
    assert_eq!(
        (response.status().as_u16(), header(&response, "location")),
        (303, "/.usher/arrived?to=%2Freports%3Fa%3Db")
    );
    let cookie = header(&response, "set-cookie");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
        "{cookie}"
    );
    let value = cookie.split(';').next().unwrap().split_once('=').unwrap().1;
    let browser = world.browser().with_cookie(tests::world::COOKIE, value);
    assert_eq!(arrives(&browser, &response).await, "/reports?a=b");
    let arrived = browser.get("/reports").await;
    assert!(arrived.text().await.unwrap().contains(&account.email));
}

#[tokio::test]
async fn a_return_address_elsewhere_leads_to_the_front_door() {
    let world = world().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let token = world.stage.access_token(&account);
    let own = format!("{}//evil.example/x", world.gate.url);
    for return_to in [
        own.as_str(),
        "//evil.example/x",
        "https://evil.example",
        "/%5Cevil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "/.//evil.example",
        "/x/..//evil.example",
        "/%2e//evil.example",
        "/./%5Cevil.example",
        "",
    ] {
        let response =
            hand_over(&world, &token, return_to, &world.stage.addresses().identity).await;
        let browser = world.browser().with_cookie(tests::world::COOKIE, &token);
        let location = arrives(&browser, &response).await;
        let planted = format!("/.usher/arrived?to={}", return_to.replace('%', "%25"));
        let planted = browser.get(&planted).await;
        assert!(
            !header(&planted, "location").contains("//evil"),
            "{planted:?}"
        );
        let own = location.starts_with('/')
            && !location.starts_with("//")
            && !location.starts_with("/\\");
        assert!(
            own && !location.contains("javascript"),
            "{return_to} leads to {location}"
        );
    }
}

#[tokio::test]
async fn nobody_is_logged_in_by_another_site_or_with_a_bad_token() {
    let world = world().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let token = world.stage.access_token(&account);
    let response = hand_over(&world, &token, "/", "https://evil.example").await;
    assert_eq!(header(&response, "set-cookie"), "");
    assert_eq!(told(response).await.1, "cross_site_request");
    let response = hand_over(&world, "x.y.z", "/", &world.stage.addresses().identity).await;
    assert_eq!(
        (response.status().as_u16(), header(&response, "set-cookie")),
        (401, "")
    );
}

#[tokio::test]
async fn logging_out_makes_the_browser_forget() {
    let world = world().await;
    let browser = world.browser();
    let response = browser
        .send(
            browser
                .request(Method::POST, "/.usher/logout")
                .header("origin", &world.gate.url),
        )
        .await;
    assert!(header(&response, "set-cookie").contains("Max-Age=0"));
    assert_eq!(
        (response.status().as_u16(), header(&response, "location")),
        (303, "/.usher/logout")
    );
    assert_eq!(
        told(browser.get("/.usher/logout").await).await.1,
        "logged_out"
    );
    let program = world.api();
    let response = program
        .send(
            program
                .request(Method::POST, "/.usher/logout")
                .header("origin", "https://evil.example"),
        )
        .await;
    assert_eq!(header(&response, "set-cookie"), "");
    let request = program.request(Method::POST, "/.usher/logout");
    let response = program
        .send(request.header("sec-fetch-site", "cross-site"))
        .await;
    assert_eq!(header(&response, "set-cookie"), "");
}

#[tokio::test]
async fn only_the_log_in_page_and_the_origins_that_are_named_may_hand_over_a_token() {
    let world =
        world_with(serde_json::json!({ "USHER_LOGIN_ORIGINS": ["https://auth.example.com"] }))
            .await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let token = world.stage.access_token(&account);
    let allowed = [
        world.stage.addresses().identity.as_str(),
        &world.gate.url,
        "https://auth.example.com",
    ];
    for origin in allowed {
        assert_eq!(
            hand_over(&world, &token, "/", origin).await.status(),
            303,
            "{origin}"
        );
    }
    for origin in [
        "null",
        "https://auth.example.com.evil.example",
        "https://auth.example.com:444",
    ] {
        let (status, reason, _) = told(hand_over(&world, &token, "/", origin).await).await;
        assert_eq!(
            (status, reason.as_str()),
            (403, "cross_site_request"),
            "{origin}"
        );
        logged(&world, &format!("a page of origin \\\"{origin}\\\"")).await;
    }
}

#[tokio::test]
async fn a_person_whose_form_is_refused_reads_a_page() {
    let world = world().await;
    let identity = world.stage.addresses().identity.clone();
    for (origin, reason) in [
        (identity.as_str(), "token_invalid"),
        ("https://evil.example", "cross_site_request"),
    ] {
        let browser = world.browser();
        let form = browser
            .request(Method::POST, "/.usher/session")
            .header("origin", origin);
        let response = browser.send(form.body("token=x.y.z")).await;
        assert_eq!(header(&response, "usher-reason"), reason);
        assert!(
            header(&response, "content-type").starts_with("text/html"),
            "{reason}"
        );
    }
}

#[tokio::test]
async fn a_log_in_that_is_refused_leads_back_to_what_was_wanted_or_to_the_front_door_if_that_is_long()
 {
    let world = world().await;
    let identity = world.stage.addresses().identity.clone();
    let long = "x".repeat(4000);
    for (wanted, leads_to) in [
        ("/reports", format!("{}/reports", world.gate.url)),
        (&*format!("/{long}"), world.gate.url.clone()),
    ] {
        let answer = hand_over(&world, "x.y.z", wanted, &identity).await;
        let page = answer.text().await.unwrap();
        let leads_to = format!("return_to={}", url_encoded(&leads_to));
        assert!(page.contains(&leads_to), "{leads_to}: {page}");
        assert!(!page.contains(&long), "{page}");
    }
}

fn url_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn a_script_of_the_log_in_page_hands_over_json_and_is_told_where_to_go() {
    let world = world().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let token = world.stage.access_token(&account);
    let program = world.api();
    for (body, status) in [
        (
            serde_json::json!({ "token": token, "return_to": "/reports#top" }),
            200,
        ),
        (serde_json::json!({ "token": "x.y.z" }), 401),
        (serde_json::json!({ "tokn": token }), 400),
    ] {
        let request = program.request(Method::POST, "/.usher/session");
        let request = request.header("origin", &world.gate.url).json(&body);
        let answer = program.send(request).await;
        assert_eq!(answer.status(), status, "{body}");
        assert_eq!(header(&answer, "set-cookie").is_empty(), status != 200);
        if status == 200 {
            let said: serde_json::Value = answer.json().await.unwrap();
            assert_eq!(said["return_to"], "/reports#top");
        }
    }
}

#[tokio::test]
async fn a_browser_that_keeps_no_cookie_is_told_so_instead_of_going_round() {
    let world = world().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let token = world.stage.access_token(&account);
    let identity = world.stage.addresses().identity.clone();
    let answer = hand_over(&world, &token, "/", &identity).await;
    let arrived = world.browser().get(header(&answer, "location")).await;
    let (status, reason, page) = told(arrived).await;
    assert_eq!((status, reason.as_str()), (400, "cookie_not_kept"));
    assert!(
        page.contains(&format!("{identity}/login?return_to=")),
        "{page}"
    );
}

/// The cookies of an answer as a browser sends them back.
fn kept(answer: &reqwest::Response) -> String {
    let cookies = answer.headers().get_all("set-cookie").iter();
    let pairs = cookies.map(|cookie| {
        cookie
            .to_str()
            .unwrap()
            .split(';')
            .next()
            .unwrap()
            .to_owned()
    });
    pairs.collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn who_comes_back_from_the_log_in_page_again_and_again_without_a_log_in_reads_why() {
    let world = world().await;
    let mut browser = world.browser();
    for _trip in 0..policy::round_trips::MOST {
        let answer = browser.get("/reports").await;
        assert_eq!(answer.status(), 303);
        browser = world
            .browser()
            .with(reqwest::header::COOKIE, &kept(&answer));
    }
    let elsewhere = browser.get("/other").await;
    assert_eq!(elsewhere.status(), 303, "another page makes no round");
    let (status, reason, page) = told(browser.get("/reports").await).await;
    assert_eq!((status, reason.as_str()), (400, "login_loop"));
    assert!(page.contains("Allow cookies"), "{page}");
    logged(&world, "login_loop").await;
    // Whoever logs in after all begins anew.
    let account = account(&world, "guy", KeepAt::Ready).await;
    let token = world.stage.access_token(&account);
    let answer = hand_over(&world, &token, "/", &world.stage.addresses().identity).await;
    assert!(
        kept(&answer).contains("usher-development-trips="),
        "{answer:?}"
    );
}

#[tokio::test]
async fn no_app_is_told_of_the_trips_and_none_can_count_them() {
    let world = world().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let cookies = format!(
        "{0}-trips=1.1.1; {0}={1}; {0}-tripsy=2",
        tests::world::COOKIE,
        world.stage.access_token(&account)
    );
    let visitor = world.api().with(reqwest::header::COOKIE, &cookies);
    let echo = app(visitor.get("/echo").await).await.to_string();
    assert!(
        echo.contains("-tripsy=2") && !echo.contains("-trips=1"),
        "{echo}"
    );
}

#[tokio::test]
async fn a_link_to_log_out_only_asks() {
    let world = world().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let person = person(&world, &account);
    let asked = told(person.get("/.usher/logout").await).await;
    assert_eq!((asked.0, asked.1.as_str()), (200, "logout_unconfirmed"));
    assert_eq!(seen(person.get("/").await).await, IN);
    let request = person.request(Method::POST, "/.usher/logout");
    let answer = person.send(request).await;
    assert_eq!(header(&answer, "location"), "/.usher/logout");
    assert_eq!(header(&answer, "clear-site-data"), "\"cache\"");
    assert_eq!(person.get("/").await.status(), 303);
}
