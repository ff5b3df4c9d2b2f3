//! A request of usher.toml with its slots filled, just as it is sent: in a run by what is known, in a plan by the names themselves.

use serde_json::Value;

use crate::configuration::credential::SentAs;
use crate::configuration::name::{Unfilled, Values};
use crate::configuration::request::{BodyTemplate, Request};
use crate::deployment::http::form;
use crate::deployment::sent::Sent;

/// Fills every slot. Cookies are not among it: which are sent, only their keeper knows.
pub(crate) fn prepared(
    request: &Request,
    values: &Values,
    token: Option<Shown<'_>>,
) -> Result<Sent, Unfilled> {
    let mut sent = Sent::new(request.method.into(), request.url.fill(values)?);
    if let Some(token) = token.filter(|_| request.as_user) {
        sent = token.on(sent);
    }
    let (usual_type, body) = match &request.body {
        None => (None, None),
        Some(BodyTemplate::Form(fields)) => {
            let fields: Vec<(&str, String)> = fields
                .iter()
                .map(|(name, value)| Ok((name.as_str(), value.fill(values)?)))
                .collect::<Result<_, Unfilled>>()?;
            (Some(FORM), Some(form(&fields)))
        }
        Some(BodyTemplate::Json(json)) => (Some(JSON), Some(json.fill(values)?.to_string())),
        Some(BodyTemplate::Text(text)) => (Some(TEXT), Some(text.fill(values)?)),
    };
    let has_a_type = request
        .headers
        .iter()
        .any(|(name, _)| name.as_str() == CONTENT_TYPE);
    if let Some(usual_type) = usual_type.filter(|_| !has_a_type) {
        sent = sent.with(CONTENT_TYPE, usual_type);
    }
    for (name, value) in &request.headers {
        sent = sent.with(name.as_str(), &value.fill(values)?);
    }
    sent.body = body;
    Ok(sent)
}

/// A token, and how a request shows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'a> {
    pub(crate) token: &'a str,
    pub(crate) sent_as: &'a SentAs,
}

impl Shown<'_> {
    pub(crate) fn on(self, sent: Sent) -> Sent {
        let Self { token, sent_as } = self;
        match sent_as {
            SentAs::Bearer => sent.bearer(token),
            SentAs::Cookie(name) => sent.with(COOKIE, &format!("{name}={token}")),
            SentAs::Cookies => sent,
            SentAs::Header(name) => sent.with(name.as_str(), token),
        }
    }
}

/// A JSON body.
pub(crate) fn json(sent: Sent, body: &Value) -> Sent {
    Sent {
        body: Some(body.to_string()),
        ..sent.with(CONTENT_TYPE, JSON)
    }
}

pub(crate) const CONTENT_TYPE: &str = "content-type";
pub(crate) const COOKIE: &str = "cookie";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";
