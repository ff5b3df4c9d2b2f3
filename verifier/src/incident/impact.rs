//! What a step that does not work means to people, without a word of how the platform is made.

use crate::steps::StepName;

/// Who is affected, from the widest to the narrowest.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Impact {
    /// Nobody can log in.
    LogIn,
    /// Who is logged in does not reach their app.
    Reach,
    /// Nobody new can sign up.
    SignUp,
    /// The apps of new people are not there.
    NewApps,
    /// Invitations, domains or the first owner do not count.
    Admission,
    /// Whoever is kept out, or has to wait, is told something wrong, or is not kept out.
    KeptOut,
    /// Logging out does not end everything.
    LogOut,
    /// A part of the app.
    Part,
}

impl Impact {
    /// Of a step of a story; one that nobody here knows is a part of the app.
    pub(super) const fn of(step: Option<&StepName>) -> Self {
        let Some(step) = step else {
            return Self::Part;
        };
        match step {
            StepName::Register => Self::SignUp,
            StepName::LogIn
            | StepName::LogInAgain
            | StepName::OpenSession
            | StepName::FindLogIn => Self::LogIn,
            StepName::WaitUntilReady => Self::NewApps,
            StepName::ReachInstance
            | StepName::BeRecognised
            | StepName::ReachAgain
            | StepName::ReachBySession
            | StepName::Resume => Self::Reach,
            StepName::Invite
            | StepName::Uninvite
            | StepName::BeInvited
            | StepName::OpenDomain
            | StepName::BeTakenIn
            | StepName::BecomeOwner => Self::Admission,
            StepName::Suspend | StepName::BeTurnedAway | StepName::BeAskedToWait => Self::KeptOut,
            StepName::EndSession | StepName::LogOut | StepName::BeKeptOut => Self::LogOut,
            StepName::CleanUp | StepName::Own(_) => Self::Part,
        }
    }

    /// What people notice.
    pub(super) const fn noticed(self) -> &'static str {
        match self {
            Self::LogIn => "At the moment you may not be able to log in.",
            Self::Reach => "At the moment you may not reach your app after logging in.",
            Self::SignUp => {
                "At the moment new accounts cannot be created. If you have an account, you are not affected."
            }
            Self::NewApps => {
                "At the moment the apps of new accounts are not getting ready. If you have used your app before, you are not affected."
            }
            Self::Admission => {
                "At the moment invitations and access through your organisation may not take effect. If you have used your app before, you are not affected."
            }
            Self::KeptOut => {
                "At the moment the page that tells you whether you have access may say something wrong."
            }
            Self::LogOut => "At the moment logging out may not log you out everywhere.",
            Self::Part => "At the moment a part of your app may not work.",
        }
    }

    /// What people noticed.
    pub(super) const fn was(self) -> &'static str {
        match self {
            Self::LogIn => "you may not have been able to log in",
            Self::Reach => "you may not have reached your app after logging in",
            Self::SignUp => "new accounts could not be created",
            Self::NewApps => "the apps of new accounts did not get ready",
            Self::Admission => {
                "invitations and access through your organisation may not have taken effect"
            }
            Self::KeptOut => {
                "the page that tells you whether you have access may have said something wrong"
            }
            Self::LogOut => "logging out may not have logged you out everywhere",
            Self::Part => "a part of your app may not have worked",
        }
    }

    /// What they can do.
    pub(super) const fn to_do(self) -> &'static str {
        match self {
            Self::LogIn | Self::Reach => {
                "You need not do anything, and please do not create a second account: your data is still where it was. Try again once we have told you that it is over."
            }
            Self::SignUp | Self::Part => "Please try again once we have told you that it is over.",
            Self::NewApps => {
                "You need not sign up again: your account is there, and we let you in as soon as your app is ready."
            }
            Self::Admission => {
                "You need not ask for another invitation: yours stays good, and counts once we have told you that it is over."
            }
            Self::KeptOut => {
                "If a page tells you that you have no access and you think you should have, please wait until we have told you that it is over before you ask for help."
            }
            Self::LogOut => "If others use the same computer, close the browser after logging out.",
        }
    }

    /// Who is affected, for those who run the platform.
    pub(super) const fn affects(self) -> &'static str {
        match self {
            Self::LogIn => "everybody who logs in",
            Self::Reach => "everybody who is logged in and wants to reach their app",
            Self::SignUp => "everybody who signs up",
            Self::NewApps => "everybody who has signed up since it broke, and waits for their app",
            Self::Admission => {
                "people who come for the first time by an invitation, by their domain, or as the first owner"
            }
            Self::KeptOut => "people who are suspended, not invited, or wait",
            Self::LogOut => "everybody who logs out",
            Self::Part => "people who use that part of their app",
        }
    }
}
