//! An issuer of the tests' own: its keys, the endpoint that serves them, and the tokens it signs.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use p256::SecretKey;
use p256::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::cast::unix_seconds;

/// A key for ES256 with a name.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    key: SecretKey,
}

impl Key {
    pub(crate) fn new(name: &'static str) -> Self {
        let random = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
        Self {
            name,
            key: SecretKey::from_slice(&random).unwrap(),
        }
    }

    pub(crate) fn jwk(&self) -> Value {
        // The uncompressed point (SEC 1 section 2.3.3): 04, then x, then y.
        let point = self.key.public_key().to_sec1_bytes();
        let [x, y] = [&point[1..33], &point[33..]].map(|half| URL_SAFE_NO_PAD.encode(half));
        json!({ "kty": "EC", "crv": "P-256", "kid": self.name, "use": "sig", "alg": "ES256", "x": x, "y": y })
    }

    pub(crate) fn pem(&self) -> String {
        let public = self.key.public_key();
        public.to_public_key_pem(LineEnding::LF).unwrap()
    }

    /// A token of this issuer for somebody.
    pub(crate) fn sign(&self, issuer: &str, subject: &str) -> String {
        self.sign_as(self.name, issuer, subject)
    }

    /// The same under another name of the key.
    pub(crate) fn sign_as(&self, name: &str, issuer: &str, subject: &str) -> String {
        let claims =
            json!({ "iss": issuer, "aud": "usher", "sub": subject, "exp": unix_seconds() + 600 });
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(name.to_owned());
        let der = self.key.to_pkcs8_der().unwrap();
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ec_der(der.as_bytes())).unwrap()
    }
}

/// A set of these keys as it is served.
pub(crate) fn set(keys: &[&Key]) -> String {
    json!({ "keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>() }).to_string()
}

/// What the endpoint answers.
#[derive(Clone)]
pub(crate) enum Answer {
    /// This, with 200.
    Body(String),
    /// A body that never ends.
    Endless,
    /// The right keys, at another address.
    Redirect,
    /// An error.
    Status(u16),
    /// Nothing, for ever.
    Silence,
}

/// A key endpoint that answers as it is told and counts how often it is asked.
pub(crate) struct KeyServer {
    pub(crate) url: String,
    answer: Arc<Mutex<Answer>>,
    asked: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl KeyServer {
    pub(crate) async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
            .await
            .unwrap();
        let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
        let answer = Arc::new(Mutex::new(answer));
        let asked = Arc::new(AtomicUsize::new(0));
        let (told, counter) = (Arc::clone(&answer), Arc::clone(&asked));
        let respond = move || {
            counter.fetch_add(1, Ordering::SeqCst);
            let answer = told.lock().unwrap().clone();
            respond(answer)
        };
        let router = Router::new().route("/jwks.json", get(respond));
        let task = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        Self {
            url,
            answer,
            asked,
            task,
        }
    }

    pub(crate) fn answers(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// The configuration of an issuer with these keys.
    pub(crate) fn issuer(&self, name: &str) -> Value {
        json!({ "issuer": name, "audience": "usher", "algorithm": "ES256", "jwks_url": self.url })
    }
}

impl Drop for KeyServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn respond(answer: Answer) -> Response<Body> {
    let response = Response::builder();
    match answer {
        Answer::Body(body) => response.body(Body::from(body)),
        Answer::Endless => {
            let endless = futures_util::stream::repeat_with(|| {
                Ok::<_, std::io::Error>(vec![b' '; 16 * 1024])
            });
            response.body(Body::from_stream(endless))
        }
        Answer::Redirect => response
            .status(StatusCode::FOUND)
            .header(header::LOCATION, "/jwks.json?again")
            .body(Body::empty()),
        Answer::Status(status) => response.status(status).body(Body::empty()),
        Answer::Silence => std::future::pending().await,
    }
    .unwrap()
}
