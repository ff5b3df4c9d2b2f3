//! The log-in page hands over a token, and the browser is in.

use reqwest::Method;
use stage::KeepAt;
use tests::World;

use crate::cast::{account, header, logged, told, world, world_with};

async fn hand_over(world: &World, token: &str, return_to: &str, origin: &str) -> reqwest::Response {
    let browser = world.browser();
    let form = browser
        .request(Method::POST, "/.usher/session")
        .header("origin", origin)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("token={token}&return_to={return_to}"));
    browser.send(form).await
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
        (303, "/reports?a=b")
    );
    let cookie = header(&response, "set-cookie");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
        "{cookie}"
    );
    let value = cookie.split(';').next().unwrap().split_once('=').unwrap().1;
    let arrived = world
        .browser()
        .with_cookie(tests::world::COOKIE, value)
        .get("/reports")
        .await;
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
        let location = header(&response, "location");
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
        (303, "/")
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
