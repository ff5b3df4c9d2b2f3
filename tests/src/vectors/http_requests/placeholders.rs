//! What stands for something else in the requests: tokens, the gate's cookie and the gate's host.

use crate::world::COOKIE;

/// The host of the gate in the files.
const HOST: &str = "gate.example";

/// What is put in their places.
pub(super) struct Placeholders {
    pub(super) tokens: Vec<(&'static str, String)>,
    /// The gate's cookie as the file calls it.
    pub(super) cookie: String,
    /// Where the gate listens on this machine.
    pub(super) port: String,
}

impl Placeholders {
    /// The text with everything put in place. A name in another case stays in another case.
    pub(super) fn fill(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, token) in &self.tokens {
            text = text.replace(name, token);
        }
        let text = replace(&text, &self.cookie, |_after| COOKIE.to_owned());
        // The gate of a developer's machine speaks plain HTTP.
        let text = replace(&text, &format!("https://{HOST}"), |after| {
            format!("http://{}", self.host(after))
        });
        let text = text.replace(&format!(".{HOST}/"), &format!(".{}/", self.host("")));
        replace(&text, HOST, |after| self.host(after))
    }

    /// The host with its port, unless the text goes on with a port or with more of a name.
    fn host(&self, after: &str) -> String {
        if after.starts_with([':', '.']) {
            "localhost".to_owned()
        } else {
            format!("localhost:{}", self.port)
        }
    }
}

/// Replaces a name in any case; what was written in another case is so afterwards.
fn replace(text: &str, name: &str, by: impl Fn(&str) -> String) -> String {
    let (lower, sought) = (text.to_ascii_lowercase(), name.to_ascii_lowercase());
    let mut replaced = String::new();
    let mut rest = 0;
    while let Some(position) = lower.get(rest..).and_then(|lower| lower.find(&sought)) {
        let (start, end) = (rest + position, rest + position + name.len());
        let after = text.get(end..).unwrap_or_default();
        let by = by(after);
        replaced.push_str(text.get(rest..start).unwrap_or_default());
        let as_written = text.get(start..end) == Some(name);
        replaced.push_str(&if as_written {
            by
        } else {
            by.to_ascii_uppercase()
        });
        rest = end;
    }
    replaced.push_str(text.get(rest..).unwrap_or_default());
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_something_else_is_put_in_place_and_keeps_its_case() {
        let placeholders = Placeholders {
            tokens: vec![("{{TOKEN_A}}", "t".to_owned())],
            cookie: "__Host-gate".to_owned(),
            port: "80".to_owned(),
        };
        for (text, filled) in [
            ("Bearer {{TOKEN_A}}", "Bearer t"),
            ("__Host-gate={{TOKEN_A}}", "usher-development=t"),
            ("__host-gate=x", "USHER-DEVELOPMENT=x"),
            ("gate.example", "localhost:80"),
            ("GATE.EXAMPLE", "LOCALHOST:80"),
            ("b.gate.example", "b.localhost:80"),
            ("gate.example:99", "localhost:99"),
            ("gate.example.", "localhost."),
            ("https://gate.example", "http://localhost:80"),
            (
                "https://gate.example.evil.example",
                "http://localhost.evil.example",
            ),
            ("https://b.gate.example/", "https://b.localhost:80/"),
        ] {
            assert_eq!(placeholders.fill(text), filled, "{text}");
        }
    }
}
