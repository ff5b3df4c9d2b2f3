//! `usher diagnose USER`: the chain of one user, from their identity to what they see, up to the first link that is broken.

pub(crate) mod chain;

mod at_the_gate;
mod own;

use std::fmt;

use crate::arguments::diagnose::Diagnose;
use crate::check::{look, remember_databases};
use crate::configuration::mistake::ConfigurationError;
use crate::configuration::name::BuiltIn;
use crate::configuration::{Configuration, Environment};
use crate::deployment::Deployment;
use crate::deployment::tls::NoClient;
use crate::diagnose::chain::{Chain, Link, State};
use crate::memory::Memory;
use crate::newcomer::values_of_operators;
use crate::outcome::ExitCode;
use crate::outlet::Outlet;
use crate::redaction::Secrets;
use crate::report;
use crate::terminal::harmless;

/// Follows the chain, and says where it ends.
pub(crate) async fn diagnose(
    options: &Diagnose,
    secrets: &Secrets,
    outlet: &Outlet<'_>,
) -> Result<ExitCode, DiagnoseError> {
    let environment: Environment<'_> = &|name| std::env::var(name).ok();
    let configuration = Configuration::load(&options.config, environment)?;
    remember_databases(&configuration, secrets);
    let deployment =
        Deployment::new(&configuration, secrets, None).map_err(DiagnoseError::Client)?;
    if configuration.diagnosis.is_empty() && deployment.gate().is_none() {
        return Err(DiagnoseError::NoLinks);
    }
    let mut chain = follow(&deployment, &options.user).await;
    chain.for_each_text(|text| {
        let lines = secrets.redact(text);
        let lines: Vec<String> = lines.lines().map(harmless).collect();
        *text = lines.join("\n");
    });
    let look = look(outlet, environment);
    outlet.report(&report::render_chain(options.report, &chain, look));
    Ok(chain.exit_code())
}

async fn follow(deployment: &Deployment<'_>, email: &str) -> Chain {
    let mut values = values_of_operators(deployment.configuration);
    values.set(BuiltIn::Email.name(), email.into());
    let memory = Memory::of(values);
    let mut chain = Chain {
        schema_version: Chain::SCHEMA_VERSION,
        user: email.to_owned(),
        links: Vec::new(),
        told: None,
    };
    for link in &deployment.configuration.diagnosis {
        let seen = own::look(deployment, link, &memory).await;
        let is_passed = seen.is_passed();
        chain.links.push(seen);
        if !is_passed {
            return chain;
        }
    }
    match (deployment.gate(), deployment.operated_gate()) {
        (_, Some((gate, admin))) => {
            let links = &mut chain.links;
            chain.told = at_the_gate::follow(deployment, &gate, admin, email, links).await;
        }
        (Some(gate), None) => {
            let why = "no [gate_admin] in the configuration";
            let source = gate.front.address.to_string();
            let link = Link::seen("the gate", State::Unseen, why, source);
            chain.links.push(link);
        }
        (None, None) => {}
    }
    chain
}

/// Why nothing was looked at.
#[derive(Debug)]
pub(crate) enum DiagnoseError {
    /// The HTTP client cannot be set up.
    Client(NoClient),
    /// usher.toml is wrong.
    Configuration(ConfigurationError),
    /// The file describes no link.
    NoLinks,
}

impl From<ConfigurationError> for DiagnoseError {
    fn from(error: ConfigurationError) -> Self {
        Self::Configuration(error)
    }
}

impl fmt::Display for DiagnoseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => write!(f, "cannot set up the HTTP client: {error}"),
            Self::Configuration(error) => error.fmt(f),
            Self::NoLinks => f.write_str(
                "the configuration says nothing of how a user comes to their app; add [[diagnose]] tables, or `gate` in [target] and [gate_admin]",
            ),
        }
    }
}
