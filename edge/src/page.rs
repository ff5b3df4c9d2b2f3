//! What the gate itself answers: a page for a person, problem+json (RFC 9457) for a program, and redirects.

use askama::Template;
use policy::contract::{Problem, REASON_HEADER, REQUEST_ID_HEADER, RESPONSE_HEADER};
use policy::message::Message;
use policy::negotiation::{Audience, Signs};
use policy::reason::{Actor, Reason};
use serde::Serialize;
use wasm_bindgen::JsValue;
use web_sys::{Headers, Request, Response, ResponseInit};

use crate::configuration::Configuration;
use crate::incoming::Incoming;
use crate::isolate;

/// An answer before the platform has it.
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Option<String>,
}

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    product: &'a str,
    title: &'a str,
    detail: &'a str,
    next: &'a str,
    email: Option<&'a str>,
    since: Option<String>,
    support: Option<&'a str>,
    login_url: Option<String>,
    request_id: &'a str,
    reason: &'a str,
    /// The page looks again by itself, because nobody has to do anything: by script, or without one by loading itself anew
    /// (which a screen reader would read from the start each time).
    waiting: bool,
    wait_script: &'static str,
}

/// Everything a page or a problem is made of besides the message.
pub(crate) struct Setting<'a> {
    pub(crate) configuration: Option<&'a Configuration>,
    pub(crate) request_id: &'a str,
    pub(crate) audience: Audience,
    /// The address to come back to after logging in.
    pub(crate) return_to: Option<&'a str>,
}

impl<'a> Setting<'a> {
    pub(crate) fn of(incoming: &'a Incoming, configuration: Option<&'a Configuration>) -> Self {
        let audience = incoming.audience();
        Self {
            configuration,
            request_id: &incoming.id,
            audience,
            return_to: Some(match audience {
                Audience::Browser if incoming.url().len() <= MAX_RETURN_TO_BYTES => incoming.url(),
                // Where a form was sent to may have no page of its own.
                Audience::Browser | Audience::Client | Audience::Form => incoming.origin(),
            }),
        }
    }
}

impl Answer {
    /// Tells one visitor what is the case.
    pub(crate) fn message(message: &Message, setting: &Setting<'_>) -> Self {
        let reason = message.reason;
        let (kind, body) = match setting.audience {
            Audience::Browser | Audience::Form => {
                ("text/html; charset=utf-8", html(message, setting))
            }
            Audience::Client => (
                "application/problem+json",
                json(&problem(reason, setting.request_id, Vec::new())),
            ),
        };
        Self::new(reason.http_status(), kind, body, setting.request_id).reason(reason)
    }

    /// Answers a program's mistake in calling the admin API, or lists the mistakes of the configuration.
    pub(crate) fn problem(reason: Reason, request_id: &str, mistakes: Vec<String>) -> Self {
        let body = json(&problem(reason, request_id, mistakes));
        Self::new(
            reason.http_status(),
            "application/problem+json",
            body,
            request_id,
        )
        .reason(reason)
    }

    /// The same where a person may have made the mistake, who gets a page.
    pub(crate) fn mistaken(
        reason: Reason,
        mistakes: Vec<String>,
        incoming: &Incoming,
        configuration: &Configuration,
    ) -> Self {
        let setting = Setting::of(incoming, Some(configuration));
        match setting.audience {
            Audience::Browser | Audience::Form => Self::message(&reason.into(), &setting),
            Audience::Client => Self::problem(reason, &incoming.id, mistakes),
        }
    }

    /// An answer of one of the gate's own endpoints.
    pub(crate) fn json(status: u16, body: &impl Serialize, request_id: &str) -> Self {
        Self::new(status, "application/json", json(body), request_id)
    }

    /// The same where the body is JSON already.
    pub(crate) fn json_text(body: String, request_id: &str) -> Self {
        Self::new(200, "application/json", body, request_id)
    }

    /// Sends a browser elsewhere, with GET (RFC 9110 section 15.4.4).
    pub(crate) fn redirect(location: &str, request_id: &str) -> Self {
        let mut answer = Self::new(303, "text/plain; charset=utf-8", String::new(), request_id);
        answer.body = None;
        answer.header("location", location.to_owned())
    }

