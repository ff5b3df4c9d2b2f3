//! The steps a scenario is told in. A step gets what the one before it has earned, and nothing else.

pub(crate) mod be_asked_to_wait;
pub(crate) mod be_kept_out;
pub(crate) mod be_recognised;
pub(crate) mod be_taken_in;
pub(crate) mod be_turned_away;
pub(crate) mod change_membership;
pub(crate) mod change_status;
pub(crate) mod clean_up;
pub(crate) mod fault;
pub(crate) mod find_log_in;
pub(crate) mod log_in;
pub(crate) mod log_out;
pub(crate) mod open_session;
pub(crate) mod own;
pub(crate) mod perform;
pub(crate) mod prepare_org;
pub(crate) mod reach_again;
pub(crate) mod reach_by_session;
pub(crate) mod reach_instance;
pub(crate) mod register;
pub(crate) mod undo;
pub(crate) mod wait_until_ready;

use serde::Serialize;

use crate::configuration::Configuration;
use crate::configuration::front::Front;
use crate::configuration::own_step::OwnStepName;

/// A step by its name.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StepName {
    Register,
    LogIn,
    WaitUntilReady,
    ReachInstance,
    OpenSession,
    FindLogIn,
    LogInAgain,
    BeRecognised,
    ReachAgain,
    Suspend,
    BeTurnedAway,
    Resume,
    Uninvite,
    Invite,
    BeAskedToWait,
    ReachBySession,
    EndSession,
    LogOut,
    BeKeptOut,
    BeInvited,
    OpenDomain,
    BeTakenIn,
    BecomeOwner,
    CleanUp,
    /// One of the operator's own.
    #[serde(untagged)]
    Own(OwnStepName),
}

impl StepName {
    /// Every step that is not the operator's own.
    pub(crate) const BUILT_IN: [Self; 24] = [
        Self::Register,
        Self::LogIn,
        Self::WaitUntilReady,
        Self::ReachInstance,
        Self::OpenSession,
        Self::FindLogIn,
        Self::LogInAgain,
        Self::BeRecognised,
        Self::ReachAgain,
        Self::Suspend,
        Self::BeTurnedAway,
        Self::Resume,
        Self::Uninvite,
        Self::Invite,
        Self::BeAskedToWait,
        Self::ReachBySession,
        Self::EndSession,
        Self::LogOut,
        Self::BeKeptOut,
        Self::BeInvited,
        Self::OpenDomain,
        Self::BeTakenIn,
        Self::BecomeOwner,
        Self::CleanUp,
    ];

    /// The name for people.
    pub(crate) fn title(&self) -> &str {
        match self {
            Self::Register => "register",
            Self::LogIn => "log in",
            Self::WaitUntilReady => "wait until ready",
            Self::ReachInstance => "reach the instance",
            Self::OpenSession => "open a session",
            Self::FindLogIn => "find the log-in",
            Self::LogInAgain => "log in again",
            Self::BeRecognised => "be recognised",
            Self::ReachAgain => "reach it again",
            Self::Suspend => "suspend",
            Self::BeTurnedAway => "be turned away",
            Self::Resume => "resume",
            Self::Uninvite => "uninvite",
            Self::Invite => "invite",
            Self::BeAskedToWait => "be asked to wait",
            Self::ReachBySession => "reach by session",
            Self::EndSession => "end the session",
            Self::BeKeptOut => "be kept out",
            Self::BeInvited => "be invited",
            Self::OpenDomain => "open the domain",
            Self::BeTakenIn => "be taken in",
            Self::BecomeOwner => "become the owner",
            Self::Own(name) => name.as_str(),
            Self::LogOut => "log out",
            Self::CleanUp => "clean up",
        }
    }

    /// What the identity service is asked for by it; nothing where it is the gate, an app or a service of the operator's own that is asked.
    pub(crate) const fn asks_for(&self) -> Option<&'static str> {
        match self {
            Self::Register => Some("the sign-up"),
            Self::LogIn | Self::LogInAgain => Some("the log-in"),
            Self::LogOut => Some("the log-out"),
            Self::CleanUp => Some("the removal of the user"),
            Self::Own(_)
            | Self::WaitUntilReady
            | Self::ReachInstance
            | Self::OpenSession
            | Self::FindLogIn
            | Self::BeRecognised
            | Self::ReachAgain
            | Self::Suspend
            | Self::BeTurnedAway
            | Self::Resume
            | Self::Uninvite
            | Self::Invite
            | Self::BeAskedToWait
            | Self::ReachBySession
            | Self::EndSession
            | Self::BeKeptOut
            | Self::BeInvited
            | Self::OpenDomain
            | Self::BeTakenIn
            | Self::BecomeOwner => None,
        }
    }

    /// The name for programs.
    pub(crate) fn word(&self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|word| word.as_str().map(str::to_owned))
            .unwrap_or_else(|| self.title().to_owned())
    }

    /// Why this step is never performed with this configuration, if it is not.
    pub(crate) fn left_out_of(&self, configuration: &Configuration) -> Option<&'static str> {
        let gate = match &configuration.front {
            Front::Direct { .. } => None,
            Front::Gate(gate) => Some(gate),
        };
        match (self, gate) {
            (Self::WaitUntilReady | Self::BeRecognised, None) => match &configuration.front {
                Front::Direct { ready: None, .. } => Some("no [ready] in the configuration"),
                Front::Direct { ready: Some(_), .. } | Front::Gate(_) => None,
            },
            (Self::OpenSession | Self::FindLogIn, None) => Some("there is no gate"),
            (Self::OpenSession | Self::FindLogIn, Some(gate)) if !gate.session => {
                Some("`session = false` in [log_in] of the configuration")
            }
            (Self::FindLogIn, Some(gate)) if gate.admin.is_none() => {
                Some("no [gate_admin] in the configuration")
            }
            (Self::LogOut, _) if configuration.log_out.is_none() => {
                Some("no [log_out] in the configuration")
            }
            (Self::CleanUp, _)
                if configuration.remove_user.is_none()
                    && configuration.steps.iter().all(|step| step.undo.is_none()) =>
            {
                Some("no [remove_user] in the configuration")
            }
            (
                Self::Register
                | Self::LogIn
                | Self::WaitUntilReady
                | Self::ReachInstance
                | Self::OpenSession
                | Self::FindLogIn
                | Self::LogInAgain
                | Self::BeRecognised
                | Self::ReachAgain
                | Self::Suspend
                | Self::BeTurnedAway
                | Self::Resume
                | Self::Uninvite
                | Self::Invite
                | Self::BeAskedToWait
                | Self::ReachBySession
                | Self::EndSession
                | Self::BeKeptOut
                | Self::BeInvited
                | Self::OpenDomain
                | Self::BeTakenIn
                | Self::BecomeOwner
                | Self::Own(_)
                | Self::LogOut
                | Self::CleanUp,
                _,
            ) => None,
        }
    }
}
