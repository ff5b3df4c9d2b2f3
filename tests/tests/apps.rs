//! An app that checks the assertion as docs/apps.md shows it, in four languages, takes what the gate signed for it and nothing else.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::format_collect,
    reason = "a test program: what is wrong here fails a test"
)]

#[path = "../apps/verify.rs"]
#[expect(
    unreachable_pub,
    dead_code,
    reason = "it stands here as it would in an app"
)]
mod verify;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::SystemTime;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use p256::SecretKey;
use p256::pkcs8::{EncodePrivateKey as _, LineEnding};
use serde_json::{Value, json};
use stage::{KeepAt, NewAccount};
use tests::{World, WorldOptions, places};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// A gate that signs, and an app behind it.
struct Platform {
    world: World,
    instance: String,
    /// What the gate told the app.
    assertion: String,
}

/// RFC 7515 appendix A.3.1.
const D: &str = "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI";
/// RFC 6979 appendix A.2.5.
const OTHER_D: &str = "ya-piQkxaIunyVs3xOk80Yan4fuFZmv7tDoqCXTX9iE";

async fn platform() -> Platform {
    let key = json!({
        "kty": "EC", "crv": "P-256", "kid": "key", "d": D,
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    });
    let vars = json!({ "USHER_ASSERTION_KEY": key.to_string() });
    let options = WorldOptions {
        vars: vars.as_object().cloned().unwrap(),
        ..WorldOptions::default()
    };
    let world = World::with(options).await;
    let world = world.unwrap_or_else(|error| panic!("{error}"));
    let account = NewAccount {
        email: "guy@visitors.example".to_owned(),
        password: "correct horse battery".to_owned(),
        keep_at: KeepAt::Ready,
    };
    let account = world.stage.account(account).await;
    let account = account.unwrap_or_else(|error| panic!("{error}"));
    let visitor = world.api().with_bearer(&world.stage.access_token(&account));
    let echo: Value = visitor.get("/echo").await.json().await.unwrap();
    let headers = echo["headers"].as_array().unwrap();
    let told = headers
        .iter()
        .find(|header| header[0] == json!("usher-assertion"));
    Platform {
        assertion: told.unwrap()[1].as_str().unwrap().to_owned(),
        instance: account.instance.unwrap().id,
        world,
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap().as_secs()
}

fn signing(d: &str) -> EncodingKey {
    use base64::Engine as _;
    let number = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(d)
        .unwrap();
    let pem = SecretKey::from_slice(&number)
        .unwrap()
        .to_pkcs8_pem(LineEnding::LF)
        .unwrap();
    EncodingKey::from_ec_pem(pem.as_bytes()).unwrap()
}

impl Platform {
    fn claims(&self) -> Value {
        json!({
            "iss": self.world.gate.url, "aud": self.instance, "sub": "eve", "identity_issuer": "https://id.example", "role": "member",
            "iat": now(), "nbf": now() - 30, "exp": now() + 60,
        })
    }

    fn signed(&self, typ: &str, change: impl FnOnce(&mut Value), d: &str) -> String {
        let mut header = Header::new(Algorithm::ES256);
        (header.typ, header.kid) = (Some(typ.to_owned()), Some("key".to_owned()));
        let mut claims = self.claims();
        change(&mut claims);
        jsonwebtoken::encode(&header, &claims, &signing(d)).unwrap()
    }

    /// Tokens that an app must not take, each with its fault.
    fn wrong(&self) -> Vec<(&'static str, String)> {
        let ours = "usher-assertion+jwt";
        let mut other_signature = self.assertion.clone();
        let end = other_signature.rfind('.').unwrap() + 5;
        let other = if &other_signature[end..=end] == "A" {
            "B"
        } else {
            "A"
        };
        other_signature.replace_range(end..=end, other);
        let mut symmetric = Header::new(Algorithm::HS256);
        (symmetric.typ, symmetric.kid) = (Some(ours.to_owned()), Some("key".to_owned()));
        let secret = EncodingKey::from_secret(b"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
        vec![
            (
                "expired",
                self.signed(ours, |claims| claims["exp"] = json!(now() - 1), D),
            ),
            (
                "not yet good",
                self.signed(ours, |claims| claims["nbf"] = json!(now() + 60), D),
            ),
            (
                "for another instance",
                self.signed(ours, |claims| claims["aud"] = json!("i-other"), D),
            ),
            (
                "of another gate",
                self.signed(
                    ours,
                    |claims| claims["iss"] = json!("https://other.example"),
                    D,
                ),
            ),
            ("another kind of token", self.signed("JWT", |_| {}, D)),
            (
                "another key of the same name",
                self.signed(ours, |_| {}, OTHER_D),
            ),
            (
                "without a subject",
                self.signed(
                    ours,
                    |claims| {
                        claims.as_object_mut().unwrap().remove("sub");
                    },
                    D,
                ),
            ),
            (
                "without an end",
                self.signed(
                    ours,
                    |claims| {
                        claims.as_object_mut().unwrap().remove("exp");
                    },
                    D,
                ),
            ),
            ("a changed signature", other_signature),
            (
                "signed with a secret",
                jsonwebtoken::encode(&symmetric, &self.claims(), &secret).unwrap(),
            ),
            ("nonsense", "nonsense".to_owned()),
            ("nothing", String::new()),
        ]
    }

    /// Lets an example judge the gate's own assertion, one that is good as well, and every wrong one.
    async fn assert_judged_rightly(&self, program: &Path, arguments: &[&str]) {
        let good = self.signed("usher-assertion+jwt", |_| {}, D);
        let mut lines = vec![
            ("the gate's own", self.assertion.clone()),
            ("another good one", good),
        ];
        let rights = lines.len();
        lines.extend(self.wrong());
        let input: String = lines.iter().map(|(_, line)| format!("{line}\n")).collect();
        let cache = places::workspace().join("target/tools/go-cache");
        let mut child = Command::new(program)
            .args(arguments)
            .current_dir(places::workspace().join("tests/apps"))
            .envs([
                ("USHER_GATE", &self.world.gate.url),
                ("USHER_INSTANCE", &self.instance),
            ])
            .envs([
                ("GOCACHE", cache.as_os_str()),
                ("GOPATH", cache.as_os_str()),
            ])
            .envs([
                ("GOPROXY", "off"),
                ("GOTOOLCHAIN", "local"),
                ("GOFLAGS", ""),
                ("PYTHONDONTWRITEBYTECODE", "1"),
                ("NO_PROXY", "127.0.0.1"),
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("`{}`: {error}", program.display()));
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).await.unwrap();
        drop(stdin);
        let output = child.wait_with_output().await.unwrap();
        let answers = String::from_utf8(output.stdout).unwrap();
        let answers: Vec<Value> = answers
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(answers.len(), lines.len(), "{answers:#?}");
        for (index, ((name, _), answer)) in lines.iter().zip(&answers).enumerate() {
            assert_eq!(
                answer.get("visitor").is_some(),
                index < rights,
                "{name}: {answer}"
            );
        }
        let told = &answers[0]["visitor"];
        assert_eq!(
            (&told["email"], &told["role"]),
            (&json!("guy@visitors.example"), &json!("member"))
        );
    }
}

/// A tool that `cargo xtask setup` brings with Python. In CI there must be one.
fn brought(name: &str) -> Option<PathBuf> {
    let python = places::python().filter(|python| python.is_file());
    let tool = python
        .map(|python| python.with_file_name(name))
        .filter(|tool| tool.is_file());
    if tool.is_none() {
        assert!(
            std::env::var_os("CI").is_none(),
            "there is no `{name}` in target/tools/python; run `cargo xtask setup`"
        );
        eprintln!(
            "SKIPPED: THE EXAMPLE OF {name} WAS NOT TRIED: there is none in target/tools/python; run `cargo xtask setup`"
        );
    }
    tool
}

#[tokio::test]
async fn an_app_in_javascript_takes_what_was_signed_for_it_and_nothing_else() {
    let platform = platform().await;
    platform
        .assert_judged_rightly(&places::node(), &["run.mjs"])
        .await;
}

#[tokio::test]
async fn an_app_in_python_takes_what_was_signed_for_it_and_nothing_else() {
    if let Some(python) = brought("python") {
        platform()
            .await
            .assert_judged_rightly(&python, &["run.py"])
            .await;
    }
}

#[tokio::test]
async fn an_app_in_go_takes_what_was_signed_for_it_and_nothing_else() {
    if let Some(go) = brought("go") {
        platform()
            .await
            .assert_judged_rightly(&go, &["run", "run.go", "verify.go"])
            .await;
    }
}

#[tokio::test]
async fn an_app_in_rust_takes_what_was_signed_for_it_and_nothing_else() {
    let platform = platform().await;
    let (gate, instance) = (&platform.world.gate.url, &platform.instance);
    let keys = verify::keys(gate).await.unwrap();
    let visitor = verify::visitor(&platform.assertion, &keys, gate, instance).unwrap();
    assert_eq!(visitor.email.as_deref(), Some("guy@visitors.example"));
    for (name, wrong) in platform.wrong() {
        assert!(
            verify::visitor(&wrong, &keys, gate, instance).is_none(),
            "{name}"
        );
    }
}
