//! What would be done about what was found: a file to be read before anything is done.

use std::collections::hash_map::DefaultHasher;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::hash::{Hash as _, Hasher as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::audit::deed;
use crate::audit::discrepancy::Discrepancy;
use crate::audit::failure::AuditError;
use crate::audit::reading::Stock;
use crate::clock::now;
use crate::configuration::audit::{Action, Audit};
use crate::configuration::config_option;
use crate::counted::counted;
use crate::outlet::Outlet;
use crate::terminal;

/// A plan.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Plan {
    pub(super) schema_version: u32,
    /// Which one it is: what is noted of another one does not count.
    #[serde(rename = "plan")]
    pub(super) id: String,
    pub(super) made_at_unix_seconds: u64,
    pub(super) steps: Vec<Step>,
}

/// One thing to be done.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Step {
    /// What it is called: `{entry}` in actions.
    pub(super) entry: String,
    /// As it was found. It is only done if it is found again just so.
    pub(super) found: Discrepancy,
    /// What it would do, for whoever reads the file.
    pub(super) does: String,
    /// Which action it was in usher.toml.
    pub(super) action: String,
}

impl Plan {
    pub(super) fn read(path: &Path) -> Result<Self, AuditError> {
        let text = std::fs::read_to_string(path).map_err(|error| AuditError::File {
            path: path.to_owned(),
            error,
        })?;
        let no_plan = |said: String| AuditError::NoPlan {
            path: path.to_owned(),
            said,
        };
        let plan: Self = serde_json::from_str(&text).map_err(|error| no_plan(error.to_string()))?;
        if plan.schema_version != SCHEMA_VERSION {
            return Err(no_plan(format!(
                "it has schema_version {}, expected {SCHEMA_VERSION}",
                plan.schema_version
            )));
        }
        Ok(plan)
    }
}

/// The action for this discrepancy.
pub(super) fn action_for<'a>(audit: &'a Audit, found: &Discrepancy) -> Option<&'a Action> {
    let class = found.class.acted()?;
    audit.actions.iter().find(|action| {
        let source = audit.sources.get(action.source);
        action.class == class && source.is_some_and(|source| source.name == found.source)
    })
}

/// What tells an action from any other one: everything that it would do with a row.
pub(super) fn fingerprint(action: &Action) -> String {
    let mut hasher = DefaultHasher::new();
    format!("{:?}", action.deed).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Writes the plan, step by step, and says how many there are. What is not found by its key alone is in no plan: somebody else could be
/// meant.
pub(super) fn write(
    audit: &Audit,
    stock: &Stock,
    path: &Path,
    outlet: &Outlet<'_>,
) -> Result<u64, AuditError> {
    let file = |error| AuditError::File {
        path: path.to_owned(),
        error,
    };
    // Rows of users are nobody's business but the operator's.
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(file)?;
    let plan = Uuid::new_v4().to_string();
    let now = now().unix_seconds();
    let mut text = format!(
        "{{\"schema_version\": {SCHEMA_VERSION}, \"plan\": \"{plan}\", \"made_at_unix_seconds\": {now}, \"steps\": [\n"
    );
    let mut steps = 0_u64;
    let mut failed = None;
    let mut again = stock
        .shelf
        .database
        .prepare("SELECT count(*) FROM found WHERE id = ?")?;
    stock.shelf.each_found(|_, found| {
        let Some(action) = action_for(audit, &found) else {
            return true;
        };
        let times: i64 = again.query_row([found.id()], |row| row.get(0)).unwrap_or(2);
        if times > 1 || found.key.is_none() {
            return true;
        }
        steps += 1;
        let entry = format!("{plan}-{steps}");
        let values = deed::values(audit, &found, &entry);
        let step = Step {
            does: deed::shown(&action.deed, &values)
                .unwrap_or_else(|unfilled| format!("nothing: {unfilled}")),
            action: fingerprint(action),
            entry,
            found,
        };
        let comma = if steps == 1 { "" } else { "," };
        let _infallible = write!(
            text,
            "{comma}{}",
            terminal::json_line(&serde_json::to_value(step).unwrap_or_default())
        );
        if text.len() > WRITTEN_AT_ONCE
            && let Err(error) = outlet.append(path, &std::mem::take(&mut text))
        {
            failed = Some(error);
        }
        failed.is_none()
    })?;
    text.push_str("]}\n");
    match failed {
        Some(error) => Err(file(error)),
        None => outlet.append(path, &text).map(|()| steps).map_err(file),
    }
}

/// What is said of a plan that was written.
pub(super) fn said(path: &Path, config: &Path, steps: u64) -> String {
    format!(
        "{}: {}; see what they would do with `usher audit {} --apply {}`\n",
        path.display(),
        counted(steps, "step"),
        config_option(config),
        path.display()
    )
}

const SCHEMA_VERSION: u32 = 1;
const WRITTEN_AT_ONCE: usize = 64 * 1024;
