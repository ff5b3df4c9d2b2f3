//! `usher verify` without a gate, at a running OpenID provider (npm `oidc-provider`): the log-in is its code flow, redirect by redirect.

use serde_json::{Value, json};
use tests::places;
use tokio::process::Command;

use crate::script::Script;

const CONFIGURATION: &str = r#"
[register]
url = "{app}/accounts"
json = { email = "{email}" }

[[log_in.before]]
url = "{app}/auth?client_id=usher&response_type=code&scope=openid%20email&redirect_uri={app}/callback&state={run}"
status = [303]
capture = { log_in = { header = "location" } }

[[log_in.before]]
method = "POST"
url = "{log_in}"
form = { prompt = "login", login = "{email}", password = "{password}" }
status = [303]
capture = { logged_in = { header = "location" } }

[[log_in.before]]
url = "{logged_in}"
status = [303]
capture = { consent = { header = "location" } }

[[log_in.before]]
method = "POST"
url = "{consent}"
form = { prompt = "consent" }
status = [303]
capture = { consented = { header = "location" } }

[[log_in.before]]
url = "{consented}"
status = [303]
expect = [{ location = "query.state", equals = "{run}" }, { location = "query.iss", equals = "{app}" }]
capture = { code = { location = "query.code" } }

[log_in]
url = "{app}/token"
form = { grant_type = "authorization_code", code = "{code}", redirect_uri = "{app}/callback", client_id = "usher", client_secret = "{client}" }
token = "/access_token"

[instance]
contains = "{email}"

[remove_user]
url = "{app}/accounts/me"

[secrets]
client = { env = "CLIENT_SECRET" }
"#;

async fn verified(issuer: &str, configuration: &str) -> (Option<i32>, Value) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("usher.toml");
    let app = issuer.to_owned();
    std::fs::write(&file, format!("[target]\napp = \"{app}\"\n{configuration}")).unwrap();
    let output = Command::new(places::usher())
        .args(["verify", "--report", "json", "--config"])
        .arg(&file)
        .env("USHER_STATE_DIR", folder.path().join("state"))
        .env("CLIENT_SECRET", "a secret of this machine only")
        .output()
        .await
        .unwrap();
    let report = serde_json::from_slice(&output.stdout);
    let report = report.unwrap_or_else(|error| panic!("{error}: {output:?}"));
    (output.status.code(), report)
}

#[tokio::test]
async fn the_code_flow_of_a_running_provider_is_gone_to_the_token_and_the_app() {
    let (mut script, said) = Script::start(&places::node(), "code_flow.mjs").await;
    let issuer = said["issuer"].as_str().unwrap().to_owned();
    let (code, report) = verified(&issuer, CONFIGURATION).await;
    assert_eq!(code, Some(0), "{report:#}");
    assert_eq!(script.ask(&json!({})).await, json!({ "accounts": 0 }));
    // Where nobody consents there is no code, and the report says where it was sent instead.
    let asked_again = CONFIGURATION.replace("url = \"{consented}\"", "url = \"{logged_in}\"");
    let (code, report) = verified(&issuer, &asked_again).await;
    assert_ne!(code, Some(0), "{report:#}");
    assert_eq!(report["verdict"]["step"], "log_in", "{report:#}");
}
