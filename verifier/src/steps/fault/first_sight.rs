//! What can be wrong for somebody who comes for the first time to a gate where people become known by coming (incident I4).

use std::fmt;

use crate::outcome::Problem;
use crate::steps::be_taken_in::Welcome;
use crate::steps::fault::Fault;

/// What is wrong.
#[derive(Debug)]
pub(crate) enum FirstSightFault {
    /// What speaks for them does not count.
    Denied { welcome: Welcome },
    /// They are a member, and not, or not only, of the org that took them in.
    InAnotherPlace { org: String, found: Vec<String> },
    /// They are a member of it, and may do more than it gives to members.
    InAnotherRole { org: String, role: String },
    /// The invitation can be taken once more.
    InvitationStillOpen,
    /// The first user of the platform is not its owner.
    NotTheOwner { role: String },
    /// The registry does not have them, or has them several times.
    RecordedOtherThanOnce { count: u64, reason: String },
}

impl From<FirstSightFault> for Problem {
    fn from(fault: FirstSightFault) -> Self {
        Fault::FirstSight(fault).into()
    }
}

impl fmt::Display for FirstSightFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied { welcome } => f.write_str(match welcome {
                Welcome::AsFirstOwner => {
                    "the platform has no owner, and its first user is asked for an invitation; where USHER_OWNER_EMAILS says who it may be, the user of the run has to be one of them"
                }
                Welcome::ByDomain => {
                    "an org takes the domain of the user, and the gate asks them for an invitation; either the issuer does not vouch for the address (`email`, `email_verified` in the token), or USHER_PROVISIONING of the gate is not `first-sight`"
                }
                Welcome::ByInvitation => {
                    "the user is invited, and the gate asks them for an invitation; either the issuer does not vouch for the address (`email`, `email_verified` in the token), or USHER_PROVISIONING of the gate is not `first-sight`"
                }
            }),
            Self::InAnotherPlace { org, found } if found.is_empty() => write!(
                f,
                "the user is known, and not a member of the org `{org}` that takes them in; either somebody made them known before they came, or first sight did not count"
            ),
            Self::InAnotherPlace { org, found } => write!(
                f,
                "the user should be a member of the org `{org}`, and is one of {}",
                found.join(", ")
            ),
            Self::InAnotherRole { org, role } => write!(
                f,
                "the org `{org}` takes the user in as a member, and they became `{role}`: whoever comes the same way may do as much"
            ),
            Self::InvitationStillOpen => {
                f.write_str("the invitation was taken, and is still open for somebody else")
            }
            Self::NotTheOwner { role } => write!(
                f,
                "the platform had no owner, and its first user became `{role}` and not the owner"
            ),
            Self::RecordedOtherThanOnce { count, reason } => write!(
                f,
                "after their first visit (reason `{reason}`) the registry has {count} users with the address, and should have one"
            ),
        }
    }
}
