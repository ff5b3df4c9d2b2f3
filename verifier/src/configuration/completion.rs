//! From the file to a [`Configuration`]: its tables in the order in which they are used, each judged by what is known by then.

use std::collections::BTreeMap;

use crate::configuration::answer_part::{AnswerPart, PartEntry};
use crate::configuration::credential::SentAs;
use crate::configuration::diagnosis::{LinkTable, own_links};
use crate::configuration::file::File;
use crate::configuration::front::{Front, GateFront, front_of, only_with_a_gate};
use crate::configuration::mistake::Mistake;
use crate::configuration::name::BuiltIn;
use crate::configuration::own_step::own_steps;
use crate::configuration::reading::Reading;
use crate::configuration::ready::ready;
use crate::configuration::request::tables::{CallTable, StepTable};
use crate::configuration::scope::Scope;
use crate::configuration::secret::named_secrets;
use crate::configuration::step_budget::step_budgets;
use crate::configuration::tagged_users::TaggedUsersTable;
use crate::configuration::value::{Method, Millis};
use crate::configuration::{Configuration, LogIn, webhooks};

impl File {
    pub(super) fn complete(self, reading: &Reading<'_>) -> Result<Configuration, Mistake> {
        let captured_in = self.captured_in();
        let secrets = named_secrets(&self.secrets, reading)?;
        let has_gate = self.target.gate.is_some();
        let names = secrets.iter().map(|secret| secret.name.clone());
        let addresses = self
            .built_in()
            .into_iter()
            .filter(|name| name.is_an_address());
        let addresses: Vec<_> = addresses.collect();
        let scope_of_operators = Scope::new(&addresses, names.clone(), captured_in.clone());
        let scope_of_links = scope_of_operators.clone();
        let webhooks = webhooks::complete(&self.webhooks, reading, &scope_of_operators)?;
        let mut scope = Scope::new(&self.built_in(), names, captured_in);
        let register = self.register.complete(reading, Method::Post, &mut scope)?;
        let log_in = self.log_in.complete(reading, &mut scope)?;
        scope.learn(BuiltIn::Token.name());
        let mut scope_of_removal = scope.clone();
        let ready = self
            .ready
            .as_ref()
            .map(|table| ready(table, reading, has_gate, &mut scope))
            .transpose()?;
        let instance = self.instance.complete(reading, has_gate, &scope)?;
        let steps = own_steps(&self.steps, reading, &mut scope)?;
        let call = |table: Option<&CallTable>, usual, scope: &mut Scope| {
            table
                .map(|table| table.complete(reading, usual, scope))
                .transpose()
        };
        let log_out = call(self.log_out.as_ref(), Method::Post, &mut scope)?;
        let removal = &mut scope_of_removal;
        let remove_user = call(self.remove_user.as_ref(), Method::Delete, removal)?;
        let token = PartEntry::complete(self.log_in.token.clone(), reading)?;
        let usual = usually_sent_as(&token, has_gate);
        let sent_as = self.log_in.sent_as.clone().unwrap_or(usual);
        let admin = self.gate_admin;
        let front = match front_of(&self.target, self.log_in.session.as_ref(), ready, reading)? {
            Front::Gate(gate) => Front::Gate(GateFront {
                admin: admin.map(|admin| admin.complete(reading)).transpose()?,
                ..gate
            }),
            direct @ Front::Direct { .. } => {
                only_with_a_gate(reading, admin.as_ref(), "[gate_admin]")?;
                only_with_a_gate(reading, self.log_in.session.as_ref(), "`session`")?;
                direct
            }
        };
        let tagged = self.tagged_users.as_ref().map(|table| {
            TaggedUsersTable::complete(table, reading, &self.users.email, scope_of_operators)
        });
        let databases: Vec<_> = self
            .databases
            .into_iter()
            .map(|entry| entry.complete(reading))
            .collect::<Result<_, _>>()?;
        let diagnosis = own_links(&self.diagnose, reading, &databases, scope_of_links)?;
        let step_budgets = step_budgets(&self.budget.steps, &steps, reading)?;
        Ok(Configuration {
            path: reading.path.to_owned(),
            front,
            identity: self.target.identity,
            secrets,
            register,
            log_in: LogIn {
                call: log_in,
                token,
                sent_as,
            },
            log_out,
            remove_user,
            instance,
            steps,
            databases,
            diagnosis,
            ready_within: self.budget.ready_seconds.duration(),
            request_within: self.budget.request_seconds.duration(),
            step_budgets,
            returning_within: self.budget.returning_millis.map(Millis::duration),
            tagged_users: tagged.transpose()?,
            email: self.users.email,
            has_contract: self.contract.is_some(),
            webhooks,
        })
    }

    /// The names that have a value in this deployment before the first request.
    fn built_in(&self) -> Vec<BuiltIn> {
        let is_known = |name: &BuiltIn| match name {
            BuiltIn::Gate => self.target.gate.is_some(),
            BuiltIn::Identity => self.target.identity.is_some(),
            BuiltIn::Token => false,
            BuiltIn::App
            | BuiltIn::Email
            | BuiltIn::Password
            | BuiltIn::Run
            | BuiltIn::Username => true,
        };
        BuiltIn::ALL.into_iter().filter(is_known).collect()
    }

    /// Where in the file each name is captured.
    fn captured_in(&self) -> BTreeMap<String, &'static str> {
        let Self {
            register,
            log_in,
            ready,
            steps,
            log_out,
            remove_user,
            tagged_users,
            diagnose,
            webhooks,
            ..
        } = self;
        let calls = [
            (remove_user.as_ref(), "[remove_user]"),
            (log_out.as_ref(), "[log_out]"),
            (Some(register), "[register]"),
        ];
        let calls = calls
            .into_iter()
            .filter_map(|(call, table)| Some((call?.captured(), table)))
            .flat_map(|(names, table)| names.map(move |name| (name, table)));
        let of_steps = steps.iter().flat_map(StepTable::captured);
        let of_ready = ready.iter().flat_map(|ready| ready.value.captured());
        let of_tagged = tagged_users.iter().flat_map(|table| table.value.captured());
        let of_links = diagnose.iter().flat_map(LinkTable::captured);
        let of_webhooks = webhooks.iter().flat_map(|table| table.value.captured());
        calls
            .chain(of_webhooks.map(|name| (name, "[[webhooks]]")))
            .chain(of_links.map(|name| (name, "[[diagnose]]")))
            .chain(of_tagged.map(|name| (name, "[tagged_users]")))
            .chain(of_steps.map(|name| (name, "[[steps]]")))
            .chain(of_ready.map(|name| (name, "[ready]")))
            .chain(log_in.captured().map(|name| (name, "[log_in]")))
            .map(|(name, table)| (name.to_owned(), table))
            .collect()
    }
}

/// A browser has nothing but its cookies to show; a gate takes what is in one as a token as well.
fn usually_sent_as(token: &AnswerPart, has_gate: bool) -> SentAs {
    match (token, has_gate) {
        (AnswerPart::Cookie(_), false) => SentAs::Cookies,
        (
            AnswerPart::Cookie(_)
            | AnswerPart::Header(_)
            | AnswerPart::Input(_)
            | AnswerPart::Json(_)
            | AnswerPart::Location(_)
            | AnswerPart::Meta(_),
            _,
        ) => SentAs::Bearer,
    }
}
