//! `usher check tokens`: what is said of each kind of token, and that the token itself never is.

mod cast;
mod gate_files;
mod secrecy;

use jsonwebtoken::{EncodingKey, Header};
use serde_json::{Value, json};

use crate::assert_snapshot;
use cast::{
    FILE, Gate, ISSUER, NOW, SECRET, claims, fetching, key_endpoints, signed, unsigned, with,
};

async fn snapshot_by_file(name: &str, token: &str, code: i32) {
    let ended = Gate::with_file().check_by_file(token).await;
    assert_eq!(ended.code, code, "{}{}", ended.stdout, ended.stderr);
    assert_snapshot(&format!("tokens_{name}"), &ended);
}

#[tokio::test]
async fn a_good_token_is_admitted() {
    snapshot_by_file("admitted", &signed("key-1", &claims()), 0).await;
}

#[tokio::test]
async fn an_expired_token_says_since_when_and_what_is_forgiven() {
    let ended = |ago: u64| signed("key-1", &with("exp", NOW - ago));
    snapshot_by_file("expired", &ended(67), 1).await;
    let forgiven = Gate::with_file().check_by_file(&ended(59)).await;
    assert_eq!(forgiven.code, 0, "{}", forgiven.stdout);
}

#[tokio::test]
async fn a_token_for_another_audience_says_whose_it_is() {
    snapshot_by_file(
        "wrong_audience",
        &signed("key-1", &with("aud", json!(["billing", "userinfo"]))),
        1,
    )
    .await;
}

#[tokio::test]
async fn an_issuer_without_its_slash_is_the_nearest_miss() {
    let slip = ISSUER.trim_end_matches('/');
    snapshot_by_file(
        "issuer_without_slash",
        &signed("key-1", &with("iss", slip)),
        1,
    )
    .await;
}

#[tokio::test]
async fn a_key_that_is_not_published_is_named_beside_those_that_are() {
    snapshot_by_file("unknown_key", &signed("key-2", &claims()), 1).await;
}

#[tokio::test]
async fn an_algorithm_that_is_not_allowed_is_named() {
    let header = json!({ "alg": "RS384", "typ": "JWT", "kid": "key-1" });
    snapshot_by_file(
        "algorithm",
        &unsigned(&header, &claims(), &"A".repeat(400)),
        1,
    )
    .await;
}

#[tokio::test]
async fn a_token_that_nobody_signed_is_never_to_be_accepted() {
    let header = json!({ "alg": "none" });
    snapshot_by_file("unsigned", &unsigned(&header, &claims(), ""), 1).await;
    let signed_with_none = unsigned(&header, &claims(), &"A".repeat(86));
    snapshot_by_file("algorithm_none", &signed_with_none, 1).await;
}

#[tokio::test]
async fn five_parts_are_an_encrypted_token() {
    let header = json!({ "alg": "dir", "enc": "A256GCM", "iss": ISSUER });
    let token = unsigned(
        &header,
        &json!({}),
        "AAAA.AAAA.canary-of-an-encrypted-token",
    );
    snapshot_by_file("encrypted", &token, 1).await;
}

#[tokio::test]
async fn what_is_no_token_is_told_so_and_not_repeated() {
    snapshot_by_file("no_token", "Bearer canary-opaque-token", 1).await;
    snapshot_by_file("nothing", " \n", 2).await;
}

