//! An existing control plane, asked over HTTP or through a service binding. Nothing of a visitor's request ever goes there: the address
//! is made of whom the token names, and the signature is the gate's own.

use std::time::Duration;

use js_sys::Date;
use policy::control_plane::{MAX_BODY_BYTES, Said};
use policy::door::{Door, Knock};
use policy::instance_url::HostRule;
use policy::signed_call::{SIGNATURE_HEADER, SignedCall};
use policy::standing::{Identity, IssuerUrl, Standing, Subject};
use policy::time::Moment;
use wasm_bindgen::JsValue;
use worker::Env;

use super::{Authority, AuthorityFailure, stranger};
use crate::clock;
use crate::configuration::{Bindings, ControlPlaneSetting};
use crate::fetching::{self, Answered, Question};
use crate::time_limit;

/// The control plane of this deployment.
pub(crate) struct ControlPlane<'a> {
    pub(crate) setting: &'a ControlPlaneSetting,
    pub(crate) hosts: &'a [HostRule],
    pub(crate) env: &'a Env,
}

impl Authority for ControlPlane<'_> {
    async fn standing(&self, knock: &Knock) -> Result<Standing, AuthorityFailure> {
        let answer = self.ask(knock).await;
        let answer = answer.map_err(AuthorityFailure::Unreachable)?;
        match answer.status {
            200 | 404 if !answer.is_json() => Err(AuthorityFailure::Unreachable(format!(
                "answered {} that is no application/json; a router or a proxy speaks, not the control plane",
                answer.status
            ))),
            200 => Said::read(&answer.body)
                .and_then(|said| said.parse(knock, self.hosts))
                .map_err(AuthorityFailure::Unreadable),
            404 => Ok(stranger(knock)),
            401 | 403 => Err(AuthorityFailure::CredentialRefused(answer.status)),
            429 | 503 => Err(match retry_after(&answer) {
                Some(later) => AuthorityFailure::Busy(answer.status, later),
                None => AuthorityFailure::Unreachable(format!("answered {}", answer.status)),
            }),
            300..=399 => Err(AuthorityFailure::Unreachable(format!(
                "answered {}, a redirect; set USHER_CONTROL_PLANE_URL to where it answers",
                answer.status
            ))),
            other => Err(AuthorityFailure::Unreachable(format!("answered {other}"))),
        }
    }
}

impl ControlPlane<'_> {
    /// Asks for somebody who cannot exist: whatever is said of them, it was understood and answered.
    pub(crate) async fn trouble(&self) -> Option<String> {
        let nobody = Knock::own(Identity {
            issuer: IssuerUrl::new("usher:ready")?,
            subject: Subject::new("nobody")?,
        });
        let problem = self.standing(&nobody).await.err()?;
        let place = if self.setting.bound {
            "the service binding USHER_CONTROL_PLANE"
        } else {
            &self.setting.url
        };
        Some(format!(
            "the control plane at {place} cannot be asked ({problem}); docs/authorities.md says what it must answer"
        ))
    }

    /// Tells it that everything issued to somebody until now is over. From then on it must say so (`signed_out_before`).
    pub(crate) async fn sign_out(
        &self,
        identity: &Identity,
        now: Moment,
    ) -> Result<SignOut, String> {
        // Seconds, as in `iat`: what was issued in this one is over as well.
        let body = serde_json::json!({
            "issuer": identity.issuer.as_str(),
            "subject": identity.subject.as_str(),
            "signed_out_before": now.unix_seconds() + 1,
        });
        let url = format!("{}/sign-outs", self.setting.url);
        let answer = self.call(&url, Some(&body.to_string())).await?;
        match answer.status {
            200..=299 => Ok(SignOut::Done),
            404 | 405 | 501 => Ok(SignOut::NotKept),
            other => Err(format!("the control plane answered a log-out with {other}")),
        }
    }

    async fn ask(&self, knock: &Knock) -> Result<Answered, String> {
        let Knock { identity, door } = knock;
        let [issuer, subject] = [identity.issuer.as_str(), identity.subject.as_str()]
            .map(|text| String::from(js_sys::encode_uri_component(text)));
        let door = match door {
            Door::Own => String::new(),
            Door::At(address) => format!("&address={address}"),
        };
        let address = format!(
            "{}/standings?iss={issuer}&sub={subject}{door}",
            self.setting.url
        );
        self.call(&address, None).await
    }

    /// A GET, or a POST of this JSON.
    async fn call(&self, address: &str, body: Option<&str>) -> Result<Answered, String> {
        // What is signed is what is sent: the address as the platform writes it.
        let address = web_sys::Url::new(address).map_err(|problem| fetching::text(&problem))?;
        let target = address.pathname() + &address.search();
        let call = SignedCall {
            method: if body.is_some() { "POST" } else { "GET" },
            target: &target,
            body: body.unwrap_or_default().as_bytes(),
        };
        let secret = self.setting.secrets.first();
        let signature = secret.map(|secret| call.sign(secret, clock::now()));
        let mut headers = vec![("accept", "application/json")];
        if let Some(signature) = &signature {
            headers.push((SIGNATURE_HEADER, signature));
        }
        fetching::ask(&Question {
            url: &address.href(),
            headers: &headers,
            body,
            limit: MAX_BODY_BYTES,
            time: time_limit::AUTHORITY,
            through: self.binding()?.as_ref(),
        })
        .await
    }

    fn binding(&self) -> Result<Option<JsValue>, String> {
        if !self.setting.bound {
            return Ok(None);
        }
        Bindings(self.env).control_plane().map(Some)
    }
}

/// What a control plane makes of a log-out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum SignOut {
    Done,
    /// It has no place for log-outs.
    NotKept,
}

/// Seconds, or a date (RFC 9110 section 10.2.3).
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be a positive number; beyond a minute it is cut short anyway"
)]
fn retry_after(answer: &Answered) -> Option<Duration> {
    let text = answer.header("retry-after")?;
    let text = text.trim();
    let later = if text.bytes().all(|byte| byte.is_ascii_digit()) {
        Duration::from_secs(text.parse::<u32>().map_or(u64::MAX / 2, u64::from))
    } else {
        let millis = Date::parse(text) - Date::now();
        Duration::from_millis((millis > 0.0).then_some(millis as u64)?)
    };
    (!later.is_zero()).then_some(later)
}
