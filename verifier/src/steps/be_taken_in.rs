//! A user comes for the first time, and the gate makes of them what the registry says: a member of an org, or the platform's owner.

use policy::contract::MembershipWord;
use policy::contract::directory::UserRecord;
use policy::org::{OrgRole, PLATFORM_ORG};
use policy::reason::Reason;
use policy::standing::Role;

use crate::configuration::secret::Admin;
use crate::deployment::gate::{Gate, Standpoint};
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::fault::Fault;
use crate::steps::fault::first_sight::FirstSightFault;
use crate::steps::fault::return_visit::ReturnFault;
use crate::steps::log_in::Session;

/// What speaks for the user.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Welcome {
    AsFirstOwner,
    ByDomain,
    ByInvitation,
}

/// Asks the gate once: what happens at first sight happens before its answer. Then the registry must have them once, and in their place.
pub(crate) async fn be_taken_in(
    log: &mut StepLog<'_>,
    gate: &Gate<'_>,
    admin: &Admin,
    session: &Session<'_>,
    welcome: Welcome,
) -> Result<(), Problem> {
    let (exchange, standpoint) = gate.me(&session.token).await;
    log.keep(exchange)?;
    let reason = match standpoint? {
        Standpoint::Known(me) => me.reason,
        Standpoint::NotTheGate { status } => return Err(Fault::NotTheGate { status }.into()),
        Standpoint::Refused { status, reason, .. } => {
            reason.unwrap_or_else(|| format!("status {status}"))
        }
    };
    log.saw(&reason);
    if reason == Reason::InvitationRequired.code() {
        return Err(FirstSightFault::Denied { welcome }.into());
    }
    let newcomer = session.account.0;
    let answer = log.keep(gate.users_with(admin, &newcomer.email).await)?;
    let Some(list) = answer.users() else {
        let (status, reason) = (answer.status, answer.reason());
        return Err(ReturnFault::Unlisted { status, reason }.into());
    };
    let [user] = list.users.as_slice() else {
        let count = list.total;
        return Err(FirstSightFault::RecordedOtherThanOnce { count, reason }.into());
    };
    match welcome {
        Welcome::AsFirstOwner => is_owner(user)?,
        Welcome::ByDomain | Welcome::ByInvitation => is_in(user, &newcomer.org())?,
    }
    if welcome != Welcome::ByInvitation {
        return Ok(());
    }
    let asking = gate.asking_open_invitations(&admin.secret, &newcomer.email);
    let answer = log.keep(gate.send(asking).await)?;
    match answer.invitations() {
        Some(open) if open.total == 0 => Ok(()),
        Some(_) => Err(FirstSightFault::InvitationStillOpen.into()),
        None => {
            let (status, reason) = (answer.status, answer.reason());
            Err(ReturnFault::Unlisted { status, reason }.into())
        }
    }
}

fn is_in(user: &UserRecord, org: &str) -> Result<(), FirstSightFault> {
    let found: Vec<_> = user.orgs.iter().map(|of| of.org.clone()).collect();
    let org = org.to_owned();
    let [there] = user.orgs.as_slice() else {
        return Err(FirstSightFault::InAnotherPlace { org, found });
    };
    if user.membership != MembershipWord::Member || there.org != org {
        return Err(FirstSightFault::InAnotherPlace { org, found });
    }
    // The org of a run gives newcomers no more than its default (`policy::org`); the record's own role may be another one.
    let role = match (user.role, there.role) {
        (Role::Member, OrgRole::Member) => return Ok(()),
        (Role::Member, role @ OrgRole::OrgOwner) => role.word(),
        (role @ (Role::OrgOwner | Role::PlatformOwner), _) => role.word(),
    };
    let role = role.to_owned();
    Err(FirstSightFault::InAnotherRole { org, role })
}

fn is_owner(user: &UserRecord) -> Result<(), FirstSightFault> {
    if user.role == Role::PlatformOwner && user.org.as_deref() == Some(PLATFORM_ORG) {
        Ok(())
    } else {
        let role = user.role.word().to_owned();
        Err(FirstSightFault::NotTheOwner { role })
    }
}
