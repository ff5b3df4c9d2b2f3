//! `usher check security`: what an attacker would try first, tried at the live gate: tokens that nobody signed, headers that claim to be
//! somebody, apps asked at their own addresses; and what keeps browsers safe, looked at in the gate's own answers.
//!
//! Nothing is created, and nothing is changed.

mod around;
mod clock;
mod forgeries;
mod headers;
mod transport;

use std::fmt;

use crate::arguments::check::CheckLive;
use crate::check::{look, remember_databases};
use crate::configuration::mistake::ConfigurationError;
use crate::configuration::{Configuration, Environment};
use crate::deployment::Deployment;
use crate::deployment::gate::Gate;
use crate::deployment::tls::NoClient;
use crate::examined::Examined;
use crate::findings::Opinion;
use crate::outcome::ExitCode;
use crate::outlet::Outlet;
use crate::redaction::Secrets;
use crate::report;

/// A gate under attack.
#[derive(Clone, Copy, Debug)]
struct Scene<'a> {
    deployment: &'a Deployment<'a>,
    gate: Gate<'a>,
}

/// Tries, and says what came of it.
pub(crate) async fn check(
    options: &CheckLive,
    secrets: &Secrets,
    outlet: &Outlet<'_>,
) -> Result<ExitCode, CheckSecurityError> {
    let environment: Environment<'_> = &|name| std::env::var(name).ok();
    let configuration = Configuration::load(&options.config, environment)?;
    remember_databases(&configuration, secrets);
    let deployment =
        Deployment::new(&configuration, secrets, None).map_err(CheckSecurityError::Client)?;
    let gate = deployment.gate().ok_or(CheckSecurityError::NoGate)?;
    let scene = Scene {
        deployment: &deployment,
        gate,
    };
    let opinions = [
        forgeries::look(&scene).await,
        around::look(&scene).await,
        transport::look(&scene).await,
        headers::look(&scene).await,
        clock::look(&scene).await,
    ];
    let opinion = opinions.into_iter().fold(Opinion::default(), Opinion::and);
    let looked_at = format!(
        "{}: {} forgeries, the apps' own addresses, encryption, the headers of its pages, its clock",
        gate.front.address,
        forgeries::COUNT
    );
    let examined = Examined::of(vec![looked_at], opinion, secrets);
    let text = report::render_examined(options.report, &examined, look(outlet, environment));
    outlet.report(&text);
    Ok(examined.exit_code())
}

/// Why nothing was tried.
#[derive(Debug)]
pub(crate) enum CheckSecurityError {
    /// The HTTP client cannot be set up.
    Client(NoClient),
    /// usher.toml is wrong.
    Configuration(ConfigurationError),
    /// There is no gate to attack.
    NoGate,
}

impl From<ConfigurationError> for CheckSecurityError {
    fn from(error: ConfigurationError) -> Self {
        Self::Configuration(error)
    }
}

impl fmt::Display for CheckSecurityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => write!(f, "cannot set up the HTTP client: {error}"),
            Self::Configuration(error) => error.fmt(f),
            Self::NoGate => f.write_str("there is no gate to attack; give `gate` in [target]"),
        }
    }
}
