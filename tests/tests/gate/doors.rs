//! An instance is reached at its own hosts by those it belongs to, and nobody else learns whether there is one.

use reqwest::header::{HOST, HeaderName};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use stage::{Account, KeepAt};
use tests::gate::rig::{BUSY, Failure, Fault};
use tests::{Visitor, World, WorldOptions};

use crate::cast::{
    IN, account, app, change_status, clock_at, elsewhere, fault, header, lasting, operate, person,
    program, seen, told, world_with,
};

const DOORS: &str = "apps.localhost";

fn vars() -> Value {
    json!({ "USHER_APP_DOMAIN": DOORS, "USHER_SHARED_HOSTS": ["127.0.0.1"] })
}

async fn world() -> World {
    world_with(vars()).await
}

async fn rigged() -> World {
    let options = WorldOptions {
        rigged: true,
        vars: vars().as_object().cloned().unwrap(),
        ..WorldOptions::default()
    };
    let world = World::with(options).await;
    let world = world.unwrap_or_else(|error| panic!("{error}"));
    clock_at(&world, 0).await;
    world
}

/// The same visitor, who comes to this host.
fn at(visitor: Visitor, host: &str) -> Visitor {
    visitor.with(HOST, host)
}

fn slug(name: &str) -> String {
    format!("{name}.{DOORS}")
}

async fn change(world: &World, account: &Account, body: Value) -> Response {
    let path = format!("instances/{}", account.instance.as_ref().unwrap().id);
    operate(world, Method::PATCH, &path, body).await
}

async fn place(world: &World, account: &Account, body: Value) {
    let answer = change(world, account, body).await;
    assert_eq!(answer.status(), 200, "{:?}", answer.text().await);
}

async fn org(world: &World, name: &str) {
    let answer = operate(
        world,
        Method::PUT,
        &format!("orgs/{name}"),
        json!({ "name": name }),
    )
    .await;
    assert!(answer.status().is_success(), "{answer:?}");
}

/// The id of this user's record.
async fn user(world: &World, account: &Account) -> String {
    let path = format!("users?email={}", account.email);
    let list: Value = operate(world, Method::GET, &path, json!(null))
        .await
        .json()
        .await
        .unwrap();
    list["users"][0]["id"].as_str().unwrap().to_owned()
}

async fn member(world: &World, account: &Account, org: &str, method: Method) {
    let path = format!("orgs/{org}/members/{}", user(world, account).await);
    let answer = operate(world, method, &path, json!({})).await;
    assert!(answer.status().is_success(), "{answer:?}");
}

/// Which instance answers, and as what the visitor is told to it.
async fn reached(visitor: &Visitor) -> (String, String, String) {
    let echo = app(visitor.get("/echo").await).await;
    let value = |name: &str| {
        let headers = echo["headers"].as_array().unwrap();
        let found = headers.iter().find(|header| header[0] == json!(name));
        found.map_or(String::new(), |header| {
            header[1].as_str().unwrap().to_owned()
        })
    };
    (
        value("usher-instance"),
        value("usher-org"),
        value("usher-role"),
    )
}

fn id(account: &Account) -> String {
    account.instance.as_ref().unwrap().id.clone()
}

#[tokio::test]
async fn an_instance_is_reached_at_its_label_and_at_its_own_host() {
    let world = world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    place(
        &world,
        &guy,
        json!({ "addresses": ["guy", "guy.localhost"] }),
    )
    .await;
    for host in [
        slug("guy"),
        "guy.localhost".to_owned(),
        slug("guy").to_uppercase(),
    ] {
        let visitor = at(program(&world, &guy), &host);
        assert_eq!(reached(&visitor).await.0, id(&guy), "{host}");
    }
    let shared = program(&world, &guy);
    assert_eq!(reached(&shared).await.0, id(&guy));
}

#[tokio::test]
async fn whoever_it_does_not_belong_to_is_told_the_same_as_where_there_is_none() {
    let world = world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let suspended = account(&world, "gone", KeepAt::Suspended).await;
    let eve = account(&world, "eve", KeepAt::Ready).await;
    place(
        &world,
        &guy,
        json!({ "addresses": ["guy", "guy.localhost"] }),
    )
    .await;
    place(&world, &suspended, json!({ "addresses": ["gone"] })).await;
    let mut answers = Vec::new();
    for host in [
        slug("nobody"),
        slug("guy"),
        slug("gone"),
        "guy.localhost".into(),
        "nobody.localhost".into(),
    ] {
        for eve in [program(&world, &eve), person(&world, &eve)] {
            let answer = at(eve, &host).get("/").await;
            let request = header(&answer, "usher-request-id").to_owned();
            let (status, reason, body) = told(answer).await;
            answers.push((
                status,
                reason,
                body.replace(&request, "").replace(&host, ""),
            ));
        }
    }
    let (programs, people): (Vec<_>, Vec<_>) = answers
        .into_iter()
        .enumerate()
        .partition(|(index, _)| index % 2 == 0);
    for same in [programs, people] {
        assert_eq!((same[0].1.0, same[0].1.1.as_str()), (403, "no_instance"));
        assert!(
            same.iter().all(|(_, answer)| *answer == same[0].1),
            "{same:#?}"
        );
    }
}

