//! What is said for each reason: the one exhaustive map from a reason to words.

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

impl Reason {
    /// What is said. Never contradicts the status (incident I1: "currently active. Please wait for it to be ready").
    #[expect(
        clippy::too_many_lines,
        reason = "one exhaustive map is the point: every reason and its words in one place"
    )]
    pub const fn words(self) -> Words {
        match self {
            Self::AuthorityUnavailable => Words {
                title: "We cannot look up your account right now",
                detail: "The service that knows your account does not answer. Nothing is wrong with your account, and nothing was lost.",
                next: "Try again in a moment. If it lasts, contact support and give the reference below.",
            },
            Self::BadRequest => Words {
                title: "The request could not be understood",
                detail: "The body or the address of this call is not what this endpoint takes.",
                next: "Correct what is listed and send it again.",
            },
            Self::Conflict => Words {
                title: "The record exists already",
                detail: "The change collides with what the registry holds, so nothing was changed.",
                next: "Read the record first, then send a change that fits it.",
            },
            Self::CookieNotKept => Words {
                title: "Your browser did not keep your log-in",
                detail: "You are logged in, but your browser did not send back this site's cookie, so we cannot know you.",
                next: "Allow cookies for this site, then log in again. A private window or an extension that blocks cookies does this too.",
            },
            Self::CredentialAmbiguous => Words {
                title: "The request names you in two ways",
                detail: "It carries more than one log-in, so we cannot tell which one is meant, and we do not guess.",
                next: "Delete this site's cookies and log in again. Programs: send exactly one Authorization header or one cookie.",
            },
            Self::CrossSiteRequest => Words {
                title: "This request came from another site",
                detail: "Another site asked your browser to change something here. To protect you, it was not passed on.",
                next: "If you meant to do this, do it from within the app.",
            },
            Self::IllegalTransition => Words {
                title: "This change of status is not legal",
                detail: "An instance goes provisioning, active, ready, one step at a time; it may be suspended, and then returns to where it was.",
                next: "Send one of the legal next statuses.",
            },
            Self::InstanceActive => Words {
                title: "Your app is being set up",
                detail: "It is installed, and its set-up is being finished. You need not do anything.",
                next: "Wait a moment: your app opens here by itself as soon as it is ready.",
            },
            Self::InstanceOverdue => Words {
                title: "Setting up your app takes longer than it should",
                detail: "Something went wrong on our side. You need not do anything, and nothing you entered was lost.",
                next: "Contact support and give the reference below. You can also come back later: your app opens here when it is ready.",
            },
            Self::InstanceProvisioning => Words {
                title: "Your app is being created",
                detail: "You are signed up, and your own app is being installed. You need not do anything.",
                next: "Wait a moment: your app opens here by itself as soon as it is ready.",
            },
            Self::InstanceSuspended => Words {
                title: "Your app is suspended",
                detail: "The operator has disabled it for now. Your data is still there.",
                next: "Contact support to learn why and how to have it enabled again.",
            },
            Self::InstanceTimedOut => Words {
                title: "Your app takes too long to answer",
                detail: "You are logged in and allowed in, but your app did not answer in time. What you sent may have arrived.",
                next: "Look whether it has arrived before you send it again. If it lasts, contact support and give the reference below.",
            },
            Self::InstanceUnreachable => Words {
                title: "Your app does not answer",
                detail: "You are logged in and allowed in, but your app could not be reached. What you sent may not have arrived.",
                next: "Try again in a moment. If it lasts, contact support and give the reference below.",
            },
            Self::InstanceWaking => Words {
                title: "Your app is waking up",
                detail: "It was asleep or has just been updated, and it is being started. You need not do anything.",
                next: "Wait a moment: your app opens here by itself as soon as it answers.",
            },
            Self::InternalError => Words {
                title: "Something went wrong on our side",
                detail: "The request could not be answered, and what you sent may not have arrived.",
                next: "Try again. If it happens again, contact support and give the reference below.",
            },
            Self::InvitationRequired => Words {
                title: "Access request pending",
                detail: "You are logged in, but nobody has invited this account yet.",
                next: "Ask your administrator for an invitation, or use another account.",
            },
            Self::IssuerUnavailable => Words {
                title: "We cannot check your log-in right now",
                detail: "The service that vouches for your log-in does not answer. You are not logged out.",
                next: "Try again in a moment. If it lasts, contact support and give the reference below.",
            },
            Self::LoggedOut => Words {
                title: "You are logged out",
                detail: "All of your log-ins here are over, also on other devices.",
                next: "You can close this page, or log in again.",
            },
            Self::LoginLoop => Words {
                title: "Logging in does not bring you in",
                detail: "You were sent to log in several times in a row, and each time you came back without a log-in. Most often the browser does not keep this site's cookie, or the log-in page did not hand over the log-in.",
                next: "Allow cookies for this site and log in again. If it happens again, contact support and give the reference below.",
            },
            Self::LoginRequired => Words {
                title: "Please log in",
                detail: "This is a private app, and we do not know yet who you are.",
                next: "Log in, and you come back to this page.",
            },
            Self::LogoutUnconfirmed => Words {
                title: "Do you want to log out?",
                detail: "All of your log-ins here end, also on other devices.",
                next: "Press the button to log out, or go back to your app.",
            },
            Self::MethodNotAllowed => Words {
                title: "This cannot be done here",
                detail: "The address exists, but it does not take this method.",
                next: "Use a method that the header Allow names.",
            },
            Self::Misconfigured => Words {
                title: "This site is not set up correctly",
                detail: "Nobody can be let in until its operator has corrected it. Nothing is wrong with your account.",
                next: "Please try again later. Operators: /.usher/ready lists every mistake.",
            },
            Self::NoInstance => Words {
                title: "There is no app for you here",
                detail: "You are logged in, but this account has no app at this address.",
                next: "If you have just signed up, wait a minute and try again. Otherwise use another account or contact support.",
            },
            Self::NotFound => Words {
                title: "There is nothing here",
                detail: "No such address or record.",
                next: "Check the address.",
            },
            Self::OperatorRequired => Words {
                title: "Operators only",
                detail: "The admin API needs the operator's secret.",
                next: "Send it as `Authorization: Bearer`, from the secret USHER_ADMIN_SECRET.",
            },
            Self::PathAmbiguous => Words {
                title: "The address can be read in two ways",
                detail: "It climbs with `..` or has a backslash, so it could mean another place to the app than to us. It was not passed on.",
                next: "Use the address that is meant, without `.` and `..` segments.",
            },
            Self::SessionEnded => Words {
                title: "You have been logged out",
                detail: "This log-in was ended, by you or by an administrator.",
                next: "Log in again, and you come back to this page.",
            },
            Self::SessionsNotEnded => Words {
                title: "You are logged out here, and perhaps not elsewhere",
                detail: "This browser has forgotten your log-in. What ends your other sessions does not answer, so they may still be open.",
                next: "Log in and log out once more. If it lasts, contact support and give the reference below.",
            },
            Self::StandingUnreadable => Words {
                title: "Your account's record cannot be read",
                detail: "What we know about your account does not make sense to us, so we let nobody in with it. The operator was alerted.",
                next: "Contact support and give the reference below.",
            },
            Self::TokenExpired => Words {
                title: "Your log-in is over",
                detail: "You were logged in for as long as a log-in lasts.",
                next: "Log in again, and you come back to this page.",
            },
            Self::TokenInvalid => Words {
                title: "Your log-in was not accepted",
                detail: "What your browser or program sent is not a valid log-in for this site.",
                next: "Log in again. Programs: get a new token from the issuer this site trusts.",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reason::Actor;

    #[test]
    fn nobody_who_only_has_to_wait_is_sent_to_support() {
        for reason in Reason::ALL
            .into_iter()
            .filter(|reason| reason.actor() == Actor::Nobody)
        {
            assert!(
                !reason.words().next.contains("support"),
                "{}",
                reason.code()
            );
            assert!(reason.retry_after().is_some(), "{}", reason.code());
        }
    }

    #[test]
    fn words_of_a_status_never_contradict_it() {
        for reason in [
            Reason::InstanceActive,
            Reason::InstanceProvisioning,
            Reason::InstanceOverdue,
        ] {
            let words = reason.words();
            assert!(
                !words.title.contains("is ready") && !words.detail.contains("is active"),
                "{}",
                reason.code()
            );
        }
    }

    #[test]
    fn every_text_is_whole_sentences() {
        for words in Reason::ALL.map(Reason::words) {
            assert!(!words.title.ends_with('.'), "{}", words.title);
            assert!(
                words.detail.ends_with('.') && words.next.ends_with('.'),
                "{}",
                words.title
            );
        }
    }
}
