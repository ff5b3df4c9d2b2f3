//! The fresh user of a run.

use std::cell::{Cell, RefCell};

use uuid::Uuid;

use crate::configuration::Configuration;
use crate::configuration::email_template::RUN_ID_DIGITS;
use crate::configuration::front::Front;
use crate::configuration::name::{BuiltIn, Name, Values};
use crate::configuration::own_step::OwnStepName;
use crate::journal::{Entry, Removal};
use crate::memory::Memory;
use crate::tagged::TaggedUser;

/// Where a user has their address.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Domain {
    /// Where all users of runs have theirs, and perhaps real people.
    Usual,
    /// In a domain below it that is theirs alone, so that an org may take it without taking anybody else.
    Own,
}

/// A user that nobody has seen before.
pub(crate) struct Newcomer {
    /// The random id of the run, which marks everything that it creates.
    pub(crate) run: String,
    pub(crate) email: String,
    pub(crate) username: String,
    pub(crate) password: String,
    /// What they have been told so far.
    pub(crate) memory: Memory,
    /// The steps of which something may be left, in their order.
    debts: RefCell<Vec<Debt>>,
    /// How far the identity service is in removing them.
    removal: Cell<Removal>,
}

/// A step of the operator's own that is to be undone.
#[derive(Clone, Debug)]
pub(crate) struct Debt {
    pub(crate) step: OwnStepName,
    pub(crate) certainty: Certainty,
}

/// Whether there is something to be undone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Certainty {
    /// The step passed, and nobody undid it.
    Certain,
    /// Nobody saw how the step ended, or whether it was undone.
    Possible,
}

impl Newcomer {
    /// With an address of the usual domain, or of one that nobody else has.
    pub(crate) fn invent(configuration: &Configuration, domain: Domain) -> Self {
        let run: String = Uuid::new_v4()
            .simple()
            .to_string()
            .chars()
            .take(RUN_ID_DIGITS)
            .collect();
        let [usual, own] = configuration.email.addresses_of(&run);
        let email = match domain {
            Domain::Usual => usual,
            Domain::Own => own,
        };
        // Letters and digits only: what every service takes for a name.
        let username = format!("usher{run}");
        // Upper and lower case, a digit and a sign, and below the 72 bytes of bcrypt: what every service takes.
        let password = format!("Us3r!{}", Uuid::new_v4().simple());
        Self::named(run, email, username, password, configuration)
    }

    /// The user of a run that was cut off.
    pub(crate) fn of(entry: &Entry, configuration: &Configuration) -> Self {
        let Entry {
            run,
            email,
            username,
            password,
            captured,
            to_undo,
            removal,
            ..
        } = entry;
        let [run, email, username, password] = [run, email, username, password].map(Clone::clone);
        let user = Self::named(run, email, username, password, configuration);
        for (name, value) in captured {
            if let Ok(name) = Name::parse(name) {
                user.memory.learn(name, value.clone());
            }
        }
        let debt = |step: &String| Debt {
            step: OwnStepName::of(step),
            certainty: Certainty::Possible,
        };
        user.debts.replace(to_undo.iter().map(debt).collect());
        user.removal.set(*removal);
        user
    }

    /// The user of a run of which nothing else is left. Nobody knows their password any more.
    pub(crate) fn found(user: &TaggedUser, configuration: &Configuration) -> Self {
        let [run, email] = [&user.run, &user.email].map(Clone::clone);
        let found = Self::named(run, email, String::new(), String::new(), configuration);
        for (name, value) in &user.known {
            found.memory.learn(name.clone(), value.clone());
        }
        found
    }

    fn named(
        run: String,
        email: String,
        username: String,
        password: String,
        configuration: &Configuration,
    ) -> Self {
        let mut values = values_of_operators(configuration);
        for (name, value) in [
            (BuiltIn::Email, &email),
            (BuiltIn::Password, &password),
            (BuiltIn::Run, &run),
            (BuiltIn::Username, &username),
        ] {
            values.set(name.name(), value.as_str().into());
        }
        Self {
            run,
            email,
            username,
            password,
            memory: Memory::of(values),
            debts: RefCell::default(),
            removal: Cell::default(),
        }
    }

    /// The org that is made for them at the gate's registry, where a story needs one.
    pub(crate) fn org(&self) -> String {
        format!("usher-{}", self.run)
    }

    /// From now on something of this step may be there.
    pub(crate) fn owe(&self, step: &OwnStepName) {
        self.memory
            .write_down(|entry| entry.to_undo.push(step.as_str().to_owned()));
        self.debts.borrow_mut().push(Debt {
            step: step.clone(),
            certainty: Certainty::Possible,
        });
    }

    /// Something of this step is there, if it was not settled.
    pub(crate) fn be_certain(&self, step: &OwnStepName) {
        let mut debts = self.debts.borrow_mut();
        for debt in debts.iter_mut().filter(|debt| debt.step == *step) {
            debt.certainty = Certainty::Certain;
        }
    }

    /// Nothing of this step is there.
    pub(crate) fn settle(&self, step: &OwnStepName) {
        self.memory
            .write_down(|entry| entry.to_undo.retain(|owed| owed != step.as_str()));
        self.debts.borrow_mut().retain(|debt| debt.step != *step);
    }

    /// The steps of which something may be there, in their order.
    pub(crate) fn debts(&self) -> Vec<Debt> {
        self.debts.borrow().clone()
    }

    /// Their removal has come so far.
    pub(crate) fn note_removal(&self, removal: Removal) {
        self.memory.write_down(|entry| entry.removal = removal);
        self.removal.set(removal);
    }

    pub(crate) const fn removal(&self) -> Removal {
        self.removal.get()
    }
}

/// What an operator of a deployment knows: its addresses, and the secrets that the file names.
pub(crate) fn values_of_operators(configuration: &Configuration) -> Values {
    let mut values = values_of(configuration);
    for secret in &configuration.secrets {
        values.set(secret.name.clone(), secret.value.as_str().into());
    }
    values
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
