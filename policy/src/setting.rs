//! Every configuration value of a gate: what its reader knows, what the README's table says, and what `usher check config` looks for.

use crate::issuer::Issuer;

/// Where a value stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Home {
    /// A binding: `[[kv_namespaces]]`, `[[d1_databases]]`, `[[services]]`.
    Binding,
    /// A secret: `wrangler secret put NAME`, or `.dev.vars` in development.
    Secret,
    /// A variable: `[vars]`.
    Variable,
}

/// One configuration value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// Where it stands.
    pub home: Home,
    /// The value when it is absent; `None` if it must be given.
    pub default: Option<&'static str>,
    /// What it means.
    pub meaning: &'static str,
}

/// Every configuration value, the ones that must be given first.
pub const SETTINGS: [Setting; 34] = [
    Setting {
        name: "USHER_DB",
        home: Home::Binding,
        default: None,
        meaning: "the D1 database that holds the registry; not needed with another authority",
    },
    Setting {
        name: "USHER_KV",
        home: Home::Binding,
        default: None,
        meaning: "the KV namespace in which sightings are kept between isolates",
    },
    Setting {
        name: "USHER_ADMIN_SECRET",
        home: Home::Secret,
        default: None,
        meaning: "the bearer secret of the admin API, at least 32 characters",
    },
    Setting {
        name: "USHER_ISSUERS",
        home: Home::Variable,
        default: None,
        meaning: "whom to believe: a list of issuers, see below",
    },
    Setting {
        name: "USHER_LOGIN_URL",
        home: Home::Variable,
        default: None,
        meaning: "the log-in page people are sent to, with `return_to` added",
    },
    Setting {
        name: "USHER_SUPPORT",
        home: Home::Variable,
        default: None,
        meaning: "where visitors find help: an https: or mailto: address",
    },
    Setting {
        name: "USHER_INSTANCE_HOSTS",
        home: Home::Variable,
        default: None,
        meaning: "the hosts instances may answer at: a list of `host` or `*.suffix`, with `http://` before it where they may answer without TLS (on a developer's machine they always may)",
    },
    Setting {
        name: "USHER_APP_DOMAIN",
        home: Home::Variable,
        default: Some(""),
        meaning: "with `apps.example.com`, the host `guy.apps.example.com` is the address of the instance that has the address `guy`; needs a route for `*.apps.example.com/*`",
    },
    Setting {
        name: "USHER_ASSERTION_KEY",
        home: Home::Secret,
        default: Some(""),
        meaning: "the key that signs what your apps are told (`Usher-Assertion`): a private JWK on P-256 as `usher key` makes it, or a set of them, of which the first signs and all are published at `/.usher/jwks.json`",
    },
    Setting {
        name: "USHER_AUTHORITY",
        home: Home::Variable,
        default: Some("registry"),
        meaning: "who knows where everybody stands: `registry`, `control-plane` or `kv`, see docs/authorities.md",
    },
    Setting {
        name: "USHER_CONTROL_PLANE_URL",
        home: Home::Variable,
        default: Some(""),
        meaning: "with `control-plane`: where it answers; the gate asks for `/standings` below it",
    },
    Setting {
        name: "USHER_CONTROL_PLANE_SECRET",
        home: Home::Secret,
        default: Some(""),
        meaning: "with `control-plane`: what calls to and from it are signed with; while one replaces another both, the new one first, a blank between",
    },
    Setting {
        name: "USHER_CONTROL_PLANE",
        home: Home::Binding,
        default: Some(""),
        meaning: "with `control-plane`: a service binding to the Worker that is it, in place of an address and a secret",
    },
    Setting {
        name: "USHER_LOGIN_ORIGINS",
        home: Home::Variable,
        default: Some("[]"),
        meaning: "more origins whose pages may hand over a token to `/.usher/session`; that of the log-in page always may",
    },
    Setting {
        name: "USHER_CORS_ORIGINS",
        home: Home::Variable,
        default: Some("[]"),
        meaning: "other origins whose scripts may call the apps with a token of their own: the gate answers their preflights, and lets them read its refusals; what they may read of an app's answer the app says",
    },
    Setting {
        name: "USHER_PRODUCT",
        home: Home::Variable,
        default: Some("Usher"),
        meaning: "the product's name on pages",
    },
    Setting {
        name: "USHER_LOGO",
        home: Home::Variable,
        default: Some(""),
        meaning: "an image in place of the name: the https: address of one, or a data: address with base64",
    },
    Setting {
        name: "USHER_ACCENT",
        home: Home::Variable,
        default: Some("#0550ae"),
        meaning: "the colour of links and buttons on white pages; one that cannot be read there (WCAG AA) is refused",
    },
    Setting {
        name: "USHER_ACCENT_DARK",
        home: Home::Variable,
        default: Some("#79c0ff"),
        meaning: "the same for who prefers dark pages; unless given, `USHER_ACCENT` made lighter until it can be read",
    },
    Setting {
        name: "USHER_COOKIE",
        home: Home::Variable,
        default: Some("__Host-usher"),
        meaning: "the cookie that carries the token; unless given, that of the first issuer's provider (`usher-development` in development)",
    },
    Setting {
        name: "USHER_PROVISIONING",
        home: Home::Variable,
        default: Some("admin"),
        meaning: "who makes somebody known: `admin`, only the admin API; `first-sight`, also their own first visit, by invitation, by e-mail domain, or as the first owner",
    },
    Setting {
        name: "USHER_OWNER_EMAILS",
        home: Home::Variable,
        default: Some("[]"),
        meaning: "with `first-sight`: who may become the platform's first owner, a list of e-mail addresses; empty: whoever comes first",
    },
    Setting {
        name: "USHER_RECORDS_DAYS",
        home: Home::Variable,
        default: Some("365"),
        meaning: "how long the registry keeps events, and sessions that are over",
    },
    Setting {
        name: "USHER_FRESH_SECONDS",
        home: Home::Variable,
        default: Some("10"),
        meaning: "FRESH: up to this age a `ready` sighting is used as it is",
    },
    Setting {
        name: "USHER_FRESH_WAITING_SECONDS",
        home: Home::Variable,
        default: Some("2"),
        meaning: "FRESH for everybody who is not `ready`",
    },
    Setting {
        name: "USHER_STALE_SECONDS",
        home: Home::Variable,
        default: Some("60"),
        meaning: "STALE: up to this age a sighting is used and refreshed after the answer; a suspension is out within it",
    },
    Setting {
        name: "USHER_GRACE_SECONDS",
        home: Home::Variable,
        default: Some("900"),
        meaning: "GRACE: up to this age somebody last seen `ready` is let in while the authority fails",
    },
    Setting {
        name: "USHER_SETUP_BUDGET_SECONDS",
        home: Home::Variable,
        default: Some("600"),
        meaning: "how long one status on the way to `ready` may last before the visitor is told that something is wrong",
    },
    Setting {
        name: "USHER_INSTANCE_SECONDS",
        home: Home::Variable,
        default: Some("60"),
        meaning: "how long an instance may take until the headers of its answer come, 1 to 600; its body may take as long as it likes",
    },
    Setting {
        name: "USHER_SHARED_HOSTS",
        home: Home::Variable,
        default: Some("[]"),
        meaning: "the hosts at which everybody reaches their own instance; any other host is then the address of an instance (a custom domain). Empty: every host that is not below `USHER_APP_DOMAIN`",
    },
    Setting {
        name: "USHER_SOCKETS",
        home: Home::Variable,
        default: Some("supervised"),
        meaning: "`supervised`: an open WebSocket is closed with 4401 when the log-in is over, and with 4403 when its visitor is not let in any more, looked at every FRESH seconds; `passed`: it is not looked after",
    },
    Setting {
        name: "USHER_SUSPENDED_PATHS",
        home: Home::Variable,
        default: Some("[]"),
        meaning: "paths that stay open to suspended visitors (billing, export): a list, each with everything below it",
    },
    Setting {
        name: "USHER_PLATFORM_ADMIN",
        home: Home::Variable,
        default: Some(""),
        meaning: "`host/path`: at the root of this host the platform's owner is sent to this path",
    },
    Setting {
        name: "USHER_DEVELOPMENT",
        home: Home::Variable,
        default: Some("false"),
        meaning: "true only on a developer's machine: cookies without `Secure`, and no host but loopback is answered",
    },
];

/// The cookie that carries the token where `USHER_COOKIE` says none: that of the first issuer's provider, else our own. `__Host-` needs
/// TLS, which a developer's machine has not got.
pub fn usual_cookie(development: bool, first: Option<&Issuer>) -> &'static str {
    if development {
        return "usher-development";
    }
    let of_provider = first.and_then(|issuer| issuer.provider.preset().cookie);
    of_provider.unwrap_or("__Host-usher")
}
