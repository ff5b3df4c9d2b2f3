//! The gate's rules at sizes nobody can set up here: what is asked of whom, how late a suspension is seen, who is served in an outage,
//! and what that costs. `cargo xtask simulate` prints it, docs/scale.md is written by it.
//!
//! report ─► bill ─► figures, prices · run ─► plan, crowd, person, isolate ─► platform ─► kv · isolate ─► the gate's own memory and circuit
//!
//! Nothing of the gate's rules is told again here: ages are judged by `policy::freshness`, records read by `policy::sighting`, requests
//! decided by `policy::decision`, and memory and circuit are the files of `edge` themselves.

pub mod assumptions;
mod bill;
mod chance;
mod crowd;
pub mod figures;
mod isolate;
mod kv;
mod numbers;
mod person;
mod plan;
mod platform;
pub mod prices;
pub mod report;
mod run;
#[cfg(test)]
mod tests;

/// The gate's own, compiled once more because `edge` shows them to nobody.
#[path = "../../edge/src"]
#[expect(dead_code, reason = "the gate does more with them than is simulated")]
mod gate {
    pub(crate) mod bounded;
    pub(crate) mod circuit;
    pub(crate) mod memory;
}

use std::fmt;

use policy::refusal::Refusal;

pub use platform::Asked;
pub use run::run;

/// Why nothing was simulated: the simulation's own names or tokens are not what `policy` wants.
#[derive(Debug)]
pub enum Problem {
    /// A name that it made is none.
    Name,
    /// A token that it made is refused.
    Refused(Refusal),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => f.write_str(
                "a name of a simulated visitor is not allowed; tests/src/simulation/person.rs makes it",
            ),
            Self::Refused(refusal) => write!(
                f,
                "the token of a simulated visitor is refused ({refusal}); tests/src/simulation/person.rs makes it"
            ),
        }
    }
}
