//! One request sent, and what came of it kept.

use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Method, Url, redirect};
use serde_json::Value;

use crate::deployment::exchange::{Answer, Exchange, NoAnswer, Request};
use crate::redaction::Secrets;

/// Sends requests, each within the same time.
#[derive(Debug)]
pub(crate) struct Http<'a> {
    client: Client,
    secrets: &'a Secrets,
    within: Duration,
}

impl<'a> Http<'a> {
    /// No redirect is ever followed: a redirect is an answer that has to be seen, and a token must not travel with it.
    pub(crate) fn new(within: Duration, secrets: &'a Secrets) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .user_agent(concat!("usher/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self {
            client,
            secrets,
            within,
        })
    }

    /// Sends one request, with these headers besides those that a token and a body need.
    pub(crate) async fn send(
        &self,
        method: Method,
        url: Url,
        token: Option<&str>,
        further: &[(&str, String)],
        body: Option<Body>,
    ) -> Exchange {
        // No `accept`: then a printed curl line asks for just the same.
        let mut headers = Vec::new();
        headers.extend(token.map(|token| ("authorization".to_owned(), format!("Bearer {token}"))));
        headers.extend(
            body.as_ref()
                .map(|body| ("content-type".to_owned(), body.media_type().to_owned())),
        );
        let further = further
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()));
        headers.extend(further);
        let request = Request {
            method: method.to_string(),
            url: url.to_string(),
            headers,
            body: body.map(Body::into_text),
        };
        let mut sending = self
            .client
            .request(method, url.clone())
            .timeout(self.within);
        for (name, value) in &request.headers {
            sending = sending.header(name, value);
        }
        if let Some(body) = &request.body {
            sending = sending.body(body.clone());
        }
        let answer = receive(sending, &url, self.within).await;
        Exchange {
            curl: request.curl(self.secrets),
            request,
            answer,
        }
    }
}

/// What is sent with a request.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// The fields of an HTML form.
    Form(Vec<(&'static str, String)>),
    Json(Value),
}

impl Body {
    const fn media_type(&self) -> &'static str {
        match self {
            Self::Form(_) => "application/x-www-form-urlencoded",
            Self::Json(_) => "application/json",
        }
    }

    fn into_text(self) -> String {
        match self {
            Self::Form(fields) => fields
                .iter()
                .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, FORM)))
                .collect::<Vec<_>>()
                .join("&"),
            Self::Json(value) => value.to_string(),
        }
    }
}

/// All but what no form encodes; a space as `%20` is read like `+` (URL Standard, application/x-www-form-urlencoded).
const FORM: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'*')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_');

async fn receive(
    sending: reqwest::RequestBuilder,
    url: &Url,
    within: Duration,
) -> Result<Answer, NoAnswer> {
    let explain = |error: &reqwest::Error| NoAnswer::of(error, url, within);
    let mut response = sending.send().await.map_err(|error| explain(&error))?;
    let header = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
        (
            name.as_str().to_owned(),
            String::from_utf8_lossy(value.as_bytes()).into_owned(),
        )
    };
    let mut answer = Answer {
        status: response.status().as_u16(),
        headers: response.headers().iter().map(header).collect(),
        body: String::new(),
        truncated: false,
    };
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| explain(&error))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_BODY_BYTES {
            bytes.truncate(MAX_BODY_BYTES);
            answer.truncated = true;
            break;
        }
    }
    answer.body = String::from_utf8_lossy(&bytes).into_owned();
    Ok(answer)
}

/// One MiB: far above any answer a step looks into, and far below what would hurt the machine that runs the verifier.
const MAX_BODY_BYTES: usize = 1024 * 1024;