#[tokio::test]
async fn whoever_is_not_logged_in_is_sent_to_log_in_and_back_to_that_host() {
    let world = world().await;
    let answer = at(world.browser(), &slug("guy")).get("/a?b=c").await;
    assert_eq!(answer.status(), 303);
    let location = header(&answer, "location");
    assert!(
        location.contains("guy.apps.localhost%2Fa%3Fb%3Dc"),
        "{location}"
    );
}

#[tokio::test]
async fn members_of_its_org_reach_it_as_what_they_are_there() {
    let world = world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let colleague = account(&world, "colleague", KeepAt::Ready).await;
    let stranger = account(&world, "stranger", KeepAt::Ready).await;
    org(&world, "acme").await;
    org(&world, "other").await;
    member(&world, &stranger, "other", Method::PUT).await;
    place(
        &world,
        &guy,
        json!({ "addresses": ["acme"], "org": "acme" }),
    )
    .await;
    let visitor = at(program(&world, &colleague), &slug("acme"));
    assert_eq!(seen(visitor.get("/").await).await, "no_instance");
    member(&world, &colleague, "acme", Method::PUT).await;
    let there = (id(&guy), "acme".to_owned(), "member".to_owned());
    assert_eq!(reached(&visitor).await, there);
    // Their own one stays theirs.
    assert_eq!(
        reached(&program(&world, &colleague)).await.0,
        id(&colleague)
    );
    let stranger = at(program(&world, &stranger), &slug("acme"));
    assert_eq!(seen(stranger.get("/").await).await, "no_instance");
    member(&world, &colleague, "acme", Method::DELETE).await;
    assert_eq!(seen(visitor.get("/").await).await, "no_instance");
}

#[tokio::test]
async fn a_suspension_is_seen_by_every_member_at_the_next_request() {
    let world = rigged().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let colleague = account(&world, "colleague", KeepAt::Ready).await;
    org(&world, "acme").await;
    member(&world, &colleague, "acme", Method::PUT).await;
    place(
        &world,
        &guy,
        json!({ "addresses": ["acme", "acme.localhost"], "org": "acme" }),
    )
    .await;
    let mut visitors = Vec::new();
    for host in [slug("acme"), "acme.localhost".to_owned()] {
        for account in [&guy, &colleague] {
            visitors.push(at(lasting(&world, account), &host));
        }
    }
    for visitor in &visitors {
        assert_eq!(seen(visitor.get("/").await).await, IN);
    }
    change_status(&world, &guy, "suspended").await;
    for visitor in &visitors {
        assert_eq!(seen(visitor.get("/").await).await, "instance_suspended");
    }
    assert_eq!(seen(lasting(&world, &colleague).get("/").await).await, IN);
}

#[tokio::test]
async fn an_address_that_moves_leads_to_its_new_instance_at_the_next_request() {
    let world = rigged().await;
    let first = account(&world, "first", KeepAt::Ready).await;
    let second = account(&world, "second", KeepAt::Ready).await;
    let both = account(&world, "both", KeepAt::Ready).await;
    org(&world, "acme").await;
    member(&world, &both, "acme", Method::PUT).await;
    // The one that gets the address is older and has changed less.
    place(&world, &second, json!({ "org": "acme" })).await;
    place(
        &world,
        &first,
        json!({ "addresses": ["app"], "org": "acme" }),
    )
    .await;
    let here = at(lasting(&world, &both), &slug("app"));
    let there = at(elsewhere(&world, &both), &slug("app"));
    assert_eq!(reached(&here).await.0, id(&first));
    assert_eq!(reached(&there).await.0, id(&first));
    let taken = change(&world, &second, json!({ "addresses": ["app"] })).await;
    let status = taken.status();
    let said = taken.text().await.unwrap();
    assert_eq!(status, 409, "{said}");
    assert!(said.contains(&id(&first)), "{said}");
    place(&world, &first, json!({ "addresses": [] })).await;
    assert_eq!(seen(here.get("/").await).await, "no_instance");
    place(&world, &second, json!({ "addresses": ["app"] })).await;
    assert_eq!(reached(&here).await.0, id(&second));
    clock_at(&world, 60).await;
    assert_eq!(reached(&there).await.0, id(&second));
}

