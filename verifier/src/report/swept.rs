//! What a clean-up removed, and what is left.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde::Serialize;

use crate::counted::counted;
use crate::report::wrapped;
use crate::terminal::harmless;

/// What became of the users of runs that were cut off.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Swept {
    pub(crate) removed: Vec<SweptUser>,
    pub(crate) left_over: Vec<SweptUser>,
    /// Why it is not known whether somebody else is left over.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) could_not_look: Vec<String>,
}

/// One of them.
#[derive(Debug, Serialize)]
pub(crate) struct SweptUser {
    pub(crate) user: String,
    pub(crate) created_at_unix_seconds: u64,
    /// Where their run wrote them down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) journal: Option<PathBuf>,
    /// Why they are left over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<String>,
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

/// For a person: the verdict is the last line.
pub(super) fn render(swept: &Swept) -> String {
    let mut text = String::new();
    for user in &swept.left_over {
        let why = harmless(user.why.as_deref().unwrap_or_default());
        let words = format!("{}: {why}", harmless(&user.user));
        text.push_str(&wrapped("left over: ", "  ", &words));
        if let Some(journal) = &user.journal {
            let words = format!("what is needed to remove them: {}", journal.display());
            text.push_str(&wrapped("  ", "  ", &words));
        }
    }
    for why in &swept.could_not_look {
        text.push_str(&wrapped("could not look: ", "  ", &harmless(why)));
    }
    if (swept.left_over.iter()).any(|user| user.journal.is_some()) {
        let hint = "whoever is gone already, or never came to be, is dropped with `usher cleanup --forget USER`";
        text.push_str(&wrapped("", "", hint));
    }
    let removed = counted(swept.removed.len() as u64, "user");
    let verdict = match (swept.removed.is_empty(), swept.left_over.is_empty()) {
        (true, true) if !swept.could_not_look.is_empty() => {
            "whether somebody is left over of runs that were cut off is not known".to_owned()
        }
        (true, true) => "nothing is left over of runs that were cut off".to_owned(),
        (false, true) if !swept.could_not_look.is_empty() => {
            format!("swept up {removed}; whether somebody else is left over is not known")
        }
        (false, true) => format!("swept up {removed}; nothing is left over"),
        (_, false) => format!("swept up {removed}, {} left over", swept.left_over.len()),
    };
    let _infallible = writeln!(text, "{verdict}");
    text
}
