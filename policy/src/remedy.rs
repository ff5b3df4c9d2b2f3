//! What a page lets its reader do about a message, with one press: the one exhaustive map from a reason to it.

use crate::reason::Reason;

/// Something to press, or what the page does by itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Remedy {
    /// End the log-in and log in as somebody else.
    AnotherAccount,
    /// Log in, and come back.
    LogIn,
    /// End every log-in.
    LogOut,
    /// Go to the front door of the app.
    OpenApp,
    /// Ask a person.
    Support,
    /// Load the same address anew.
    TryAgain,
    /// The page looks again by itself, and opens the app; one may also look at once.
    Wait,
}

impl Reason {
    /// What its page offers, the best first. Mistakes of programs are not put right by pressing anything.
    pub const fn remedies(self) -> &'static [Remedy] {
        match self {
            Self::BadRequest
            | Self::Conflict
            | Self::IllegalTransition
            | Self::MethodNotAllowed
            | Self::OperatorRequired => &[],
            // Not the front door: at this host there may be none.
            Self::NotFound => &[Remedy::Support],
            Self::CrossSiteRequest | Self::PathAmbiguous => &[Remedy::OpenApp, Remedy::Support],
            Self::CookieNotKept
            | Self::CredentialAmbiguous
            | Self::LoginLoop
            | Self::LoginRequired
            | Self::SessionEnded
            | Self::SessionsNotEnded
            | Self::TokenExpired
            | Self::TokenInvalid => &[Remedy::LogIn, Remedy::Support],
            Self::LoggedOut => &[Remedy::LogIn],
            Self::LogoutUnconfirmed => &[Remedy::LogOut, Remedy::OpenApp],
            Self::InstanceActive | Self::InstanceProvisioning | Self::InstanceWaking => {
                &[Remedy::Wait, Remedy::Support]
            }
            Self::AuthorityUnavailable
            | Self::InstanceTimedOut
            | Self::InstanceUnreachable
            | Self::InternalError
            | Self::IssuerUnavailable
            | Self::Misconfigured => &[Remedy::TryAgain, Remedy::Support],
            Self::InstanceOverdue | Self::StandingUnreadable => {
                &[Remedy::Support, Remedy::TryAgain]
            }
            Self::InstanceSuspended => &[Remedy::Support, Remedy::AnotherAccount],
            Self::InvitationRequired => &[Remedy::AnotherAccount, Remedy::Support],
            Self::NoInstance => &[Remedy::TryAgain, Remedy::AnotherAccount, Remedy::Support],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reason::Actor;

    #[test]
    fn a_page_waits_exactly_where_nobody_has_to_act() {
        for reason in Reason::ALL {
            let waits = reason.remedies().first() == Some(&Remedy::Wait);
            assert_eq!(waits, reason.actor() == Actor::Nobody, "{}", reason.code());
        }
    }

    #[test]
    fn what_the_visitor_has_to_do_can_be_done_from_the_page() {
        for reason in Reason::ALL {
            let offers_nothing = reason.remedies().is_empty();
            assert!(
                !offers_nothing || reason.actor() == Actor::Caller,
                "{}",
                reason.code()
            );
        }
    }
}
