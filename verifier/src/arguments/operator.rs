//! The command line of those who run a gate: `usher instance|user|org|invite|session|events`.

pub(crate) mod orgs;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use policy::contract::MembershipWord;
use policy::event::EventKind;
use policy::status::Status;

use crate::arguments::ReportFormat;
use crate::arguments::given::{self, RecordId, Remark, Span, When};
use crate::configuration::address::BaseUrl;

/// Which gate is asked, who asks, and how the answer is written: what all of these commands take.
#[derive(Debug, Args)]
pub(crate) struct Connection {
    /// The gate's address [default: `$USHER_GATE`, else `[target] gate` of usher.toml]
    #[arg(long, global = true, value_name = "URL", conflicts_with = "config", value_parser = given::gate, help_heading = GATE)]
    pub(crate) gate: Option<BaseUrl>,

    /// A file whose `[target]` names the gate, and whose `[gate_admin]` the variable with its secret
    #[arg(long, global = true, value_name = "FILE", help_heading = GATE)]
    pub(crate) config: Option<PathBuf>,

    /// Why a change is made; the gate writes it down
    #[arg(long, global = true, value_name = "TEXT", help_heading = GATE)]
    pub(crate) why: Option<Remark>,

    /// Who makes it; the gate writes it down [default: `$USER`]
    #[arg(long = "as", global = true, value_name = "NAME", help_heading = GATE)]
    pub(crate) who: Option<Remark>,

    /// How the result is written to standard output
    #[arg(long, global = true, value_enum, default_value_t = ReportFormat::Human, help_heading = GATE)]
    pub(crate) report: ReportFormat,
}

const GATE: &str = "Gate";

/// How much of a list is read.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Limit {
    /// How many rows at most
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) limit: u32,
}

/// Consent beforehand to what cannot be undone.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Consent {
    /// Do it without asking
    #[arg(long)]
    pub(crate) yes: bool,
}

/// `usher instance`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Instance {
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(subcommand)]
    pub(crate) act: InstanceAct,
}

/// What is done with instances. `instance` is an id, or the e-mail address of its owner.
#[derive(Debug, Subcommand)]
pub(crate) enum InstanceAct {
    /// The instances, the longest in their status first
    List {
        /// Only those of this status
        #[arg(long, value_parser = given::status)]
        status: Option<Status>,
        /// Only those that have had their status for longer: 90s, 15m, 1h, 7d
        #[arg(long, value_name = "SPAN")]
        older_than: Option<Span>,
        #[command(flatten)]
        limit: Limit,
    },
    /// One instance, and how it came to its status
    Show {
        #[arg(value_name = "ID|E-MAIL")]
        instance: RecordId,
    },
    /// Give it another status, by one legal step
    Set {
        #[arg(value_name = "ID|E-MAIL")]
        instance: RecordId,
        #[arg(value_parser = given::status)]
        status: Status,
    },
    /// Say at which hosts it is reached, and whose members reach it there
    #[command(group = clap::ArgGroup::new("place").required(true).multiple(true))]
    Place {
        #[arg(value_name = "ID|E-MAIL")]
        instance: RecordId,
        /// All of its addresses: `guy` for a host below the platform's domain, or a whole host
        #[arg(long = "address", value_name = "HOST", group = "place")]
        addresses: Vec<String>,
        /// Take all of its addresses away
        #[arg(long, group = "place", conflicts_with = "addresses")]
        no_address: bool,
        /// The org whose members reach it there as well
        #[arg(long, group = "place")]
        org: Option<String>,
        /// Nobody but its owner
        #[arg(long, group = "place", conflicts_with = "org")]
        no_org: bool,
    },
    /// Let nobody in for now
    Suspend {
        #[arg(value_name = "ID|E-MAIL")]
        instance: RecordId,
    },
    /// Back to what it was before it was suspended
    Resume {
        #[arg(value_name = "ID|E-MAIL")]
        instance: RecordId,
    },
    /// Remove it from the registry; its owner stays
    Remove {
        #[arg(value_name = "ID|E-MAIL")]
        instance: RecordId,
        #[command(flatten)]
        consent: Consent,
    },
}

/// `usher user`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct User {
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(subcommand)]
    pub(crate) act: UserAct,
}

