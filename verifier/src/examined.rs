//! What `usher check` found in one part of the platform.

use serde::Serialize;

use crate::findings::{Cause, Opinion, Unlooked};
use crate::outcome::ExitCode;
use crate::redaction::Secrets;
use crate::terminal::harmless;

/// A part of the platform that was looked at on its own.
#[derive(Debug, Serialize)]
pub(crate) struct Examined {
    pub(crate) schema_version: u32,
    /// What was looked at, for a person: one line a part.
    pub(crate) looked_at: Vec<String>,
    pub(crate) findings: Vec<Cause>,
    /// Where a look was wanted and not possible: never "nothing found".
    pub(crate) could_not_look: Vec<Unlooked>,
}

impl Examined {
    pub(crate) const SCHEMA_VERSION: u32 = 1;

    /// With the causes in the order of the opinion. Nothing of it is secret or obeyed by a terminal from here on.
    pub(crate) fn of(looked_at: Vec<String>, mut opinion: Opinion, secrets: &Secrets) -> Self {
        let mut redact = |text: &mut String| *text = shown(text, secrets);
        for cause in &mut opinion.causes {
            cause.for_each_text(&mut redact);
        }
        for unlooked in &mut opinion.unlooked {
            redact(&mut unlooked.at);
            redact(&mut unlooked.why);
        }
        Self {
            schema_version: Self::SCHEMA_VERSION,
            looked_at,
            findings: opinion.causes,
            could_not_look: opinion.unlooked,
        }
    }

    /// Nothing that was not looked at is in order.
    pub(crate) fn exit_code(&self) -> ExitCode {
        if !self.findings.is_empty() {
            ExitCode::Failed
        } else if self.could_not_look.is_empty() && !self.looked_at.is_empty() {
            ExitCode::Passed
        } else {
            ExitCode::Broken
        }
    }
}

/// Line by line: a command may have several.
fn shown(text: &str, secrets: &Secrets) -> String {
    let text = secrets.redact(text);
    let lines: Vec<String> = text.split('\n').map(harmless).collect();
    lines.join("\n")
}
