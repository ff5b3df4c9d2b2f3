//! A request as it came, and the few parts of it that the gate looks at.

use policy::credential::{self, Offer};
use policy::language::Language;
use policy::negotiation::{Audience, Signs};
use policy::round_trips;
use wasm_bindgen::JsValue;
use web_sys::{Headers, Request};

use crate::configuration::Configuration;
use crate::context::Context;
use crate::target_uri::TargetUri;

/// A request as it came.
pub(crate) struct Incoming {
    pub(crate) request: Request,
    pub(crate) context: Context,
    pub(crate) id: String,
    headers: Headers,
    method: String,
    uri: TargetUri,
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
    pub(crate) fn new(request: Request, context: Context, id: String) -> Self {
        Self {
            headers: request.headers(),
            method: request.method(),
            uri: TargetUri::new(request.url()),
            request,
            context,
            id,
        }
    }

    /// The address that was asked for.
    pub(crate) fn uri(&self) -> &TargetUri {
        &self.uri
    }

    pub(crate) fn method(&self) -> &str {
        &self.method
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
                .is_some_and(|origin| origin != self.uri.origin()),
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
            method: self.method(),
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
