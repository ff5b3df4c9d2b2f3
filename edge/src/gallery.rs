//! Pages as the gate answers them, made natively, so that a browser can look at every one of them (tests/tests/browser/). Never
//! deployed: feature `gallery`.

use std::fmt;

use policy::language::Language;
use policy::message::Message;
use policy::negotiation::Audience;
use policy::time::Moment;
use serde_json::json;

use crate::configuration::{Configuration, Given, Mistakes, Surroundings};
use crate::page::{Answer, Setting};

/// A gate of some operator's, which says things.
#[derive(Debug)]
pub struct Gallery(Configuration);

/// Who is told something, and when.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// A person who opened a page, or sent a form.
    pub audience: Audience,
    /// What they speak.
    pub language: Language,
    /// What time it is.
    pub now: Moment,
    /// The address they opened.
    pub url: &'a str,
}

/// An answer of the gate.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Its HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: Vec<(&'static str, String)>,
    /// The page.
    pub html: String,
}

impl Gallery {
    /// A gate with these variables beside those that every gate needs.
    pub fn new(variables: &[(&str, &str)]) -> Result<Self, NotConfigured> {
        let text = |text: &str| Given::Text(text.to_owned());
        let issuers = json!([{ "issuer": "own", "audience": "usher", "algorithm": "HS256", "secret": "LOGIN_SECRET" }]);
        let needed = [
            ("LOGIN_SECRET", text(&"secret".repeat(8))),
            ("USHER_ADMIN_SECRET", text(&"secret".repeat(8))),
            ("USHER_DB", Given::Binding),
            ("USHER_INSTANCE_HOSTS", text("[\"*.fly.dev\"]")),
            ("USHER_ISSUERS", Given::Json(issuers)),
            ("USHER_KV", Given::Binding),
            ("USHER_LOGIN_URL", text("https://id.example/login")),
            ("USHER_SUPPORT", text("mailto:support@example.com")),
        ];
        let more = variables.iter().map(|(name, value)| (*name, text(value)));
        let given = needed.into_iter().chain(more);
        let given = given.map(|(name, value)| (name.to_owned(), value));
        Configuration::read(&Surroundings(given.collect()))
            .map(Self)
            .map_err(|Mistakes(mistakes)| NotConfigured(mistakes))
    }

    /// What is answered.
    pub fn show(&self, message: &Message, circumstances: Circumstances<'_>) -> Shown {
        let setting = Setting {
            configuration: Some(&self.0),
            request_id: "f829b860-19",
            audience: circumstances.audience,
            language: circumstances.language,
            now: circumstances.now,
            url: circumstances.url,
            return_to: Some(circumstances.url),
        };
        let (status, headers, html) = Answer::message(message, &setting).into_parts();
        Shown {
            status,
            headers,
            html,
        }
    }
}

/// What is wrong with the variables, one sentence each.
#[derive(Clone, Debug)]
pub struct NotConfigured(pub Vec<String>);

impl fmt::Display for NotConfigured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}
