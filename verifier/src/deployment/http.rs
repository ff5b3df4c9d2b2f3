//! One request sent, and what came of it kept.

use std::sync::Arc;
use std::time::{Duration, Instant};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::HeaderValue;
use reqwest::{Client, Url, redirect};
use url::Origin;

use crate::configuration::address::web_address;
use crate::deployment::exchange::{Answer, Exchange, NoAnswer};
use crate::deployment::sent::Sent;
use crate::deployment::timing::{TimedConnections, TimedResolver, Timing, first_byte, measured};
use crate::deployment::tls::{self, NoClient};
use crate::redaction::Secrets;

/// Sends requests, each within the same time.
#[derive(Debug)]
pub(crate) struct Http<'a> {
    client: Client,
    pub(crate) secrets: &'a Secrets,
    within: Duration,
    /// What is said besides to whoever is at this origin.
    besides: Option<(Origin, Vec<(String, String)>)>,
}

impl<'a> Http<'a> {
    /// No redirect is ever followed: a redirect is an answer that has to be seen, and a token must not travel with it.
    pub(crate) fn new(within: Duration, secrets: &'a Secrets) -> Result<Self, NoClient> {
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .user_agent(concat!("usher/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Arc::new(TimedResolver))
            .connector_layer(TimedConnections)
            .tls_backend_preconfigured(tls::configuration()?)
            .build()?;
        Ok(Self {
            client,
            secrets,
            within,
            besides: None,
        })
    }

    /// The same, with these headers on every request to this origin.
    pub(crate) fn saying(self, origin: Origin, headers: Vec<(String, String)>) -> Self {
        Self {
            besides: Some((origin, headers)),
            ..self
        }
    }

    /// Sends one request.
    pub(crate) async fn send(&self, mut request: Sent) -> Exchange {
        let (answer, timing) = match web_address(&request.url) {
            Err(error) => {
                let said = error.to_string();
                (Err(NoAnswer::Address { said }), Timing::default())
            }
            Ok(url) => {
                request.url = url.to_string();
                if let Some((origin, headers)) = &self.besides
                    && *origin == url.origin()
                {
                    request.headers.extend(headers.iter().cloned());
                }
                measured(self.answer(&request, &url)).await
            }
        };
        Exchange {
            curl: request.curl(self.secrets),
            request,
            answer,
            timing,
        }
    }

    async fn answer(&self, request: &Sent, url: &Url) -> Result<Answer, NoAnswer> {
        let mut sending = self
            .client
            .request(request.method.clone(), url.clone())
            .timeout(self.within);
        for (name, value) in &request.headers {
            let value = HeaderValue::from_str(value).map_err(|_| NoAnswer::Address {
                said: format!("the value of the header `{name}` cannot be sent: it has a line break or another control character"),
            })?;
            sending = sending.header(name, value);
        }
        if let Some(body) = &request.body {
            sending = sending.body(body.clone());
        }
        receive(sending, url, self.within).await
    }
}

/// The fields of an HTML form as a body.
pub(crate) fn form(fields: &[(&str, String)]) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, FORM).to_string();
    let field = |(name, value): &(&str, String)| format!("{}={}", encoded(name), encoded(value));
    fields.iter().map(field).collect::<Vec<_>>().join("&")
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
    let began = Instant::now();
    let mut response = sending.send().await.map_err(|error| explain(&error))?;
    first_byte(began);
    let header = |(name, value): (&reqwest::header::HeaderName, &HeaderValue)| {
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
    // Most are whole, and need not be copied.
    answer.body = String::from_utf8(bytes)
        .unwrap_or_else(|wrong| String::from_utf8_lossy(wrong.as_bytes()).into_owned());
    Ok(answer)
}

/// One MiB: far above any answer a step looks into, and far below what would hurt the machine that runs the verifier.
const MAX_BODY_BYTES: usize = 1024 * 1024;
