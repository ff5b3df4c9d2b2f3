//! The keys, tokens and configurations that `usher check tokens` meets in the tests.

use std::path::Path;
use std::sync::LazyLock;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::usher::{Ended, run};

/// With the key set of the file in place of the one at the address.
pub(crate) const FILE: &[&str] = &["--wrangler", "wrangler.toml", "--jwks", "keys.json"];

/// The example of RFC 8037 appendix A, whose private key everybody knows.
pub(crate) const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----";
pub(crate) const PUBLIC: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

pub(crate) const ISSUER: &str = "https://id.example.com/";
pub(crate) const SECRET: &str = "canary-secret-of-thirty-two-bytes-or-more";

/// 2026-01-01 00:00:00 UTC, the moment of every judgement here.
pub(crate) const NOW: u64 = 1_767_225_600;

pub(crate) static KEY: LazyLock<EncodingKey> =
    LazyLock::new(|| EncodingKey::from_ed_pem(PRIVATE.as_bytes()).unwrap());

pub(crate) fn key_set() -> Value {
    json!({ "keys": [
        { "kty": "OKP", "crv": "Ed25519", "kid": "key-1", "x": PUBLIC },
        { "kty": "OKP", "crv": "Ed25519", "kid": "key-0", "use": "enc", "x": PUBLIC },
        { "kty": "OKP", "crv": "Ed25519", "kid": "bad", "x": "AAAA" },
    ] })
}

pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": "usher", "sub": "auth0|canary-subject", "email": "canary.guy@example.com",
        "iat": NOW - 300, "exp": NOW + 3600,
    })
}

pub(crate) fn with(name: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims();
    claims[name] = value.into();
    claims
}

pub(crate) fn signed(key_id: &str, claims: &Value) -> String {
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(key_id.to_owned());
    jsonwebtoken::encode(&header, claims, &KEY).unwrap()
}

pub(crate) fn unsigned(header: &Value, claims: &Value, signature: &str) -> String {
    let [header, claims] =
        [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string().as_bytes()));
    format!("{header}.{claims}.{signature}")
}

/// A folder with the gate's configuration; what `keys` says stands in the issuer's entry.
pub(crate) struct Gate(TempDir);

impl Gate {
    pub(crate) fn with_keys(keys: &str) -> Self {
        Self::configured(&format!(
            "name = \"usher\"\n\n[vars]\nUSHER_DEVELOPMENT = true\n\n[[vars.USHER_ISSUERS]]\nissuer = \"{ISSUER}\"\naudience = \"usher\"\n{keys}\n"
        ))
    }

    /// The key set is in a file, which `--jwks` names.
    pub(crate) fn with_file() -> Self {
        let gate = Self::with_keys(
            "algorithm = \"EdDSA\"\njwks_url = \"https://id.example.com/jwks.json\"",
        );
        std::fs::write(gate.folder().join("keys.json"), key_set().to_string()).unwrap();
        gate
    }

    pub(crate) fn with_secret() -> Self {
        Self::with_keys("algorithm = \"HS256\"\nsecret = \"LOGIN_SECRET\"")
    }

    pub(crate) fn unconfigured() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn configured(text: &str) -> Self {
        let gate = Self::unconfigured();
        std::fs::write(gate.folder().join("wrangler.toml"), text).unwrap();
        gate
    }

    pub(crate) fn folder(&self) -> &Path {
        self.0.path()
    }

    pub(crate) async fn check(&self, token: &str, more: &[&str]) -> Ended {
        let now = NOW.to_string();
        let arguments = [&["check", "tokens", "-", "--at", &now], more].concat();
        run(self.folder(), &arguments, token).await
    }

    /// With the key set of the file in place of the one at the address.
    pub(crate) async fn check_by_file(&self, token: &str) -> Ended {
        self.check(token, FILE).await
    }
}

/// An issuer's server on this machine: a set, a redirect to it, and no set.
pub(crate) async fn key_endpoints() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let long = || async { format!("{{\"keys\":[],\"x\":\"{}\"}}", "x".repeat(65 * 1024)) };
    let router = Router::new()
        .route("/jwks.json", get(async || axum::Json(key_set())))
        .route("/moved", get(async || Redirect::temporary("/jwks.json")))
        .route("/html", get(async || "<html>"))
        .route("/error", get(async || StatusCode::INTERNAL_SERVER_ERROR))
        .route("/long", get(long));
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

pub(crate) fn fetching(url: &str) -> Gate {
    Gate::with_keys(&format!("algorithm = \"EdDSA\"\njwks_url = \"{url}\""))
}
