//! A stage with a gate in front of it, and somebody who calls it.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response};
use rusqlite::Connection;
use serde_json::{Value, json};
use stage::{Account, Authority, Fault, KeepAt, NewAccount, Options, SignUp, Stage};
use tempfile::TempDir;

use crate::gate::Gate;

pub(crate) struct World {
    pub(crate) stage: Stage,
    pub(crate) gate: Gate,
    pub(crate) client: Client,
    pub(crate) folder: TempDir,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(Gate::start().await, |_options| {}).await
    }

    pub(crate) async fn broken(fault: Fault) -> Self {
        Self::with(Gate::start().await, |options| options.fault = Some(fault)).await
    }

    /// A stage that provisions without a pause, unless `edit` says otherwise, and knows this gate.
    pub(crate) async fn with(gate: Gate, edit: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = Options {
            authority: Authority::Gate,
            identity_port: 0,
            database: folder.path().join("identity.db"),
            fault: None,
            provisioning: Duration::ZERO,
            setup: Duration::ZERO,
            sign_up: SignUp::App,
        };
        edit(&mut options);
        let stage = Stage::start(options).await.unwrap();
        stage.connect_gate(gate.link());
        Self {
            stage,
            gate,
            client: client(),
            folder,
        }
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("identity.db")
    }

    /// The number of rows, as somebody with the database file sees it.
    pub(crate) fn rows(&self, table: &str) -> u32 {
        let connection = Connection::open(self.database()).unwrap();
        let query = format!("SELECT count(*) FROM {table}");
        connection.query_row(&query, [], |row| row.get(0)).unwrap()
    }

    /// A call of the identity service.
    pub(crate) fn call(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.stage.addresses().identity);
        self.client.request(method, url)
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        answer(self.call(Method::POST, path).json(body)).await
    }

    pub(crate) async fn register(&self, email: &str) -> Answer {
        let body = json!({ "email": email, "username": "guy", "password": PASSWORD });
        self.post("/api/v1/auth/register", &body).await
    }

    pub(crate) async fn log_in(&self, email: &str, password: &str) -> Answer {
        let body = json!({ "email": email, "password": password });
        self.post("/api/v1/auth/login", &body).await
    }

    /// Registers and logs in; the access token.
    pub(crate) async fn token_of_new_user(&self, email: &str) -> String {
        assert_eq!(self.register(email).await.0, 201);
        let (status, tokens) = self.log_in(email, PASSWORD).await;
        assert_eq!(status, 200, "{tokens}");
        tokens["access_token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn me(&self, token: &str) -> Answer {
        answer(self.call(Method::GET, ME).bearer_auth(token)).await
    }

    pub(crate) async fn remove(&self, token: &str) -> Answer {
        answer(self.call(Method::DELETE, ME).bearer_auth(token)).await
    }

    pub(crate) async fn account(&self, keep_at: KeepAt) -> Account {
        let account = NewAccount {
            email: EMAIL.to_owned(),
            password: PASSWORD.to_owned(),
            keep_at,
        };
        self.stage.account(account).await.unwrap()
    }

    /// Where the app of a new user answers, around the gate.
    pub(crate) async fn app(&self) -> String {
        self.account(KeepAt::Ready).await.instance.unwrap().url
    }
}

/// A status and the JSON that came with it, if any.
pub(crate) type Answer = (u16, Value);

pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// A status and the page that came with it.
pub(crate) async fn page(request: RequestBuilder) -> (u16, String) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// A header of an answer, or nothing.
pub(crate) fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

/// Sees redirects instead of following them.
pub(crate) fn client() -> Client {
    Client::builder().redirect(Policy::none()).build().unwrap()
}

pub(crate) const EMAIL: &str = "guy@visitors.example";
pub(crate) const PASSWORD: &str = "correct horse battery";
const ME: &str = "/api/v1/users/me";
