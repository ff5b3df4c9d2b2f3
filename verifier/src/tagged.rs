//! Users of runs of which nothing is left but them: found in the deployment's own list, by the addresses that only runs make up.

use std::fmt;

use serde_json::Value;

use crate::configuration::email_template::EmailTemplate;
use crate::configuration::name::Name;
use crate::configuration::tagged_users::TaggedUsers;
use crate::deployment::Deployment;
use crate::deployment::pages::{Pages, Unread};
use crate::memory::Memory;
use crate::newcomer::values_of_operators;
use crate::terminal::harmless;

/// A user with an address that a run made up.
#[derive(Debug)]
pub(crate) struct TaggedUser {
    pub(crate) run: String,
    pub(crate) email: String,
    pub(crate) created_at_unix_seconds: u64,
    /// What their removal needs to know.
    pub(crate) known: Vec<(Name, Value)>,
}

/// Everybody in the list whom a run created, up to this second.
pub(crate) async fn tagged_users(
    deployment: &Deployment<'_>,
    tagged: &TaggedUsers,
    up_to_unix_seconds: u64,
) -> Result<Vec<TaggedUser>, NotFound> {
    let memory = Memory::of(values_of_operators(deployment.configuration));
    let mut pages = Pages::of(deployment, &tagged.list, &memory);
    let mut users = Vec::new();
    while let Some(rows) = pages.next().await? {
        for row in rows {
            users.extend(tagged_user(tagged, &deployment.configuration.email, row)?);
        }
    }
    // What the listing needed is known to the removal as well, such as a token.
    for user in &mut users {
        user.known.extend(memory.captured_in(&tagged.list));
    }
    users.retain(|user| user.created_at_unix_seconds <= up_to_unix_seconds);
    Ok(users)
}

/// The user of this row, if a run created them.
fn tagged_user(
    tagged: &TaggedUsers,
    template: &EmailTemplate,
    row: &Value,
) -> Result<Option<TaggedUser>, NotFound> {
    let email = row.pointer(tagged.email.as_str()).and_then(Value::as_str);
    let Some((email, run)) = email.and_then(|email| Some((email, template.run_of(email)?))) else {
        return Ok(None);
    };
    let lacks = |pointer: &str| NotFound::Lacks {
        email: email.to_owned(),
        pointer: pointer.to_owned(),
    };
    let created = tagged.created.as_str();
    let created_at_unix_seconds = row.pointer(created).and_then(unix_seconds);
    let mut known = Vec::new();
    for (name, pointer) in &tagged.keep {
        let value = row.pointer(pointer.as_str());
        let value = value.filter(|value| !value.is_null());
        known.push((
            name.clone(),
            value.ok_or_else(|| lacks(pointer.as_str()))?.clone(),
        ));
    }
    Ok(Some(TaggedUser {
        run,
        email: email.to_owned(),
        created_at_unix_seconds: created_at_unix_seconds.ok_or_else(|| lacks(created))?,
        known,
    }))
}

/// A time as services write it: RFC 3339, or seconds or milliseconds since 1970.
fn unix_seconds(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => {
            let number = number
                .as_u64()
                .or_else(|| number.as_f64().filter(|float| *float >= 0.0).map(whole))?;
            Some(if number >= FIRST_MILLIS {
                number / 1000
            } else {
                number
            })
        }
        Value::String(text) => {
            let moment: jiff::Timestamp = text.parse().ok()?;
            u64::try_from(moment.as_second()).ok()
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a fraction of a second is no matter, and whoever calls has seen that it is not below zero"
)]
const fn whole(seconds: f64) -> u64 {
    seconds as u64
}

/// As seconds, this is in the year 5138; as milliseconds, in 1973.
const FIRST_MILLIS: u64 = 100_000_000_000;

/// Why it is not known who is left over.
#[derive(Debug)]
pub(crate) enum NotFound {
    /// A row says too little of somebody to remove them.
    Lacks { email: String, pointer: String },
    /// The list was not read to its end.
    Unread(Unread),
}

impl From<Unread> for NotFound {
    fn from(error: Unread) -> Self {
        Self::Unread(error)
    }
}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lacks { email, pointer } => write!(
                f,
                "the row of {} has nothing at `{pointer}` that could be used",
                harmless(email)
            ),
            Self::Unread(error) => error.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_time_is_read_however_a_service_writes_it() {
        for written in [
            json!("2026-11-22T02:00:00Z"),
            json!("2026-11-22T03:00:00.123+01:00"),
            json!(1_795_312_800),
            json!(1_795_312_800_123_u64),
            json!(1_795_312_800.9),
        ] {
            assert_eq!(unix_seconds(&written), Some(1_795_312_800), "{written}");
        }
        for wrong in [json!(null), json!(-1), json!("yesterday"), json!(true)] {
            assert_eq!(unix_seconds(&wrong), None, "{wrong}");
        }
    }
}
