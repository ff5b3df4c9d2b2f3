//! What an event is about, in one line.

use policy::contract::directory::EventRecord;
use policy::event::EventKind;
use serde_json::Value;

use crate::operator::names::Names;

/// The user that an event has by their id only.
pub(super) fn nameless(event: &EventRecord) -> Option<&str> {
    match event.email {
        Some(_) => None,
        None => event.user.as_deref(),
    }
}

/// What changed, then whom and what it is about, as far as it is said: the beginning is what a narrow terminal shows.
pub(super) fn about(event: &EventRecord, names: &Names) -> String {
    let labelled =
        |label: &str, text: &Option<String>| text.as_ref().map(|text| format!("{label} {text}"));
    let parts = [
        event
            .email
            .clone()
            .or_else(|| Some(names.shown(event.user.as_ref()?))),
        labelled("org", &event.org),
        labelled("instance", &event.instance),
        event.reason.clone(),
        labelled("by", &event.actor),
        event.why.as_ref().map(|why| format!("“{why}”")),
        labelled("from", &event.ip),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    let details = event.details.as_ref();
    let change = details.and_then(|details| change(&event.event, details));
    let parts = [change.unwrap_or_default(), parts.join(", ")];
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("; ")
}

/// What became of it: a step as `active → ready`, everything else by its name.
fn change(event: &str, details: &Value) -> Option<String> {
    let Value::Object(members) = details else {
        return None;
    };
    let mut parts = Vec::new();
    let text = |name: &str| members.get(name).and_then(|value| plain(value, None));
    if let (Some(from), Some(to)) = (text("from"), text("to")) {
        parts.push(format!("{from} → {to}"));
    }
    // These say `null` where something is taken away; elsewhere it means that nothing is said.
    let takes_away = [
        EventKind::InstanceChanged,
        EventKind::StandingChanged,
        EventKind::UserChanged,
    ];
    let null = takes_away
        .into_iter()
        .any(|kind| kind.word() == event)
        .then_some("none");
    let others = members
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "from" | "to"));
    let named = others.filter_map(|(name, value)| {
        let value = plain(value, null)?;
        Some(format!("{} {value}", name.replace('_', " ")))
    });
    parts.extend(named);
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// A value as a person writes it; nothing where it says nothing.
fn plain(value: &Value, null: Option<&str>) -> Option<String> {
    match value {
        Value::Null => null.map(str::to_owned),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(all) if all.is_empty() => Some("none".to_owned()),
        Value::Array(all) => {
            let all: Vec<_> = all.iter().filter_map(|one| plain(one, null)).collect();
            Some(all.join(" "))
        }
        Value::Object(_) => Some(value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_says_what_became_of_what() {
        for (event, details, said) in [
            (
                "status_changed",
                json!({ "from": "active", "to": "ready" }),
                Some("active → ready"),
            ),
            (
                "instance_changed",
                json!({ "addresses": ["guy", "app.guy.example"], "org": null }),
                Some("addresses guy app.guy.example, org none"),
            ),
            (
                "instance_changed",
                json!({ "addresses": [], "org": "acme" }),
                Some("addresses none, org acme"),
            ),
            (
                "user_changed",
                json!({ "platform_owner": true, "org": null }),
                Some("org none, platform owner true"),
            ),
            (
                "of_a_later_gate",
                json!({ "kind": { "a": 1 } }),
                Some("kind {\"a\":1}"),
            ),
            ("login_success", json!({}), None),
            ("login_success", Value::Null, None),
        ] {
            assert_eq!(change(event, &details).as_deref(), said, "{event}");
        }
    }
}
