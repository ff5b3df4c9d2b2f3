//! A control plane that is a Worker of its own, behind a service binding: two Workers in one workerd.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use tests::{World, WorldOptions};

use crate::cast::{app, outcome, visitor};

/// Says what the subject is called: `ready`, `suspended`, nobody; hangs for one, breaks for another.
const WORKER: &str = r#"
export default {
  async fetch(request) {
    const url = new URL(request.url);
    const [issuer, subject] = ["iss", "sub"].map((name) => url.searchParams.get(name));
    if (url.pathname !== "/standings" || request.method !== "GET") return new Response("?", { status: 500 });
    if (request.headers.has("cookie") || request.headers.has("authorization")) return new Response("!", { status: 500 });
    const status = subject.split("-")[0];
    if (status === "hangs") await new Promise((resolve) => setTimeout(resolve, 60_000));
    if (status === "halts") return new Response(new ReadableStream({ pull: () => new Promise(() => {}) }), JSON_KIND);
    if (status === "throws") throw new Error("broken");
    if (status === "nobody") return Response.json({}, { status: 404 });
    const instance = { id: "i-1", url: "APP", status, since: 1700000000 };
    return Response.json({ issuer, subject, membership: "member", instance, version: 1 });
  },
};
const JSON_KIND = { headers: { "content-type": "application/json" } };
"#;

#[tokio::test]
async fn a_worker_behind_a_service_binding_is_asked_like_any_control_plane() {
    let script = WORKER.replace("APP", &app().await);
    let vars = json!({ "USHER_AUTHORITY": "control-plane" });
    let options = WorldOptions {
        vars: vars.as_object().unwrap().clone(),
        services: BTreeMap::from([("USHER_CONTROL_PLANE".to_owned(), script)]),
        ..WorldOptions::default()
    };
    let world = World::with(options)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    for (subject, expected) in [
        ("ready", "let in"),
        ("suspended", "instance_suspended"),
        ("nobody", "no_instance"),
        ("running", "standing_unreadable"),
        ("throws", "authority_unavailable"),
        ("hangs", "authority_unavailable"),
        ("halts", "authority_unavailable"),
        ("ready-2", "let in"),
    ] {
        let answer = tokio::time::timeout(Duration::from_secs(30), async {
            outcome(&visitor(&world, subject)).await
        });
        assert_eq!(answer.await.unwrap(), expected, "{subject}");
    }
    let response = world.api().get("/.usher/ready").await;
    // Nobody of that name exists; the worker takes it for a status word.
    let answer = response.text().await.unwrap();
    assert!(answer.contains("\"ready\""), "{answer}");
}
