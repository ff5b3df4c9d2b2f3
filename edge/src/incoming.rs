//! A request as it came, and the few parts of it that the gate looks at.

use policy::credential::{self, Offer};
use policy::language::Language;
use policy::negotiation::{Audience, Signs};
use policy::round_trips;
use wasm_bindgen::JsValue;
use web_sys::{Headers, Request};

use crate::configuration::Configuration;

/// A request as it came.
pub(crate) struct Incoming {
    pub(crate) request: Request,
    pub(crate) context: worker::Context,
    pub(crate) id: String,
    headers: Headers,
    url: String,
    target_start: usize,
}

/// The texts of the headers that may hold a credential. They outlive the offer that is read from them.
#[derive(Default)]
pub(crate) struct CredentialHeaders {
    pub(crate) authorization: Option<String>,
    pub(crate) provider: Option<String>,
    pub(crate) cookies: Option<String>,
}

impl CredentialHeaders {
    pub(crate) fn offer(&self, cookie_name: &str) -> Offer<'_> {
        let headers = credential::Headers {
            authorization: self.authorization.as_deref(),
            provider: self.provider.as_deref(),
            cookies: self.cookies.as_deref(),
        };
        credential::offered(headers, cookie_name)
    }

    /// What the browser says of its trips to the log-in page.
    pub(crate) fn trips(&self, cookie_name: &str) -> Option<&str> {
        let name = [cookie_name, round_trips::COOKIE_SUFFIX].concat();
        credential::cookie(self.cookies.as_deref()?, &name)
    }

    /// Whether the cookie was what was judged: a header beside it is judged instead, and then the cookie is innocent.
    pub(crate) fn cookie_was_judged(&self) -> bool {
        self.authorization.is_none() && self.provider.is_none()
    }
}

impl Incoming {
    /// What is judged and what is sent on are parts of this one text, so that they cannot differ. The platform gives the address
    /// as it came: the host is compared without case (RFC 3986 section 3.2.2), and paths that a later parser would change are
    /// refused ([`Incoming::is_unambiguous`]).
    pub(crate) fn new(request: Request, context: worker::Context, id: String) -> Self {
        let mut url = request.url();
        let authority_start = url.find("://").map_or(0, |position| position + 3);
        let rest = url.get(authority_start..).unwrap_or_default();
        let target_start = rest
            .find('/')
            .map_or(url.len(), |position| authority_start + position);
        if let Some(origin) = url.get_mut(..target_start) {
            origin.make_ascii_lowercase();
        }
        Self {
            headers: request.headers(),
            request,
            context,
            id,
            url,
            target_start,
        }
    }

    /// Whether the address means the same to everybody who will read it: one host, and a path that nobody folds.
    pub(crate) fn is_unambiguous(&self) -> bool {
        policy::path::is_one_authority(self.authority())
            && policy::path::is_unambiguous(self.path())
    }

    fn authority(&self) -> &str {
        let origin = self.origin();
        origin
            .split_once("://")
            .map_or("", |(_, authority)| authority)
    }

    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> &str {
        self.url.get(..self.target_start).unwrap_or_default()
    }

    /// The host without its port.
    pub(crate) fn host(&self) -> &str {
        let authority = self.authority();
        authority
            .rsplit_once(':')
            .map_or(authority, |(host, _)| host)
    }

    /// Path and query, byte for byte as they are sent on.
    pub(crate) fn target(&self) -> &str {
        self.url.get(self.target_start..).unwrap_or_default()
    }

    /// The path alone.
    pub(crate) fn path(&self) -> &str {
        self.target()
            .split_once('?')
            .map_or(self.target(), |(path, _)| path)
    }

    /// The whole address.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn method(&self) -> String {
        self.request.method()
    }

    /// One header; several fields of the name come joined. An unreadable header counts as absent only where nothing is
    /// granted by its absence.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).ok().flatten()
    }

    /// Whether a browser sends this because another site asked for it. `Sec-Fetch-Site` cannot be set by scripts and is right also
    /// where a page's referrer policy makes the origin `null`; without either header no browser sent it. A sibling domain is
    /// another site: behind this gate it may be another tenant.
    pub(crate) fn is_from_another_site(&self) -> bool {
        match self.header("sec-fetch-site") {
            Some(site) => site != "same-origin" && site != "none",
            None => self
                .header("origin")
                .is_some_and(|origin| origin != self.origin()),
        }
    }

    pub(crate) fn credential_headers(&self, configuration: &Configuration) -> CredentialHeaders {
        CredentialHeaders {
            authorization: self.header("authorization"),
            provider: configuration
                .provider_header
                .and_then(|name| self.header(name)),
            cookies: self.header("cookie"),
        }
    }

    pub(crate) fn audience(&self) -> Audience {
        Audience::of(Signs {
            method: &self.method(),
            accept: self.header("accept").as_deref(),
            fetch_mode: self.header("sec-fetch-mode").as_deref(),
        })
    }

    /// The language in which to say something.
    pub(crate) fn language(&self) -> Language {
        Language::preferred(self.header("accept-language").as_deref())
    }

    /// The body as text, if it is not longer than `limit` bytes as declared. Only for the gate's own endpoints, whose bodies
    /// are small; what goes to an instance is streamed.
    pub(crate) async fn text(&self, limit: usize) -> Result<String, JsValue> {
        let declared = self
            .header("content-length")
            .and_then(|length| length.parse::<usize>().ok());
        if declared.is_none_or(|length| length > limit) {
            return Err(JsValue::from_str(
                "the body is too long, or its length is not declared",
            ));
        }
        let text = wasm_bindgen_futures::JsFuture::from(self.request.text()?).await?;
        text.as_string()
            .ok_or_else(|| JsValue::from_str("the body is no text"))
    }
}
