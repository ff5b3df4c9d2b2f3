//! The deployment under test, as far as it can be seen through HTTP.

pub(crate) mod exchange;
pub(crate) mod gate;
pub(crate) mod http;

use reqwest::Url;

use crate::configuration::Configuration;
use crate::configuration::file::Call;
use crate::configuration::template::Filling;
use crate::configuration::value::Method;
use crate::deployment::exchange::{Exchange, NoAnswer};
use crate::deployment::http::{Body, Http};
use crate::redaction::{SecretName, Secrets};

/// Sends requests and keeps what was sent and answered.
#[derive(Debug)]
pub(crate) struct Deployment<'a> {
    pub(crate) configuration: &'a Configuration,
    pub(crate) secrets: &'a Secrets,
    http: Http<'a>,
}

impl<'a> Deployment<'a> {
    pub(crate) fn new(
        configuration: &'a Configuration,
        secrets: &'a Secrets,
    ) -> Result<Self, reqwest::Error> {
        let http = Http::new(configuration.request_within, secrets)?;
        if let Some(admin) = &configuration.admin {
            secrets.remember(SecretName::Variable(admin.variable()), &admin.secret);
        }
        Ok(Self {
            configuration,
            secrets,
            http,
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
        let body = call
            .json
            .as_ref()
            .map(|json| Body::Json(json.get_ref().fill(filling)));
        match call.url.get_ref().fill(filling) {
            Ok(url) => self.http.send(method, url, token, &[], body).await,
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
        self.http
            .send(reqwest::Method::GET, url, token, &[], None)
            .await
    }
}
