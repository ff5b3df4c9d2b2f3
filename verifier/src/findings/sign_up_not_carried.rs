//! Nobody told the platform of the sign-up (incident I2): what `usher check webhooks` finds.

use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Opinion, Scene};
use crate::newcomer::values_of_operators;
use crate::outcome::Problem;
use crate::steps::fault::{Fault, NeverReady};
use crate::webhooks::{self, Place};

/// Looks when the wait ended and nobody knew of anything that the sign-up made.
pub(crate) async fn look(scene: &Scene<'_>) -> Opinion {
    let Problem::Failed(Fault::NeverReady(NeverReady { me, .. })) = &scene.stopped.problem else {
        return Opinion::default();
    };
    if me.as_ref().is_some_and(|me| me.instance.is_some()) {
        return Opinion::default();
    }
    let deployment = scene.deployment;
    let configuration = deployment.configuration;
    let values = values_of_operators(configuration);
    let mut opinion = Opinion::default();
    for webhook in &configuration.webhooks {
        let seen = webhooks::look(&deployment.http, &values, webhook, Place::Elsewhere).await;
        opinion = opinion.and(seen);
    }
    for cause in &mut opinion.causes {
        cause.confidence = as_an_explanation(cause);
    }
    opinion
}

/// That it is the case is certain; that this very sign-up was lost by it is not, unless all of them are.
const fn as_an_explanation(cause: &Cause) -> Confidence {
    if matches!(
        cause.code,
        Code::WebhookDeliveryFailed | Code::WebhookEnvironmentMissing
    ) {
        Confidence::Likely
    } else {
        cause.confidence
    }
}
