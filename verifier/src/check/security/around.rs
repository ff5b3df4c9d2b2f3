//! An app that answers whoever asks at its own address has no gate before it (security: the instance reachable around the gate).

use policy::contract::InstanceRecord;
use policy::status::Status;

use crate::check::security::Scene;
use crate::configuration::address::BaseUrl;
use crate::deployment::sent::Sent;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion, Unlooked};

/// Asks some of the apps that are in service, at their own addresses and with nothing to show.
pub(super) async fn look(scene: &Scene<'_>) -> Opinion {
    let unlooked = |why: String| Opinion {
        causes: Vec::new(),
        unlooked: vec![Unlooked {
            at: "the apps at their own addresses".to_owned(),
            why,
        }],
    };
    let Some((gate, admin)) = scene.deployment.operated_gate() else {
        return unlooked("they stand in the gate's registry; give [gate_admin]".to_owned());
    };
    let instances = match gate.instances(admin, Status::Ready).await {
        Ok(list) => list.instances,
        Err(unseen) => return unlooked(unseen.to_string()),
    };
    if instances.is_empty() {
        return unlooked("the registry has no instance that is `ready`".to_owned());
    }
    let mut open = Vec::new();
    for instance in instances.iter().take(MOST) {
        open.extend(answers(scene, instance).await);
    }
    let causes = (!open.is_empty()).then(|| Cause {
        code: Code::InstanceOpen,
        confidence: Confidence::Certain,
        sentence: "an app shows itself to whoever asks at its own address: nobody needs the gate to get in".to_owned(),
        evidence: open,
        fix: Fix {
            sentence: "Let the apps take requests from the gate only: check the assertion that it signs (USHER_ASSERTION_KEY, `usher key`, \
                       docs/apps.md), or close their addresses to everybody else."
                .to_owned(),
            commands: Vec::new(),
        },
    });
    Opinion {
        causes: causes.into_iter().collect(),
        unlooked: Vec::new(),
    }
}

/// That the app shows its page to nobody in particular. One that does not answer is not open.
async fn answers(scene: &Scene<'_>, instance: &InstanceRecord) -> Option<Evidence> {
    let base = BaseUrl::parse(&instance.url).ok()?;
    let url = base.join(&scene.deployment.configuration.instance.path());
    let answer = scene
        .deployment
        .send(Sent::get(url.as_str()))
        .await
        .answer
        .ok()?;
    (200..300).contains(&answer.status).then(|| {
        let what = format!(
            "instance `{}` answered {} with {} bytes to a request without anything to show",
            instance.id,
            answer.status,
            answer.body.len()
        );
        Evidence::new(what, url)
    })
}

/// They are all made by the same hand.
const MOST: usize = 3;
