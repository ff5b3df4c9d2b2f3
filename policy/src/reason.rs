//! Every reason the gate can give, and the one map from a reason to what is said.

/// Why the gate itself answered. The code is stable: it stands in the body, in the header `Usher-Reason`, in the log and in
/// the documentation, and people write programs against it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Reason {
    /// The authority cannot be reached and no sighting is young enough.
    AuthorityUnavailable,
    /// A call of the admin API that cannot be understood.
    BadRequest,
    /// Two credentials, or one that can be read in two ways.
    CredentialAmbiguous,
    /// Another site made the browser send this request (CSRF).
    CrossSiteRequest,
    /// A change that collides with what the registry holds.
    Conflict,
    /// A change of status that skips a step or goes back.
    IllegalTransition,
    /// Deployed, set-up not finished.
    InstanceActive,
    /// Not ready for longer than the operator's budget.
    InstanceOverdue,
    /// Being created.
    InstanceProvisioning,
    /// Disabled by the operator.
    InstanceSuspended,
    /// The instance did not answer.
    InstanceUnreachable,
    /// A defect of the gate.
    InternalError,
    /// Known, but not invited.
    InvitationRequired,
    /// The issuer's keys cannot be fetched.
    IssuerUnavailable,
    /// No credential.
    LoginRequired,
    /// The gate's own endpoint does not take this method.
    MethodNotAllowed,
    /// The gate's configuration is wrong.
    Misconfigured,
    /// Known, but without an instance; also said when it is somebody else's.
    NoInstance,
    /// No such endpoint or record.
    NotFound,
    /// The admin API was called without the operator's secret.
    OperatorRequired,
    /// The authority's record cannot be trusted.
    StandingUnreadable,
    /// The credential is over.
    TokenExpired,
    /// The credential is not accepted.
    TokenInvalid,
}