/// What is done with users. `user` is an id or an e-mail address.
#[derive(Debug, Subcommand)]
pub(crate) enum UserAct {
    /// The users
    List {
        /// Only those of this address, without regard to case
        #[arg(long)]
        email: Option<String>,
        /// Only members of this org
        #[arg(long)]
        org: Option<String>,
        /// Only those who were denied and need an invitation
        #[arg(long)]
        denied: bool,
        /// Only those who have no instance
        #[arg(long, conflicts_with = "status")]
        without_instance: bool,
        /// Only those whose instance has this status
        #[arg(long, value_parser = given::status)]
        status: Option<Status>,
        #[command(flatten)]
        limit: Limit,
    },
    /// One user: orgs, identities, instance, open sessions, last events
    Show {
        #[arg(value_name = "ID|E-MAIL")]
        user: RecordId,
    },
    /// Change a user; what is not given stays
    #[command(group = clap::ArgGroup::new("change").required(true).multiple(true))]
    Change {
        #[arg(value_name = "ID|E-MAIL")]
        user: RecordId,
        /// Whether they run the platform
        #[arg(long, group = "change", value_name = "true|false")]
        platform_owner: Option<bool>,
        /// The org they are in now, one of theirs
        #[arg(long, group = "change")]
        org: Option<String>,
        /// Leave them in no org now
        #[arg(long, group = "change", conflicts_with = "org")]
        no_org: bool,
        /// Whether they belong here: `member`, or `needs_invitation`
        #[arg(long, group = "change", value_parser = given::membership)]
        membership: Option<MembershipWord>,
    },
    /// End all of their sessions
    SignOut {
        #[arg(value_name = "ID|E-MAIL")]
        user: RecordId,
    },
    /// Remove a user with everything that is theirs; events stay
    Remove {
        #[arg(value_name = "ID|E-MAIL")]
        user: RecordId,
        #[command(flatten)]
        consent: Consent,
    },
}

/// `usher session`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Session {
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(subcommand)]
    pub(crate) act: SessionAct,
}

/// What is done with sessions.
#[derive(Debug, Subcommand)]
pub(crate) enum SessionAct {
    /// The sessions, the newest first
    List {
        /// Only those of this user
        #[arg(long, value_name = "ID|E-MAIL")]
        user: Option<RecordId>,
        /// Only those that can still be used
        #[arg(long)]
        open: bool,
        #[command(flatten)]
        limit: Limit,
    },
    /// End one session
    End {
        // Base64url: it may begin with a hyphen.
        #[arg(allow_hyphen_values = true)]
        id: RecordId,
    },
}

/// `usher events`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Events {
    #[command(flatten)]
    pub(crate) connection: Connection,
    /// Only of this kind
    #[arg(long, value_name = "KIND", value_parser = given::event)]
    pub(crate) event: Option<EventKind>,
    /// Only what happened to this user
    #[arg(long, value_name = "ID|E-MAIL")]
    pub(crate) user: Option<RecordId>,
    /// Only of this address, also where no user came of it
    #[arg(long)]
    pub(crate) email: Option<String>,
    /// Only what is about this instance
    #[arg(long, value_name = "ID|E-MAIL")]
    pub(crate) instance: Option<RecordId>,
    /// Only of the request with this id, which every page and answer of the gate shows
    #[arg(long, value_name = "ID")]
    pub(crate) request: Option<String>,
    /// Only from then on: a span back from now (90s, 15m, 1h, 7d), or 2026-01-31, or 2026-01-31T08:00:00Z
    #[arg(long, value_name = "SPAN|DATE")]
    pub(crate) since: Option<When>,
    /// Only before then, said in the same way
    #[arg(long, value_name = "SPAN|DATE")]
    pub(crate) until: Option<When>,
    /// Go on with what happens from now on, the oldest first, until Ctrl-C
    #[arg(long, conflicts_with = "until")]
    pub(crate) follow: bool,
    #[command(flatten)]
    pub(crate) limit: Limit,
}

const AFTER_HELP: &str = "\
The operators' secret, or a token of your own that the gate takes for an operator's,
is taken from the environment variable USHER_ADMIN_SECRET, or from the one that
--config names; it is never an argument.

Exit codes:
  0 done, 1 the gate refused it, 2 usage or configuration, also a wrong secret,
  3 could not find out: no answer, or none that a gate gives";
