//! The addresses of created users: another one in every run, and to be told from those of real people.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use crate::configuration::name::{BuiltIn, Values};
use crate::configuration::template::Template;

/// A template of an e-mail address that is another one in every run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct EmailTemplate(Template);

impl EmailTemplate {
    fn parse(text: &str) -> Result<Self, String> {
        let template = Template::parse(text).map_err(|error| error.to_string())?;
        let run = BuiltIn::Run.name();
        let only_run =
            template.names().all(|name| *name == run) && template.names().next().is_some();
        if only_run && text.contains('@') {
            Ok(Self(template))
        } else {
            Err(format!(
                "expected an address with `{{run}}` and nothing else in braces, found `{text}`"
            ))
        }
    }

    pub(crate) fn fill(&self, run: &str) -> String {
        let values = Values::of([(BuiltIn::Run.name(), run.into())]);
        // No other name is in it, and a name that is shown is still an address of this run.
        self.0.fill(&values).unwrap_or_else(|_| run.to_owned())
    }
}

impl EmailTemplate {
    /// Whether its users are told from real people by their addresses: twelve digits alone could be anybody's.
    pub(crate) fn is_recognisable(&self) -> bool {
        let without = self.fill("");
        let name = without.split('@').next().unwrap_or_default();
        name.chars().filter(char::is_ascii_alphabetic).count() >= MIN_WORD_LETTERS
    }

    /// The run that made up this address, if one did.
    pub(crate) fn run_of(&self, email: &str) -> Option<String> {
        // Some services keep addresses in lower case.
        let is_it = |run: &&str| {
            let run = run.to_ascii_lowercase();
            self.addresses_of(&run)
                .iter()
                .any(|address| address.eq_ignore_ascii_case(email))
        };
        let ends = RUN_ID_DIGITS..=email.len();
        ends.filter_map(|end| email.get(end.checked_sub(RUN_ID_DIGITS)?..end))
            .filter(|run| run.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .find(is_it)
            .map(str::to_ascii_lowercase)
    }

    /// The addresses that a run may make up: in the usual domain, and in one below it that nobody else has.
    pub(crate) fn addresses_of(&self, run: &str) -> [String; 2] {
        let usual = self.fill(run);
        let own = usual.replacen('@', &format!("@{run}."), 1);
        [usual, own]
    }
}

impl Default for EmailTemplate {
    fn default() -> Self {
        // RFC 2606 section 2: nothing is ever delivered to `.invalid`.
        Self(Template::around(
            "usher-",
            BuiltIn::Run.name(),
            "@usher.invalid",
        ))
    }
}

impl<'de> Deserialize<'de> for EmailTemplate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl JsonSchema for EmailTemplate {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Email".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "string", "pattern": r"^[^{}]*(\{run\}[^{}]*)+$" })
    }
}

/// 48 random bits: no two runs meet, and an address stays readable.
pub(crate) const RUN_ID_DIGITS: usize = 12;

/// A shorter word says nothing.
const MIN_WORD_LETTERS: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = "0123456789ab";

    #[test]
    fn an_address_names_the_run_that_made_it_up_and_no_other_address_does() {
        let template = EmailTemplate::parse("usher-{run}@example.com").unwrap();
        for email in template.addresses_of(RUN) {
            assert_eq!(template.run_of(&email).as_deref(), Some(RUN), "{email}");
            let upper = email.to_ascii_uppercase();
            assert_eq!(template.run_of(&upper).as_deref(), Some(RUN), "{upper}");
        }
        for other in [
            "",
            "guy@example.com",
            "usher-@example.com",
            "usher-0123456789a@example.com",
            "usher-0123456789abc@example.com",
            "usher-0123456789xy@example.com",
            "usher-0123456789ab@example.org",
            "usher-0123456789ab@0123456789ac.example.com",
            "xusher-0123456789ab@example.com",
            "usher-0123456789äb@example.com",
        ] {
            assert_eq!(template.run_of(other), None, "{other}");
        }
    }

    #[test]
    fn a_template_that_only_has_digits_could_be_anybody() {
        let says = |text| EmailTemplate::parse(text).unwrap().is_recognisable();
        assert!(says("usher-{run}@example.com"));
        assert!(says("{run}.test@example.com"));
        assert!(!says("{run}@example.com"));
        assert!(!says("a-{run}@example.com"));
        assert!(EmailTemplate::default().is_recognisable());
    }
}
