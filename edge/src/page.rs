//! What the gate itself answers: a page for a person, problem+json (RFC 9457) for a program, and redirects.

mod html;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use policy::contract::{Problem, REASON_HEADER, REQUEST_ID_HEADER, RESPONSE_HEADER};
use policy::language::Language;
use policy::message::Message;
use policy::negotiation::{Audience, Signs};
use policy::reason::Reason;
use policy::time::Moment;
use serde::Serialize;
use wasm_bindgen::JsValue;
use web_sys::{Headers, Request, Response, ResponseInit};

use crate::brand::Brand;
use crate::clock;
use crate::configuration::Configuration;
use crate::incoming::Incoming;
use crate::isolate;

/// An answer before the platform has it.
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Option<String>,
}

/// Everything a page or a problem is made of besides the message.
pub(crate) struct Setting<'a> {
    pub(crate) configuration: Option<&'a Configuration>,
    pub(crate) request_id: &'a str,
    pub(crate) audience: Audience,
    pub(crate) language: Language,
    pub(crate) now: Moment,
    /// The address that was asked for.
    pub(crate) url: &'a str,
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
            language: incoming.language(),
            now: clock::now(),
            url: incoming.uri().as_str(),
            return_to: Some(match audience {
                Audience::Browser if incoming.uri().as_str().len() <= MAX_RETURN_TO_BYTES => {
                    incoming.uri().as_str()
                }
                // Where a form was sent to may have no page of its own.
                Audience::Browser | Audience::Client | Audience::Form => incoming.uri().origin(),
            }),
        }
    }

    /// The same, with another address to come back to, unless it is too long to be carried through the log-in.
    pub(crate) fn leading_to(self, wanted: &'a str) -> Self {
        let wanted = Some(wanted).filter(|wanted| wanted.len() <= MAX_RETURN_TO_BYTES);
        Self {
            return_to: wanted.or(self.return_to),
            ..self
        }
    }
}

impl Answer {
    /// Tells one visitor what is the case.
    pub(crate) fn message(message: &Message, setting: &Setting<'_>) -> Self {
        Self::told(message, Vec::new(), setting)
    }

    /// The same, with what somebody did wrong.
    pub(crate) fn mistaken(
        reason: Reason,
        mistakes: Vec<String>,
        incoming: &Incoming,
        configuration: &Configuration,
    ) -> Self {
        let setting = Setting::of(incoming, Some(configuration));
        Self::told(&reason.into(), mistakes, &setting)
    }

    /// A page for a person, a problem for a program, both in the language they ask for.
    fn told(message: &Message, mistakes: Vec<String>, setting: &Setting<'_>) -> Self {
        let (reason, id, language) = (message.reason, setting.request_id, setting.language);
        let answer = match setting.audience {
            Audience::Browser | Audience::Form => {
                let unconfigured = Brand::default();
                let brand = setting
                    .configuration
                    .map_or(&unconfigured, |configuration| &configuration.brand);
                let page = html::page(message, &mistakes, brand, setting);
                let policy = brand.content_security_policy(html::waits(reason));
                Self::new(reason.http_status(), "text/html; charset=utf-8", page, id)
                    .replaced("content-security-policy", policy.to_owned())
            }
            Audience::Client => {
                let body = json(&problem(reason, language, id, mistakes));
                Self::new(reason.http_status(), "application/problem+json", body, id)
            }
        };
        answer.language(language).reason(reason)
    }

