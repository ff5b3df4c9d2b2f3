//! The configuration, read once per isolate. Every mistake is reported, not only the first, each as a sentence that names the
//! value, the place and the cure. With a single mistake nobody is let in.

mod authority;
mod brand;
mod doors;
mod env;
mod issuer_list;
mod surroundings;

use std::time::Duration;

use policy::assertion_key::AssertionKeys;
use policy::decision::{Place, Rules};
use policy::door::Doors;
use policy::email::ComparableEmail;
use policy::freshness::FreshnessRules;
use policy::instance_url::{HostRule, InstanceUrl};
use policy::issuer::Issuer;
use policy::provisioning::FirstOwner;
use policy::setting::usual_cookie;
use policy::web_address::is_web_address;

pub(crate) use authority::{AuthoritySetting, ControlPlaneSetting};
pub(crate) use env::{Bindings, log_mistakes};
pub use policy::issuer_entry::ISSUER_MEMBERS;
pub(crate) use policy::issuer_entry::{KeySource, PublicKeys, Secret};
pub(crate) use policy::mistakes::Mistakes;
pub use policy::setting::{Home, SETTINGS, Setting};
pub(crate) use surroundings::{Given, Surroundings};

use crate::brand::Brand;

/// Everything an operator has set, checked.
#[derive(Debug)]
pub(crate) struct Configuration {
    pub(crate) authority: AuthoritySetting,
    pub(crate) issuers: Vec<Issuer>,
    /// Where the keys of the issuer at the same position come from.
    pub(crate) key_sources: Vec<KeySource>,
    pub(crate) login_url: String,
    /// More origins whose pages may hand over a token; that of `login_url` always may.
    pub(crate) login_origins: Vec<String>,
    /// Other origins whose scripts may call the apps.
    pub(crate) cors_origins: Vec<String>,
    pub(crate) support: String,
    pub(crate) brand: Brand,
    pub(crate) instance_hosts: Vec<HostRule>,
    /// How long an instance may take until the headers of its answer come.
    pub(crate) instance_patience_millis: u32,
    /// Which host is which door.
    pub(crate) doors: Doors,
    pub(crate) cookie: String,
    /// The header in which a provider in front of the gate hands over the token, in lower case.
    pub(crate) provider_header: Option<&'static str>,
    pub(crate) rules: Rules,
    /// How long events, and sessions that are over, are kept.
    pub(crate) records_kept: Duration,
    /// Who may become the first owner, where people become known by coming.
    pub(crate) first_sight: Option<FirstOwner>,
    pub(crate) suspended_paths: Vec<String>,
    pub(crate) platform_admin: Option<PlatformAdmin>,
    /// For `edge/socket.mjs`, which reads it from the environment.
    #[expect(dead_code, reason = "checked here, read where sockets are")]
    pub(crate) sockets_are_supervised: bool,
    pub(crate) admin_secret: String,
    /// What signs what the app is told; without it the app is told by plain headers only.
    pub(crate) assertion_keys: Option<AssertionKeys>,
    pub(crate) development: bool,
}

/// Where the platform is administered.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct PlatformAdmin {
    pub(crate) host: String,
    pub(crate) path: String,
}

impl Configuration {
    /// Where on the platform an address is.
    pub(crate) fn place(&self, host: &str, path: &str) -> Place {
        let is_platforms = |admin: &PlatformAdmin| path == "/" && admin.host == host;
        if self.platform_admin.as_ref().is_some_and(is_platforms) {
            return Place::PlatformRoot;
        }
        if policy::path::is_below(path, &self.suspended_paths) {
            Place::OpenWhenSuspended
        } else {
            Place::App
        }
    }

