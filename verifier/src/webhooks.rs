//! What carries a sign-up from the identity provider to the platform: whether it is there, on, aimed at this deployment and sending
//! sign-ups, and whether somebody is there to take them (incident I2: sign-ups that silently created nothing).

mod action;
mod auth0;
mod endpoint;
mod environment;
mod listed;
mod streams;

use reqwest::Url;

use crate::configuration::name::Values;
use crate::configuration::webhooks::{Carrier, Webhook};
use crate::deployment::http::Http;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion, Unlooked};
use crate::memory::Memory;

/// Where this program runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Place {
    /// Anywhere.
    Elsewhere,
    /// Where the operator says that the handler runs: its variables are ours.
    WithTheHandler,
}

/// One webhook that is being looked at.
struct Scene<'a> {
    http: &'a Http<'a>,
    memory: Memory,
    webhook: &'a Webhook,
    /// Where the platform takes it.
    endpoint: Url,
}

/// Looks at a webhook. A further look is one more of the opinions.
pub(crate) async fn look(
    http: &Http<'_>,
    values: &Values,
    webhook: &Webhook,
    place: Place,
) -> Opinion {
    let endpoint = match webhook.endpoint.fill(values) {
        Ok(endpoint) => Url::parse(&endpoint).map_err(|error| error.to_string()),
        Err(unfilled) => Err(unfilled.to_string()),
    };
    let endpoint = match endpoint {
        Ok(endpoint) => endpoint,
        Err(why) => {
            return unlooked(
                format!("the endpoint of the webhook `{}`", webhook.name),
                why,
            );
        }
    };
    let scene = Scene {
        http,
        memory: Memory::of(values.clone()),
        webhook,
        endpoint,
    };
    let carried = match &webhook.carrier {
        Carrier::Action(action) => action::look(&scene, action).await,
        Carrier::Listed(listed) => listed::look(&scene, listed).await,
        Carrier::Streams(streams) => streams::look(&scene, streams).await,
    };
    let opinions = [
        carried,
        endpoint::look(&scene).await,
        environment::look(webhook, place),
    ];
    opinions.into_iter().fold(Opinion::default(), Opinion::and)
}

/// What was looked at, for a person.
pub(crate) fn said(webhook: &Webhook) -> String {
    let carrier = match &webhook.carrier {
        Carrier::Action(action) => format!("the Action `{}` of Auth0", action.name),
        Carrier::Listed(_) => "the provider's list".to_owned(),
        Carrier::Streams(_) => "Auth0's log streams and event streams".to_owned(),
    };
    let variables = match webhook.handler.variables.len() {
        0 => String::new(),
        1 => ", 1 variable of the handler".to_owned(),
        more => format!(", {more} variables of the handler"),
    };
    format!("{}: {carrier}, the endpoint{variables}", webhook.name)
}

/// Nothing carries the sign-ups.
const fn missing(sentence: String, evidence: Vec<Evidence>, fix: Fix) -> Cause {
    Cause {
        code: Code::WebhookMissing,
        confidence: Confidence::Certain,
        sentence,
        evidence,
        fix,
    }
}

fn unlooked(at: String, why: String) -> Opinion {
    Opinion {
        causes: Vec::new(),
        unlooked: vec![Unlooked { at, why }],
    }
}

/// An address without what may be secret in it: its user and its query.
fn shown(address: &str) -> String {
    Url::parse(address).map_or_else(
        |_| address.to_owned(),
        |url| format!("{}{}", url.origin().ascii_serialization(), url.path()),
    )
}
