//! An operator gives the user's instance another status, through the gate.

use policy::status::Status;

use crate::configuration::secret::Admin;
use crate::configuration::value::AcceptedStatus;
use crate::deployment::gate::Gate;
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::fault::Fault;
use crate::steps::fault::return_visit::ReturnFault;
use crate::steps::wait_until_ready::Admission;

pub(crate) async fn change_status(
    log: &mut StepLog<'_>,
    gate: &Gate<'_>,
    admin: &Admin,
    admission: &Admission,
    status: Status,
) -> Result<(), Problem> {
    let instance = admission.me.as_ref().and_then(|me| me.instance.as_ref());
    let id = &instance.ok_or(ReturnFault::NoInstance)?.id;
    let answer = log.keep(gate.change_status(admin, id, status).await)?;
    let expected = AcceptedStatus::AnySuccess;
    if expected.accepts(answer.status) {
        log.saw(status.word());
        Ok(())
    } else {
        Err(Fault::unexpected_status(&expected, answer).into())
    }
}
