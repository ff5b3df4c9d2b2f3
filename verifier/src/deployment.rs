//! The deployment under test, as far as it can be seen through HTTP.

pub(crate) mod exchange;
pub(crate) mod gate;
pub(crate) mod http;
pub(crate) mod journey;
pub(crate) mod pages;
pub(crate) mod part;
pub(crate) mod prepared;
pub(crate) mod sent;
pub(crate) mod timing;
pub(crate) mod tls;

use reqwest::Url;

use crate::configuration::Configuration;
use crate::configuration::front::Front;
use crate::configuration::secret::Admin;
use crate::deployment::exchange::Exchange;
use crate::deployment::gate::Gate;
use crate::deployment::http::Http;
use crate::deployment::sent::Sent;
use crate::deployment::tls::NoClient;
use crate::redaction::{SecretName, Secrets};
use crate::version::VersionOverride;

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
        version_override: Option<&VersionOverride>,
    ) -> Result<Self, NoClient> {
        for secret in &configuration.secrets {
            secrets.remember(SecretName::Origin(&secret.origin), &secret.value);
        }
        let http = Http::new(configuration.request_within, secrets)?;
        let http = match (&configuration.front, version_override) {
            (Front::Gate(front), Some(wanted)) => {
                let header = (VersionOverride::HEADER.to_owned(), wanted.value());
                http.saying(front.address.origin(), vec![header])
            }
            (Front::Direct { .. } | Front::Gate(_), _) => http,
        };
        let deployment = Self {
            configuration,
            secrets,
            http,
        };
        if let Some(admin) = deployment.gate().and_then(|gate| gate.front.admin.as_ref()) {
            secrets.remember(SecretName::Origin(&admin.origin), &admin.secret);
        }
        Ok(deployment)
    }

    /// The gate, if there is one.
    pub(crate) fn gate(&self) -> Option<Gate<'_>> {
        match &self.configuration.front {
            Front::Direct { .. } => None,
            Front::Gate(front) => Some(Gate {
                front,
                http: &self.http,
            }),
        }
    }

    /// The gate, and its operator's secret, if the configuration has both.
    pub(crate) fn operated_gate(&self) -> Option<(Gate<'_>, &Admin)> {
        let gate = self.gate()?;
        let admin = gate.front.admin.as_ref()?;
        Some((gate, admin))
    }

    /// Performs a request.
    pub(crate) async fn send(&self, request: Sent) -> Exchange {
        self.http.send(request).await
    }

    /// Performs a GET that shows nobody's token.
    pub(crate) async fn look_at(&self, url: &Url) -> Exchange {
        self.http.send(Sent::get(url.as_str())).await
    }
}
