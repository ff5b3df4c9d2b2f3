//! A gate whose clock stands, before it the issuers of a set of tokens, behind it an instance for each of their people.

use std::time::{Duration, UNIX_EPOCH};

use axum::Router;
use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::{Client, Method};
use serde_json::{Map, Value, json};
use sha2::Sha256;
use tests::gate::{Gate, GateOptions};
use tests::vectors::{Believed, Case, Expected, Question};
use tests::{Visitor, places};

use super::Token;
use super::answer::{Answer, Carried};
use crate::signer::encode;

/// Somebody of an issuer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Person {
    issuer: String,
    subject: String,
}

impl Person {
    pub(super) fn new(issuer: &str, subject: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
        }
    }

    /// As a verdict names them.
    pub(super) fn named(identity: &Value) -> Option<Self> {
        Some(Self::new(
            identity["iss"].as_str()?,
            identity["sub"].as_str()?,
        ))
    }

    /// Everybody whom these tokens may make their bearer.
    pub(super) fn all_in(tokens: &[Token]) -> Vec<Self> {
        let mut people = Vec::new();
        for token in tokens {
            let (Expected::AcceptAs(identity) | Expected::Either(Some(identity))) = &token.expected
            else {
                continue;
            };
            let person = Self::named(identity).expect("somebody's name");
            if !people.contains(&person) {
                people.push(person);
            }
        }
        people
    }
}

/// A gate and who lives behind it.
pub(super) struct Street {
    pub(super) gate: Gate,
    people: Vec<Person>,
    client: Client,
}

impl Street {
    /// Starts a gate that believes these, at this moment, with a ready instance for each of these people.
    pub(super) async fn build(believed: &[Believed], people: Vec<Person>, now: u64) -> Self {
        let mut vars = json!({
            "USHER_ADMIN_SECRET": ADMIN_SECRET,
            "USHER_ASSERTION_KEY": ASSERTION_KEY,
            "USHER_DEVELOPMENT": true,
            "USHER_INSTANCE_HOSTS": ["127.0.0.1"],
            "USHER_LOGIN_URL": "https://id.invalid/login",
            "USHER_SUPPORT": "mailto:support@usher.invalid",
        });
        let issuers: Vec<Value> = believed
            .iter()
            .map(|issuer| entry(issuer, &mut vars))
            .collect();
        vars["USHER_ISSUERS"] = json!(issuers);
        let options = GateOptions {
            build: places::gate_build(),
            rigged: true,
            unlogged: true,
            vars: vars.as_object().cloned().unwrap_or_default(),
            ..GateOptions::default()
        };
        let gate = Gate::start(options)
            .await
            .unwrap_or_else(|error| panic!("{error}"));
        let street = Self {
            gate,
            people,
            client: Client::builder().no_proxy().build().expect("a client"),
        };
        street.clock_at(Duration::from_secs(now)).await;
        street.move_in(&app().await).await;
        street
    }

    pub(super) async fn clock_at(&self, since_1970: Duration) {
        let set = self.gate.clock_at(UNIX_EPOCH + since_1970).await;
        set.unwrap_or_else(|error| panic!("{error}"));
    }

    pub(super) fn instance_of(&self, person: &Person) -> Option<String> {
        let position = self.people.iter().position(|other| other == person);
        position.map(instance)
    }

    /// What comes of a token at the location where everybody is remembered.
    pub(super) async fn here(&self, token: &str) -> Answer {
        self.ask(&self.gate.direct, "/", Carried::Bearer, token)
            .await
    }

    /// The same at both locations, at which it must be the same.
    pub(super) async fn everywhere(&self, token: &str) -> Answer {
        let here = self.here(token).await;
        let there = self
            .ask(self.elsewhere(), "/", Carried::Bearer, token)
            .await;
        assert_eq!(there, here);
        here
    }

    pub(super) fn elsewhere(&self) -> &str {
        self.gate.elsewhere.as_deref().expect("a rigged gate")
    }

    /// Asks for a path with a token that a header can say.
    pub(super) async fn ask(
        &self,
        gate: &str,
        path: &str,
        carried: Carried,
        token: &str,
    ) -> Answer {
        let (name, value) = carried.header(token).expect("a text for a header");
        let request = self.client.get(format!("{gate}{path}")).header(name, value);
        let request = request.header("accept", "application/json");
        let response = request
            .send()
            .await
            .unwrap_or_else(|error| panic!("{error}"));
        Answer::of(response, gate).await
    }

    /// Suspends the instance of this issuer's first person, or lets it go on.
    pub(super) async fn suspend(&self, issuer: &str, suspended: bool) {
        let position = self
            .people
            .iter()
            .position(|person| person.issuer == issuer);
        let id = instance(position.expect("somebody of this issuer"));
        let status = if suspended { "suspended" } else { "ready" };
        let operator = Visitor::api(&self.gate.direct).with_bearer(ADMIN_SECRET);
        let path = format!("/.usher/admin/v1/instances/{id}/status");
        let request = operator.request(Method::PUT, &path);
        let answer = operator
            .send(request.json(&json!({ "status": status })))
            .await;
        assert_eq!(answer.status(), 200);
    }