    pub(crate) fn read(given: &Surroundings) -> Result<Self, Mistakes> {
        let mut mistakes = Mistakes::default();
        let (issuers, key_sources) = issuer_list::read(given, &mut mistakes);
        given.refuse_unknown_names(&key_sources, &mut mistakes);
        given.require_binding("USHER_KV", &mut mistakes);
        let development = given.flag("USHER_DEVELOPMENT", &mut mistakes);
        let default_cookie = usual_cookie(development, issuers.first());
        let header = |issuer: &Issuer| issuer.provider.preset().header;
        let provider_header = issuers.iter().find_map(header);
        let authority = authority::read(given, development, &mut mistakes);
        let configuration = Self {
            first_sight: first_sight(given, &authority, &mut mistakes),
            doors: doors::read(given, &authority, &mut mistakes),
            authority,
            issuers,
            key_sources,
            login_url: given.web_address("USHER_LOGIN_URL", development, &mut mistakes),
            login_origins: origins(given, "USHER_LOGIN_ORIGINS", development, &mut mistakes),
            cors_origins: origins(given, "USHER_CORS_ORIGINS", development, &mut mistakes),
            support: support(given, &mut mistakes),
            brand: brand::read(given, &mut mistakes),
            instance_hosts: instance_hosts(given, development, &mut mistakes),
            instance_patience_millis: patience(given, &mut mistakes),
            cookie: cookie(given, default_cookie, development, &mut mistakes),
            provider_header,
            rules: rules(given, &mut mistakes),
            records_kept: DAY * given.days("USHER_RECORDS_DAYS", 365, &mut mistakes),
            suspended_paths: suspended_paths(given, &mut mistakes),
            platform_admin: platform_admin(given, &mut mistakes),
            sockets_are_supervised: sockets(given, &mut mistakes),
            admin_secret: given.secret("USHER_ADMIN_SECRET", &mut mistakes),
            assertion_keys: assertion_keys(given, &mut mistakes),
            development,
        };
        if mistakes.0.is_empty() {
            Ok(configuration)
        } else {
            Err(mistakes)
        }
    }
}

const DAY: Duration = Duration::from_hours(24);

fn origins(
    given: &Surroundings,
    name: &str,
    development: bool,
    mistakes: &mut Mistakes,
) -> Vec<String> {
    let origins = given.list(name, mistakes);
    for origin in &origins {
        let host = origin.split_once("://").map_or("", |(_, host)| host);
        if !is_web_address(origin, development) || host.contains('/') {
            mistakes.note(format!(
                "{name} has `{origin}`; give an origin such as `https://auth.example.com`, without a slash at the end"
            ));
        }
    }
    origins
}

fn support(given: &Surroundings, mistakes: &mut Mistakes) -> String {
    let support = given.required_text("USHER_SUPPORT", mistakes);
    if !support.is_empty() && !support.starts_with("https://") && !support.starts_with("mailto:") {
        mistakes.note(format!("USHER_SUPPORT is `{support}`; give an https: or mailto: address, so that visitors find help"));
    }
    support
}

fn instance_hosts(
    given: &Surroundings,
    development: bool,
    mistakes: &mut Mistakes,
) -> Vec<HostRule> {
    let entries = given.required_list("USHER_INSTANCE_HOSTS", mistakes);
    let mut rules = Vec::new();
    for entry in entries {
        match HostRule::parse(&entry) {
            Some(rule) if development => rules.push(rule.also_in_clear_text()),
            Some(rule) => rules.push(rule),
            None => mistakes.note(format!(
                "USHER_INSTANCE_HOSTS has `{entry}`; give a host such as `app.example.com` or a suffix such as `*.fly.dev`, with `http://` before it where instances have no TLS"
            )),
        }
    }
    rules
}

/// `__Host-` binds a cookie to this host and to TLS; without it a sibling domain can plant one (RFC 6265bis section 4.1.3.2).
fn cookie(
    given: &Surroundings,
    default: &str,
    development: bool,
    mistakes: &mut Mistakes,
) -> String {
    let name = given
        .text("USHER_COOKIE")
        .unwrap_or_else(|| default.to_owned());
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(token) {
        mistakes.note(format!(
            "USHER_COOKIE is `{name}`; a cookie's name is letters, digits, `-` and `_`"
        ));
    } else if development && name.starts_with("__") {
        mistakes.note(format!(
            "USHER_COOKIE is `{name}`, which browsers refuse without TLS; in development leave it out or name it without `__`"
        ));
    }
    name
}

fn rules(given: &Surroundings, mistakes: &mut Mistakes) -> Rules {
    let mut seconds =
        |name: &str, default: u64| Duration::from_secs(given.seconds(name, default, mistakes));
    let freshness = FreshnessRules {
        fresh_open: seconds("USHER_FRESH_SECONDS", 10),
        fresh_otherwise: seconds("USHER_FRESH_WAITING_SECONDS", 2),
        stale: seconds("USHER_STALE_SECONDS", 60),
        grace: seconds("USHER_GRACE_SECONDS", 900),
    };
    let setup_budget = seconds("USHER_SETUP_BUDGET_SECONDS", 600);
    if freshness.fresh_open > freshness.stale || freshness.fresh_otherwise > freshness.stale {
        mistakes.note("USHER_STALE_SECONDS is less than FRESH; a sighting cannot be stale before it stops being fresh".to_owned());
    }
    if freshness.stale > freshness.grace {
        mistakes.note(
            "USHER_GRACE_SECONDS is less than USHER_STALE_SECONDS; make it at least as long"
                .to_owned(),
        );
    }
    Rules {
        freshness,
        setup_budget,
    }
}