#[tokio::test]
async fn a_changed_token_has_a_wrong_signature() {
    let (one, other) = (
        signed("key-1", &claims()),
        signed("key-1", &with("sub", "canary")),
    );
    let (signed_part, _) = one.rsplit_once('.').unwrap();
    let (_, signature) = other.rsplit_once('.').unwrap();
    snapshot_by_file("changed", &format!("{signed_part}.{signature}"), 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_fetched_as_the_gate_fetches_them() {
    let address = key_endpoints().await;
    let token = signed("key-1", &claims());
    let ended = fetching(&format!("{address}/jwks.json"))
        .check(&token, &[])
        .await;
    assert_snapshot("tokens_fetched", &ended);
    for (path, said) in [
        ("moved", "answered 307; redirects are not followed"),
        ("html", "answered 200, but with no key set"),
        ("error", "answered 500"),
        ("long", "answered more than 65536 bytes"),
    ] {
        let ended = fetching(&format!("{address}/{path}"))
            .check(&token, &[])
            .await;
        assert_eq!(ended.code, 3, "{}", ended.stdout);
        assert!(ended.report().contains(said), "{}", ended.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_endpoint_that_is_down_is_broken_and_not_refused() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
    drop(listener);
    let ended = fetching(&url).check(&signed("key-1", &claims()), &[]).await;
    assert_eq!(ended.code, 3);
    assert_snapshot("tokens_endpoint_down", &ended);
    // What no key is needed for is refused although no key could be had.
    let ended = fetching(&url)
        .check(&signed("key-1", &with("cnf", json!({}))), &[])
        .await;
    assert_eq!(ended.code, 1, "{}", ended.stdout);
}

#[tokio::test]
async fn a_key_set_alone_judges_the_signature_and_says_that_nothing_else_was() {
    let gate = Gate::with_file();
    let alone = ["--jwks", "keys.json"];
    let expired = signed("key-1", &with("exp", NOW - 9 * 86_400));
    assert_snapshot("tokens_key_set_alone", &gate.check(&expired, &alone).await);
    let unknown = gate.check(&signed("key-2", &claims()), &alone).await;
    assert_eq!(unknown.code, 1, "{}", unknown.stdout);
    let whole = [
        &alone[..],
        &[
            "--issuer",
            ISSUER,
            "--audience",
            "usher",
            "--algorithm",
            "EdDSA",
        ],
    ]
    .concat();
    assert_eq!(
        gate.check(&signed("key-1", &claims()), &whole).await.code,
        0
    );
    assert_eq!(gate.check(&expired, &whole).await.code, 1);
}

#[tokio::test]
async fn a_secret_is_looked_for_and_its_absence_is_no_pass() {
    let gate = Gate::with_secret();
    let sign = |secret: &str| {
        let key = EncodingKey::from_secret(secret.as_bytes());
        jsonwebtoken::encode(&Header::default(), &claims(), &key).unwrap()
    };
    let absent = gate.check(&sign(SECRET), &[]).await;
    assert_eq!(absent.code, 3);
    assert_snapshot("tokens_secret_absent", &absent);
    std::fs::write(
        gate.folder().join(".dev.vars"),
        format!("LOGIN_SECRET=\"{SECRET}\"\n"),
    )
    .unwrap();
    let present = gate.check(&sign(SECRET), &[]).await;
    assert_eq!(present.code, 0, "{}", present.stdout);
    let wrong = gate
        .check(&sign("another-secret-of-at-least-thirty-two"), &[])
        .await;
    assert_eq!(wrong.code, 1, "{}", wrong.stdout);
    assert!(!(present.stdout + &wrong.stdout).contains("canary-secret"));
}

#[tokio::test]
async fn mistakes_of_the_gates_configuration_are_shown_where_they_are() {
    let token = signed("key-1", &claims());
    for (name, text) in [
        ("wrangler_syntax", "[vars]\nUSHER_ISSUERS = [\n".to_owned()),
        (
            "wrangler_without_issuers",
            "[vars]\nUSHER_PRODUCT = \"x\"\n".to_owned(),
        ),
        (
            "wrangler_mistakes",
            format!(
                "[[vars.USHER_ISSUERS]]\nissuer = \"own\"\naudience = \"a\"\nalgorithm = \"EdDSA\"\njwks_url = \"https://own.example/jwks\"\n\n[[vars.USHER_ISSUERS]]\nissuer = \"{ISSUER}\"\naudiences = \"usher\"\nalgorithm = \"ES265\"\n"
            ),
        ),
    ] {
        let ended = Gate::configured(&text).check(&token, &[]).await;
        assert_eq!(ended.code, 2, "{}", ended.stdout);
        assert_snapshot(&format!("tokens_{name}"), &ended);
    }
    let nothing = Gate::unconfigured();
    assert_snapshot("tokens_no_configuration", &nothing.check(&token, &[]).await);
    let named = nothing
        .check(&token, &["--wrangler", "gate/wrangler.toml"])
        .await;
    assert_eq!(named.code, 2, "{}", named.stdout);
    assert!(
        named.stderr.contains("gate/wrangler.toml"),
        "{}",
        named.stderr
    );
}

#[tokio::test]
async fn the_json_report_has_the_verdict_and_every_line() {
    let token = signed("key-1", &with("aud", "billing"));
    let arguments = [FILE, &["--report", "json"]].concat();
    let ended = Gate::with_file().check(&token, &arguments).await;
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(report["schema_version"], 1);
    assert_eq!(report["exit_code"], 1);
    assert_eq!(report["verdict"]["outcome"], "refused");
    assert_eq!(report["verdict"]["reason"], "token_invalid");
    let failed: Vec<_> = report["lines"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["outcome"] == "failed")
        .collect();
    assert_eq!(failed.len(), 1, "{report:#}");
    assert_eq!(failed[0]["topic"], "audience");
}

/// A refusal that no line explains would leave the engineer where they were.
#[tokio::test]
async fn every_refusal_has_a_line_that_shows_it_and_a_cure() {
    let good = json!({ "alg": "EdDSA", "typ": "JWT", "kid": "key-1" });
    let header = |name: &str, value: Value| {
        let mut header = good.clone();
        header[name] = value;
        unsigned(&header, &claims(), &"A".repeat(86))
    };
    let claim = |name: &str, value: Value| signed("key-1", &with(name, value));
    let without = |name: &str| {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(name);
        signed("key-1", &claims)
    };
    for token in [
        header("crit", json!(["x"])),
        header("typ", json!("logout+jwt")),
        header("kid", json!(5)),
        header("alg", json!(null)),
        unsigned(&good, &claims(), "AAAA"),
        unsigned(&good, &json!([]), &"A".repeat(86)),
        unsigned(&good, &claims(), "A"),
        "x".repeat(9000),
        claim("cnf", json!({})),
        claim("events", json!({})),
        claim("exp", json!("soon")),
        claim("nbf", json!(NOW + 61)),
        claim("iat", json!(NOW + 61)),
        claim("sub", json!("")),
        claim("iss", json!("https://other.example")),
        without("exp"),
        without("sub"),
        without("aud"),
        without("iss"),
    ] {
        let arguments = [FILE, &["--report", "json"]].concat();
        let ended = Gate::with_file().check(&token, &arguments).await;
        let report: Value = serde_json::from_str(&ended.stdout).unwrap();
        assert_eq!(ended.code, 1, "{report:#}");
        let cure = report["verdict"]["cure"].as_str().unwrap();
        assert!(cure.len() > 20, "{report:#}");
        let failed = |line: &Value| line["outcome"] == "failed";
        assert!(
            report["lines"].as_array().unwrap().iter().any(failed),
            "{report:#}"
        );
    }
}
