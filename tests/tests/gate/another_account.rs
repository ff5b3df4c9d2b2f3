//! "Use another account" ends the log-in and leads on to the log-in page, which is asked not to log the same person in again.

use reqwest::header::HeaderName;
use reqwest::{Method, Response};
use stage::KeepAt;
use tests::{Visitor, World};

use crate::cast::{account, claims, header, told, unix_seconds, world};

async fn send(world: &World, visitor: &Visitor, site: &str, return_to: &str) -> Response {
    let site_header = HeaderName::from_static("sec-fetch-site");
    let visitor = visitor.clone().with(site_header, site);
    let request = visitor
        .request(Method::POST, "/.usher/logout")
        .header("origin", &world.gate.url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("then=log_in&return_to={return_to}"));
    visitor.send(request).await
}

#[tokio::test]
async fn the_log_in_is_over_and_the_log_in_page_knows_where_to_come_back_to() {
    let world = world().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let mut claims = claims(&world, &account);
    claims["iat"] = (unix_seconds() - 60).into();
    let token = world.stage.sign(&claims);
    let visitor = world.browser().with_cookie(tests::world::COOKIE, &token);
    assert_eq!(visitor.get("/").await.status(), 200);

    let answer = send(&world, &visitor, "same-origin", "/reports?a=b").await;
    let place = [&world.gate.url, "/reports?a=b"].concat();
    let place = place
        .replace(':', "%3A")
        .replace('/', "%2F")
        .replace('?', "%3F")
        .replace('=', "%3D");
    let login = &world.stage.addresses().login_url;
    assert_eq!(
        header(&answer, "refresh"),
        format!("0;url={login}?return_to={place}&prompt=select_account")
    );
    assert!(header(&answer, "set-cookie").contains("Max-Age=0"));
    let (status, reason, page) = told(answer).await;
    assert_eq!((status, reason.as_str()), (200, "logged_out"));
    // Whoever does not want to be led on by themselves presses a button.
    let button = format!("href=\"{login}?return_to={place}&#38;prompt=select_account\"");
    assert!(page.contains(&button), "{page}");
    let after = visitor.get("/").await;
    assert_eq!(header(&after, "usher-reason"), "session_ended");
}

#[tokio::test]
async fn it_leads_back_to_this_gate_and_nowhere_else() {
    let world = world().await;
    let own = world.gate.url.replace(':', "%3A").replace('/', "%2F");
    let own = format!("return_to={own}%2F&prompt=");
    for elsewhere in [
        "https://evil.example/",
        "//evil.example",
        "/%5Cevil.example",
        "javascript:alert(1)",
        "",
    ] {
        let answer = send(&world, &world.browser(), "same-origin", elsewhere).await;
        let refresh = header(&answer, "refresh");
        assert!(refresh.contains(&own), "{elsewhere}: {refresh}");
    }
}

#[tokio::test]
async fn another_site_ends_nobodys_log_in() {
    let world = world().await;
    for site in ["cross-site", "same-site"] {
        let answer = send(&world, &world.browser(), site, "/").await;
        assert_eq!(header(&answer, "set-cookie"), "");
        assert_eq!(header(&answer, "refresh"), "");
        assert_eq!(told(answer).await.1, "cross_site_request");
    }
}
