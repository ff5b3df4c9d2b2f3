//! One call of the admin API: its occasion, what it makes visible, and how it is answered.

use policy::door::Knock;
use serde::Serialize;

use super::operator::Operator;
use crate::authority::registry::Registry;
use crate::authority::registry::audit::Occasion;
use crate::clock;
use crate::gate::Gate;
use crate::page::Answer;

/// One call by an operator.
pub(super) struct Call<'a> {
    pub(super) gate: &'a Gate<'a>,
    pub(super) registry: Registry<'a>,
    pub(super) operator: Operator,
}

impl Call<'_> {
    /// What the audit says of this call.
    pub(super) fn occasion(&self) -> Occasion<'_> {
        Occasion {
            at: clock::now(),
            request_id: &self.gate.incoming.id,
            ip: None,
            user_agent: None,
            actor: Some(&self.operator.name),
            why: self.operator.why.as_deref(),
        }
    }

    /// Makes a change visible to everybody it is about.
    pub(super) async fn show(&self, knocks: &[Knock]) {
        self.gate.sightings().show(knocks).await;
    }

    /// Shows that somebody, or what was theirs, is not there any more. That there is nothing is remembered, or an answer that is
    /// still under way would bring it back.
    pub(super) async fn forget(&self, knocks: &[Knock]) {
        self.show(knocks).await;
        for knock in knocks {
            self.gate.sightings().remove(knock).await;
        }
    }

    pub(super) fn ok(&self, body: &impl Serialize) -> Answer {
        Answer::json(200, body, &self.gate.incoming.id)
    }

    /// Answers with JSON that is written already.
    pub(super) fn text(&self, json: String) -> Answer {
        Answer::json_text(json, &self.gate.incoming.id)
    }

    pub(super) fn done(&self) -> Answer {
        Answer::no_content(&self.gate.incoming.id)
    }
}
