//! What the handler needs to know. Names are looked at, and never values.

use crate::configuration::webhooks::{Handler, Webhook};
use crate::env_file::value_of;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion};
use crate::webhooks::{Place, unlooked};

/// Looks whether every variable that the handler needs is set: in its file, or, where there is none, here.
pub(super) fn look(webhook: &Webhook, place: Place) -> Opinion {
    let Handler { variables, file } = &webhook.handler;
    if variables.is_empty() {
        return Opinion::default();
    }
    let (missing, at): (Vec<&str>, String) = match (file, place) {
        (Some(path), _) => match std::fs::read_to_string(path) {
            Ok(text) => {
                let is_missing =
                    |name: &&str| value_of(&text, name).is_none_or(|value| value.is_empty());
                let names = variables.iter().map(|(name, _)| name.as_str());
                (
                    names.filter(is_missing).collect(),
                    path.display().to_string(),
                )
            }
            Err(error) => {
                let at = format!("the variables of the webhook `{}`", webhook.name);
                return unlooked(at, format!("cannot read `{}`: {error}", path.display()));
            }
        },
        (None, Place::WithTheHandler) => {
            let missing = variables.iter().filter(|(_, is_set)| !is_set);
            let missing = missing.map(|(name, _)| name.as_str());
            (
                missing.collect(),
                "the environment of this command".to_owned(),
            )
        }
        (None, Place::Elsewhere) => return Opinion::default(),
    };
    let evidence = missing
        .iter()
        .map(|name| Evidence::new(format!("`{name}` is not set, or is empty"), &at));
    let cause = (!missing.is_empty()).then(|| Cause {
        code: Code::WebhookEnvironmentMissing,
        confidence: Confidence::Certain,
        sentence: format!(
            "the handler of the webhook `{}` is not told what it needs: `{}`",
            webhook.name,
            missing.join("`, `")
        ),
        evidence: evidence.collect(),
        fix: Fix {
            sentence: format!(
                "Set them in {at}, and start the handler anew. Without `env_file` in [[webhooks]] this command has to run where the handler \
                 runs."
            ),
            commands: Vec::new(),
        },
    });
    Opinion {
        causes: cause.into_iter().collect(),
        unlooked: Vec::new(),
    }
}
