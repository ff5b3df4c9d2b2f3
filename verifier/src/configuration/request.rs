//! The requests that usher.toml describes: what is sent, what the answer must be, and what is kept of it.

pub(crate) mod tables;

use reqwest::header::HeaderName;

use crate::configuration::address::UrlTemplate;
use crate::configuration::answer_part::AnswerPart;
use crate::configuration::expectation::Expectation;
use crate::configuration::name::{BuiltIn, Name};
use crate::configuration::template::Template;
use crate::configuration::template::json::JsonTemplate;
use crate::configuration::value::{AcceptedStatus, Method};

/// One request of usher.toml.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) url: UrlTemplate,
    pub(crate) headers: Vec<(HeaderName, Template)>,
    pub(crate) body: Option<BodyTemplate>,
    /// Whether it carries what the log-in gave, as soon as there is something.
    pub(crate) as_user: bool,
    pub(crate) status: AcceptedStatus,
    /// What says that it failed, whatever the status.
    pub(crate) fails_if: Vec<Expectation>,
    pub(crate) expect: Vec<Expectation>,
    pub(crate) captures: Vec<Capture>,
}

/// What is sent with a request, to be filled.
#[derive(Clone, Debug)]
pub(crate) enum BodyTemplate {
    /// The fields of an HTML form.
    Form(Vec<(String, Template)>),
    Json(JsonTemplate),
    /// Any other text: an envelope of XML, a query.
    Text(Template),
}

/// A part of an answer that later requests need.
#[derive(Clone, Debug)]
pub(crate) struct Capture {
    pub(crate) name: Name,
    pub(crate) part: AnswerPart,
    /// Whether no report may show it.
    pub(crate) is_secret: bool,
}

/// A request and those that have to come before it.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) before: Vec<Request>,
    pub(crate) request: Request,
}

impl Call {
    /// All requests, in the order in which they are sent.
    pub(crate) fn requests(&self) -> impl Iterator<Item = &Request> {
        self.before.iter().chain(std::iter::once(&self.request))
    }

    /// Whether it can only be performed for somebody who is logged in: it carries what the log-in gives, or a value that was captured
    /// there.
    pub(crate) fn needs(&self, log_in: &Call) -> bool {
        let token = BuiltIn::Token.name();
        let captured: Vec<&Name> = log_in
            .requests()
            .flat_map(|request| &request.captures)
            .map(|capture| &capture.name)
            .chain([&token])
            .collect();
        self.requests().any(|request| {
            request.as_user || request.names().iter().any(|name| captured.contains(name))
        })
    }
}

impl Request {
    /// One that sends nothing but itself, and takes any success for right.
    pub(super) fn plain(method: Method, url: UrlTemplate) -> Self {
        Self {
            method,
            url,
            headers: Vec::new(),
            body: None,
            as_user: false,
            status: AcceptedStatus::default(),
            fails_if: Vec::new(),
            expect: Vec::new(),
            captures: Vec::new(),
        }
    }

    pub(super) fn with(mut self, name: HeaderName, value: Template) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The same request with a query.
    pub(crate) fn asking(&self, query: &str) -> Self {
        Self {
            url: self.url.with_query(query),
            ..self.clone()
        }
    }

    /// Every name that is needed to send it.
    pub(crate) fn names(&self) -> Vec<&Name> {
        let headers = self.headers.iter().flat_map(|(_, value)| value.names());
        let body: Vec<&Name> = match &self.body {
            None => Vec::new(),
            Some(BodyTemplate::Form(fields)) => {
                fields.iter().flat_map(|(_, value)| value.names()).collect()
            }
            Some(BodyTemplate::Json(json)) => json.names(),
            Some(BodyTemplate::Text(text)) => text.names().collect(),
        };
        self.url.names().chain(headers).chain(body).collect()
    }
}
