//! Somebody who knocks at the gate: a browser or an API client, with or without a token.

use reqwest::header::{ACCEPT, AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, RequestBuilder, Response, redirect};

/// A client of the gate. It follows no redirect and remembers no cookie, so that a test sees each answer as it is.
#[derive(Clone, Debug)]
pub struct Visitor {
    client: Client,
    gate: String,
    headers: HeaderMap,
}

impl Visitor {
    /// A person who opens a page in a browser.
    pub fn browser(gate: &str) -> Self {
        Self::new(gate)
            .with(
                ACCEPT,
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            )
            .with(HeaderName::from_static("sec-fetch-mode"), "navigate")
            .with(HeaderName::from_static("sec-fetch-dest"), "document")
            .with(HeaderName::from_static("sec-fetch-site"), "none")
    }

    /// A program.
    pub fn api(gate: &str) -> Self {
        Self::new(gate).with(ACCEPT, "application/json")
    }

    /// The same visitor with a token in the gate's cookie.
    #[must_use]
    pub fn with_cookie(self, name: &str, token: &str) -> Self {
        self.with(COOKIE, &format!("{name}={token}"))
    }

    /// The same visitor with a token as `Authorization: Bearer`.
    #[must_use]
    pub fn with_bearer(self, token: &str) -> Self {
        self.with(AUTHORIZATION, &format!("Bearer {token}"))
    }

    /// The same visitor with one more header on each request.
    ///
    /// # Panics
    /// When no header can have that value.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "a test that writes an impossible header must stop there"
    )]
    pub fn with(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.insert(
            name,
            HeaderValue::from_str(value).expect("a value that a header may have"),
        );
        self
    }

    /// Opens a path.
    pub async fn get(&self, path: &str) -> Response {
        self.send(self.request(Method::GET, path)).await
    }

    /// A request to a path, to be changed before it is sent.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.gate))
            .headers(self.headers.clone())
    }

    /// Sends a request.
    ///
    /// # Panics
    /// When there is no answer at all.
    #[expect(
        clippy::expect_used,
        reason = "no answer at all is never what a test is about"
    )]
    pub async fn send(&self, request: RequestBuilder) -> Response {
        request.send().await.expect("the gate answers")
    }

    #[expect(
        clippy::expect_used,
        reason = "fails only where no TLS library is built in"
    )]
    fn new(gate: &str) -> Self {
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("a client");
        Self {
            client,
            gate: gate.to_owned(),
            headers: HeaderMap::new(),
        }
    }
}