    /// Answers an operator's mistake in calling the admin API, or lists the mistakes of the configuration: those are sentences in
    /// English, so the rest is as well.
    pub(crate) fn problem(reason: Reason, request_id: &str, mistakes: Vec<String>) -> Self {
        let body = json(&problem(reason, Language::English, request_id, mistakes));
        Self::new(
            reason.http_status(),
            "application/problem+json",
            body,
            request_id,
        )
        .language(Language::English)
        .reason(reason)
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
                "Accept, Accept-Language, Authorization, Cookie, Sec-Fetch-Mode".to_owned(),
            ),
            (RESPONSE_HEADER, "gate".to_owned()),
            (REQUEST_ID_HEADER, request_id.to_owned()),
            ("content-security-policy", NOTHING_AT_ALL.to_owned()),
            ("x-content-type-options", "nosniff".to_owned()),
            // Not `no-referrer`: our own forms would come with `Origin: null`, as if from another site (Fetch, "append a request
            // `Origin` header").
            ("referrer-policy", "same-origin".to_owned()),
        ];
        Self {
            status,
            headers,
            body: Some(body),
        }
    }

    /// Says in which language the words of the answer are.
    pub(crate) fn language(self, language: Language) -> Self {
        self.header("content-language", language.tag().to_owned())
    }

    fn replaced(mut self, name: &str, value: String) -> Self {
        if let Some(header) = self.headers.iter_mut().find(|(header, _)| *header == name) {
            header.1 = value;
        }
        self
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
        self.headers.retain(|(name, _)| *name != "vary");
        self.replaced("cache-control", format!("public, max-age={seconds}"))
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

    /// What it is made of.
    #[cfg(feature = "gallery")]
    pub(crate) fn into_parts(self) -> (u16, Vec<(&'static str, String)>, String) {
        (self.status, self.headers, self.body.unwrap_or_default())
    }

    /// Makes the platform's answer of it, which also says which upload of the gate it is from.
    pub(crate) fn into_response(mut self) -> JsValue {
        if let Some(isolate) = isolate::current() {
            let version = isolate.version.headers();
            let version = version.map(|(name, text)| (name, text.to_owned()));
            self.headers.extend(version);
        }
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
    let url = request.url();
    let configuration = isolate::current().and_then(|isolate| isolate.configuration.as_ref().ok());
    let setting = Setting {
        configuration,
        request_id,
        audience,
        language: Language::preferred(header("accept-language").as_deref()),
        now: clock::now(),
        url: &url,
        return_to: None,
    };
    Answer::message(message, &setting).into_response()
}

fn problem(reason: Reason, language: Language, request_id: &str, mistakes: Vec<String>) -> Problem {
    let words = reason.words(language);
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

/// The log-in page, told where to come back to.
pub(crate) fn log_in_address(configuration: &Configuration, return_to: Option<&str>) -> String {
    let base = &configuration.login_url;
    let Some(return_to) = return_to else {
        return base.clone();
    };
    let separator = if base.contains('?') { '&' } else { '?' };
    let return_to = utf8_percent_encode(return_to, UNLIKE_A_VALUE);
    format!("{base}{separator}return_to={return_to}")
}

/// The same, asked not to log in again whoever is still logged in at an identity provider (OpenID Connect Core section 3.1.2.1).
pub(crate) fn log_in_as_another_address(
    configuration: &Configuration,
    return_to: Option<&str>,
) -> String {
    let address = log_in_address(configuration, return_to);
    let separator = if address.contains('?') { '&' } else { '?' };
    format!("{address}{separator}prompt=select_account")
}

/// A body is data of our own types; if it cannot be written, an empty object is the honest rest.
fn json(body: &impl Serialize) -> String {
    serde_json::to_string(body).unwrap_or_else(|_| "{}".to_owned())
}

/// What `type` of a problem begins with: our endpoint that lists every reason. RFC 9457 section 3.1.1 allows a relative reference.
const PROBLEM_TYPES: &str = "/.usher/reasons";

/// A longer address is not carried through the log-in, whose own address it becomes part of; people come back to the front door.
const MAX_RETURN_TO_BYTES: usize = 2048;

/// What an answer may load and do that is no page.
const NOTHING_AT_ALL: &str = "default-src 'none'; frame-ancestors 'none'";

/// What stands for itself in the value of a query: the unreserved characters of RFC 3986.
const UNLIKE_A_VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
