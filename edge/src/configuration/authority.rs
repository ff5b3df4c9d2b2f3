//! Which authority is asked, and how a control plane is reached and signed to.

use policy::shared_secret;
use policy::web_address::{http_hint, is_web_address};

use super::surroundings::{Given, Surroundings, nearest};
use super::{Home, Mistakes};

/// The authority that is configured.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum AuthoritySetting {
    /// An existing control plane.
    ControlPlane(ControlPlaneSetting),
    /// KV itself.
    Kv,
    /// The built-in registry.
    Registry,
}

impl AuthoritySetting {
    /// Whether sessions and events have a place: only the registry has one. With another authority the log has the lines.
    pub(crate) const fn keeps_records(&self) -> bool {
        match self {
            Self::Registry => true,
            Self::ControlPlane(_) | Self::Kv => false,
        }
    }
}

/// How a control plane is reached.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct ControlPlaneSetting {
    /// Where it answers, without a slash at the end.
    pub(crate) url: String,
    /// The first signs our calls; all of them are believed in its own.
    pub(crate) secrets: Vec<String>,
    /// Whether it is a service binding.
    pub(crate) bound: bool,
}

/// The words of `USHER_AUTHORITY`.
const WORDS: [&str; 3] = ["control-plane", "kv", "registry"];

const AUTHORITY: &str = "USHER_AUTHORITY";
const BINDING: &str = "USHER_CONTROL_PLANE";
const DATABASE: &str = "USHER_DB";
const SECRET: &str = "USHER_CONTROL_PLANE_SECRET";
const URL: &str = "USHER_CONTROL_PLANE_URL";

/// A service binding goes to one Worker whatever host is asked for; this one exists nowhere (RFC 6761 section 6.4).
const ADDRESS_BEHIND_BINDING: &str = "https://control-plane.invalid";

pub(super) fn read(
    given: &Surroundings,
    development: bool,
    mistakes: &mut Mistakes,
) -> AuthoritySetting {
    let word = given.text(AUTHORITY).unwrap_or_default();
    match word.as_str() {
        "control-plane" => {
            AuthoritySetting::ControlPlane(control_plane(given, development, mistakes))
        }
        "kv" => {
            refuse_control_plane(given, &word, mistakes);
            AuthoritySetting::Kv
        }
        "" | "registry" => {
            refuse_control_plane(given, "registry", mistakes);
            given.require_binding(DATABASE, mistakes);
            AuthoritySetting::Registry
        }
        _ => {
            let hint = nearest(&word, &WORDS)
                .map_or_else(String::new, |right| format!("; did you mean `{right}`?"));
            mistakes.note(format!(
                "{AUTHORITY} is `{word}`; give one of {}{hint}",
                WORDS.join(", ")
            ));
            AuthoritySetting::Registry
        }
    }
}

fn control_plane(
    given: &Surroundings,
    development: bool,
    mistakes: &mut Mistakes,
) -> ControlPlaneSetting {
    let bound = given.get(BINDING).is_some();
    if bound {
        given.require_binding(BINDING, mistakes);
    }
    ControlPlaneSetting {
        url: url(given, bound, development, mistakes),
        secrets: secrets(given, bound, mistakes),
        bound,
    }
}

fn url(given: &Surroundings, bound: bool, development: bool, mistakes: &mut Mistakes) -> String {
    let url = given.text(URL).unwrap_or_default();
    if url.is_empty() {
        if !bound {
            mistakes.note(format!(
                "{URL} is missing (where the control plane answers); add it to [vars] in wrangler.toml, or bind a Worker as {BINDING}"
            ));
        }
        return ADDRESS_BEHIND_BINDING.to_owned();
    }
    let plain = url.strip_prefix("http://").is_some_and(|rest| {
        let host = rest.split(['/', ':']).next().unwrap_or_default();
        !matches!(host, "localhost" | "127.0.0.1")
    });
    if !is_web_address(&url, development) || plain || url.contains('?') {
        mistakes.note(format!(
            "{URL} is `{url}`; give an https: address without a query{}, and loopback alone may be http:",
            http_hint(&url)
        ));
    }
    url.trim_end_matches('/').to_owned()
}

/// Blanks stand between secrets: no secret of `openssl rand` has one.
fn secrets(given: &Surroundings, bound: bool, mistakes: &mut Mistakes) -> Vec<String> {
    if bound && given.get(SECRET).is_none() {
        // Nobody else can call through the binding, and pushes need the operator's secret.
        return Vec::new();
    }
    let text = match given.get(SECRET) {
        Some(Given::Text(text)) => text.as_str(),
        Some(Given::Json(_) | Given::Binding) | None => "",
    };
    let secrets: Vec<String> = text.split_whitespace().map(ToOwned::to_owned).collect();
    if secrets.is_empty() {
        given.secret(SECRET, mistakes);
    }
    for mistake in secrets
        .iter()
        .filter_map(|it| shared_secret::mistake(SECRET, it))
    {
        mistakes.note(mistake);
    }
    secrets
}

/// Somebody who gives the address of a control plane believes that it is asked.
fn refuse_control_plane(given: &Surroundings, word: &str, mistakes: &mut Mistakes) {
    let settings = super::SETTINGS
        .iter()
        .filter(|it| matches!(it.name, BINDING | SECRET | URL));
    for setting in settings.filter(|setting| given.get(setting.name).is_some()) {
        let place = match setting.home {
            Home::Binding => "the binding",
            Home::Secret => "the secret",
            Home::Variable => "it",
        };
        mistakes.note(format!(
            "{} is given, but {AUTHORITY} is `{word}`, so no control plane is asked; set {AUTHORITY} = \"control-plane\" or remove {place}",
            setting.name
        ));
    }
}
