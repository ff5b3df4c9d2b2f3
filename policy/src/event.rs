//! What is written down about log-ins and changes: the kinds of events, by the words that operators filter for.

/// What happened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EventKind {
    /// The first visitor became the platform's owner.
    BootstrapCreated,
    /// An instance got other addresses or another org.
    InstanceChanged,
    /// An instance was removed.
    InstanceRemoved,
    /// An invitation was made.
    InvitationCreated,
    /// An invitation was withdrawn.
    InvitationRevoked,
    /// A credential handed over for a session was not accepted.
    LoginFailed,
    /// A session began.
    LoginSuccess,
    /// Somebody logged out, so all of their sessions ended.
    Logout,
    /// Somebody's place in an org changed.
    MemberChanged,
    /// Somebody left an org.
    MemberRemoved,
    /// An org was made, or its name, default role or domains changed.
    OrgChanged,
    /// An org was removed.
    OrgRemoved,
    /// Somebody was denied at first sight.
    ProvisioningDenied,
    /// Somebody joined an org by their e-mail domain.
    ProvisioningDomain,
    /// Somebody accepted an invitation by coming.
    ProvisioningInvited,
    /// An operator ended one session.
    SessionEnded,
    /// An operator ended all sessions of somebody.
    SessionsEnded,
    /// An operator or the platform said who somebody is.
    StandingChanged,
    /// Somebody was removed with everything that is theirs.
    StandingRemoved,
    /// An instance's status changed.
    StatusChanged,
    /// An operator changed somebody's record.
    UserChanged,
}

impl EventKind {
    /// Every kind, in alphabetical order.
    pub const ALL: [Self; 21] = [
        Self::BootstrapCreated,
        Self::InstanceChanged,
        Self::InstanceRemoved,
        Self::InvitationCreated,
        Self::InvitationRevoked,
        Self::LoginFailed,
        Self::LoginSuccess,
        Self::Logout,
        Self::MemberChanged,
        Self::MemberRemoved,
        Self::OrgChanged,
        Self::OrgRemoved,
        Self::ProvisioningDenied,
        Self::ProvisioningDomain,
        Self::ProvisioningInvited,
        Self::SessionEnded,
        Self::SessionsEnded,
        Self::StandingChanged,
        Self::StandingRemoved,
        Self::StatusChanged,
        Self::UserChanged,
    ];

    /// The word as it stands in the registry and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::BootstrapCreated => "bootstrap_created",
            Self::InstanceChanged => "instance_changed",
            Self::InstanceRemoved => "instance_removed",
            Self::InvitationCreated => "invitation_created",
            Self::InvitationRevoked => "invitation_revoked",
            Self::LoginFailed => "login_failed",
            Self::LoginSuccess => "login_success",
            Self::Logout => "logout",
            Self::MemberChanged => "member_changed",
            Self::MemberRemoved => "member_removed",
            Self::OrgChanged => "org_changed",
            Self::OrgRemoved => "org_removed",
            Self::ProvisioningDenied => "provisioning_denied",
            Self::ProvisioningDomain => "provisioning_domain",
            Self::ProvisioningInvited => "provisioning_invited",
            Self::SessionEnded => "session_ended",
            Self::SessionsEnded => "sessions_ended",
            Self::StandingChanged => "standing_changed",
            Self::StandingRemoved => "standing_removed",
            Self::StatusChanged => "status_changed",
            Self::UserChanged => "user_changed",
        }
    }

    /// Reads a word exactly as written.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}
