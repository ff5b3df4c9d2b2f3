//! `usher check messages`: what the gate says to people in each state, in every language it speaks, held against the wording rules
//! (incidents I1 and I4); and whether the links on its pages lead somewhere.

mod links;
mod words;

use std::fmt;

use crate::arguments::check::CheckLive;
use crate::check::look;
use crate::configuration::mistake::ConfigurationError;
use crate::configuration::{Configuration, Environment};
use crate::deployment::Deployment;
use crate::deployment::tls::NoClient;
use crate::examined::Examined;
use crate::outcome::ExitCode;
use crate::outlet::Outlet;
use crate::redaction::Secrets;
use crate::report;

/// Reads what people would read.
pub(crate) async fn check(
    options: &CheckLive,
    secrets: &Secrets,
    outlet: &Outlet<'_>,
) -> Result<ExitCode, CheckMessagesError> {
    let environment: Environment<'_> = &|name| std::env::var(name).ok();
    let configuration = Configuration::load(&options.config, environment)?;
    let deployment =
        Deployment::new(&configuration, secrets, None).map_err(CheckMessagesError::Client)?;
    let gate = deployment.gate().ok_or(CheckMessagesError::NoGate)?;
    let (said, in_words) = words::look(&deployment, &gate).await;
    let (linked, links) = links::look(&deployment, &gate).await;
    let looked_at = format!("{}: {said}, {linked}", gate.front.address);
    let examined = Examined::of(vec![looked_at], in_words.and(links), secrets);
    let text = report::render_examined(options.report, &examined, look(outlet, environment));
    outlet.report(&text);
    Ok(examined.exit_code())
}

/// Why nothing was read.
#[derive(Debug)]
pub(crate) enum CheckMessagesError {
    /// The HTTP client cannot be set up.
    Client(NoClient),
    /// usher.toml is wrong.
    Configuration(ConfigurationError),
    /// There is no gate that says anything.
    NoGate,
}

impl From<ConfigurationError> for CheckMessagesError {
    fn from(error: ConfigurationError) -> Self {
        Self::Configuration(error)
    }
}

impl fmt::Display for CheckMessagesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => write!(f, "cannot set up the HTTP client: {error}"),
            Self::Configuration(error) => error.fmt(f),
            Self::NoGate => f.write_str(
                "there is no gate that says anything; give `gate` in [target]. What your own API says while people wait is held by `message` in [ready]",
            ),
        }
    }
}