    /// Nothing to say.
    pub(crate) fn no_content(request_id: &str) -> Self {
        let mut answer = Self::new(204, "text/plain; charset=utf-8", String::new(), request_id);
        answer.body = None;
        answer
    }

    /// Every answer of ours is private, is marked as ours, and runs nothing (security headers: OWASP ASVS 3.4).
    fn new(status: u16, kind: &str, body: String, request_id: &str) -> Self {
        let headers = vec![
            ("content-type", kind.to_owned()),
            ("cache-control", "no-store".to_owned()),
            (
                "vary",
                "Accept, Authorization, Cookie, Sec-Fetch-Mode".to_owned(),
            ),
            (RESPONSE_HEADER, "gate".to_owned()),
            (REQUEST_ID_HEADER, request_id.to_owned()),
            (
                "content-security-policy",
                CONTENT_SECURITY_POLICY.to_owned(),
            ),
            ("x-content-type-options", "nosniff".to_owned()),
            ("referrer-policy", "no-referrer".to_owned()),
        ];
        Self {
            status,
            headers,
            body: Some(body),
        }
    }

    fn reason(mut self, reason: Reason) -> Self {
        self.headers.push((REASON_HEADER, reason.code().to_owned()));
        if let Some(seconds) = reason.retry_after() {
            self.headers.push(("retry-after", seconds.to_string()));
        }
        // RFC 6750 section 3: no error code where there was no credential.
        match reason {
            Reason::LoginRequired | Reason::OperatorRequired => {
                self.header("www-authenticate", "Bearer".to_owned())
            }
            Reason::SessionEnded | Reason::TokenExpired | Reason::TokenInvalid => self.header(
                "www-authenticate",
                "Bearer error=\"invalid_token\"".to_owned(),
            ),
            Reason::AuthorityUnavailable
            | Reason::BadRequest
            | Reason::Conflict
            | Reason::CookieNotKept
            | Reason::CredentialAmbiguous
            | Reason::CrossSiteRequest
            | Reason::IllegalTransition
            | Reason::InstanceActive
            | Reason::InstanceOverdue
            | Reason::InstanceProvisioning
            | Reason::InstanceSuspended
            | Reason::InstanceTimedOut
            | Reason::InstanceUnreachable
            | Reason::InstanceWaking
            | Reason::InternalError
            | Reason::InvitationRequired
            | Reason::IssuerUnavailable
            | Reason::LoggedOut
            | Reason::LoginLoop
            | Reason::LogoutUnconfirmed
            | Reason::MethodNotAllowed
            | Reason::Misconfigured
            | Reason::NoInstance
            | Reason::NotFound
            | Reason::PathAmbiguous
            | Reason::SessionsNotEnded
            | Reason::StandingUnreadable => self,
        }
    }

    /// Lets anybody keep it for so long: it is the same for everybody.
    pub(crate) fn cacheable(mut self, seconds: u32) -> Self {
        for (name, value) in &mut self.headers {
            if *name == "cache-control" {
                *value = format!("public, max-age={seconds}");
            }
        }
        self.headers.retain(|(name, _)| *name != "vary");
        self
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(known, _)| *known == name)
    }

    /// Its HTTP status.
    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    /// Makes the platform's answer of it.
    pub(crate) fn into_response(self) -> JsValue {
        respond(&self).unwrap_or_else(|problem| problem)
    }
}

fn respond(answer: &Answer) -> Result<JsValue, JsValue> {
    let headers = Headers::new()?;
    for (name, value) in &answer.headers {
        headers.append(name, value)?;
    }
    let init = ResponseInit::new();
    init.set_status(answer.status);
    init.set_headers(&headers);
    Ok(Response::new_with_opt_str_and_init(answer.body.as_deref(), &init)?.into())
}

