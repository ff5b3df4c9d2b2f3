//! A token judged as the gate judges it, by what its files or the command line say. The lines explain; the verdict is what the gate's own
//! code says.
//!
//! ```text
//! token ─────────┐
//!                ├─► keys at hand ─► examination (lines) ──┐
//! expectation ───┘        │                                ├─► explanation ─► report, findings
//!                         └────────► policy::admission ────┘
//! ```

mod claim_lines;
mod cure;
mod dev_vars;
pub(crate) mod error;
pub(crate) mod examination;
pub(crate) mod expectation;
pub(crate) mod explanation;
pub(crate) mod gate_files;
mod key_lines;
pub(crate) mod key_set;
mod keys_at_hand;
pub(crate) mod words;
mod wrangler;

use crate::clock::now;
use crate::configuration::Environment;
use crate::redaction::Secrets;
use crate::tokens::error::CheckError;
use crate::tokens::examination::examine;
use crate::tokens::expectation::Expectation;
use crate::tokens::explanation::Explanation;
use crate::tokens::gate_files::GateFiles;

/// What the gate's files in this folder say of a token; a deployed gate does not see all of them.
pub(crate) async fn judged_by_files(
    token: &str,
    is_deployed: bool,
    secrets: &Secrets,
) -> Result<Explanation, CheckError> {
    let environment: Environment<'_> = &|name| std::env::var(name).ok();
    let files = GateFiles::read(None, None, is_deployed, environment)?;
    let expectation = Expectation::of_the_gate(&files, None, secrets)?;
    examine(token, &expectation, now()).await
}
