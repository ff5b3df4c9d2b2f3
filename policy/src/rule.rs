//! The names of the rules of the book: what a decision was made by.

/// The rules of the book, one a row of design's table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rule {
    /// More than one credential.
    AmbiguousCredential,
    /// The authority failed and nothing known is young enough.
    AuthorityUnavailable,
    /// The credential was not accepted.
    BadCredential,
    /// Another site made the browser send a change.
    CrossSiteRequest,
    /// The instance is deployed, its set-up is not finished.
    InstanceActive,
    /// The instance is not ready for longer than the budget.
    InstanceOverdue,
    /// The instance is being created.
    InstanceProvisioning,
    /// The instance is suspended.
    InstanceSuspended,
    /// The issuer's keys could not be had.
    IssuerUnavailable,
    /// The visitor needs an invitation.
    NeedsInvitation,
    /// No credential.
    NoCredential,
    /// The visitor has no instance here.
    NoInstance,
    /// The platform's owner at the root of the platform's host.
    OwnerAtRoot,
    /// The instance is ready.
    ReadyInstance,
    /// The authority fails, and the visitor was last seen `ready` a short time ago.
    ReadyInGrace,
    /// The visitor was logged out since the credential was issued.
    SessionEnded,
    /// The instance is suspended, and the operator keeps this path open.
    SuspendedOpenPath,
    /// The record cannot be trusted.
    UnreadableStanding,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 18] = [
        Self::AmbiguousCredential,
        Self::AuthorityUnavailable,
        Self::BadCredential,
        Self::CrossSiteRequest,
        Self::InstanceActive,
        Self::InstanceOverdue,
        Self::InstanceProvisioning,
        Self::InstanceSuspended,
        Self::IssuerUnavailable,
        Self::NeedsInvitation,
        Self::NoCredential,
        Self::NoInstance,
        Self::OwnerAtRoot,
        Self::ReadyInstance,
        Self::ReadyInGrace,
        Self::SessionEnded,
        Self::SuspendedOpenPath,
        Self::UnreadableStanding,
    ];

    /// The rule's name in logs and in `/.usher/me`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AmbiguousCredential => "ambiguous_credential",
            Self::AuthorityUnavailable => "authority_unavailable",
            Self::BadCredential => "bad_credential",
            Self::CrossSiteRequest => "cross_site_request",
            Self::InstanceActive => "instance_active",
            Self::InstanceOverdue => "instance_overdue",
            Self::InstanceProvisioning => "instance_provisioning",
            Self::InstanceSuspended => "instance_suspended",
            Self::IssuerUnavailable => "issuer_unavailable",
            Self::NeedsInvitation => "needs_invitation",
            Self::NoCredential => "no_credential",
            Self::NoInstance => "no_instance",
            Self::OwnerAtRoot => "owner_at_root",
            Self::ReadyInstance => "ready_instance",
            Self::ReadyInGrace => "ready_in_grace",
            Self::SessionEnded => "session_ended",
            Self::SuspendedOpenPath => "suspended_open_path",
            Self::UnreadableStanding => "unreadable_standing",
        }
    }
}
