//! How the gate's pages look: what the operator has set, and what follows from it for the style and for what a page may load.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use policy::colour::Colour;
use sha2::{Digest as _, Sha256};

/// How the gate's pages look.
#[derive(Debug)]
pub(crate) struct Brand {
    pub(crate) product: String,
    pub(crate) logo: Option<Logo>,
    /// The whole style of a page.
    pub(crate) style: String,
    /// What a page may load and do.
    policy: String,
    /// The same for a page that waits.
    waiting_policy: String,
}

/// An image before the name.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Logo {
    pub(crate) address: String,
    /// The narrowest source by which a Content Security Policy can name it.
    pub(crate) source: String,
}

/// The colour of links and buttons, in light and in dark surroundings.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Accent {
    pub(crate) light: Colour,
    pub(crate) dark: Colour,
}

/// What a page is drawn on in light surroundings (templates/page.css).
pub(crate) const PAPER: Colour = Colour::WHITE;

/// What it is drawn on in dark ones.
pub(crate) const DARK_PAPER: Colour = Colour::new(0x16, 0x1b, 0x22);

impl Default for Accent {
    fn default() -> Self {
        Self {
            light: Colour::new(0x05, 0x50, 0xae),
            dark: Colour::new(0x79, 0xc0, 0xff),
        }
    }
}

impl Default for Brand {
    fn default() -> Self {
        Self::new("Usher".to_owned(), None, Accent::default())
    }
}

impl Brand {
    /// Made once an isolate, because of the hashes.
    pub(crate) fn new(product: String, logo: Option<Logo>, accent: Accent) -> Self {
        let style = format!(
            ":root{{--accent:{}}}@media(prefers-color-scheme:dark){{:root{{--accent:{}}}}}\n{STYLE}",
            accent.light, accent.dark
        );
        let images = logo.as_ref().map_or_else(String::new, |logo| {
            ["img-src ", &logo.source, "; "].concat()
        });
        let policy = format!(
            "default-src 'none'; style-src {}; {images}base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
            hash_source(&style)
        );
        Self {
            product,
            logo,
            style,
            waiting_policy: format!(
                "{policy}; script-src {}; connect-src 'self'",
                hash_source(WAIT_SCRIPT)
            ),
            policy,
        }
    }

    /// What a page may load and do: its own style and its own logo, and, where it waits, that one script, which asks this gate.
    pub(crate) fn content_security_policy(&self, waits: bool) -> &str {
        if waits {
            &self.waiting_policy
        } else {
            &self.policy
        }
    }
}

/// Exactly this text (CSP3 section 2.3.1, `hash-source`).
fn hash_source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

const STYLE: &str = include_str!("../templates/page.css");

/// What a waiting page runs.
pub(crate) const WAIT_SCRIPT: &str = include_str!("../templates/wait.js");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_allows_exactly_the_style_and_the_logo_of_a_page() {
        let logo = Logo {
            address: "https://cdn.example/logo.svg?v=2".to_owned(),
            source: "https://cdn.example/logo.svg".to_owned(),
        };
        let accent = Accent::default();
        let plain = Brand::new("Acme".to_owned(), None, accent);
        let with_logo = Brand::new("Acme".to_owned(), Some(logo), accent);
        let style = format!(
            "default-src 'none'; style-src {}; ",
            hash_source(&plain.style)
        );
        let rest = "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
        assert_eq!(
            plain.content_security_policy(false),
            format!("{style}{rest}")
        );
        assert_eq!(
            with_logo.content_security_policy(false),
            format!("{style}img-src https://cdn.example/logo.svg; {rest}")
        );
        let waiting = plain.content_security_policy(true);
        assert!(waiting.starts_with(plain.content_security_policy(false)));
        assert!(!waiting.contains("unsafe"), "{waiting}");
    }

    /// The colours of the style by their names; those of dark surroundings come second.
    fn colours(name: &str) -> Vec<Colour> {
        let style = Brand::default().style;
        let name = format!("--{name}:");
        let declared = style.split(&name).skip(1);
        let texts = declared.filter_map(|rest| rest.trim_start().get(..7).map(str::to_owned));
        texts.filter_map(|text| Colour::parse(&text)).collect()
    }

    #[test]
    fn everything_on_a_page_stands_out_from_its_paper() {
        assert_eq!(colours("paper"), [PAPER, DARK_PAPER]);
        for (name, least) in [("ink", 700), ("quiet", 450), ("accent", 450), ("edge", 300)] {
            let colours = colours(name);
            assert_eq!(colours.len(), 2, "{name}");
            for (colour, paper) in colours.into_iter().zip([PAPER, DARK_PAPER]) {
                let contrast = colour.contrast(paper);
                assert!(contrast >= least, "{name} {colour} on {paper}: {contrast}");
            }
        }
    }
}
