//! What usher.toml says of a gate that the gate's own files say as well.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use crate::configuration::address::BaseUrl;
use crate::configuration::credential::SentAs;
use crate::configuration::file::{Budget, Target};
use crate::configuration::mistake::ConfigurationError;
use crate::configuration::placed::Placed;
use crate::configuration::reading::{self, Reading};
use crate::configuration::{Environment, text_of};

/// A gate as runs of `usher` use it.
#[derive(Debug)]
pub(crate) struct GateInUse {
    pub(crate) gate: BaseUrl,
    /// How the token is sent, where the file says it.
    pub(crate) sent_as: Option<SentAs>,
    /// Whether people become known by coming, where the file speaks of the registry.
    pub(crate) first_sight: Option<bool>,
    pub(crate) request_within: Duration,
}

/// Nothing else of the file is needed, and so no secret.
#[derive(Debug, Deserialize)]
struct Part {
    target: Placed<Target>,
    log_in: Option<LogInPart>,
    gate_admin: Option<GateAdminPart>,
    #[serde(default)]
    budget: Budget,
}

#[derive(Debug, Deserialize)]
struct LogInPart {
    sent_as: Option<SentAs>,
}

#[derive(Debug, Deserialize)]
struct GateAdminPart {
    #[serde(default)]
    first_sight: bool,
}

impl GateInUse {
    /// Reads no more of the file at this path than it needs.
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
        let Some(gate) = part.target.value.gate else {
            let sentence = "[target] has no `gate`".to_owned();
            let cure = "add `gate = \"https://…\"`: without a gate there is nothing to hold its files against";
            let mistake = reading.mistake(&part.target, sentence, Some(cure.to_owned()));
            return Err(mistake.into());
        };
        Ok(Self {
            gate,
            sent_as: part.log_in.and_then(|log_in| log_in.sent_as),
            first_sight: part.gate_admin.map(|admin| admin.first_sight),
            request_within: part.budget.request_seconds.duration(),
        })
    }
}
