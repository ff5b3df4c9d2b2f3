//! The secrets of a run, and how they are replaced.
//!
//! Every token, password and operator's secret is remembered the moment it is known, and is then replaced in all that is
//! written, in each of the forms in which text carries other text.

mod forms;

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::configuration::name::Name;
use crate::configuration::secret::Origin;

/// What kind of secret it is: also the name of the variable that stands for it in a printed command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum SecretName<'a> {
    /// The value of a cookie that an answer sets.
    Cookie,
    /// The password of the created user.
    Password,
    /// A token of a log-in.
    Token,
    /// A value of an answer that later requests need.
    Captured(&'a Name),
    /// What a variable or a file holds: a command that names it can be run as it stands.
    Origin(&'a Origin),
}

impl SecretName<'_> {
    fn in_a_shell(self) -> String {
        match self {
            Self::Cookie => "$COOKIE".to_owned(),
            Self::Password => "$PASSWORD".to_owned(),
            Self::Token => "$TOKEN".to_owned(),
            Self::Captured(name) => format!("${}", name.as_variable()),
            Self::Origin(origin) => origin.in_a_shell(),
        }
    }
}

/// Everything that must not be shown.
#[derive(Debug, Default)]
pub(crate) struct Secrets(Mutex<Vec<Secret>>);

struct Secret {
    /// What stands for it in a printed command.
    in_a_shell: String,
    text: String,
    /// Every form, the longest first, so that no form is cut in two by a shorter one.
    forms: Vec<String>,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secret")
            .field("in_a_shell", &self.in_a_shell)
            .finish_non_exhaustive()
    }
}

impl Secrets {
    /// From now on this text is never shown. One shorter than four bytes cannot be hidden without spoiling every text.
    pub(crate) fn remember(&self, name: SecretName<'_>, text: &str) {
        let mut secrets = self.lock();
        if text.len() >= MIN_SECRET_BYTES && !secrets.iter().any(|secret| secret.text == text) {
            secrets.push(Secret {
                in_a_shell: name.in_a_shell(),
                text: text.to_owned(),
                forms: forms::of(text),
            });
        }
    }

    /// The text with every secret replaced by `***`.
    pub(crate) fn redact(&self, text: &str) -> String {
        let secrets = self.lock();
        let mut forms: Vec<&str> = secrets
            .iter()
            .flat_map(|secret| &secret.forms)
            .map(String::as_str)
            .collect();
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        forms
            .into_iter()
            .fold(text.to_owned(), |text, form| replace(&text, form, "***"))
    }

    /// The text with every secret replaced by the variable that stands for it in a shell.
    pub(crate) fn name_in(&self, text: &str) -> String {
        self.lock().iter().fold(text.to_owned(), |text, secret| {
            replace(&text, &secret.text, &secret.in_a_shell)
        })
    }

    /// Whether nobody is looking at them just now.
    pub(crate) fn are_at_rest(&self) -> bool {
        self.0.try_lock().is_ok()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Secret>> {
        // A list of texts is whole whatever happened to the thread that held it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn replace(text: &str, form: &str, by: &str) -> String {
    if text.contains(form) {
        text.replace(form, by)
    } else {
        text.to_owned()
    }
}

/// Anything shorter occurs in ordinary text.
const MIN_SECRET_BYTES: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_holds_another_one_is_replaced_whole() {
        let secrets = Secrets::default();
        secrets.remember(SecretName::Password, "abcd");
        secrets.remember(SecretName::Token, "abcdefgh");
        assert_eq!(secrets.redact("x abcdefgh abcd y"), "x *** *** y");
    }

    #[test]
    fn other_text_is_left_alone() {
        let secrets = Secrets::default();
        secrets.remember(SecretName::Token, "");
        secrets.remember(SecretName::Token, "abc");
        assert_eq!(secrets.redact("abc def"), "abc def");
    }

    #[test]
    fn debug_output_shows_no_secret() {
        let secrets = Secrets::default();
        secrets.remember(SecretName::Token, "abcdefgh");
        assert!(!format!("{secrets:?}").contains("abcdefgh"));
    }
}
