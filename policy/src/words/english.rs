//! English, which every other language is a translation of.

use super::{Elapsed, Labels, Unit, Words};
use crate::reason::Reason;

#[expect(
    clippy::too_many_lines,
    reason = "one exhaustive map is the point: every reason and its words in one place"
)]
pub(super) const fn words(reason: Reason) -> Words {
    match reason {
        Reason::AuthorityUnavailable => Words {
            title: "We cannot look up your account right now",
            detail: "The service that knows your account does not answer. Nothing is wrong with your account, and nothing was lost.",
            next: "Try again in a moment. If it lasts, contact support and give the reference below.",
        },
        Reason::BadRequest => Words {
            title: "The request could not be understood",
            detail: "The body or the address of this call is not what this endpoint takes.",
            next: "Correct what is listed and send it again.",
        },
        Reason::Conflict => Words {
            title: "The record exists already",
            detail: "The change collides with what the registry holds, so nothing was changed.",
            next: "Read the record first, then send a change that fits it.",
        },
        Reason::CookieNotKept => Words {
            title: "Your browser did not keep your log-in",
            detail: "Your log-in went well, but your browser did not send back this site's cookie, so we cannot recognise you.",
            next: "Allow cookies for this site, then log in again. A private window or an extension that blocks cookies can also be the cause.",
        },
        Reason::CredentialAmbiguous => Words {
            title: "The request names you in two ways",
            detail: "It carries more than one log-in, so we cannot tell which one is meant, and we do not guess.",
            next: "Delete this site's cookies and log in again. Programs: send exactly one Authorization header or one cookie.",
        },
        Reason::CrossSiteRequest => Words {
            title: "This request came from another site",
            detail: "Another site asked your browser to change something here. To protect you, it was not passed on.",
            next: "If you meant to do this, do it from within the app.",
        },
        Reason::IllegalTransition => Words {
            title: "This change of status is not legal",
            detail: "An instance goes provisioning, active, ready, one step at a time; it may be suspended, and then returns to where it was.",
            next: "Send one of the legal next statuses.",
        },
        Reason::InstanceActive => Words {
            title: "Your app is being set up",
            detail: "It is installed, and its set-up is being finished. You need not do anything.",
            next: "Wait a moment: your app opens here by itself as soon as it is ready.",
        },
        Reason::InstanceOverdue => Words {
            title: "Setting up your app takes longer than it should",
            detail: "Something went wrong on our side. It is not your fault, and nothing you entered was lost.",
            next: "Contact support and give the reference below. You can also come back later: your app opens here when it is ready.",
        },
        Reason::InstanceProvisioning => Words {
            title: "Your app is being created",
            detail: "You are signed up, and your own app is being installed. You need not do anything.",
            next: "Wait a moment: your app opens here by itself as soon as it is ready.",
        },
        Reason::InstanceSuspended => Words {
            title: "Your app is suspended",
            detail: "The operator of this site has disabled it for now. Your data is still there.",
            next: "Contact support to learn why and how to have it enabled again.",
        },
        Reason::InstanceTimedOut => Words {
            title: "Your app takes too long to answer",
            detail: "You are logged in and allowed in, but your app did not answer in time. If you sent something, it may have arrived all the same.",
            next: "Try again in a moment, but look whether it has arrived before you send anything again. If it lasts, contact support and give the reference below.",
        },
        Reason::InstanceUnreachable => Words {
            title: "Your app does not answer",
            detail: "You are logged in and allowed in, but your app could not be reached. If you sent something, it may not have arrived.",
            next: "Try again in a moment. If it lasts, contact support and give the reference below.",
        },
        Reason::InstanceWaking => Words {
            title: "Your app is waking up",
            detail: "It was asleep or has just been updated, and it is being started. You need not do anything.",
            next: "Wait a moment: your app opens here by itself as soon as it answers.",
        },
        Reason::InternalError => Words {
            title: "Something went wrong on our side",
            detail: "The request could not be answered. If you sent something, it may not have arrived.",
            next: "Try again. If it happens again, contact support and give the reference below.",
        },
        Reason::InvitationRequired => Words {
            title: "Access request pending",
            detail: "You are logged in, but nobody has invited this account yet.",
            next: "Ask your administrator for an invitation, or use another account.",
        },
        Reason::IssuerUnavailable => Words {
            title: "We cannot check your log-in right now",
            detail: "The service that vouches for your log-in does not answer. You are not logged out.",
            next: "Try again in a moment. If it lasts, contact support and give the reference below.",
        },
        Reason::LoggedOut => Words {
            title: "You are logged out",
            detail: "From this browser nobody reaches your app without logging in again.",
            next: "You can close this page, or log in again.",
        },
        Reason::LoginLoop => Words {
            title: "Logging in does not bring you in",
            detail: "You were sent to log in several times in a row, and each time you came back without a log-in. Most often the browser does not keep this site's cookie, or the log-in page did not hand over the log-in.",
            next: "Allow cookies for this site and log in again. If it happens again, contact support and give the reference below.",
        },
        Reason::LoginRequired => Words {
            title: "Please log in",
            detail: "This is a private app, and we do not know yet who you are.",
            next: "Log in, and you come back to this page.",
        },
        Reason::LogoutUnconfirmed => Words {
            title: "Do you want to log out?",
            detail: "Your log-in ends in this browser, and as a rule on your other devices as well.",
            next: "Press the button to log out, or go back to your app.",
        },
        Reason::MethodNotAllowed => Words {
            title: "This cannot be done here",
            detail: "The address exists, but it does not take this method.",
            next: "Use a method that the header Allow names.",
        },
        Reason::Misconfigured => Words {
            title: "This site is not set up correctly",
            detail: "Nobody can be let in until its operator has corrected it. Nothing is wrong with your account.",
            next: "Please try again later. Operators: /.usher/ready lists every mistake.",
        },
        Reason::NoInstance => Words {
            title: "There is no app for you here",
            detail: "You are logged in, but this account has no app at this address.",
            next: "If you have just signed up, wait a minute and try again. Otherwise use another account or contact support.",
        },
        Reason::NotFound => Words {
            title: "There is nothing here",
            detail: "No such address or record.",
            next: "Check the address.",
        },
        Reason::OperatorRequired => Words {
            title: "Operators only",
            detail: "The admin API needs the operator's secret.",
            next: "Send it as `Authorization: Bearer`, from the secret USHER_ADMIN_SECRET.",
        },
        Reason::PathAmbiguous => Words {
            title: "The address can be read in two ways",
            detail: "It climbs with `..` or has a backslash, so it could mean another place to the app than to us. It was not passed on.",
            next: "Use the address that is meant, without `.` and `..` segments.",
        },
        Reason::SessionEnded => Words {
            title: "You have been logged out",
            detail: "This log-in was ended, by you or by an administrator.",
            next: "Log in again, and you come back to this page.",
        },
        Reason::SessionsNotEnded => Words {
            title: "You are logged out here, and perhaps not elsewhere",
            detail: "This browser has forgotten your log-in. The service that ends your other sessions does not answer, so they may still be open.",
            next: "Log in and log out once more. If it lasts, contact support and give the reference below.",
        },
        Reason::StandingUnreadable => Words {
            title: "Your account's record cannot be read",
            detail: "What we know about your account does not make sense to us, so we let nobody in with it. The operator was alerted.",
            next: "Contact support and give the reference below.",
        },
        Reason::TokenExpired => Words {
            title: "Your log-in has expired",
            detail: "A log-in lasts only for a limited time, and yours has run out.",
            next: "Log in again, and you come back to this page.",
        },
        Reason::TokenInvalid => Words {
            title: "Your log-in was not accepted",
            detail: "What your browser or program sent is not a valid log-in for this site.",
            next: "Log in again. Programs: get a new token from the issuer this site trusts.",
        },
    }
}

pub(super) const ADMITTED: Words = Words {
    title: "Your app is ready",
    detail: "You are logged in, and requests are passed on to your app.",
    next: "Open your app.",
};

pub(super) const LABELS: Labels = Labels {
    another_account: "Use another account",
    check_now: "Check now",
    contact_support: "Contact support",
    log_in: "Log in",
    log_out: "Log out",
    open_app: "Go to your app",
    try_again: "Try again",
    logged_in_as: "Logged in as",
    reference: "Reference",
    progress: "Progress",
    steps: ["Creation", "Set-up", "Ready"],
    done: "Done:",
    elapsed: Elapsed {
        before: "It has been like this for ",
        after: ".",
        moment: "less than a minute",
        minute: Unit {
            one: " minute",
            many: " minutes",
        },
        hour: Unit {
            one: " hour",
            many: " hours",
        },
        day: Unit {
            one: " day",
            many: " days",
        },
    },
};
