//! A running OpenID provider (npm `oidc-provider`): its access tokens, and what the gate does while it changes its keys.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use tests::{World, places};

use crate::asking::{assert_admitted, assert_refused, changed, world_with};
use crate::script::Script;

struct Provider {
    script: Script,
    issuer: String,
}

impl Provider {
    /// A provider with the first generation of keys, and a gate that believes it.
    async fn with_gate() -> (Self, World) {
        let (script, said) = Script::start(&places::node(), "oidc_provider.mjs").await;
        let issuer = said["issuer"].as_str().unwrap().to_owned();
        let entry = json!({
            "issuer": issuer, "audience": "usher", "algorithm": ["RS256", "ES256"], "jwks_url": format!("{issuer}/jwks"),
        });
        let world = world_with(json!({ "USHER_ISSUERS": [entry] })).await;
        (Self { script, issuer }, world)
    }

    /// An access token, got as any client gets it: RFC 6749 section 4.4, RFC 8707 section 2.
    async fn token(&self, algorithm: &str) -> String {
        let request = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = request
            .post(format!("{}/token", self.issuer))
            .basic_auth("guy", Some("a+secret+of+this+machine+only"))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(format!(
                "grant_type=client_credentials&resource=urn%3Ausher%3A{algorithm}"
            ));
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        let token = answer["access_token"].as_str();
        token.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// The generations of keys that are published; the first one signs.
    async fn publish(&mut self, generations: &[&str]) {
        self.script.ask(&json!({ "keys": generations })).await;
    }
}

fn key_id(token: &str) -> String {
    let header = URL_SAFE_NO_PAD
        .decode(token.split('.').next().unwrap())
        .unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn access_tokens_of_a_running_provider_are_admitted_whole_by_each_of_its_keys() {
    let (provider, world) = Provider::with_gate().await;
    for algorithm in ["RS256", "ES256"] {
        let token = provider.token(algorithm).await;
        assert_eq!(key_id(&token), format!("{algorithm}-1"));
        assert_admitted(&world, &token, algorithm).await;
        for (token, how) in changed(&token) {
            assert_refused(&world, &token, &format!("{algorithm}, {how}")).await;
        }
    }
}

#[tokio::test]
async fn a_new_key_admits_without_a_restart_and_a_withdrawn_one_stops() {
    let (mut provider, world) = Provider::with_gate().await;
    // The gate remembers tokens it has checked, so each question needs one that it has never seen.
    let (first, second, third) = (
        provider.token("ES256").await,
        provider.token("ES256").await,
        provider.token("RS256").await,
    );
    assert_admitted(&world, &first, "the first key").await;

    provider.publish(&["2", "1"]).await;
    let new = provider.token("ES256").await;
    assert_eq!(
        (key_id(&first).as_str(), key_id(&new).as_str()),
        ("ES256-1", "ES256-2")
    );
    assert_admitted(&world, &new, "the new key, at once").await;
    assert_admitted(&world, &second, "the old key, still published").await;

    provider.publish(&["2"]).await;
    let world = without_memory(world, Duration::ZERO).await;
    // Were the set not read from KV, its age below would prove nothing.
    assert_admitted(&world, &third, "the withdrawn key, in a young set of KV").await;
    let world = without_memory(world, Duration::from_mins(11)).await;
    let newest = provider.token("RS256").await;
    assert_admitted(&world, &newest, "the new key, alone").await;
    for old in [first, second, third] {
        assert_refused(&world, &old, "the withdrawn key").await;
    }
}

/// Nobody waits for ten minutes here: an isolate that remembers nothing finds a key set in KV that is older by this much, as it
/// would after such a time.
async fn without_memory(mut world: World, older: Duration) -> World {
    let mut sets = Vec::new();
    for key in world.gate.kv_list().await.unwrap() {
        let text = world.gate.kv_get(&key).await.unwrap().unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        if value.get("fetched_at").is_some() {
            sets.push((key, value));
        }
    }
    let [(key, mut set)] = <[(String, Value); 1]>::try_from(sets).unwrap();
    let fetched_at = set["fetched_at"].as_u64().unwrap();
    set["fetched_at"] = json!(fetched_at - u64::try_from(older.as_millis()).unwrap());
    world.gate.kv_put(&key, &set.to_string()).await.unwrap();
    let restarted = world.gate.restart().await;
    restarted.unwrap_or_else(|error| panic!("{error}"));
    world
}
