//! `usher check webhooks`: what carries a sign-up from the identity provider to the platform (incident I2).

use std::fmt;
use std::path::PathBuf;

use crate::arguments::check::CheckWebhooks;
use crate::check::{look, remember_all};
use crate::configuration::Environment;
use crate::configuration::database::with_indexes;
use crate::configuration::mistake::ConfigurationError;
use crate::configuration::webhooks::{Webhook, Webhooks};
use crate::deployment::http::Http;
use crate::deployment::tls::NoClient;
use crate::examined::Examined;
use crate::findings::{Opinion, Unlooked};
use crate::indexes;
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
    if options.webhook.is_none() {
        opinion =
            opinion.and(indexes_of_handlers(options, &mut looked_at, environment, secrets).await);
    }
    let examined = Examined::of(looked_at, opinion, secrets);
    let text = report::render_examined(options.report, &examined, look(outlet, environment));
    outlet.report(&text);
    Ok(examined.exit_code())
}

/// A handler that cannot make its index often swallows the error, and creates nothing from then on (incident I2).
async fn indexes_of_handlers(
    options: &CheckWebhooks,
    looked_at: &mut Vec<String>,
    environment: Environment<'_>,
    secrets: &Secrets,
) -> Opinion {
    let unlooked = |at: String, why: String| Opinion {
        causes: Vec::new(),
        unlooked: vec![Unlooked { at, why }],
    };
    let databases = match with_indexes(&options.config, environment) {
        Ok(databases) => databases,
        Err(error) => {
            let at = "the indexes that the handlers declare".to_owned();
            return unlooked(at, error.to_string());
        }
    };
    remember_all(&databases, secrets);
    let mut opinion = Opinion::default();
    for database in &databases {
        let seen = match indexes::look(database).await {
            None => continue,
            Some(Ok(seen)) => seen,
            Some(Err(error)) => {
                let at = format!("the indexes declared for the database `{}`", database.name);
                unlooked(at, error.to_string())
            }
        };
        looked_at.push(format!(
            "{}: the indexes that the code declares",
            database.name
        ));
        opinion = opinion.and(seen);
    }
    opinion
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
