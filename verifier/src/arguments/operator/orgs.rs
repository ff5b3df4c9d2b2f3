//! The command line of `usher org` and `usher invite`.

use clap::{Args, Subcommand};
use policy::org::OrgRole;

use super::{AFTER_HELP, Connection, Consent, Limit};
use crate::arguments::given::{self, Address, RecordId};

/// `usher org`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Org {
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(subcommand)]
    pub(crate) act: OrgAct,
}

/// What is done with orgs.
#[derive(Debug, Subcommand)]
pub(crate) enum OrgAct {
    /// The orgs
    List {
        /// Only the one that takes this e-mail domain
        #[arg(long)]
        domain: Option<String>,
        #[command(flatten)]
        limit: Limit,
    },
    /// One org and its members
    Show {
        id: RecordId,
        #[command(flatten)]
        limit: Limit,
    },
    /// Make an org, or change one; what is not given stays
    Set(OrgSet),
    /// Remove an org; its members stay, without it
    Remove {
        id: RecordId,
        #[command(flatten)]
        consent: Consent,
    },
    /// Who is in an org
    #[command(subcommand)]
    Member(MemberAct),
}

/// What an org shall be.
#[derive(Debug, Args)]
pub(crate) struct OrgSet {
    pub(crate) id: RecordId,
    /// Its name for people; a new org needs one
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// What those become who come by their e-mail domain
    #[arg(long, value_name = "ROLE", value_parser = given::org_role)]
    pub(crate) default_role: Option<OrgRole>,
    /// An e-mail domain whose people are members at first sight; may be given more than once, in place of all there were
    #[arg(long)]
    pub(crate) domain: Vec<String>,
    /// Take no e-mail domain any more
    #[arg(long, conflicts_with = "domain")]
    pub(crate) no_domains: bool,
}

/// What is done with members of an org.
#[derive(Debug, Subcommand)]
pub(crate) enum MemberAct {
    /// Make a user a member, or change what they may do
    Add {
        org: RecordId,
        #[arg(value_name = "ID|E-MAIL")]
        user: RecordId,
        #[arg(long, default_value = "member", value_parser = given::org_role)]
        role: OrgRole,
    },
    /// Take a user out of an org
    Remove {
        org: RecordId,
        #[arg(value_name = "ID|E-MAIL")]
        user: RecordId,
    },
}

/// `usher invite`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, after_help = AFTER_HELP)]
pub(crate) struct Invite {
    #[command(flatten)]
    pub(crate) connection: Connection,
    /// Whom to invite
    #[arg(required = true, value_name = "E-MAIL")]
    pub(crate) email: Option<Address>,
    /// Into which org
    #[arg(long, required = true)]
    pub(crate) org: Option<String>,
    /// As what
    #[arg(long, value_parser = given::org_role)]
    pub(crate) role: Option<OrgRole>,
    /// For how many days it is open [default: 14]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=365))]
    pub(crate) days: Option<u32>,
    #[command(subcommand)]
    pub(crate) act: Option<InvitationAct>,
}

/// What is done with invitations.
#[derive(Debug, Subcommand)]
pub(crate) enum InvitationAct {
    /// The invitations
    List {
        /// Only those for this address
        #[arg(long)]
        email: Option<String>,
        /// Only those into this org
        #[arg(long)]
        org: Option<String>,
        /// Only those in this state
        #[arg(long, value_enum)]
        state: Option<InvitationState>,
        #[command(flatten)]
        limit: Limit,
    },
    /// Withdraw an invitation that nobody has accepted: by its id, or the one that is open for an address
    Revoke {
        #[arg(value_name = "ID|E-MAIL")]
        invitation: RecordId,
    },
}

/// How far an invitation has come.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum InvitationState {
    Open,
    Expired,
    Accepted,
    Revoked,
}

impl InvitationState {
    /// The word as the gate takes it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Expired => "expired",
            Self::Accepted => "accepted",
            Self::Revoked => "revoked",
        }
    }
}
