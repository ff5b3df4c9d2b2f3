//! The sign-up created no instance (the shape of incident I2: an identity, and nothing behind it).

use policy::contract::Me;

use crate::deployment::gate::{Gate, Unseen};
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion, Scene, Unlooked};
use crate::outcome::Problem;
use crate::steps::fault::{Fault, NeverReady};

/// Looks when the wait ended and the gate never knew of an instance.
pub(crate) async fn look(scene: &Scene<'_>, gate: &Gate<'_>) -> Opinion {
    let Problem::Failed(Fault::NeverReady(NeverReady {
        waited,
        me: Some(me),
        ..
    })) = &scene.stopped.problem
    else {
        return Opinion::default();
    };
    if me.instance.is_some() {
        return Opinion::default();
    }
    let visitor = &me.visitor;
    let mut opinion = Opinion::default();
    let mut evidence = vec![Evidence::new(
        format!(
            "no instance for the subject `{}` of `{}`, reason `{}`",
            visitor.subject, visitor.issuer, me.reason
        ),
        scene
            .step
            .and_then(|step| step.last.as_ref())
            .map_or("", |last| last.request.url.as_str()),
    )];
    match ask_registry(gate, me).await {
        Ok(seen) => evidence.push(seen),
        Err(unlooked) => opinion.unlooked.push(unlooked),
    }
    opinion.causes.push(Cause {
        code: Code::InstanceMissing,
        confidence: Confidence::Certain,
        sentence: format!(
            "the sign-up created nothing: for {} s the gate never had an instance for the fresh user",
            waited.as_secs()
        ),
        evidence,
        fix: Fix {
            sentence: "Look at the log of whatever handles a sign-up (the webhook, the provisioner) for this user: an error there was \
                       swallowed, or it writes another issuer or subject than the token carries. It has to PUT a standing with an \
                       instance to /.usher/admin/v1/standings."
                .to_owned(),
            commands: Vec::new(),
        },
    });
    opinion
}

async fn ask_registry(gate: &Gate<'_>, me: &Me) -> Result<Evidence, Unlooked> {
    let at = "the gate's registry".to_owned();
    let Some(admin) = &gate.front.admin else {
        return Err(Unlooked {
            at,
            why: "no [gate_admin] in the configuration".to_owned(),
        });
    };
    match gate
        .standing_record(admin, &me.visitor.issuer, &me.visitor.subject)
        .await
    {
        Ok(record) => match record.instance {
            Some(instance) => Ok(Evidence::new(
                format!("the registry has the instance `{}` by now", instance.id),
                at,
            )),
            None => Ok(Evidence::new(
                "the registry knows the user, without an instance",
                at,
            )),
        },
        Err(Unseen::NotThere { url }) => {
            Ok(Evidence::new("the registry has no record of the user", url))
        }
        Err(unseen @ (Unseen::Answered { .. } | Unseen::NoAnswer(_))) => Err(Unlooked {
            at,
            why: unseen.to_string(),
        }),
    }
}
