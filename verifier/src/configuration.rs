//! usher.toml, read once: what the deployment is and how to act on it. Whatever is here is right.

pub(crate) mod address;
pub(crate) mod answer_part;
pub(crate) mod audit;
pub(crate) mod auth0;
mod completion;
pub(crate) mod contract;
pub(crate) mod credential;
pub(crate) mod database;
pub(crate) mod diagnosis;
pub(crate) mod email_template;
pub(crate) mod expectation;
mod file;
pub(crate) mod filter;
pub(crate) mod front;
pub(crate) mod gate;
pub(crate) mod gate_in_use;
pub(crate) mod instance;
mod known_to_operators;
pub(crate) mod list;
pub(crate) mod mistake;
pub(crate) mod name;
pub(crate) mod own_step;
mod placed;
mod reading;
pub(crate) mod ready;
pub(crate) mod request;
pub(crate) mod schema;
mod scope;
pub(crate) mod secret;
pub(crate) mod step_budget;
pub(crate) mod suggestion;
pub(crate) mod tagged_users;
pub(crate) mod template;
pub(crate) mod url_parameter;
pub(crate) mod value;
pub(crate) mod webhooks;
mod written;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::configuration::address::BaseUrl;
use crate::configuration::answer_part::AnswerPart;
use crate::configuration::credential::SentAs;
use crate::configuration::database::Database;
use crate::configuration::diagnosis::OwnLink;
use crate::configuration::email_template::EmailTemplate;
use crate::configuration::front::Front;
use crate::configuration::instance::Instance;
use crate::configuration::mistake::ConfigurationError;
use crate::configuration::own_step::OwnStep;
use crate::configuration::request::Call;
use crate::configuration::secret::NamedSecret;
use crate::configuration::step_budget::StepBudget;
use crate::configuration::tagged_users::TaggedUsers;
use crate::configuration::webhooks::Webhook;

/// A deployment and how to act on it.
#[derive(Clone, Debug)]
pub(crate) struct Configuration {
    /// The file that says it.
    pub(crate) path: PathBuf,
    pub(crate) front: Front,
    pub(crate) identity: Option<BaseUrl>,
    pub(crate) secrets: Vec<NamedSecret>,
    pub(crate) register: Call,
    pub(crate) log_in: LogIn,
    pub(crate) log_out: Option<Call>,
    pub(crate) remove_user: Option<Call>,
    pub(crate) instance: Instance,
    pub(crate) steps: Vec<OwnStep>,
    pub(crate) ready_within: Duration,
    pub(crate) request_within: Duration,
    /// For single steps.
    pub(crate) step_budgets: Vec<StepBudget>,
    /// For the app of somebody who comes back to answer; no limit unless said.
    pub(crate) returning_within: Option<Duration>,
    pub(crate) email: EmailTemplate,
    pub(crate) tagged_users: Option<TaggedUsers>,
    pub(crate) databases: Vec<Database>,
    /// What comes before the gate, for one user.
    pub(crate) diagnosis: Vec<OwnLink>,
    /// Whether the file names a table of the operator's own (`[contract]`).
    pub(crate) has_contract: bool,
    /// What carries a sign-up to the platform.
    pub(crate) webhooks: Vec<Webhook>,
}

/// How a user logs in, and what that gives.
#[derive(Clone, Debug)]
pub(crate) struct LogIn {
    pub(crate) call: Call,
    /// Where the token or the session is in the answer.
    pub(crate) token: AnswerPart,
    pub(crate) sent_as: SentAs,
}

/// Environment variables by name: an argument, so that tests need not change the process.
pub(crate) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Configuration {
    /// Reads the file at this path.
    pub(crate) fn load(
        path: &Path,
        environment: Environment<'_>,
    ) -> Result<Self, ConfigurationError> {
        Self::parse(path, &text_of(path)?, environment)
    }

    /// Whether there is a file at this path that says where users are listed.
    pub(crate) fn lists_users(path: &Path) -> bool {
        text_of(path).is_ok_and(|text| reading::lists_users(path, &text))
    }

    /// Reads this text; the path is only named in messages.
    pub(crate) fn parse(
        path: &Path,
        text: &str,
        environment: Environment<'_>,
    ) -> Result<Self, ConfigurationError> {
        reading::read(path, text, environment)
    }
}

/// What a printed command needs to read the same file.
pub(crate) fn config_option(path: &Path) -> String {
    let path = path.display().to_string();
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "/._-".contains(character);
    if path.chars().all(is_plain) {
        format!("--config {path}")
    } else {
        format!("--config '{}'", path.replace('\'', r"'\''"))
    }
}

/// The file that is read unless another one is named.
pub(crate) const USUAL_FILE: &str = "usher.toml";

/// The text of the file at this path.
fn text_of(path: &Path) -> Result<String, ConfigurationError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // An absolute path says by itself where it was looked for.
            let directory = std::env::current_dir().ok().filter(|_| path.is_relative());
            Err(ConfigurationError::Missing {
                path: path.to_owned(),
                directory,
            })
        }
        Err(error) => Err(ConfigurationError::Unreadable {
            path: path.to_owned(),
            error,
        }),
    }
}
