//! The gate's own endpoints, all below `/.usher/`. None of them is ever carried to an instance.

mod admin;
mod another_account;
mod arrival;
mod health;
mod keys;
mod logout;
mod me;
mod reasons;
pub(crate) mod session;

use policy::reason::Reason;
use wasm_bindgen::JsValue;
use worker::Env;

use crate::configuration::Configuration;
use crate::events;
use crate::gate::Gate;
use crate::incoming::Incoming;
use crate::isolate::Isolate;
use crate::page::Answer;

/// The place of every endpoint of ours.
const PREFIX: &str = "/.usher/";

/// One of our endpoints.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Endpoint {
    /// The operators' API; the rest of the path.
    Admin(String),
    /// The first stop after a log-in.
    Arrived,
    /// How the gate would decide about somebody, for operators.
    Explain,
    /// The gate runs.
    Health,
    /// The keys that check what the gate tells an app.
    Keys,
    /// Ends the session of a browser.
    Logout,
    /// Who am I, where do I stand, and why.
    Me,
    /// The gate could let somebody in: configuration and bindings.
    Ready,
    /// Every reason code and what it means.
    Reasons,
    /// Exchanges a token for the cookie.
    Session,
    /// None of ours.
    Unknown,
}

impl Endpoint {
    /// Which endpoint a path names, if it is below our prefix.
    pub(crate) fn of(path: &str) -> Option<Self> {
        let name = path.strip_prefix(PREFIX)?;
        Some(match name {
            "arrived" => Self::Arrived,
            "explain" => Self::Explain,
            "health" => Self::Health,
            "jwks.json" => Self::Keys,
            "logout" => Self::Logout,
            "me" => Self::Me,
            "ready" => Self::Ready,
            "reasons" => Self::Reasons,
            "session" => Self::Session,
            _ => name
                .strip_prefix("admin/v1/")
                .map_or(Self::Unknown, |rest| Self::Admin(rest.to_owned())),
        })
    }

    /// Its name in the log; an operators' call with what it is about.
    fn name(&self) -> &str {
        match self {
            Self::Admin(path) => path,
            Self::Arrived => "arrived",
            Self::Explain => "explain",
            Self::Health => "health",
            Self::Keys => "jwks.json",
            Self::Logout => "logout",
            Self::Me => "me",
            Self::Ready => "ready",
            Self::Reasons => "reasons",
            Self::Session => "session",
            Self::Unknown => "unknown",
        }
    }

    /// The methods it takes, as in the header `Allow`; `None` where that depends on the rest of the path.
    fn methods(&self) -> Option<&'static str> {
        match self {
            Self::Admin(_) | Self::Unknown => None,
            Self::Arrived
            | Self::Explain
            | Self::Health
            | Self::Keys
            | Self::Me
            | Self::Ready
            | Self::Reasons => Some("GET, HEAD"),
            Self::Logout => Some("GET, HEAD, POST"),
            Self::Session => Some("POST"),
        }
    }
}

/// Answers a request to one of our endpoints.
pub(crate) async fn answer(
    endpoint: Endpoint,
    isolate: &'static Isolate,
    env: &Env,
    incoming: &Incoming,
) -> JsValue {
    let method = incoming.method();
    let asks_first = method == "OPTIONS" && endpoint == Endpoint::Session;
    if !asks_first
        && let Some(methods) = endpoint.methods()
        && !methods.split(", ").any(|allowed| allowed == method)
    {
        return told(&endpoint, method_not_allowed(methods, incoming), incoming);
    }
    let configuration = match (&endpoint, crate::usable(isolate, incoming)) {
        (Endpoint::Health, _) => return told(&endpoint, health::health(incoming), incoming),
        (Endpoint::Ready, _) => {
            return told(
                &endpoint,
                health::ready(isolate, env, incoming).await,
                incoming,
            );
        }
        (Endpoint::Reasons, _) => return told(&endpoint, reasons::answer(incoming), incoming),
        (_, Err(answer)) => return answer,
        (_, Ok(configuration)) => configuration,
    };
    let Ok(door) = configuration.doors.door(incoming.uri().host()) else {
        return not_here(incoming, configuration);
    };
    let gate = Gate {
        isolate,
        configuration,
        env,
        incoming,
        door,
        wanted: None,
    };
    let answer = match &endpoint {
        Endpoint::Admin(path) => admin::answer(&gate, path).await,
        Endpoint::Explain => admin::explain(&gate).await,
        Endpoint::Me => match me::answer(&gate).await {
            Ok(answer) => answer,
            Err(turned_away) => return turned_away,
        },
        Endpoint::Session if asks_first => {
            session::preflight(&gate).unwrap_or_else(|| method_not_allowed("POST", incoming))
        }
        Endpoint::Session => match session::start(&gate).await {
            Ok(answer) => answer,
            Err(turned_away) => return turned_away,
        },
        Endpoint::Keys => keys::answer(&gate),
        Endpoint::Arrived => match arrival::answer(&gate) {
            Ok(answer) => answer,
            Err(turned_away) => return turned_away,
        },
        Endpoint::Logout if method == "POST" => logout::end(&gate).await,
        Endpoint::Logout => logout::ask(&gate).await,
        Endpoint::Health | Endpoint::Ready | Endpoint::Reasons | Endpoint::Unknown => {
            Answer::mistaken(Reason::NotFound, Vec::new(), incoming, configuration)
        }
    };
    told(&endpoint, answer, incoming)
}

/// The answer at a host that can be nobody's.
pub(crate) fn not_here(incoming: &Incoming, configuration: &Configuration) -> JsValue {
    let answer = Answer::mistaken(Reason::NotFound, Vec::new(), incoming, configuration);
    told(&Endpoint::Unknown, answer, incoming)
}

/// Writes the line of an answer that no decision wrote.
fn told(endpoint: &Endpoint, answer: Answer, incoming: &Incoming) -> JsValue {
    events::own_endpoint(incoming, endpoint.name(), answer.status());
    answer.into_response()
}

fn method_not_allowed(methods: &'static str, incoming: &Incoming) -> Answer {
    Answer::problem(Reason::MethodNotAllowed, &incoming.id, Vec::new())
        .header("allow", methods.to_owned())
}
