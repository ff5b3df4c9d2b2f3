//! The gate of usher.toml alone: for commands that need nothing else of a deployment.

use std::path::Path;

use serde::Deserialize;

use crate::configuration::address::BaseUrl;
use crate::configuration::file::{GateAdmin, Target};
use crate::configuration::mistake::{ConfigurationError, Mistake};
use crate::configuration::placed::Placed;
use crate::configuration::reading::{self, Reading};
use crate::configuration::secret::Admin;
use crate::configuration::{Environment, text_of};

/// A gate, and the secret of its operators where the file names it.
#[derive(Debug)]
pub(crate) struct GateOfFile {
    pub(crate) gate: BaseUrl,
    pub(crate) admin: Option<Admin>,
}

impl GateOfFile {
    /// Reads no more of the file at this path than its `[target]` and `[gate_admin]`.
    pub(crate) fn load(
        path: &Path,
        environment: Environment<'_>,
    ) -> Result<Self, ConfigurationError> {
        let text = text_of(path)?;
        let part: Part = reading::parsed(path, &text)?;
        let reading = Reading {
            path,
            text: &text,
            environment,
        };
        let admin = part.gate_admin.map(|admin| admin.complete(&reading));
        let Some(gate) = part.target.value.gate else {
            let sentence = "[target] has no `gate`".to_owned();
            let cure = "add `gate = \"https://…\"`, or name the gate with --gate URL".to_owned();
            let mistake: Mistake = reading.mistake(&part.target, sentence, Some(cure));
            return Err(mistake.into());
        };
        Ok(Self {
            gate,
            admin: admin.transpose()?,
        })
    }
}

/// The rest of the file is what `usher verify` needs, and is judged there.
#[derive(Debug, Deserialize)]
struct Part {
    target: Placed<Target>,
    gate_admin: Option<Placed<GateAdmin>>,
}
