//! An operator makes an org of this run's own, for which something speaks for the user before they come. It goes with the user.

use crate::configuration::secret::Admin;
use crate::configuration::value::AcceptedStatus;
use crate::deployment::gate::Gate;
use crate::deployment::sent::Sent;
use crate::newcomer::Newcomer;
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::fault::Fault;

/// Invites them into it.
pub(crate) async fn be_invited(
    log: &mut StepLog<'_>,
    gate: &Gate<'_>,
    admin: &Admin,
    newcomer: &Newcomer,
) -> Result<(), Problem> {
    let org = newcomer.org();
    done(log, gate, gate.making_org(&admin.secret, &org, None)).await?;
    let inviting = gate.inviting(&admin.secret, &newcomer.email, &org);
    done(log, gate, inviting).await
}

/// Has it take the domain of their address, which is theirs alone.
pub(crate) async fn open_domain(
    log: &mut StepLog<'_>,
    gate: &Gate<'_>,
    admin: &Admin,
    newcomer: &Newcomer,
) -> Result<(), Problem> {
    let domain = newcomer.email.split_once('@').map(|(_, domain)| domain);
    let making = gate.making_org(&admin.secret, &newcomer.org(), domain);
    done(log, gate, making).await
}

async fn done(log: &mut StepLog<'_>, gate: &Gate<'_>, order: Sent) -> Result<(), Problem> {
    let answer = log.keep(gate.send(order).await)?;
    let expected = AcceptedStatus::AnySuccess;
    if expected.accepts(answer.status) {
        Ok(())
    } else {
        Err(Fault::unexpected_status(&expected, answer).into())
    }
}
