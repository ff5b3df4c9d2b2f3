//! The five log-ins (incident I4): known, invited, of an org's domain, the first owner, denied with a record. Whoever comes is one of
//! them, once, however many come at the same moment.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use stage::KeepAt;
use tests::{Visitor, World};

use crate::cast::{account, app, header, operate, person, program, told, unix_seconds, world_with};

async fn open_door() -> World {
    world_with(json!({ "USHER_PROVISIONING": "first-sight", "USHER_PLATFORM_ADMIN": "127.0.0.1/admin/organization" })).await
}

/// Claims of somebody nobody has heard of.
fn claims(world: &World, subject: &str, more: &Value) -> Value {
    let addresses = world.stage.addresses();
    let mut claims = json!({
        "iss": addresses.identity, "aud": addresses.audience, "sub": subject,
        "iat": unix_seconds(), "exp": unix_seconds() + 3600,
    });
    for (name, value) in more.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

fn newcomer(world: &World, subject: &str, more: &Value) -> Visitor {
    let token = world.stage.sign(&claims(world, subject, more));
    world.api().with_bearer(&token)
}

async fn rows(world: &World, statement: &str) -> Vec<Value> {
    world.gate.d1(statement, &[]).await.unwrap()
}

async fn count(world: &World, table: &str) -> u64 {
    let rows = rows(world, &format!("SELECT count(*) AS n FROM {table}")).await;
    rows[0]["n"].as_u64().unwrap()
}

async fn events(world: &World, kind: &str) -> Vec<Value> {
    let path = format!("events?event={kind}");
    let list: Value = operate(world, Method::GET, &path, json!(null))
        .await
        .json()
        .await
        .unwrap();
    list["events"].as_array().unwrap().clone()
}

/// Somebody else, so that the bootstrap is over.
async fn with_owner(world: &World) {
    told(
        newcomer(
            world,
            "the-owner",
            &json!({ "email": "owner@platform.example" }),
        )
        .get("/")
        .await,
    )
    .await;
    assert_eq!(events(world, "bootstrap_created").await.len(), 1);
}

async fn org(world: &World, id: &str, request: Value) {
    let answer = operate(world, Method::PUT, &format!("orgs/{id}"), request).await;
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
}

async fn invite(world: &World, email: &str, org: &str, role: &str) -> Value {
    let request = json!({ "email": email, "org": org, "role": role });
    let answer = operate(world, Method::POST, "invitations", request).await;
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

#[tokio::test]
async fn a_returning_visitor_goes_straight_in_and_adds_no_row() {
    let world = open_door().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    app(program(&world, &account).get("/").await).await;
    let tables = [
        "users",
        "identities",
        "members",
        "orgs",
        "invitations",
        "events",
    ];
    let mut before = Vec::new();
    for table in tables {
        before.push(count(&world, table).await);
    }
    for _ in 0..3 {
        app(program(&world, &account).get("/").await).await;
    }
    for (table, before) in tables.into_iter().zip(before) {
        assert_eq!(count(&world, table).await, before, "{table}");
    }
}

#[tokio::test]
async fn an_invited_visitor_joins_the_org_that_invited_them_and_the_invitation_is_spent() {
    let world = open_door().await;
    with_owner(&world).await;
    org(&world, "acme", json!({ "name": "Acme" })).await;
    let invitation = invite(&world, "Guy@Acme.example", "acme", "org_owner").await;
    assert_eq!(invitation["email"], "guy@acme.example");

    let guy = newcomer(
        &world,
        "guy",
        &json!({ "email": "guy@ACME.example", "email_verified": true }),
    );
    assert_eq!(told(guy.get("/").await).await.1, "no_instance");
    let users: Value = operate(
        &world,
        Method::GET,
        "users?email=guy@acme.example",
        json!(null),
    )
    .await
    .json()
    .await
    .unwrap();
    assert_eq!(users["total"], 1);
    assert_eq!(users["users"][0]["org"], "acme");
    assert_eq!(users["users"][0]["role"], "org_owner");
    let id = invitation["id"].as_str().unwrap();
    let list: Value = operate(
        &world,
        Method::GET,
        "invitations?state=accepted",
        json!(null),
    )
    .await
    .json()
    .await
    .unwrap();
    assert_eq!(list["invitations"][0]["id"], id);
    assert_eq!(
        list["invitations"][0]["accepted_by"],
        users["users"][0]["id"]
    );
    let [event] = &events(&world, "provisioning_invited").await[..] else {
        panic!("one event")
    };
    assert_eq!(event["org"], "acme");
    assert_eq!(event["email"], "guy@ACME.example");

    // Spent: somebody else with the address is nobody.
    let second = newcomer(&world, "not-guy", &json!({ "email": "guy@acme.example" }));
    assert_eq!(told(second.get("/").await).await.1, "invitation_required");
}

#[tokio::test]
async fn one_invitation_taken_by_two_at_once_makes_one_member() {
    let world = open_door().await;
    with_owner(&world).await;
    org(&world, "acme", json!({ "name": "Acme" })).await;
    invite(&world, "guy@acme.example", "acme", "member").await;
    let visitors: Vec<_> = (0..10)
        .map(|number| {
            newcomer(
                &world,
                &format!("guy-{number}"),
                &json!({ "email": "guy@acme.example" }),
            )
        })
        .collect();
    let answers = join_all(visitors.iter().map(|visitor| visitor.get("/"))).await;
    let mut members = 0;
    for answer in answers {
        match told(answer).await.1.as_str() {
            "no_instance" => members += 1,
            "invitation_required" => {}
            other => panic!("{other}"),
        }
    }
    assert_eq!(members, 1);
    assert_eq!(count(&world, "members WHERE org_id = 'acme'").await, 1);
    assert_eq!(events(&world, "provisioning_invited").await.len(), 1);
}

#[tokio::test]
async fn a_visitor_of_an_orgs_domain_gets_the_orgs_default_role() {
    let world = open_door().await;
    with_owner(&world).await;
    let corp = json!({ "name": "Corp", "domains": ["Corp.Example"], "default_role": "org_owner" });
    org(&world, "corp", corp).await;
    let guy = newcomer(&world, "guy", &json!({ "email": "guy@CORP.example" }));
    assert_eq!(told(guy.get("/").await).await.1, "no_instance");
    let member = rows(
        &world,
        "SELECT org_id, role FROM members WHERE org_id = 'corp'",
    )
    .await;
    assert_eq!(member, [json!({ "org_id": "corp", "role": "org_owner" })]);
    assert_eq!(events(&world, "provisioning_domain").await.len(), 1);
}

#[tokio::test]
async fn an_address_that_only_looks_like_one_of_the_domain_opens_nothing() {
    let world = open_door().await;
    with_owner(&world).await;
    org(
        &world,
        "corp",
        json!({ "name": "Corp", "domains": ["corp.example"] }),
    )
    .await;
    invite(&world, "kim@corp.example", "corp", "member").await;
    for (number, email) in [
        "a@evil.example@corp.example",
        "a@evil-corp.example",
        "a@sub.corp.example",
        "a@corp.example.evil.example",
        "a@corp.example.",
        "\"a\"@corp.example",
        "a@c\u{43E}rp.example",
        "\u{212A}im@corp.example",
        "a@corp.example,b@x.example",
        "",
    ]
    .into_iter()
    .enumerate()
    {
        let visitor = newcomer(
            &world,
            &format!("evil-{number}"),
            &json!({ "email": email }),
        );
        let reason = told(visitor.get("/").await).await.1;
        assert_eq!(reason, "invitation_required", "{email}");
    }
    for verified in [
        json!(false),
        json!("false"),
        json!("yes"),
        json!(1),
        json!(null),
    ] {
        let claims = json!({ "email": "kim@corp.example", "email_verified": verified });
        let visitor = newcomer(&world, &format!("unverified-{verified}"), &claims);
        let reason = told(visitor.get("/").await).await.1;
        assert_eq!(reason, "invitation_required", "{verified}");
    }
    assert_eq!(count(&world, "members WHERE org_id = 'corp'").await, 0);
}

#[tokio::test]
async fn fifty_first_visitors_at_once_make_exactly_one_owner() {
    let world = open_door().await;
    let visitors: Vec<_> = (0..50)
        .map(|number| {
            let email = format!("first-{number}@anywhere.example");
            newcomer(
                &world,
                &format!("first-{number}"),
                &json!({ "email": email }),
            )
        })
        .collect();
    let answers = join_all(visitors.iter().map(|visitor| visitor.get("/"))).await;
    let mut owners = 0;
    for answer in answers {
        if answer.status() == 303 {
            assert_eq!(header(&answer, "location"), "/admin/organization");
            owners += 1;
        } else {
            assert_eq!(told(answer).await.1, "invitation_required");
        }
    }
    assert_eq!(owners, 1);
    assert_eq!(
        count(&world, "users WHERE role = 'platform_owner'").await,
        1
    );
    assert_eq!(events(&world, "bootstrap_created").await.len(), 1);
    assert_eq!(events(&world, "provisioning_denied").await.len(), 49);
    let place = rows(
        &world,
        "SELECT orgs.id, orgs.name, members.role, users.org FROM orgs JOIN members ON org_id = orgs.id JOIN users ON users.id = user_id",
    )
    .await;
    let expected = json!({ "id": "platform-admin", "name": "Platform Admin", "role": "org_owner", "org": "platform-admin" });
    assert_eq!(place, [expected]);
}

#[tokio::test]
async fn one_newcomer_at_fifty_doors_at_once_is_one_user() {
    let world = open_door().await;
    let guy = newcomer(&world, "guy", &json!({ "email": "guy@anywhere.example" }));
    join_all((0..50).map(|_| guy.get("/app"))).await;
    assert_eq!(count(&world, "users").await, 1);
    assert_eq!(count(&world, "identities").await, 1);
    assert_eq!(events(&world, "bootstrap_created").await.len(), 1);
}

#[tokio::test]
async fn a_denied_visitor_first_does_not_break_the_bootstrap() {
    let world = world_with(json!({
        "USHER_PROVISIONING": "first-sight", "USHER_OWNER_EMAILS": ["boss@platform.example"],
        "USHER_PLATFORM_ADMIN": "127.0.0.1/admin/organization",
    }))
    .await;
    let early = newcomer(
        &world,
        "early",
        &json!({ "email": "early@anywhere.example" }),
    );
    assert_eq!(told(early.get("/").await).await.1, "invitation_required");
    let typed = json!({ "email": "boss@platform.example", "email_verified": false });
    let boss = newcomer(&world, "boss", &typed);
    assert_eq!(told(boss.get("/").await).await.1, "invitation_required");
    let verified = json!({ "email": "boss@platform.example", "email_verified": true });
    let boss = newcomer(&world, "boss-verified", &verified);
    assert_eq!(
        header(&boss.get("/").await, "location"),
        "/admin/organization"
    );
    assert_eq!(told(early.get("/").await).await.1, "invitation_required");
    assert_eq!(
        count(&world, "users WHERE role = 'platform_owner'").await,
        1
    );
}

#[tokio::test]
async fn a_denied_visitor_is_told_so_on_a_page_and_is_written_down_once() {
    let world = open_door().await;
    with_owner(&world).await;
    let token = world.stage.sign(&claims(
        &world,
        "guy",
        &json!({ "email": "guy@anywhere.example" }),
    ));
    let browser = world.browser().with_cookie(tests::world::COOKIE, &token);
    for _ in 0..3 {
        let (status, reason, page) = told(browser.get("/").await).await;
        assert_eq!((status, reason.as_str()), (403, "invitation_required"));
        assert!(page.contains("Access request pending"), "{page}");
        assert!(page.contains("guy<wbr>@anywhere.example"), "{page}");
        tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    }
    let [event] = &events(&world, "provisioning_denied").await[..] else {
        panic!("one event")
    };
    assert_eq!(event["reason"], "not_invited");
    assert_eq!(
        count(&world, "users WHERE requires_invitation = 1").await,
        1
    );
}

#[tokio::test]
async fn whoever_was_denied_is_in_after_an_invitation() {
    let world = open_door().await;
    with_owner(&world).await;
    org(&world, "acme", json!({ "name": "Acme" })).await;
    let guy = newcomer(&world, "guy", &json!({ "email": "guy@acme.example" }));
    assert_eq!(told(guy.get("/").await).await.1, "invitation_required");
    invite(&world, "guy@acme.example", "acme", "member").await;
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    loop {
        let reason = told(guy.get("/").await).await.1;
        if reason == "no_instance" {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "{reason}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(
        count(
            &world,
            "users WHERE org = 'acme' AND requires_invitation = 0"
        )
        .await,
        1
    );
}

async fn user_of(world: &World, email: &str) -> String {
    let path = format!("users?email={email}");
    let list = operate(world, Method::GET, &path, json!(null)).await;
    let list: Value = list.json().await.unwrap();
    assert_eq!(list["total"], 1, "{list}");
    list["users"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn when_the_owner_is_gone_the_next_stranger_is_no_owner() {
    let world = open_door().await;
    with_owner(&world).await;
    // A provisioner that makes them a member, and an operator who removes them.
    let owner = json!({
        "issuer": world.stage.addresses().identity, "subject": "the-owner", "membership": "member",
        "email": "owner@platform.example", "role": "member",
    });
    let put = operate(&world, Method::PUT, "standings", owner).await;
    assert_eq!(put.status(), 200);
    assert_eq!(
        count(&world, "users WHERE role = 'platform_owner'").await,
        0
    );
    let first = newcomer(&world, "first", &json!({ "email": "first@x.example" }));
    assert_eq!(told(first.get("/").await).await.1, "invitation_required");

    let path = format!("users/{}", user_of(&world, "owner@platform.example").await);
    let removed = operate(&world, Method::DELETE, &path, json!(null)).await;
    assert_eq!(removed.status(), 204);
    let second = newcomer(&world, "second", &json!({ "email": "second@x.example" }));
    assert_eq!(told(second.get("/").await).await.1, "invitation_required");
    assert_eq!(
        count(&world, "users WHERE role = 'platform_owner'").await,
        0
    );
    assert_eq!(events(&world, "bootstrap_created").await.len(), 1);
}

#[tokio::test]
async fn an_owner_made_by_an_operator_is_the_first_one_too() {
    let world = open_door().await;
    let mut owner = json!({
        "issuer": world.stage.addresses().identity, "subject": "the-owner", "membership": "member",
        "role": "platform_owner",
    });
    for role in ["platform_owner", "member"] {
        owner["role"] = json!(role);
        let put = operate(&world, Method::PUT, "standings", owner.clone()).await;
        assert_eq!(put.status(), 200);
    }
    let guy = newcomer(&world, "guy", &json!({ "email": "guy@x.example" }));
    assert_eq!(told(guy.get("/").await).await.1, "invitation_required");
}

#[tokio::test]
async fn whom_an_operator_keeps_out_is_not_brought_back_by_their_domain() {
    let world = open_door().await;
    with_owner(&world).await;
    let corp = json!({ "name": "Corp", "domains": ["corp.example"] });
    // One came before the org took their domain, the other after.
    let early = newcomer(&world, "early", &json!({ "email": "early@corp.example" }));
    assert_eq!(told(early.get("/").await).await.1, "invitation_required");
    org(&world, "corp", corp).await;
    let guy = newcomer(&world, "guy", &json!({ "email": "guy@corp.example" }));
    assert_eq!(told(guy.get("/").await).await.1, "no_instance");
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    assert_eq!(told(early.get("/").await).await.1, "no_instance");

    for (visitor, email) in [(&early, "early@corp.example"), (&guy, "guy@corp.example")] {
        let path = format!("users/{}", user_of(&world, email).await);
        let out = json!({ "membership": "needs_invitation" });
        assert_eq!(
            operate(&world, Method::PATCH, &path, out).await.status(),
            200
        );
        for _ in 0..2 {
            assert_eq!(told(visitor.get("/").await).await.1, "invitation_required");
            tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
        }
        invite(&world, email, "corp", "member").await;
        assert_eq!(told(visitor.get("/").await).await.1, "no_instance");
    }
}

#[tokio::test]
async fn who_was_kept_out_of_their_instance_is_in_soon_after_an_invitation_however_often_they_knock()
 {
    let world = open_door().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    org(&world, "acme", json!({ "name": "Acme" })).await;
    let mut claims = crate::cast::claims(&world, &account);
    claims["email"] = json!(account.email);
    let guy = world.api().with_bearer(&world.stage.sign(&claims));
    app(guy.get("/").await).await;
    let path = format!("users/{}", user_of(&world, &account.email).await);
    let out = json!({ "membership": "needs_invitation" });
    assert_eq!(
        operate(&world, Method::PATCH, &path, out).await.status(),
        200
    );
    assert_eq!(told(guy.get("/").await).await.1, "invitation_required");
    invite(&world, &account.email, "acme", "member").await;
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !header(&guy.get("/").await, "usher-reason").is_empty() {
        assert!(std::time::Instant::now() < deadline, "never asked again");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn without_first_sight_a_stranger_stays_one_and_nothing_is_written() {
    let world = world_with(json!({})).await;
    let guy = newcomer(&world, "guy", &json!({ "email": "guy@anywhere.example" }));
    assert_eq!(told(guy.get("/").await).await.1, "no_instance");
    assert_eq!(count(&world, "users").await, 0);
    assert_eq!(count(&world, "events").await, 0);
}

#[tokio::test]
async fn a_log_in_at_the_gate_is_a_first_sight_too() {
    let world = open_door().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let page = person(&world, &account).get("/").await;
    assert_eq!(
        (page.status().as_u16(), header(&page, "usher-response")),
        (200, "")
    );
    assert_eq!(count(&world, "users").await, 1);
}
