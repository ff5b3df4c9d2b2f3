//! By which files a token is judged: wrangler's in each of its formats, one environment of it, and `.dev.vars` before it.

use std::fs;

use jsonwebtoken::{EncodingKey, Header};
use serde_json::{Value, json};

use super::cast::{Gate, ISSUER, PUBLIC, SECRET, claims, signed, with};
use crate::assert_snapshot;
use crate::usher::Ended;

/// An issuer whose one key is in its entry, as TOML and JSON have it.
fn entry(issuer: &str) -> Value {
    json!({
        "issuer": issuer, "audience": "usher", "algorithm": "EdDSA",
        "jwks": { "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "key-1", "x": PUBLIC }] },
    })
}

const OTHER: &str = "https://other.example.com/";

fn by(issuer: &str) -> String {
    signed("key-1", &with("iss", issuer))
}

async fn outcome(gate: &Gate, issuer: &str, more: &[&str]) -> (i32, Ended) {
    let ended = gate.check(&by(issuer), more).await;
    (ended.code, ended)
}

fn toml(table: &str, issuer: &str) -> String {
    let entry = entry(issuer).to_string();
    format!("[{table}]\nUSHER_ISSUERS = '[{entry}]'\n")
}

#[tokio::test]
async fn what_stands_in_dev_vars_counts_before_wrangler_toml_and_that_is_said() {
    let gate = Gate::configured(&toml("vars", ISSUER));
    assert_eq!(outcome(&gate, ISSUER, &[]).await.0, 0);
    assert_eq!(outcome(&gate, OTHER, &[]).await.0, 1);
    let entry = entry(OTHER);
    fs::write(
        gate.folder().join(".dev.vars"),
        format!("# mine\nUSHER_ISSUERS=[{entry}]\n"),
    )
    .unwrap();
    let (code, overridden) = outcome(&gate, OTHER, &[]).await;
    assert_eq!(code, 0);
    assert_snapshot("tokens_dev_vars", &overridden);
    assert_eq!(outcome(&gate, ISSUER, &[]).await.0, 1);
    let (code, deployed) = outcome(&gate, ISSUER, &["--deployed"]).await;
    assert_eq!(code, 0, "{}", deployed.stdout);
    assert!(
        !deployed.stdout.contains(".dev.vars"),
        "{}",
        deployed.stdout
    );
    let json = gate.check(&by(OTHER), &["--report", "json"]).await;
    let report: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(report["judged_by"], "wrangler.toml and .dev.vars");
    assert!(report["note"].as_str().unwrap().contains("--deployed"));
}

#[tokio::test]
async fn a_mistake_in_dev_vars_is_shown_there() {
    let gate = Gate::configured(&toml("vars", ISSUER));
    for (line, said) in [
        (
            "USHER_ISSUERS=[{]",
            ".dev.vars:1:15: USHER_ISSUERS is no JSON",
        ),
        (
            "USHER_ISSUERS = [{\"issuer\": \"x\"}]",
            ".dev.vars:1:17: USHER_ISSUERS[0].audience is missing",
        ),
    ] {
        fs::write(gate.folder().join(".dev.vars"), line).unwrap();
        let (code, ended) = outcome(&gate, ISSUER, &[]).await;
        assert_eq!(code, 2, "{}", ended.stdout);
        assert!(ended.stderr.contains(said), "{said}: {}", ended.stderr);
    }
}

#[tokio::test]
async fn an_environment_has_its_own_variables_and_inherits_none() {
    let text = format!(
        "{}\n{}\n[env.empty]\nname = \"x\"\n",
        toml("vars", ISSUER),
        toml("env.staging.vars", OTHER)
    );
    let gate = Gate::configured(&text);
    let staging = ["--env", "staging"];
    assert_eq!(outcome(&gate, OTHER, &staging).await.0, 0);
    assert_eq!(outcome(&gate, ISSUER, &staging).await.0, 1);
    for (name, said) in [
        (
            "empty",
            "USHER_ISSUERS is missing: nothing says whom the gate believes; an environment inherits no variables",
        ),
        (
            "stagng",
            "there is no environment `stagng`; it has: empty, staging",
        ),
    ] {
        let (code, ended) = outcome(&gate, ISSUER, &["--env", name]).await;
        assert_eq!(code, 2, "{}", ended.stdout);
        assert!(ended.stderr.contains(said), "{}", ended.stderr);
    }
    // Its own `.dev.vars` counts in place of the one of all.
    fs::write(gate.folder().join(".dev.vars"), "USHER_ISSUERS=[]").unwrap();
    let own = format!("USHER_ISSUERS=[{}]", entry(ISSUER));
    fs::write(gate.folder().join(".dev.vars.staging"), own).unwrap();
    let (code, ended) = outcome(&gate, ISSUER, &staging).await;
    assert_eq!(code, 0, "{}", ended.stderr);
    assert!(
        ended
            .report()
            .contains("wrangler.toml (environment `staging`) and .dev.vars.staging"),
        "{}",
        ended.stdout
    );
}

#[tokio::test]
async fn wranglers_json_is_read_with_comments_and_found_before_its_toml() {
    let gate = Gate::configured(&toml("vars", OTHER));
    let (one, other) = (entry(ISSUER), entry(OTHER));
    let text = format!(
        "{{\n  // for everybody\n  \"name\": \"usher\",\n  \"vars\": {{ \"USHER_ISSUERS\": [{one}], }},\n  \"env\": {{ \"staging\": {{ \"vars\": {{ \"USHER_ISSUERS\": [\n    {other},\n    {{ \"issuer\": \"x\", \"audience\": \"a\" }} /* no key */\n  ] }} }} }},\n}}\n"
    );
    let place = gate.folder().join("wrangler.jsonc");
    fs::write(&place, &text).unwrap();
    let (code, ended) = outcome(&gate, ISSUER, &[]).await;
    assert_eq!(code, 0, "{}{}", ended.stdout, ended.stderr);
    assert!(
        ended
            .stdout
            .starts_with("token judged by wrangler.jsonc at "),
        "{}",
        ended.stdout
    );
    let named = ["--wrangler", "wrangler.toml"];
    assert_eq!(outcome(&gate, OTHER, &named).await.0, 0);
    let (code, ended) = outcome(&gate, OTHER, &["--env", "staging"]).await;
    assert_eq!(code, 2);
    assert!(
        ended
            .stderr
            .contains("wrangler.jsonc:7:5: USHER_ISSUERS[1]"),
        "{}",
        ended.stderr
    );
    for (wrong, said) in [
        (
            text.replace(
                "\"vars\": { \"USHER_ISSUERS\": [{",
                "\"vars\": { \"OTHER\": [{",
            ),
            "add \"USHER_ISSUERS\": [{ … }] to \"vars\"",
        ),
        (
            text.replace("\"name\": \"usher\",", "\"name\": 'usher',"),
            "wrangler.jsonc:3:11: Single-quoted strings are not allowed",
        ),
        ("[]".to_owned(), "the file is no JSON object"),
    ] {
        fs::write(&place, wrong).unwrap();
        let (code, ended) = outcome(&gate, ISSUER, &[]).await;
        assert_eq!(code, 2, "{}", ended.stdout);
        assert!(ended.stderr.contains(said), "{said}: {}", ended.stderr);
    }
}

#[tokio::test]
async fn a_secret_is_that_of_the_environment_then_of_dev_vars_and_of_no_deployed_gates_file() {
    let gate = Gate::with_secret();
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let token = jsonwebtoken::encode(&Header::default(), &claims(), &key).unwrap();
    fs::write(
        gate.folder().join(".dev.vars"),
        format!("LOGIN_SECRET='{SECRET}'"),
    )
    .unwrap();
    let judged = gate.check(&token, &[]).await;
    assert_eq!(judged.code, 0, "{}", judged.stdout);
    // It says nothing of whom the gate believes, so nothing is overridden.
    assert!(!judged.report().contains("--deployed"), "{}", judged.stdout);
    assert!(
        judged
            .stdout
            .starts_with("token judged by wrangler.toml and .dev.vars at"),
        "{}",
        judged.stdout
    );
    let deployed = gate.check(&token, &["--deployed"]).await;
    assert_eq!(deployed.code, 3, "{}", deployed.stdout);
}