fn first_sight(
    given: &Surroundings,
    authority: &AuthoritySetting,
    mistakes: &mut Mistakes,
) -> Option<FirstOwner> {
    let at_registry = match authority {
        AuthoritySetting::Registry => true,
        AuthoritySetting::ControlPlane(_) | AuthoritySetting::Kv => false,
    };
    let mut owners = Vec::new();
    for email in given.list("USHER_OWNER_EMAILS", mistakes) {
        match ComparableEmail::parse(&email) {
            Some(email) => owners.push(email),
            None => mistakes.note(format!(
                "USHER_OWNER_EMAILS has `{email}`, which cannot be compared safely; give plain ASCII addresses such as `boss@corp.example`"
            )),
        }
    }
    match given.text("USHER_PROVISIONING").as_deref() {
        Some("first-sight") if !at_registry => {
            mistakes.note("USHER_PROVISIONING is `first-sight`, but only the registry makes people known; set USHER_AUTHORITY to `registry`, or leave it to your control plane".to_owned());
            None
        }
        Some("first-sight") if owners.is_empty() => Some(FirstOwner::Anybody),
        Some("first-sight") => Some(FirstOwner::OneOf(owners)),
        None | Some("admin") => {
            if !owners.is_empty() {
                mistakes.note("USHER_OWNER_EMAILS is given, but nobody becomes owner by coming; set USHER_PROVISIONING to `first-sight`".to_owned());
            }
            None
        }
        Some(other) => {
            mistakes.note(format!(
                "USHER_PROVISIONING is `{other}`; give `admin` or `first-sight`"
            ));
            None
        }
    }
}

fn suspended_paths(given: &Surroundings, mistakes: &mut Mistakes) -> Vec<String> {
    let paths = given.list("USHER_SUSPENDED_PATHS", mistakes);
    for path in paths
        .iter()
        .filter(|path| !path.starts_with('/') || *path == "/" || path.ends_with('/'))
    {
        mistakes.note(format!("USHER_SUSPENDED_PATHS has `{path}`; give a path such as `/billing`, without a slash at the end"));
    }
    paths
}

fn platform_admin(given: &Surroundings, mistakes: &mut Mistakes) -> Option<PlatformAdmin> {
    let value = given
        .text("USHER_PLATFORM_ADMIN")
        .filter(|value| !value.is_empty())?;
    let is_host = |host: &str| {
        InstanceUrl::new(&format!("https://{host}")).is_some_and(|url| url.host() == host)
    };
    match value.split_once('/') {
        Some((host, path)) if is_host(host) && !path.is_empty() => Some(PlatformAdmin {
            host: host.to_owned(),
            path: format!("/{path}"),
        }),
        Some(_) | None => {
            mistakes.note(format!("USHER_PLATFORM_ADMIN is `{value}`; give `host/path`, such as `app.example.com/admin/organization`"));
            None
        }
    }
}

fn sockets(given: &Surroundings, mistakes: &mut Mistakes) -> bool {
    match given.text("USHER_SOCKETS").as_deref() {
        None | Some("" | "supervised") => true,
        Some("passed") => false,
        Some(other) => {
            mistakes.note(format!(
                "USHER_SOCKETS is `{other}`; give `supervised` or `passed`"
            ));
            true
        }
    }
}

/// Cloudflare itself waits for 100 seconds (error 524).
fn patience(given: &Surroundings, mistakes: &mut Mistakes) -> u32 {
    let seconds = given.seconds("USHER_INSTANCE_SECONDS", 60, mistakes);
    if !(1..=600).contains(&seconds) {
        mistakes.note(format!(
            "USHER_INSTANCE_SECONDS is {seconds}; give 1 to 600"
        ));
    }
    u32::try_from(seconds.saturating_mul(1000)).unwrap_or(u32::MAX)
}

fn assertion_keys(given: &Surroundings, mistakes: &mut Mistakes) -> Option<AssertionKeys> {
    let text = match given.get("USHER_ASSERTION_KEY")? {
        Given::Text(text) if text.is_empty() => return None,
        Given::Text(text) => text.clone(),
        Given::Json(value) => value.to_string(),
        // No JSON: it is refused below like any other text.
        Given::Binding => String::new(),
    };
    let keys = AssertionKeys::parse(&text).map_err(|problem| {
        mistakes.note(format!(
            "the secret USHER_ASSERTION_KEY is no key: {problem}; make one with `usher key`, and set it with \
             `wrangler secret put USHER_ASSERTION_KEY`"
        ));
    });
    keys.ok()
}

#[cfg(test)]
mod tests;
