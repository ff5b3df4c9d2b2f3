//! `[[webhooks]]` of usher.toml: what carries a sign-up from the identity provider to the platform (incident I2: identities with nothing
//! behind them, because the handler of a webhook failed and nobody was told).

mod complete;
pub(super) mod entry;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::configuration::address::UrlTemplate;
use crate::configuration::audit::field::Field;
use crate::configuration::auth0::Tenant;
use crate::configuration::file::{Budget, SecretPlace, Target};
use crate::configuration::known_to_operators::known_to_operators;
use crate::configuration::list::List;
use crate::configuration::mistake::{ConfigurationError, Mistake};
use crate::configuration::name::{Name, Values};
use crate::configuration::placed::{OwnKeys, Placed};
use crate::configuration::reading::{self, Reading};
use crate::configuration::scope::Scope;
use crate::configuration::secret::{NamedSecret, named_secrets};
pub(super) use crate::configuration::webhooks::complete::complete;
use crate::configuration::webhooks::entry::WebhookTable;
use crate::configuration::{Environment, text_of};

/// A way of a sign-up to the platform.
#[derive(Clone, Debug)]
pub(crate) struct Webhook {
    /// What it is called.
    pub(crate) name: String,
    /// Where the platform takes it.
    pub(crate) endpoint: UrlTemplate,
    pub(crate) carrier: Carrier,
    pub(crate) handler: Handler,
}

/// What sends it.
#[derive(Clone, Debug)]
pub(crate) enum Carrier {
    Action(Box<Action>),
    Listed(Box<Listed>),
    Streams(Box<Streams>),
}

/// An Action of Auth0's trigger `post-user-registration`, whose own code sends it.
#[derive(Clone, Debug)]
pub(crate) struct Action {
    pub(crate) tenant: Tenant,
    pub(crate) name: String,
    pub(crate) bindings: List,
}

/// Log streams and event streams of Auth0.
#[derive(Clone, Debug)]
pub(crate) struct Streams {
    pub(crate) tenant: Tenant,
    /// The one that is meant, where the file says it.
    pub(crate) named: Option<String>,
    pub(crate) log: Listing,
    pub(crate) event: Listing,
    pub(crate) deliveries: Deliveries,
}

/// Streams of one kind, and what one of them has to send.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    pub(crate) list: List,
    pub(crate) events: Vec<String>,
}

/// Deliveries of an event stream that failed.
#[derive(Clone, Debug)]
pub(crate) struct Deliveries {
    pub(crate) list: List,
    /// What stands for the stream in the list's address.
    pub(crate) stream: Name,
    /// What stands there for the time from which on they count.
    pub(crate) since: Name,
    pub(crate) within_seconds: u64,
}

/// Webhooks of any other provider.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) list: List,
    pub(crate) endpoint: Field,
    /// What a row says while nothing is sent.
    pub(crate) off_if: Vec<(Field, Value)>,
    /// Where a row has what is sent; everything is, where nothing is said.
    pub(crate) events: Option<(Field, Vec<String>)>,
}

/// What handles it.
#[derive(Clone, Debug)]
pub(crate) struct Handler {
    /// The variables that it needs, and whether each is set where this program runs.
    pub(crate) variables: Vec<(String, bool)>,
    /// The file of variables that it is started with.
    pub(crate) file: Option<PathBuf>,
}

/// All of them, without the rest of the file.
#[derive(Debug)]
pub(crate) struct Webhooks {
    pub(crate) all: Vec<Webhook>,
    pub(crate) secrets: Vec<NamedSecret>,
    /// What an operator knows.
    pub(crate) values: Values,
    pub(crate) request_within: Duration,
}

/// The rest of the file is what `usher verify` needs, and is judged there.
#[derive(Debug, Deserialize)]
struct Part {
    target: Option<Target>,
    #[serde(default)]
    secrets: OwnKeys<Placed<SecretPlace>>,
    #[serde(default)]
    budget: Budget,
    #[serde(default)]
    webhooks: Vec<Placed<WebhookTable>>,
}

impl Webhooks {
    /// Reads no more of the file at this path than they need.
    pub(crate) fn load(
        path: &Path,
        environment: Environment<'_>,
    ) -> Result<Self, ConfigurationError> {
        Self::parse(path, &text_of(path)?, environment)
    }

    fn parse(
        path: &Path,
        text: &str,
        environment: Environment<'_>,
    ) -> Result<Self, ConfigurationError> {
        let part: Part = reading::parsed(path, text)?;
        let reading = Reading {
            path,
            text,
            environment,
        };
        Ok(part.complete(&reading)?)
    }
}

impl Part {
    fn complete(self, reading: &Reading<'_>) -> Result<Webhooks, Mistake> {
        let secrets = named_secrets(&self.secrets, reading)?;
        let (values, known) = known_to_operators(self.target.as_ref(), &secrets);
        let names = secrets.iter().map(|secret| secret.name.clone());
        let scope = Scope::new(&known, names, std::collections::BTreeMap::new());
        Ok(Webhooks {
            all: complete(&self.webhooks, reading, &scope)?,
            secrets,
            values,
            request_within: self.budget.request_seconds.duration(),
        })
    }
}

#[cfg(test)]
mod tests;