    async fn move_in(&self, app: &str) {
        for (position, person) in self.people.iter().enumerate() {
            let (user, instance) = (format!("u-{position}"), instance(position));
            let rows = [
                (
                    "INSERT INTO users (id, version, created_at) VALUES (?, 1, 1)",
                    vec![json!(user)],
                ),
                (
                    "INSERT INTO identities (issuer, subject, user_id) VALUES (?, ?, ?)",
                    vec![json!(person.issuer), json!(person.subject), json!(user)],
                ),
                (
                    "INSERT INTO instances (id, user_id, url, status, since, version) VALUES (?, ?, ?, 'provisioning', 1, 1)",
                    vec![json!(instance), json!(user), json!(app)],
                ),
            ];
            for (statement, parameters) in rows {
                self.d1(statement, &parameters).await;
            }
        }
        for status in ["active", "ready"] {
            self.d1("UPDATE instances SET status = ?", &[json!(status)])
                .await;
        }
    }

    async fn d1(&self, statement: &str, parameters: &[Value]) {
        let done = self.gate.d1(statement, parameters).await;
        done.unwrap_or_else(|error| panic!("{error}"));
    }
}

/// What an app is told that is another at each location, or at each request.
const DIFFERENT: [&str; 2] = ["cf-worker", "usher-request-id"];

fn instance(position: usize) -> String {
    format!("i-{position}")
}

/// An issuer as an operator configures it; its secrets go into the variables.
fn entry(issuer: &Believed, vars: &mut Value) -> Value {
    let mut entry = json!({
        "issuer": issuer.name,
        "algorithm": issuer.algorithms,
        "leeway_seconds": issuer.leeway_seconds,
    });
    if !issuer.audiences.is_empty() {
        entry["audience"] = json!(issuer.audiences);
    }
    if !issuer.authorized_parties.is_empty() {
        entry["authorized_parties"] = json!(issuer.authorized_parties);
    }
    let mut names = Vec::new();
    for secret in &issuer.secrets {
        let name = format!("SECRET_OF_{}", vars.as_object().map_or(0, Map::len));
        let text = String::from_utf8(secret.clone()).expect("a secret that is a text");
        vars[&name] = json!(text);
        names.push(name);
    }
    if names.is_empty() {
        let keys = issuer.key_set.as_deref().unwrap_or_default();
        entry["jwks"] = serde_json::from_str(keys).expect("a key set");
    } else {
        entry["secret"] = json!(names);
    }
    entry
}

/// An app that says what it was told.
async fn app() -> String {
    let told = |headers: HeaderMap| async move {
        let mut told = Map::new();
        for (name, value) in headers
            .iter()
            .filter(|(name, _)| !DIFFERENT.contains(&name.as_str()))
        {
            let value = String::from_utf8_lossy(value.as_bytes());
            // Every signature of an assertion is another one; what it says is what counts.
            let said = if name == policy::assertion::HEADER {
                let claims = value.split('.').nth(1).unwrap_or_default();
                let claims = URL_SAFE_NO_PAD.decode(claims).unwrap_or_default();
                serde_json::from_slice(&claims).unwrap_or_default()
            } else {
                json!(value)
            };
            told.insert(name.to_string(), said);
        }
        axum::Json(Value::Object(told))
    };
    let router = Router::new().fallback(told);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// The same issuers and tokens, where a secret that is no text is another one: the secret of a Worker is a text. What was signed with the
/// one is signed with the other, and nothing else about a token changes.
pub(super) fn with_a_secret_that_is_a_text(
    mut issuers: Vec<Believed>,
    cases: &[Case],
) -> (Vec<Believed>, Vec<Token>) {
    let mut exchanged = Vec::new();
    for secret in issuers.iter_mut().flat_map(|issuer| &mut issuer.secrets) {
        let text = encode(secret).into_bytes();
        exchanged.push((std::mem::replace(secret, text.clone()), text));
    }
    let tokens = cases.iter().filter_map(|case| {
        let Question::Admit { token, .. } = &case.question else {
            return None;
        };
        let mut text = token.clone();
        for (before, after) in &exchanged {
            let mut ends = token.match_indices('.').map(|(position, _)| position);
            if let Some((signed, _)) = ends.nth(1).map(|end| token.split_at(end)) {
                text = text.replace(&tag(before, signed), &tag(after, signed));
            }
        }
        Some(Token {
            about: format!("{} {}", case.id, case.comment),
            text,
            expected: case.expected.clone(),
        })
    });
    let tokens = tokens.collect();
    (issuers, tokens)
}

/// RFC 7518 section 3.2.
fn tag(secret: &[u8], signed: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("any length will do");
    mac.update(signed.as_bytes());
    encode(&mac.finalize().into_bytes())
}

const ADMIN_SECRET: &str = "an admin secret of the tests, long enough";

/// RFC 7515 appendix A.3.1.
const ASSERTION_KEY: &str = r#"{"kty":"EC","crv":"P-256","kid":"a","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
