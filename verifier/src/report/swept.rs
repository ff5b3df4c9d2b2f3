//! What a clean-up removed, and what is left.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::counted::counted;
use crate::journal::Entry;
use crate::report::wrapped;
use crate::terminal::harmless;

/// What became of the users of runs that were cut off.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Swept {
    pub(crate) removed: Vec<SweptUser>,
    pub(crate) left_over: Vec<SweptUser>,
}

/// One of them.
#[derive(Debug, Serialize)]
pub(crate) struct SweptUser {
    user: String,
    created_at_unix_seconds: u64,
    journal: PathBuf,
    /// Why they are left over.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl Swept {
    pub(crate) fn note(&mut self, user: SweptUser) {
        if user.why.is_none() {
            self.removed.push(user);
        } else {
            self.left_over.push(user);
        }
    }
}

impl SweptUser {
    pub(crate) fn of(entry: &Entry, journal: &Path, why: Option<String>) -> Self {
        Self {
            user: entry.email.clone(),
            created_at_unix_seconds: entry.created_at_unix_seconds,
            journal: journal.to_owned(),
            why,
        }
    }
}

/// For a person: the verdict is the last line.
pub(super) fn render(swept: &Swept) -> String {
    let mut text = String::new();
    for user in &swept.left_over {
        let why = harmless(user.why.as_deref().unwrap_or_default());
        let words = format!("{}: {why}", harmless(&user.user));
        text.push_str(&wrapped("left over: ", "  ", &words));
        let path = user.journal.display();
        text.push_str(&wrapped(
            "  ",
            "  ",
            &format!("what is needed to remove them: {path}"),
        ));
    }
    if !swept.left_over.is_empty() {
        let hint = "whoever is gone already, or never came to be, is dropped with `usher cleanup --forget USER`";
        text.push_str(&wrapped("", "", hint));
    }
    let removed = counted(swept.removed.len() as u64, "user");
    let verdict = match (swept.removed.is_empty(), swept.left_over.is_empty()) {
        (true, true) => "nothing is left over of runs that were cut off".to_owned(),
        (false, true) => format!("swept up {removed}; nothing is left over"),
        (_, false) => format!("swept up {removed}, {} left over", swept.left_over.len()),
    };
    let _infallible = writeln!(text, "{verdict}");
    text
}
