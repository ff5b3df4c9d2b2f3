//! What is said for each reason, in each language: a file a language, each an exhaustive map from a reason to words.

mod elapsed;
mod english;
mod french;
mod german;
mod japanese;
mod portuguese;
mod spanish;

pub use elapsed::{Elapsed, Unit};

use crate::language::Language;
use crate::reason::Reason;

/// What is said: what is the case, what it means for the visitor, and what to do next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Words {
    /// What is the case, as a heading.
    pub title: &'static str,
    /// What it means for the visitor.
    pub detail: &'static str,
    /// What to do next.
    pub next: &'static str,
}

/// What stands on buttons and beside facts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Labels {
    /// Ends the log-in and leads to the log-in page.
    pub another_account: &'static str,
    /// Looks whether a wait is over.
    pub check_now: &'static str,
    /// Leads to where the operator gives help.
    pub contact_support: &'static str,
    /// Leads to the log-in page.
    pub log_in: &'static str,
    /// Ends every log-in.
    pub log_out: &'static str,
    /// Leads to the front door of the app.
    pub open_app: &'static str,
    /// Loads the same address anew.
    pub try_again: &'static str,
    /// Before the e-mail address of who is logged in.
    pub logged_in_as: &'static str,
    /// Before the id by which the log has the request.
    pub reference: &'static str,
    /// The name of the list of steps.
    pub progress: &'static str,
    /// The steps from signing up to the app: created, set up, ready.
    pub steps: [&'static str; 3],
    /// Before a step that is over, for who cannot see that it is.
    pub done: &'static str,
    /// For how long something has been the case.
    pub elapsed: Elapsed,
}

impl Reason {
    /// What is said. Never contradicts the status (incident I1: "currently active. Please wait for it to be ready").
    pub const fn words(self, language: Language) -> Words {
        match language {
            Language::English => english::words(self),
            Language::French => french::words(self),
            Language::German => german::words(self),
            Language::Japanese => japanese::words(self),
            Language::Portuguese => portuguese::words(self),
            Language::Spanish => spanish::words(self),
        }
    }
}

impl Language {
    /// What is said to whoever is let in and asks where they stand.
    pub const fn admitted(self) -> Words {
        match self {
            Self::English => english::ADMITTED,
            Self::French => french::ADMITTED,
            Self::German => german::ADMITTED,
            Self::Japanese => japanese::ADMITTED,
            Self::Portuguese => portuguese::ADMITTED,
            Self::Spanish => spanish::ADMITTED,
        }
    }

    /// What stands on buttons and beside facts.
    pub const fn labels(self) -> &'static Labels {
        match self {
            Self::English => &english::LABELS,
            Self::French => &french::LABELS,
            Self::German => &german::LABELS,
            Self::Japanese => &japanese::LABELS,
            Self::Portuguese => &portuguese::LABELS,
            Self::Spanish => &spanish::LABELS,
        }
    }
}

#[cfg(test)]
mod tests;
