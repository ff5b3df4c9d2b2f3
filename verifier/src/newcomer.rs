//! The fresh user of a run.

use uuid::Uuid;

use crate::configuration::Configuration;
use crate::configuration::address::BaseUrl;
use crate::configuration::template::Filling;

/// A user that nobody has seen before.
pub(crate) struct Newcomer {
    /// The random id of the run, which marks everything that it creates.
    pub(crate) run: String,
    pub(crate) email: String,
    pub(crate) username: String,
    pub(crate) password: String,
}

impl Newcomer {
    pub(crate) fn invent(configuration: &Configuration) -> Self {
        let run: String = Uuid::new_v4()
            .simple()
            .to_string()
            .chars()
            .take(RUN_ID_DIGITS)
            .collect();
        Self {
            email: configuration.email.fill(&run),
            // Letters and digits only: what every service takes for a name.
            username: format!("usher{run}"),
            // Upper and lower case, a digit and a sign, and below the 72 bytes of bcrypt: what every service takes.
            password: format!("Us3r!{}", Uuid::new_v4().simple()),
            run,
        }
    }

    /// What fills the templates of usher.toml.
    pub(crate) fn filling<'a>(&'a self, configuration: &'a Configuration) -> Filling<'a> {
        Filling {
            email: &self.email,
            gate: configuration.gate.as_str(),
            identity: configuration.identity.as_ref().map_or("", BaseUrl::as_str),
            password: &self.password,
            run: &self.run,
            username: &self.username,
        }
    }
}

/// 48 random bits: no two runs meet, and an address stays readable.
const RUN_ID_DIGITS: usize = 12;
