//! `usher check config`: the gate's own files, usher.toml and the live gate, each against the others.
//!
//! ```text
//! wrangler.toml, .dev.vars ─► settings, bindings, issuers ─┐
//! usher.toml ──────────────────────────────► agreement ────┼─► report
//! the gate's own endpoints ────────────────► live, routes ─┘
//! ```
//!
//! What an attacker would find is the matter of `usher check security`.

mod agreement;
mod bindings;
mod issuers;
mod live;
mod routes;
mod settings;

use std::fmt;

use crate::arguments::check::CheckConfig;
use crate::check::config::live::Live;
use crate::check::look;
use crate::configuration::Environment;
use crate::configuration::front::GateFront;
use crate::configuration::gate_in_use::GateInUse;
use crate::configuration::mistake::ConfigurationError;
use crate::configuration::secret::Origin;
use crate::deployment::gate::Gate;
use crate::deployment::http::Http;
use crate::deployment::tls::NoClient;
use crate::examined::Examined;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion, Unlooked};
use crate::outcome::ExitCode;
use crate::outlet::Outlet;
use crate::redaction::{SecretName, Secrets};
use crate::report;
use crate::tokens::error::CheckError;
use crate::tokens::gate_files::GateFiles;

/// What is held against what.
struct Scene<'a> {
    files: &'a GateFiles<'a>,
    in_use: &'a GateInUse,
    /// Whether other people reach the gate: one on this machine is run by `wrangler dev`, which reads `.dev.vars` and needs no ids.
    is_deployed: bool,
}

/// Looks, and says what came of it.
pub(crate) async fn check(
    options: &CheckConfig,
    secrets: &Secrets,
    outlet: &Outlet<'_>,
) -> Result<ExitCode, CheckConfigError> {
    let environment: Environment<'_> = &|name| std::env::var(name).ok();
    let in_use = GateInUse::load(&options.config, environment)?;
    let is_deployed = !in_use.gate.is_on_this_machine();
    let path = options.wrangler.as_deref();
    let files = GateFiles::read(path, options.env.as_deref(), is_deployed, environment)?;
    for (name, value) in files.secrets_at_hand() {
        secrets.remember(SecretName::Origin(&Origin::Variable(name)), &value);
    }
    let scene = Scene {
        files: &files,
        in_use: &in_use,
        is_deployed,
    };
    let http = Http::new(in_use.request_within, secrets).map_err(CheckConfigError::Client)?;
    let front = GateFront {
        address: in_use.gate.clone(),
        admin: None,
        session: true,
    };
    let gate = Gate {
        front: &front,
        http: &http,
    };
    let live = Live::ask(&gate).await;
    let opinions = [
        settings::look(&scene),
        bindings::look(&scene),
        issuers::look(&scene).await?,
        agreement::look(&scene),
        routes::look(&scene, &live),
        live::look(&scene, &gate, &live).await,
    ];
    let opinion = opinions.into_iter().fold(Opinion::default(), Opinion::and);
    let mut looked_at = files.read_from();
    looked_at.push(format!("{}: {live}", options.config.display()));
    looked_at.extend(routes::notes(&scene));
    let examined = Examined::of(looked_at, opinion, secrets);
    let text = report::render_examined(options.report, &examined, look(outlet, environment));
    outlet.report(&text);
    Ok(examined.exit_code())
}

/// A cause that was seen itself, if anything was seen.
fn certain(
    code: Code,
    sentence: &str,
    evidence: Vec<Evidence>,
    cure: &str,
    commands: Vec<String>,
) -> Option<Cause> {
    (!evidence.is_empty()).then(|| Cause {
        code,
        confidence: Confidence::Certain,
        sentence: sentence.to_owned(),
        evidence,
        fix: Fix {
            sentence: cure.to_owned(),
            commands,
        },
    })
}

fn opinion(causes: impl IntoIterator<Item = Cause>) -> Opinion {
    Opinion {
        causes: causes.into_iter().collect(),
        unlooked: Vec::new(),
    }
}

fn unlooked(at: impl Into<String>, why: impl Into<String>) -> Opinion {
    Opinion {
        causes: Vec::new(),
        unlooked: vec![Unlooked {
            at: at.into(),
            why: why.into(),
        }],
    }
}

/// Why nothing was looked at.
#[derive(Debug)]
pub(crate) enum CheckConfigError {
    /// The HTTP client cannot be set up.
    Client(NoClient),
    /// usher.toml is wrong.
    Configuration(ConfigurationError),
    /// The gate's files cannot be read.
    Files(CheckError),
}

impl From<ConfigurationError> for CheckConfigError {
    fn from(error: ConfigurationError) -> Self {
        Self::Configuration(error)
    }
}

impl From<CheckError> for CheckConfigError {
    fn from(error: CheckError) -> Self {
        Self::Files(error)
    }
}

impl fmt::Display for CheckConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => write!(f, "cannot set up the HTTP client: {error}"),
            Self::Configuration(error) => error.fmt(f),
            Self::Files(CheckError::NoConfiguration { .. }) => f.write_str(
                "found no `wrangler.toml`, `wrangler.jsonc` or `wrangler.json` here; name the gate's with --wrangler PATH",
            ),
            Self::Files(error) => error.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests;
