//! Which requests reach the gate: whatever of its host does not, goes past it.

use serde_json::Value;

use crate::check::config::live::Live;
use crate::check::config::{Scene, certain, opinion};
use crate::findings::code::Code;
use crate::findings::{Evidence, Opinion};

/// Looks at the routes of the file. Without any they may be kept in the dashboard: then the gate itself says whether it is reached.
pub(super) fn look(scene: &Scene<'_>, live: &Live) -> Opinion {
    let host = scene.in_use.gate.host();
    let routes = routes(scene);
    if !scene.is_deployed || routes.is_empty() {
        return Opinion::default();
    }
    let file = scene.files.wrangler_path();
    let of_host: Vec<_> = routes.iter().filter(|route| route.covers(host)).collect();
    let mut apart = Vec::new();
    if of_host.is_empty() && !live.is_a_gate() {
        let patterns: Vec<_> = routes.iter().map(|route| route.pattern.as_str()).collect();
        let what = format!(
            "no route is for {host}: there is `{}`",
            patterns.join("`, `")
        );
        apart.push(Evidence::new(what, &file));
    }
    if let Some(domain) = scene
        .files
        .text("USHER_APP_DOMAIN")
        .filter(|domain| !domain.is_empty())
    {
        let below = format!("any.{domain}");
        if !routes.iter().any(|route| route.covers(&below)) {
            let what =
                format!("USHER_APP_DOMAIN is `{domain}`, and no route is for `*.{domain}/*`");
            apart.push(Evidence::new(what, &file));
        }
    }
    let disagree = certain(
        Code::ConfigsDisagree,
        "the gate's routes are not those of its addresses",
        apart,
        "Add the route to `routes` (`{ pattern = \"app.example.com/*\", zone_name = \"example.com\" }`, or a custom domain), or correct the \
         address.",
        Vec::new(),
    );
    let is_whole = of_host.iter().any(|route| route.is_whole());
    let parts = of_host.iter().filter(|_| !is_whole);
    let parts = parts.map(|route| {
        let what = format!("`{}` is not all of {host}", route.pattern);
        Evidence::new(what, &file)
    });
    let partial = certain(
        Code::RoutePartial,
        "the gate stands before a part of its host only: everything else there is served without it",
        parts.collect(),
        "Let the pattern end with `/*`, or make the host a custom domain of the Worker.",
        Vec::new(),
    );
    opinion([disagree, partial].into_iter().flatten())
}

/// What is right and worth knowing, and what no file says.
pub(super) fn notes(scene: &Scene<'_>) -> Vec<String> {
    if !scene.is_deployed {
        return Vec::new();
    }
    let routes = routes(scene);
    let flag = |name: &str| scene.files.whole().get(name).and_then(Value::as_bool);
    let has_workers_dev = flag("workers_dev").unwrap_or(routes.is_empty());
    let has_previews = flag("preview_urls").unwrap_or(has_workers_dev);
    let mut notes = Vec::new();
    let beside = [(has_workers_dev, "workers.dev"), (has_previews, "preview")];
    let beside = beside.into_iter().filter(|(is_there, _)| *is_there);
    notes.extend(beside.map(|(_, kind)| {
        format!("the same gate answers at its {kind} address as well, which goes around nothing")
    }));
    if routes.iter().any(|route| !route.is_custom_domain) {
        notes.push(
            "no file says whether a route fails open when the account's limit of requests is reached: see Workers Routes in the dashboard"
                .to_owned(),
        );
    }
    notes
}

/// A route as the file has it.
#[derive(Debug)]
struct Route {
    pattern: String,
    is_custom_domain: bool,
}

fn routes(scene: &Scene<'_>) -> Vec<Route> {
    let whole = scene.files.whole();
    let several = whole.get("routes").and_then(Value::as_array);
    let all = whole
        .get("route")
        .into_iter()
        .chain(several.into_iter().flatten());
    all.filter_map(Route::of).collect()
}

impl Route {
    fn of(entry: &Value) -> Option<Self> {
        let pattern = entry.as_str().or_else(|| entry.get("pattern")?.as_str())?;
        let pattern = pattern
            .trim_start_matches("https://")
            .trim_start_matches("http://");
        Some(Self {
            pattern: pattern.to_owned(),
            is_custom_domain: entry.get("custom_domain").is_some_and(|is| *is == true),
        })
    }

    fn host(&self) -> &str {
        self.pattern.split('/').next().unwrap_or_default()
    }

    /// A star is at the beginning of a host, and stands for any (developers.cloudflare.com, "Routes").
    fn covers(&self, host: &str) -> bool {
        match self.host().strip_prefix('*') {
            Some(end) => host.ends_with(end),
            None => self.host() == host,
        }
    }

    fn is_whole(&self) -> bool {
        let path = self.pattern.strip_prefix(self.host()).unwrap_or_default();
        self.is_custom_domain || matches!(path, "/*" | "*")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_route_is_for_its_host_and_for_as_much_of_it_as_its_pattern_says() {
        let route = |entry| Route::of(&entry).unwrap();
        let whole = route(json!("app.example.com/*"));
        assert!(whole.covers("app.example.com") && whole.is_whole());
        assert!(!whole.covers("www.app.example.com") && !whole.covers("example.com"));
        let below = route(json!({ "pattern": "*.apps.example.com/*", "zone_name": "example.com" }));
        assert!(below.covers("guy.apps.example.com") && !below.covers("apps.example.com"));
        let part = route(json!({ "pattern": "https://app.example.com/api/*" }));
        assert!(part.covers("app.example.com") && !part.is_whole());
        let root = route(json!("app.example.com/"));
        assert!(!root.is_whole());
        let domain = route(json!({ "pattern": "app.example.com", "custom_domain": true }));
        assert!(domain.covers("app.example.com") && domain.is_whole());
    }
}
