//! The steps a scenario is told in. A step gets what the one before it has earned, and nothing else.

pub(crate) mod clean_up;
pub(crate) mod fault;
pub(crate) mod find_log_in;
pub(crate) mod log_in;
pub(crate) mod log_out;
pub(crate) mod open_session;
pub(crate) mod reach_instance;
pub(crate) mod register;
pub(crate) mod wait_until_ready;

use serde::Serialize;

/// A step by its name.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StepName {
    Register,
    LogIn,
    WaitUntilReady,
    ReachInstance,
    OpenSession,
    FindLogIn,
    LogOut,
    CleanUp,
}

impl StepName {
    /// The name for people.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::LogIn => "log in",
            Self::WaitUntilReady => "wait until ready",
            Self::ReachInstance => "reach the instance",
            Self::OpenSession => "open a session",
            Self::FindLogIn => "find the log-in",
            Self::LogOut => "log out",
            Self::CleanUp => "clean up",
        }
    }
}
