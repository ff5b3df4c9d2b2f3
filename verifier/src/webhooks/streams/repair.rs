//! How a stream is mended: by a command where that loses nothing, else by hand.

use reqwest::{Method, Url};
use serde_json::{Value, json};

use crate::findings::Fix;
use crate::webhooks::auth0::Asked;
use crate::webhooks::streams::stream::{Kind, Stream};

/// Switches it on.
pub(super) fn switch_on(asked: &Asked<'_>, stream: &Stream) -> Fix {
    let why = match stream.kind {
        Kind::Event => {
            "Auth0 disables an event stream after 500 deliveries in a row that failed, or 5000 in all, so mend the handler first."
        }
        Kind::Log if stream.status == "suspended" => {
            "Auth0 suspends a log stream whose deliveries fail for long, so mend the handler first."
        }
        Kind::Log => "Somebody paused it.",
    };
    Fix {
        sentence: format!(
            "{why} Then switch it on, with the scope `{}` or at {}. Whoever signed up meanwhile is not sent again: `usher audit` finds them.",
            stream.kind.may_change(),
            stream.kind.in_the_dashboard()
        ),
        commands: patch(asked, stream, &json!({ "status": stream.kind.on() })),
    }
}

/// Lets it send what is missing beside what it sends.
pub(super) fn let_through(asked: &Asked<'_>, stream: &Stream, lacking: &[String]) -> Fix {
    let sent = stream.sent.iter().flatten();
    let all = sent.chain(lacking);
    let body = match stream.kind {
        Kind::Event => {
            let subscription = |event| json!({ "event_type": event });
            json!({ "subscriptions": all.map(subscription).collect::<Vec<_>>() })
        }
        Kind::Log => {
            let filter = |name| json!({ "type": "category", "name": name });
            json!({ "filters": all.map(filter).collect::<Vec<_>>() })
        }
    };
    Fix {
        sentence: format!(
            "Add `{}` to what it sends, with the scope `{}` or at {}. Whoever signed up meanwhile is not sent again: `usher audit` finds them.",
            lacking.join("`, `"),
            stream.kind.may_change(),
            stream.kind.in_the_dashboard()
        ),
        commands: patch(asked, stream, &body),
    }
}

/// Aims it at this deployment. What it authenticates itself with is not told, and would be lost by a change of the rest.
pub(super) fn aim(asked: &Asked<'_>, stream: &Stream, endpoint: &Url) -> Fix {
    let has = |member: &str| {
        let value = stream.sink.get(member);
        value.is_some_and(|value| !value.is_null() && *value != json!("") && *value != json!([]))
    };
    let is_plain = match stream.kind {
        Kind::Event => false,
        Kind::Log => !has("httpAuthorization") && !has("httpCustomHeaders"),
    };
    let name = &stream.name;
    let place = stream.kind.in_the_dashboard();
    if !is_plain {
        return Fix {
            sentence: format!(
                "Give it the address of this deployment at {place} > {name} > Settings, where what it authenticates itself with is kept; or                  correct `endpoint` in [[webhooks]], if the stream is right."
            ),
            commands: Vec::new(),
        };
    }
    let mut sink = stream.sink.clone();
    if let Some(sink) = sink.as_object_mut() {
        sink.insert("httpEndpoint".to_owned(), json!(endpoint.as_str()));
    }
    Fix {
        sentence: format!(
            "Give it the address of this deployment, with the scope `{}` or at {place} > {name} > Settings; or correct `endpoint` in              [[webhooks]], if the stream is right.",
            stream.kind.may_change()
        ),
        commands: patch(asked, stream, &json!({ "sink": sink })),
    }
}

/// Makes one.
pub(super) fn make(asked: &Asked<'_>, name: &str, endpoint: &Url, events: &[String]) -> Fix {
    let filter = |name: &String| json!({ "type": "category", "name": name });
    let body = json!({
        "name": name,
        "type": "http",
        "filters": events.iter().map(filter).collect::<Vec<_>>(),
        "sink": {
            "httpEndpoint": endpoint.as_str(),
            "httpContentType": "application/json",
            "httpContentFormat": "JSONARRAY",
        },
    });
    Fix {
        sentence: "Make a log stream, with the scope `create:log_streams` or at Dashboard > Monitoring > Streams, or an event stream at                    Dashboard > Event Streams; if the handler wants a key, give it as `httpAuthorization` in `sink`."
            .to_owned(),
        commands: asked.commands(Method::POST, Kind::Log.segment(), &body),
    }
}

/// Sends again what failed from this time on.
pub(super) fn send_again(
    asked: &Asked<'_>,
    stream: &Stream,
    events: &[String],
    since: &str,
) -> Vec<String> {
    let body = json!({ "statuses": ["failed"], "event_types": events, "date_from": since });
    let below = format!("{}/{}/redeliver", stream.kind.segment(), stream.id);
    asked.commands(Method::POST, &below, &body)
}

fn patch(asked: &Asked<'_>, stream: &Stream, body: &Value) -> Vec<String> {
    let below = format!("{}/{}", stream.kind.segment(), stream.id);
    asked.commands(Method::PATCH, &below, body)
}
