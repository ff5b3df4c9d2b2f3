//! The instance stays in a status that admits nobody (incident I1: the provisioner wrote `active`, the gate admits `ready`).

mod others;

use policy::contract::{InstanceRecord, Me, MeInstance};

use crate::deployment::gate::Gate;
use crate::findings::code::Code;
use crate::findings::instance_stuck::others::Known;
use crate::findings::own_address::{self, AtOwnAddress};
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion, Scene};
use crate::outcome::Problem;
use crate::record::{millis, seconds};
use crate::steps::fault::{Fault, NeverReady};

/// Looks when the wait ended while the status stood still.
pub(crate) async fn look(scene: &Scene<'_>, gate: &Gate<'_>) -> Opinion {
    let Problem::Failed(Fault::NeverReady(NeverReady {
        waited,
        steady,
        me: Some(me),
        ..
    })) = &scene.stopped.problem
    else {
        return Opinion::default();
    };
    let Some(instance) = &me.instance else {
        return Opinion::default();
    };
    // A status that moved late was slow, not stuck; the step itself says how far it came.
    if steady.saturating_mul(2) < *waited {
        return Opinion::default();
    }
    let mut opinion = Opinion::default();
    let registry = match own_address::record(gate, instance).await {
        Ok(record) => Some(record),
        Err(unlooked) => {
            opinion.unlooked.push(unlooked);
            None
        }
    };
    let app = match own_address::health(scene, registry.as_ref()).await {
        Ok(app) => Some(app),
        Err(unlooked) => {
            opinion.unlooked.push(unlooked);
            None
        }
    };
    let known = match &registry {
        None => Known::Nowhere,
        Some(_) if gate.keeps_records().await => Known::Listed,
        Some(_) => Known::ById,
    };
    let case = Case {
        me,
        instance,
        known,
        steady: seconds(millis(*steady)),
        registry: registry.as_ref(),
        app: app.as_ref(),
    };
    opinion.causes.push(Cause {
        code: Code::InstanceStuck,
        confidence: Confidence::Certain,
        sentence: case.sentence(),
        evidence: case.evidence(scene, gate),
        fix: case.fix(scene, gate),
    });
    opinion
}

struct Case<'a> {
    me: &'a Me,
    instance: &'a MeInstance,
    known: Known,
    steady: String,
    registry: Option<&'a InstanceRecord>,
    app: Option<&'a AtOwnAddress>,
}

impl Case<'_> {
    fn sentence(&self) -> String {
        let (status, steady) = (self.instance.status, &self.steady);
        if let Some(record) = self.registry.filter(|record| record.status != status) {
            let written = record.status;
            return format!(
                "the gate still saw `{status}` after {steady} although its registry says `{written}`"
            );
        }
        let admits = self
            .me
            .admits
            .iter()
            .map(|status| format!("`{status}`"))
            .collect::<Vec<_>>()
            .join(", ");
        let never = format!("the gate admits only {admits}, and nothing ever wrote it");
        match self.app.map(|app| (&app.path, &app.said)) {
            Some((path, Ok(code @ 200..=299))) => {
                format!(
                    "the instance stayed `{status}` for {steady} although its app answers {code} at {path}; {never}"
                )
            }
            Some((path, Ok(code))) => {
                format!(
                    "the instance stayed `{status}` for {steady} and its app answers {code} at {path}: the app is not well"
                )
            }
            Some((path, Err(_))) => {
                format!(
                    "the instance stayed `{status}` for {steady} and its app does not answer at {path}: the app is not running"
                )
            }
            None => format!("the instance stayed `{status}` for {steady}; {never}"),
        }
    }

    fn evidence(&self, scene: &Scene<'_>, gate: &Gate<'_>) -> Vec<Evidence> {
        let asked = scene
            .step
            .and_then(|step| step.last.as_ref())
            .map_or("", |last| last.request.url.as_str());
        let MeInstance { id, status, .. } = self.instance;
        let meaning = status.meaning();
        let mut evidence = vec![Evidence::new(
            format!("instance `{id}` is `{status}`: {meaning}"),
            asked,
        )];
        evidence.extend(self.registry.map(|record| {
            let what = format!(
                "the registry says `{}`, version {}",
                record.status, record.version
            );
            Evidence::new(what, gate.instance_url(id).as_str())
        }));
        evidence.extend(self.app.map(AtOwnAddress::evidence));
        evidence
    }

    fn fix(&self, scene: &Scene<'_>, gate: &Gate<'_>) -> Fix {
        let say = |sentence: &str| Fix {
            sentence: sentence.to_owned(),
            commands: Vec::new(),
        };
        if self
            .registry
            .is_some_and(|record| record.status != self.instance.status)
        {
            return say(
                "Run the verification again; if it stays so, look at the gate's log for errors of its authority.",
            );
        }
        match self.app.map(|app| &app.said) {
            Some(Ok(200..=299)) | None => {}
            Some(Ok(_) | Err(_)) => {
                return say("Look at the log of the app and of the provisioner that started it.");
            }
        }
        others::fix(scene, gate, self.instance.status, self.known)
    }
}
