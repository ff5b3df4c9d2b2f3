//! What the gate costs, measured beside what people would use instead: on real workerd, one process a variant, in turns.
//!
//! In scope: starting the variants, checking that each answers rightly, and taking figures, round by round. Out of scope: what the figures
//! must be; `cargo xtask bench` says that.
//!
//! ```text
//! measure ─► variant: gate, peers (tests/peers/) on workerd ─► seed: who may come, and with which tokens
//!    │
//!    ├──► checked: no wrong answer is measured
//!    ├──► contest ─► load: requests over connections that stay · processor: time and place of a process · upstream: the app
//!    ├──► first_answer ─► alone: workerd without simulators, from its start
//!    └──► hour: the rigged gate, whose clock we set
//! remembering ─► alone, inspector: what a gate takes of memory, after how many visitors
//! ```

mod alone;
mod checked;
mod contest;
mod first_answer;
mod hour;
mod inspector;
mod load;
mod processor;
mod remembering;
mod seed;
mod upstream;
mod variant;

use std::fmt;
use std::io;

use serde_json::{Value, json};

use crate::gate::GateError;
use contest::Arena;
pub use contest::Contest;
use inspector::InspectorError;
use load::LoadError;
pub use remembering::measure as remembering;
use seed::Seed;
use upstream::Upstream;

/// How well to measure.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// How often each variant runs in each contest.
    pub rounds: usize,
    /// Fewer requests a round.
    pub quick: bool,
}

/// Everything that can be measured here, or only some contests of it; as JSON, with every round.
pub async fn measure(effort: Effort, only: &[Contest]) -> Result<Value, BenchError> {
    processor::pin_self().map_err(BenchError::Processor)?;
    let seed = Seed::new();
    let upstream = Upstream::start(&seed).await.map_err(BenchError::Upstream)?;
    let mut arena = Arena::new(&seed, &upstream, effort)?;
    let mut contests = serde_json::Map::new();
    let chosen = |contest: &Contest| only.is_empty() || only.contains(contest);
    for contest in Contest::ALL.into_iter().filter(chosen) {
        let found = arena.hold(contest).await?;
        contests.insert(contest.word().to_owned(), found);
    }
    let first_answer = match only {
        [] => first_answer::measure(&mut arena).await?,
        [..] => Value::Null,
    };
    arena.close().await;
    let hour = match only {
        [] => hour::measure(&seed, &upstream, effort.quick).await?,
        [..] => Value::Null,
    };
    Ok(json!({
        "contests": contests,
        "first_answer": first_answer,
        "hour": hour,
        "tokens": seed::token_in_words(&seed),
    }))
}

/// Why there are no figures.
#[derive(Debug)]
pub enum BenchError {
    /// A check was not answered at all.
    Client(reqwest::Error),
    /// A file of a variant cannot be written.
    File(io::Error),
    /// A variant does not start or obey.
    Gate(GateError),
    /// A variant that was started is not there.
    Gone,
    /// Nobody says what a Worker holds.
    Inspector(InspectorError),
    /// Requests were not answered.
    Load(LoadError),
    /// This machine does not say how long a process ran, or does not let us say where.
    Processor(io::Error),
    /// The app behind the variants does not start.
    Upstream(io::Error),
    /// A variant that answers wrongly is not measured.
    Wrong {
        /// Which.
        variant: &'static str,
        /// What it said to what.
        answer: String,
    },
}

impl fmt::Display for BenchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => write!(f, "a variant does not answer: {error}"),
            Self::File(error) => write!(f, "a variant cannot be put together: {error}"),
            Self::Gate(error) => error.fmt(f),
            Self::Gone => f.write_str("a variant that was started is not there any more"),
            Self::Inspector(error) => error.fmt(f),
            Self::Load(error) => error.fmt(f),
            Self::Processor(error) => {
                write!(f, "the time of a process cannot be measured here: {error}")
            }
            Self::Upstream(error) => write!(f, "the app behind the gate does not start: {error}"),
            Self::Wrong { variant, answer } => {
                write!(f, "{variant} answers wrongly and is not measured: {answer}")
            }
        }
    }
}