/// Who has to do something so that it gets better.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Actor {
    /// Whoever wrote the program that calls the gate.
    Caller,
    /// Whoever runs the instance's app.
    Instance,
    /// Nobody: it passes.
    Nobody,
    /// Whoever runs the platform; such a line of the log is an alarm.
    Operator,
    /// The visitor.
    Visitor,
}

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
    /// Every reason, in alphabetical order.
    pub const ALL: [Self; 23] = [
        Self::AuthorityUnavailable,
        Self::BadRequest,
        Self::Conflict,
        Self::CredentialAmbiguous,
        Self::CrossSiteRequest,
        Self::IllegalTransition,
        Self::InstanceActive,
        Self::InstanceOverdue,
        Self::InstanceProvisioning,
        Self::InstanceSuspended,
        Self::InstanceUnreachable,
        Self::InternalError,
        Self::InvitationRequired,
        Self::IssuerUnavailable,
        Self::LoginRequired,
        Self::MethodNotAllowed,
        Self::Misconfigured,
        Self::NoInstance,
        Self::NotFound,
        Self::OperatorRequired,
        Self::StandingUnreadable,
        Self::TokenExpired,
        Self::TokenInvalid,
    ];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AuthorityUnavailable => "authority_unavailable",
            Self::BadRequest => "bad_request",
            Self::Conflict => "conflict",
            Self::CredentialAmbiguous => "credential_ambiguous",
            Self::CrossSiteRequest => "cross_site_request",
            Self::IllegalTransition => "illegal_transition",
            Self::InstanceActive => "instance_active",
            Self::InstanceOverdue => "instance_overdue",
            Self::InstanceProvisioning => "instance_provisioning",
            Self::InstanceSuspended => "instance_suspended",
            Self::InstanceUnreachable => "instance_unreachable",
            Self::InternalError => "internal_error",
            Self::InvitationRequired => "invitation_required",
            Self::IssuerUnavailable => "issuer_unavailable",
            Self::LoginRequired => "login_required",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Misconfigured => "misconfigured",
            Self::NoInstance => "no_instance",
            Self::NotFound => "not_found",
            Self::OperatorRequired => "operator_required",
            Self::StandingUnreadable => "standing_unreadable",
            Self::TokenExpired => "token_expired",
            Self::TokenInvalid => "token_invalid",
        }
    }

    /// The HTTP status code. A 5xx of ours never looks like "logged out", and a wait is never an error of the visitor.
    pub const fn http_status(self) -> u16 {
        match self {
            Self::BadRequest | Self::CredentialAmbiguous => 400,
            Self::LoginRequired
            | Self::OperatorRequired
            | Self::TokenExpired
            | Self::TokenInvalid => 401,
            Self::CrossSiteRequest
            | Self::InstanceSuspended
            | Self::InvitationRequired
            | Self::NoInstance => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict | Self::IllegalTransition => 409,
            Self::InternalError => 500,
            Self::InstanceUnreachable => 502,
            Self::AuthorityUnavailable
            | Self::InstanceActive
            | Self::InstanceOverdue
            | Self::InstanceProvisioning
            | Self::IssuerUnavailable
            | Self::Misconfigured
            | Self::StandingUnreadable => 503,
        }
    }

    /// After how many seconds it is worth asking again, where waiting helps.
    pub const fn retry_after(self) -> Option<u32> {
        match self {
            Self::InstanceActive | Self::InstanceProvisioning => Some(2),
            Self::InstanceUnreachable => Some(5),
            Self::AuthorityUnavailable | Self::IssuerUnavailable => Some(10),
            Self::InstanceOverdue | Self::Misconfigured | Self::StandingUnreadable => Some(60),
            Self::BadRequest
            | Self::Conflict
            | Self::CredentialAmbiguous
            | Self::CrossSiteRequest
            | Self::IllegalTransition
            | Self::InstanceSuspended
            | Self::InternalError
            | Self::InvitationRequired
            | Self::LoginRequired
            | Self::MethodNotAllowed
            | Self::NoInstance
            | Self::NotFound
            | Self::OperatorRequired
            | Self::TokenExpired
            | Self::TokenInvalid => None,
        }
    }

    /// Who has to act.
    pub const fn actor(self) -> Actor {
        match self {
            Self::BadRequest
            | Self::Conflict
            | Self::CredentialAmbiguous
            | Self::IllegalTransition
            | Self::MethodNotAllowed
            | Self::NotFound
            | Self::OperatorRequired => Actor::Caller,
            Self::InstanceUnreachable => Actor::Instance,
            Self::InstanceActive | Self::InstanceProvisioning => Actor::Nobody,
            Self::AuthorityUnavailable
            | Self::InstanceOverdue
            | Self::InternalError
            | Self::IssuerUnavailable
            | Self::Misconfigured
            | Self::StandingUnreadable => Actor::Operator,
            Self::CrossSiteRequest
            | Self::InstanceSuspended
            | Self::InvitationRequired
            | Self::LoginRequired
            | Self::NoInstance
            | Self::TokenExpired
            | Self::TokenInvalid => Actor::Visitor,
        }
    }

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
                detail: "The body or the address of this call is not what the admin API takes.",
                next: "Correct what is listed and send it again.",
            },
            Self::Conflict => Words {
                title: "The record exists already",
                detail: "The change collides with what the registry holds, so nothing was changed.",
                next: "Read the record first, then send a change that fits it.",
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
                next: "This page opens your app by itself as soon as it is ready.",
            },
            Self::InstanceOverdue => Words {
                title: "Setting up your app takes longer than it should",
                detail: "Something went wrong on our side. You need not do anything, and nothing you entered was lost.",
                next: "Contact support and give the reference below. You can also come back later: your app opens here when it is ready.",
            },
            Self::InstanceProvisioning => Words {
                title: "Your app is being created",
                detail: "You are signed up, and your own app is being installed. You need not do anything.",
                next: "This page opens your app by itself as soon as it is ready.",
            },
            Self::InstanceSuspended => Words {
                title: "Your app is suspended",
                detail: "The operator has disabled it for now. Your data is still there.",
                next: "Contact support to learn why and how to have it enabled again.",
            },
            Self::InstanceUnreachable => Words {
                title: "Your app does not answer",
                detail: "You are logged in and allowed in, but your app could not be reached. What you sent may not have arrived.",
                next: "Try again in a moment. If it lasts, contact support and give the reference below.",
            },
            Self::InternalError => Words {
                title: "Something went wrong on our side",
                detail: "The request could not be answered. It was not passed on to your app.",
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
            Self::LoginRequired => Words {
                title: "Please log in",
                detail: "This is a private app, and we do not know yet who you are.",
                next: "Log in, and you come back to this page.",
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

    #[test]
    fn codes_are_unique_and_snake_case() {
        for (position, reason) in Reason::ALL.into_iter().enumerate() {
            let code = reason.code();
            assert!(
                code.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
                "{code}"
            );
            assert!(
                Reason::ALL
                    .into_iter()
                    .skip(position + 1)
                    .all(|other| other.code() != code),
                "{code} twice"
            );
        }
    }

    #[test]
    fn the_list_is_complete_and_in_order() {
        let codes = Reason::ALL.map(Reason::code);
        assert!(codes.is_sorted(), "{codes:?}");
        // One line a variant: a forgotten one fails to compile here, not in production.
        for reason in Reason::ALL {
            let _ = reason.words();
        }
    }

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