/// The answer when an instance cannot be reached: all that is known then is the request itself.
pub(crate) fn unreachable(request: &Request, request_id: &str, message: &Message) -> JsValue {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    let audience = Audience::of(Signs {
        method: &request.method(),
        accept: header("accept").as_deref(),
        fetch_mode: header("sec-fetch-mode").as_deref(),
    });
    let configuration = isolate::current().and_then(|isolate| isolate.configuration.as_ref().ok());
    let setting = Setting {
        configuration,
        request_id,
        audience,
        return_to: None,
    };
    Answer::message(message, &setting).into_response()
}

fn problem(reason: Reason, request_id: &str, mistakes: Vec<String>) -> Problem {
    let words = reason.words();
    Problem {
        kind: format!("{PROBLEM_TYPES}#{}", reason.code()),
        title: words.title.to_owned(),
        status: reason.http_status(),
        detail: words.detail.to_owned(),
        reason: reason.code().to_owned(),
        request_id: request_id.to_owned(),
        next: words.next.to_owned(),
        retry_after: reason.retry_after(),
        mistakes,
    }
}

fn html(message: &Message, setting: &Setting<'_>) -> String {
    let reason = message.reason;
    let words = reason.words();
    let login_url = match reason.actor() {
        Actor::Visitor => setting
            .configuration
            .map(|configuration| log_in_address(configuration, setting.return_to)),
        Actor::Caller | Actor::Instance | Actor::Nobody | Actor::Operator => None,
    };
    let page = Page {
        product: setting
            .configuration
            .map_or("Usher", |configuration| &configuration.product),
        title: words.title,
        detail: words.detail,
        next: words.next,
        email: message.email.as_ref().map(policy::email::Email::as_str),
        since: message.since.map(|since| iso_minute(since.unix_seconds())),
        support: setting
            .configuration
            .map(|configuration| configuration.support.as_str()),
        login_url,
        request_id: setting.request_id,
        reason: reason.code(),
        waiting: reason.actor() == Actor::Nobody,
        wait_script: WAIT_SCRIPT,
    };
    // Rendering into a text fails only if a value's Display does; then the plain words are still said.
    page.render()
        .unwrap_or_else(|_| format!("<!doctype html><title>{0}</title><h1>{0}</h1>", words.title))
}

/// The log-in page, told where to come back to.
pub(crate) fn log_in_address(configuration: &Configuration, return_to: Option<&str>) -> String {
    let base = &configuration.login_url;
    let Some(return_to) = return_to else {
        return base.clone();
    };
    let separator = if base.contains('?') { '&' } else { '?' };
    format!(
        "{base}{separator}return_to={}",
        String::from(js_sys::encode_uri_component(return_to))
    )
}

/// `2026-11-21 10:30 UTC`, without a calendar library in the Worker.
fn iso_minute(unix_seconds: u64) -> String {
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds of our time are far below 2^53"
    )]
    let date = js_sys::Date::new(&JsValue::from_f64(unix_seconds as f64 * 1000.0));
    let iso = String::from(date.to_iso_string());
    iso.get(..16).map_or(String::new(), |minute| {
        format!("{} UTC", minute.replace('T', " "))
    })
}

/// A body is data of our own types; if it cannot be written, an empty object is the honest rest.
fn json(body: &impl Serialize) -> String {
    serde_json::to_string(body).unwrap_or_else(|_| "{}".to_owned())
}

/// What `type` of a problem begins with: our endpoint that lists every reason. RFC 9457 section 3.1.1 allows a relative reference.
const PROBLEM_TYPES: &str = "/.usher/reasons";

/// A longer address is not carried through the log-in, whose own address it becomes part of; people come back to the front door.
const MAX_RETURN_TO_BYTES: usize = 2048;

/// What a waiting page runs.
const WAIT_SCRIPT: &str = include_str!("../templates/wait.js");

/// Nothing runs but that one script, by its hash, and nothing is loaded; the style is the page's own.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; \
    script-src 'sha256-bK4E7DO0QQk9ryG45I8BDnSxuBpgPjv+TgUpusmmH0c='; connect-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn the_policy_allows_exactly_the_script_of_the_waiting_page() {
        let hash = STANDARD.encode(Sha256::digest(WAIT_SCRIPT));
        assert!(
            CONTENT_SECURITY_POLICY.contains(&format!("script-src 'sha256-{hash}'")),
            "{hash}"
        );
    }
}
