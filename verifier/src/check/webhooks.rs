//! `usher check webhooks`: what carries a sign-up from the identity provider to the platform (incident I2).

use std::fmt;
use std::path::PathBuf;

use crate::arguments::check::CheckWebhooks;
use crate::check::look;
use crate::configuration::Environment;
use crate::configuration::mistake::ConfigurationError;
use crate::configuration::webhooks::{Webhook, Webhooks};
use crate::deployment::http::Http;
use crate::deployment::tls::NoClient;
use crate::examined::Examined;
use crate::findings::Opinion;
use crate::outcome::ExitCode;
use crate::outlet::Outlet;
use crate::redaction::{SecretName, Secrets};
use crate::report;
use crate::webhooks::{self, Place};

/// Looks at each of them, and says what came of it.
pub(crate) async fn check(
    options: &CheckWebhooks,
    secrets: &Secrets,
    outlet: &Outlet<'_>,
) -> Result<ExitCode, CheckWebhooksError> {
    let environment: Environment<'_> = &|name| std::env::var(name).ok();
    let configured = Webhooks::load(&options.config, environment)?;
    for secret in &configured.secrets {
        secrets.remember(SecretName::Origin(&secret.origin), &secret.value);
    }
    let wanted = |webhook: &&Webhook| {
        let name = options.webhook.as_ref();
        name.is_none_or(|name| webhook.name == *name)
    };
    let chosen: Vec<_> = configured.all.iter().filter(wanted).collect();
    if chosen.is_empty() {
        return Err(match &options.webhook {
            Some(name) => CheckWebhooksError::Unknown(name.clone()),
            None => CheckWebhooksError::Nothing(options.config.clone()),
        });
    }
    let http = Http::new(configured.request_within, secrets).map_err(CheckWebhooksError::Client)?;
    let (mut looked_at, mut opinion) = (Vec::new(), Opinion::default());
    for webhook in chosen {
        let seen = webhooks::look(&http, &configured.values, webhook, Place::WithTheHandler).await;
        looked_at.push(webhooks::said(webhook));
        opinion = opinion.and(seen);
    }
    let examined = Examined::of(looked_at, opinion, secrets);
    let text = report::render_examined(options.report, &examined, look(outlet, environment));
    outlet.report(&text);
    Ok(examined.exit_code())
}

/// Why nothing was looked at.
#[derive(Debug)]
pub(crate) enum CheckWebhooksError {
    /// The HTTP client cannot be set up.
    Client(NoClient),
    /// usher.toml is wrong.
    Configuration(ConfigurationError),
    /// The file describes none.
    Nothing(PathBuf),
    /// There is none with this name.
    Unknown(String),
}

impl From<ConfigurationError> for CheckWebhooksError {
    fn from(error: ConfigurationError) -> Self {
        Self::Configuration(error)
    }
}

impl fmt::Display for CheckWebhooksError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => write!(f, "cannot set up the HTTP client: {error}"),
            Self::Configuration(error) => error.fmt(f),
            Self::Nothing(file) => write!(
                f,
                "`{}` describes no webhook; add a [[webhooks]] table with `name`, `provider` and `endpoint`",
                file.display()
            ),
            Self::Unknown(name) => write!(
                f,
                "there is no [[webhooks]] with the name `{name}`; add one, or give the name of one that is there"
            ),
        }
    }
}
