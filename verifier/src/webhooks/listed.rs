//! Webhooks of a provider that lists them, such as Svix (Clerk) or Stripe.

use reqwest::Url;
use serde_json::Value;

use crate::configuration::audit::field::Field;
use crate::configuration::name::text_of_value;
use crate::configuration::webhooks::Listed;
use crate::deployment::pages::Pages;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion};
use crate::webhooks::{Scene, missing, shown, unlooked};

/// Looks for one that is on, sends to this deployment, and sends what it has to.
pub(super) async fn look(scene: &Scene<'_>, listed: &Listed) -> Opinion {
    let mut pages = Pages::of(scene.http, &listed.list, &scene.memory);
    let mut rows = Vec::new();
    loop {
        match pages.next().await {
            Ok(Some(page)) => rows.extend(page),
            Ok(None) => break,
            Err(unread) => {
                let at = format!("the list of the webhook `{}`", scene.webhook.name);
                return unlooked(at, unread.to_string());
            }
        }
    }
    Opinion {
        causes: causes(scene, listed, &rows),
        unlooked: Vec::new(),
    }
}

fn causes(scene: &Scene<'_>, listed: &Listed, rows: &[Value]) -> Vec<Cause> {
    let address_of = |row: &Value| Some(text_of_value(listed.endpoint.of(row)?));
    let aims = |row: &&Value| {
        let url = address_of(row).and_then(|address| Url::parse(&address).ok());
        url.is_some_and(|url| url == scene.endpoint)
    };
    let aimed: Vec<&Value> = rows.iter().filter(aims).collect();
    if aimed
        .iter()
        .any(|row| off(listed, row).is_none() && lacking(listed, row).is_empty())
    {
        return Vec::new();
    }
    let place = format!("the list of the webhook `{}`", scene.webhook.name);
    let at = shown(scene.endpoint.as_str());
    let noted = |code, sentence: String, what: String, cure: &str| Cause {
        code,
        confidence: Confidence::Certain,
        sentence,
        evidence: vec![Evidence::new(what, &place)],
        fix: by_hand(cure),
    };
    if aimed.is_empty() {
        let others: Vec<_> = rows.iter().filter_map(address_of).collect();
        let others: Vec<_> = others.iter().map(|address| shown(address)).collect();
        let what = format!("it has {} webhooks: {}", others.len(), others.join(", "));
        return vec![missing(
            format!("no webhook sends to {at}: nobody tells the platform of a sign-up"),
            vec![Evidence::new(what, &place)],
            by_hand("Make one that sends there"),
        )];
    }
    let mut causes = Vec::new();
    for row in aimed {
        if let Some(said) = off(listed, row) {
            let sentence =
                format!("the webhook to {at} is off: nobody tells the platform of a sign-up");
            causes.push(noted(Code::WebhookDisabled, sentence, said, "Switch it on"));
        }
        let lacking = lacking(listed, row);
        if !lacking.is_empty() {
            let sentence = format!("the webhook to {at} does not send sign-ups");
            let what = format!("it does not send `{}`", lacking.join("`, `"));
            causes.push(noted(
                Code::WebhookFiltersOut,
                sentence,
                what,
                "Add them to what it sends",
            ));
        }
    }
    causes
}

/// What says that it sends nothing.
fn off(listed: &Listed, row: &Value) -> Option<String> {
    let says = |(field, value): &&(Field, Value)| field.of(row) == Some(value);
    let (field, value) = listed.off_if.iter().find(says)?;
    Some(format!("its `{}` is {value}", field.as_str()))
}

/// What it has to send and does not.
fn lacking(listed: &Listed, row: &Value) -> Vec<String> {
    let Some((field, wanted)) = &listed.events else {
        return Vec::new();
    };
    let sent = match field.of(row).and_then(Value::as_array) {
        Some(sent) if !sent.is_empty() => sent,
        Some(_) | None => return Vec::new(),
    };
    let is_sent = |event: &&String| {
        let mut sent = sent.iter().filter_map(Value::as_str);
        sent.any(|sent| sent == *event || sent == "*")
    };
    wanted
        .iter()
        .filter(|event| !is_sent(event))
        .cloned()
        .collect()
}

fn by_hand(what: &str) -> Fix {
    Fix {
        sentence: format!(
            "{what}, in the provider's dashboard. Whoever signed up meanwhile is not sent again: `usher audit` finds them."
        ),
        commands: Vec::new(),
    }
}
