//! The deployment under test, as far as it can be seen through HTTP.

pub(crate) mod exchange;
pub(crate) mod gate;

use std::time::Duration;

use reqwest::{Client, Url, redirect};
use serde_json::Value;

use crate::configuration::Configuration;
use crate::configuration::file::Call;
use crate::configuration::template::Filling;
use crate::configuration::value::Method;
use crate::deployment::exchange::{Answer, Exchange, NoAnswer, Request};
use crate::redaction::{SecretName, Secrets};

/// Sends requests and keeps what was sent and answered.
#[derive(Debug)]
pub(crate) struct Deployment<'a> {
    pub(crate) configuration: &'a Configuration,
    pub(crate) secrets: &'a Secrets,
    client: Client,
}

impl<'a> Deployment<'a> {
    /// No redirect is ever followed: a redirect is an answer that has to be seen, and a token must not travel with it.
    pub(crate) fn new(
        configuration: &'a Configuration,
        secrets: &'a Secrets,
    ) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .user_agent(concat!("usher/", env!("CARGO_PKG_VERSION")))
            .build()?;
        if let Some(admin) = &configuration.admin {
            secrets.remember(SecretName::Admin, &admin.secret);
        }
        Ok(Self {
            configuration,
            secrets,
            client,
        })
    }

    /// Performs a request of usher.toml.
    pub(crate) async fn call(
        &self,
        call: &Call,
        usual: Method,
        filling: &Filling<'_>,
        token: Option<&str>,
    ) -> Exchange {
        let method = call.method.unwrap_or(usual).into();
        let body = call.json.as_ref().map(|json| json.get_ref().fill(filling));
        match call.url.get_ref().fill(filling) {
            Ok(url) => self.send(method, url, token, body).await,
            Err(error) => Exchange::unsent(
                method.to_string(),
                NoAnswer::Address {
                    said: error.to_string(),
                },
            ),
        }
    }

    /// Performs a GET.
    pub(crate) async fn get(&self, url: Url, token: Option<&str>) -> Exchange {
        self.send(reqwest::Method::GET, url, token, None).await
    }

    async fn send(
        &self,
        method: reqwest::Method,
        url: Url,
        token: Option<&str>,
        body: Option<Value>,
    ) -> Exchange {
        // No `accept`: then a printed curl line asks for just the same.
        let mut headers = Vec::new();
        headers.extend(token.map(|token| ("authorization".to_owned(), format!("Bearer {token}"))));
        headers.extend(
            body.is_some()
                .then(|| ("content-type".to_owned(), "application/json".to_owned())),
        );
        let request = Request {
            method: method.to_string(),
            url: url.to_string(),
            headers,
            body: body.map(|body| body.to_string()),
        };
        let mut sending = self
            .client
            .request(method, url.clone())
            .timeout(self.configuration.request_within);
        for (name, value) in &request.headers {
            sending = sending.header(name, value);
        }
        if let Some(body) = &request.body {
            sending = sending.body(body.clone());
        }
        let answer = receive(sending, &url, self.configuration.request_within).await;
        Exchange {
            curl: request.curl(self.secrets),
            request,
            answer,
        }
    }
}

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
