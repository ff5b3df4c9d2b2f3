//! `PUT sightings`: a control plane says unasked what has changed, so that the next request here obeys.

use std::time::Duration;

use policy::control_plane::{MAX_BODY_BYTES, Said};
use policy::reason::Reason;
use policy::sighting::Sighting;
use policy::signed_call::{Distrust, SIGNATURE_HEADER, SignedCall};
use policy::time::Moment;

use super::given::{Mistake, believed_issuer};
use super::operator::has_secret;
use super::{ChangeRefused, method_not_allowed};
use crate::clock;
use crate::configuration::{AuthoritySetting, ControlPlaneSetting};
use crate::gate::Gate;
use crate::page::Answer;

pub(super) async fn answer(gate: &Gate<'_>) -> Result<Answer, Mistake> {
    let setting = match &gate.configuration.authority {
        AuthoritySetting::ControlPlane(setting) => Some(setting),
        AuthoritySetting::Kv | AuthoritySetting::Registry => None,
    };
    let body = gate.incoming.text(MAX_BODY_BYTES).await;
    let said_at = match caller(gate, setting, body.as_deref().unwrap_or_default()) {
        Ok(said_at) => said_at,
        Err(sentence) => {
            let mistakes = sentence.into_iter().collect();
            return Ok(Answer::problem(
                Reason::OperatorRequired,
                &gate.incoming.id,
                mistakes,
            ));
        }
    };
    if gate.incoming.method() != "PUT" {
        return Ok(method_not_allowed("PUT", gate.incoming));
    }
    if setting.is_none() {
        return Err(Mistake::Elsewhere(AT_THE_GATE));
    }
    let body = body.map_err(|problem| Mistake::Request(crate::fetching::text(&problem)))?;
    put(gate, body.as_bytes(), said_at).await
}

/// When it was said, if by somebody who may: now by an operator; when it was signed by a control plane, so that a call sent again
/// makes nothing younger.
fn caller(
    gate: &Gate<'_>,
    setting: Option<&ControlPlaneSetting>,
    body: &str,
) -> Result<Moment, Option<String>> {
    let now = clock::now();
    let signature = gate.incoming.header(SIGNATURE_HEADER);
    let (Some(signature), Some(setting)) = (signature, setting) else {
        return if has_secret(gate) { Ok(now) } else { Err(None) };
    };
    let call = SignedCall {
        method: gate.incoming.method(),
        target: gate.incoming.uri().target(),
        body: body.as_bytes(),
    };
    let secrets = setting.secrets.iter().map(String::as_str);
    let signed_at = call.verify(&signature, secrets, now);
    let signed_at = signed_at.map_err(|distrust: Distrust| Some(distrust.to_string()))?;
    // It was said some time in that second, and after everything that was asked before it.
    Ok(signed_at.plus(Duration::from_millis(999)).min(now))
}

async fn put(gate: &Gate<'_>, body: &[u8], said_at: Moment) -> Result<Answer, Mistake> {
    let wrong = |problem: &dyn std::fmt::Display| {
        Mistake::Request(format!(
            "the body: {problem}; docs/authorities.md says what a standing is"
        ))
    };
    let said = Said::read(body).map_err(|unreadable| wrong(&unreadable))?;
    let knock = said.knock();
    let knock =
        knock.ok_or_else(|| wrong(&"issuer or subject can be nobody's, or address no host"))?;
    believed_issuer(gate, &knock.identity)?;
    let standing = said
        .parse(&knock, &gate.configuration.instance_hosts)
        .map_err(|unreadable| wrong(&unreadable))?;
    let version = standing.version;
    let sighting = Sighting {
        standing,
        seen_at: said_at,
    };
    let learned = gate.sightings().learn(sighting).await;
    learned.map_err(|known| {
        ChangeRefused::Conflict(format!(
            "version {} of this visitor's standing is known here, and {version} is older; a version grows with every change",
            known.version
        ))
    })?;
    Ok(Answer::no_content(&gate.incoming.id))
}

const AT_THE_GATE: &str = "sightings are pushed by a control plane, and none is configured here (USHER_AUTHORITY): change a standing with `PUT standings` or `PUT instances/{id}/status`";