#[tokio::test]
async fn an_outage_keeps_a_member_in_and_opens_no_other_door() {
    let world = rigged().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let other = account(&world, "other", KeepAt::Ready).await;
    place(&world, &guy, json!({ "addresses": ["guy"] })).await;
    place(&world, &other, json!({ "addresses": ["other"] })).await;
    let visitor = lasting(&world, &guy);
    let own = at(visitor.clone(), &slug("guy"));
    assert_eq!(seen(own.get("/").await).await, IN);
    fault(&world, Fault::D1(Failure::Throws(BUSY))).await;
    clock_at(&world, 300).await;
    assert_eq!(seen(own.get("/").await).await, IN);
    let not_theirs = at(visitor, &slug("other"));
    assert_eq!(
        seen(not_theirs.get("/").await).await,
        "authority_unavailable"
    );
}

#[tokio::test]
async fn what_can_be_no_address_is_nobodys_and_says_so_to_the_operator() {
    let world = world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    for host in [
        "a.b.apps.localhost",
        "-a.apps.localhost",
        "a_b.localhost",
        "localhost",
    ] {
        let answer = at(program(&world, &guy), host).get("/").await;
        assert_eq!(told(answer).await.1, "not_found", "{host}");
    }
    for (body, part) in [
        (json!({ "addresses": ["Guy"] }), "`Guy`"),
        (
            json!({ "addresses": ["guy.localhost:80"] }),
            "guy.localhost:80",
        ),
        (json!({ "address": ["guy"] }), "unknown field `address`"),
        (json!({ "addresses": vec!["a"; 17] }), "at most 16"),
        (json!({ "org": "" }), "org"),
    ] {
        let answer = change(&world, &guy, body.clone()).await;
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(
            status == 400 && text.contains(part),
            "{body}: {status} {text}"
        );
    }
    let unknown = change(&world, &guy, json!({ "org": "nowhere" })).await;
    assert_eq!(unknown.status(), 409);
    place(&world, &guy, json!({ "addresses": ["guy", "guy"] })).await;
    let nobody = operate(&world, Method::PATCH, "instances/i-none", json!({})).await;
    assert_eq!(nobody.status(), 404);
}

#[tokio::test]
async fn no_other_host_of_the_platform_can_change_anything_with_the_cookie() {
    let world = world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    place(&world, &guy, json!({ "addresses": ["guy"] })).await;
    let visitor = at(person(&world, &guy), &slug("guy"));
    let sibling = visitor
        .clone()
        .with(HeaderName::from_static("sec-fetch-site"), "same-site");
    let posted = |visitor: Visitor| async move {
        seen(visitor.send(visitor.request(Method::POST, "/echo")).await).await
    };
    assert_eq!(posted(visitor).await, IN);
    assert_eq!(posted(sibling).await, "cross_site_request");
}

#[tokio::test]
async fn whoever_was_invited_comes_in_at_the_door_of_the_orgs_instance_first() {
    let mut vars = vars();
    vars["USHER_PROVISIONING"] = json!("first-sight");
    let world = world_with(vars).await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    org(&world, "acme").await;
    place(
        &world,
        &guy,
        json!({ "addresses": ["acme"], "org": "acme" }),
    )
    .await;
    let invited = json!({ "email": "new@visitors.example", "org": "acme" });
    let answer = operate(&world, Method::POST, "invitations", invited).await;
    assert!(answer.status().is_success(), "{answer:?}");
    let mut claims = crate::cast::claims(&world, &guy);
    claims["sub"] = json!("new");
    claims["email"] = json!("new@visitors.example");
    claims["email_verified"] = json!(true);
    let visitor = world.api().with_bearer(&world.stage.sign(&claims));
    let there = (id(&guy), "acme".to_owned(), "member".to_owned());
    assert_eq!(reached(&at(visitor, &slug("acme"))).await, there);
}

#[tokio::test]
async fn where_kv_is_the_authority_no_host_is_an_instances_and_the_operator_is_told() {
    let world = world_with(json!({ "USHER_AUTHORITY": "kv", "USHER_APP_DOMAIN": DOORS })).await;
    let ready = world.api().get("/.usher/ready").await.text().await.unwrap();
    assert!(ready.contains("USHER_APP_DOMAIN"), "{ready}");
}
