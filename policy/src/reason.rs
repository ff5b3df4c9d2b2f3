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
    /// The browser did not send back the cookie it was given.
    CookieNotKept,
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
    /// The instance did not answer in time.
    InstanceTimedOut,
    /// The instance did not answer.
    InstanceUnreachable,
    /// The instance does not answer yet; it may be starting.
    InstanceWaking,
    /// A defect of the gate.
    InternalError,
    /// Known, but not invited.
    InvitationRequired,
    /// The issuer's keys cannot be fetched.
    IssuerUnavailable,
    /// Somebody has logged out.
    LoggedOut,
    /// Somebody was sent to log in again and again, and came back without a log-in.
    LoginLoop,
    /// No credential.
    LoginRequired,
    /// Somebody followed a link to log out; another site may have placed it.
    LogoutUnconfirmed,
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
    /// The address can be read in two ways.
    PathAmbiguous,
    /// The log-in was ended, by its owner or an operator.
    SessionEnded,
    /// Somebody logged out, and the sessions they have elsewhere could not be ended.
    SessionsNotEnded,
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

impl Reason {
    /// Every reason, in alphabetical order.
    pub const ALL: [Self; 32] = [
        Self::AuthorityUnavailable,
        Self::BadRequest,
        Self::Conflict,
        Self::CookieNotKept,
        Self::CredentialAmbiguous,
        Self::CrossSiteRequest,
        Self::IllegalTransition,
        Self::InstanceActive,
        Self::InstanceOverdue,
        Self::InstanceProvisioning,
        Self::InstanceSuspended,
        Self::InstanceTimedOut,
        Self::InstanceUnreachable,
        Self::InstanceWaking,
        Self::InternalError,
        Self::InvitationRequired,
        Self::IssuerUnavailable,
        Self::LoggedOut,
        Self::LoginLoop,
        Self::LoginRequired,
        Self::LogoutUnconfirmed,
        Self::MethodNotAllowed,
        Self::Misconfigured,
        Self::NoInstance,
        Self::NotFound,
        Self::OperatorRequired,
        Self::PathAmbiguous,
        Self::SessionEnded,
        Self::SessionsNotEnded,
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
            Self::CookieNotKept => "cookie_not_kept",
            Self::CredentialAmbiguous => "credential_ambiguous",
            Self::CrossSiteRequest => "cross_site_request",
            Self::IllegalTransition => "illegal_transition",
            Self::InstanceActive => "instance_active",
            Self::InstanceOverdue => "instance_overdue",
            Self::InstanceProvisioning => "instance_provisioning",
            Self::InstanceSuspended => "instance_suspended",
            Self::InstanceTimedOut => "instance_timed_out",
            Self::InstanceUnreachable => "instance_unreachable",
            Self::InstanceWaking => "instance_waking",
            Self::InternalError => "internal_error",
            Self::InvitationRequired => "invitation_required",
            Self::IssuerUnavailable => "issuer_unavailable",
            Self::LoggedOut => "logged_out",
            Self::LoginLoop => "login_loop",
            Self::LoginRequired => "login_required",
            Self::LogoutUnconfirmed => "logout_unconfirmed",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Misconfigured => "misconfigured",
            Self::NoInstance => "no_instance",
            Self::NotFound => "not_found",
            Self::OperatorRequired => "operator_required",
            Self::PathAmbiguous => "path_ambiguous",
            Self::SessionEnded => "session_ended",
            Self::SessionsNotEnded => "sessions_not_ended",
            Self::StandingUnreadable => "standing_unreadable",
            Self::TokenExpired => "token_expired",
            Self::TokenInvalid => "token_invalid",
        }
    }

    /// The HTTP status code. A 5xx of ours never looks like "logged out", and a wait is never an error of the visitor.
    pub const fn http_status(self) -> u16 {
        match self {
            Self::LoggedOut | Self::LogoutUnconfirmed => 200,
            Self::BadRequest
            | Self::CookieNotKept
            | Self::CredentialAmbiguous
            | Self::LoginLoop
            | Self::PathAmbiguous => 400,
            Self::LoginRequired
            | Self::OperatorRequired
            | Self::SessionEnded
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
            Self::InstanceTimedOut => 504,
            Self::AuthorityUnavailable
            | Self::InstanceActive
            | Self::InstanceOverdue
            | Self::InstanceProvisioning
            | Self::InstanceWaking
            | Self::IssuerUnavailable
            | Self::Misconfigured
            | Self::SessionsNotEnded
            | Self::StandingUnreadable => 503,
        }
    }

    /// After how many seconds it is worth asking again, where waiting helps.
    pub const fn retry_after(self) -> Option<u32> {
        match self {
            Self::InstanceActive | Self::InstanceProvisioning | Self::InstanceWaking => Some(2),
            Self::InstanceTimedOut | Self::InstanceUnreachable => Some(5),
            Self::AuthorityUnavailable | Self::IssuerUnavailable | Self::SessionsNotEnded => {
                Some(10)
            }
            Self::InstanceOverdue | Self::Misconfigured | Self::StandingUnreadable => Some(60),
            Self::BadRequest
            | Self::Conflict
            | Self::CookieNotKept
            | Self::CredentialAmbiguous
            | Self::CrossSiteRequest
            | Self::IllegalTransition
            | Self::InstanceSuspended
            | Self::InternalError
            | Self::InvitationRequired
            | Self::LoggedOut
            | Self::LoginLoop
            | Self::LoginRequired
            | Self::LogoutUnconfirmed
            | Self::MethodNotAllowed
            | Self::NoInstance
            | Self::NotFound
            | Self::OperatorRequired
            | Self::PathAmbiguous
            | Self::SessionEnded
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
            | Self::OperatorRequired
            | Self::PathAmbiguous => Actor::Caller,
            Self::InstanceTimedOut | Self::InstanceUnreachable => Actor::Instance,
            Self::InstanceActive | Self::InstanceProvisioning | Self::InstanceWaking => {
                Actor::Nobody
            }
            Self::AuthorityUnavailable
            | Self::InstanceOverdue
            | Self::InternalError
            | Self::IssuerUnavailable
            | Self::Misconfigured
            | Self::SessionsNotEnded
            | Self::StandingUnreadable => Actor::Operator,
            Self::CookieNotKept
            | Self::CrossSiteRequest
            | Self::InstanceSuspended
            | Self::InvitationRequired
            | Self::LoggedOut
            | Self::LoginLoop
            | Self::LoginRequired
            | Self::LogoutUnconfirmed
            | Self::NoInstance
            | Self::SessionEnded
            | Self::TokenExpired
            | Self::TokenInvalid => Actor::Visitor,
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
    }
}
