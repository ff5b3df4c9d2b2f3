//! The fresh user of a run.

use uuid::Uuid;

use crate::configuration::Configuration;
use crate::configuration::front::Front;
use crate::configuration::name::{BuiltIn, Values};
use crate::memory::Memory;

/// A user that nobody has seen before.
pub(crate) struct Newcomer {
    /// The random id of the run, which marks everything that it creates.
    pub(crate) run: String,
    pub(crate) email: String,
    pub(crate) username: String,
    pub(crate) password: String,
    /// What they have been told so far.
    pub(crate) memory: Memory,
}

impl Newcomer {
    pub(crate) fn invent(configuration: &Configuration) -> Self {
        let run: String = Uuid::new_v4()
            .simple()
            .to_string()
            .chars()
            .take(RUN_ID_DIGITS)
            .collect();
        let email = configuration.email.fill(&run);
        // Letters and digits only: what every service takes for a name.
        let username = format!("usher{run}");
        // Upper and lower case, a digit and a sign, and below the 72 bytes of bcrypt: what every service takes.
        let password = format!("Us3r!{}", Uuid::new_v4().simple());
        let mut values = values_of(configuration);
        for (name, value) in [
            (BuiltIn::Email, &email),
            (BuiltIn::Password, &password),
            (BuiltIn::Run, &run),
            (BuiltIn::Username, &username),
        ] {
            values.set(name.name(), value.as_str().into());
        }
        for secret in &configuration.secrets {
            values.set(secret.name.clone(), secret.value.as_str().into());
        }
        Self {
            run,
            email,
            username,
            password,
            memory: Memory::of(values),
        }
    }
}

/// What every user of a deployment knows, and every reader of its configuration: its addresses.
pub(crate) fn values_of(configuration: &Configuration) -> Values {
    let front = &configuration.front;
    let gate = match front {
        Front::Direct { .. } => None,
        Front::Gate(gate) => Some(&gate.address),
    };
    let addresses = [
        (BuiltIn::App, Some(front.address())),
        (BuiltIn::Gate, gate),
        (BuiltIn::Identity, configuration.identity.as_ref()),
    ];
    Values::of(
        addresses
            .into_iter()
            .filter_map(|(name, address)| Some((name.name(), address?.as_str().into()))),
    )
}

/// 48 random bits: no two runs meet, and an address stays readable.
const RUN_ID_DIGITS: usize = 12;
