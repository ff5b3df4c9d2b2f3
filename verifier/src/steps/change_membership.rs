//! An operator takes the user's membership away, or gives it back, through the gate.

use policy::contract::MembershipWord;

use crate::configuration::secret::Admin;
use crate::configuration::value::AcceptedStatus;
use crate::deployment::gate::Gate;
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::fault::Fault;
use crate::steps::fault::return_visit::ReturnFault;
use crate::steps::wait_until_ready::Admission;

pub(crate) async fn change_membership(
    log: &mut StepLog<'_>,
    gate: &Gate<'_>,
    admin: &Admin,
    admission: &Admission,
    membership: MembershipWord,
) -> Result<(), Problem> {
    let me = admission.me.as_ref().ok_or(ReturnFault::NoInstance)?;
    let visitor = &me.visitor;
    let changing =
        gate.changing_membership(&admin.secret, &visitor.issuer, &visitor.subject, membership);
    let answer = log.keep(gate.send(changing).await)?;
    let expected = AcceptedStatus::AnySuccess;
    if expected.accepts(answer.status) {
        log.saw(membership.word());
        Ok(())
    } else {
        Err(Fault::unexpected_status(&expected, answer).into())
    }
}
