//! What would be decided about somebody who is not there: operators ask it, and have no token of theirs.

use crate::admission::Visitor;
use crate::decision::{Decision, Found, Place, Rules, decide};
use crate::reason::Reason;
use crate::rule::Rule;
use crate::standing::Identity;
use crate::time::Moment;

/// What would be decided. It is no permit, and holds none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Foresight {
    /// What would happen.
    pub outcome: Outcome,
    /// By which rule.
    pub rule: Rule,
}

/// What would happen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// They would be let in.
    LetIn,
    /// They would be sent to the place where the platform is administered.
    ToAdmin,
    /// They would be told this.
    Told(Reason),
}

/// What would be decided about somebody who comes now, with a good credential that was issued just now.
pub fn foresee(
    identity: &Identity,
    found: Found<'_>,
    place: Place,
    rules: &Rules,
    now: Moment,
) -> Foresight {
    let visitor = Visitor::imagined(identity, now);
    let judgement = decide(&visitor, found, place, rules, now);
    let outcome = match judgement.decision {
        Decision::LetIn(_) => Outcome::LetIn,
        Decision::LogIn { reason, .. } => Outcome::Told(reason),
        Decision::Tell(message) => Outcome::Told(message.reason),
        Decision::ToAdmin => Outcome::ToAdmin,
    };
    Foresight {
        outcome,
        rule: judgement.rule,
    }
}
