//! What an event stream sent and nobody took.

use jiff::Timestamp;
use serde_json::Value;

use crate::clock::now;
use crate::configuration::webhooks::Deliveries;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion};
use crate::terminal::harmless;
use crate::webhooks::shown;
use crate::webhooks::streams::judgement::Judgement;
use crate::webhooks::streams::repair;
use crate::webhooks::streams::stream::Stream;

/// Looks at the deliveries of sign-ups that failed.
pub(super) async fn look(judgement: &Judgement<'_>, stream: &Stream) -> Opinion {
    let Deliveries {
        list,
        stream: of_stream,
        since: from_when,
        within_seconds,
    } = &judgement.streams.deliveries;
    let since = written(now().unix_seconds().saturating_sub(*within_seconds));
    let memory = &judgement.scene.memory;
    memory.learn(of_stream.clone(), stream.id.as_str().into());
    memory.learn(from_when.clone(), since.as_str().into());
    let what = format!("the failed deliveries of {}", stream.called());
    let rows = (judgement.asked)
        .rows(list, &what, "read:event_deliveries")
        .await;
    let mut opinion = Opinion::default();
    match rows {
        Ok(rows) => opinion
            .causes
            .extend(cause(judgement, stream, &rows, &since)),
        Err(unlooked) => opinion.unlooked.push(unlooked),
    }
    opinion
}

fn cause(
    judgement: &Judgement<'_>,
    stream: &Stream,
    failed: &[Value],
    since: &str,
) -> Option<Cause> {
    let attempts = failed
        .iter()
        .filter_map(|row| row.get("attempts")?.as_array());
    let last = attempts
        .flatten()
        .max_by_key(|attempt| text(attempt, "timestamp"));
    let last = match last {
        Some(attempt) => format!(
            "; the last attempt, at {}: {}",
            text(attempt, "timestamp"),
            harmless(text(attempt, "error_message"))
        ),
        None => String::new(),
    };
    let (count, deliveries) = match failed.len() {
        0 => return None,
        1 => (1, "delivery of a sign-up"),
        more => (more, "deliveries of sign-ups"),
    };
    Some(Cause {
        code: Code::WebhookDeliveryFailed,
        confidence: Confidence::Certain,
        sentence: format!(
            "{count} {deliveries} to {} failed, and nobody sends them again",
            shown(judgement.scene.endpoint.as_str())
        ),
        evidence: vec![Evidence::new(
            format!("{count} failed since {since}{last}"),
            format!("{}/deliveries", judgement.place_of(stream)),
        )],
        fix: Fix {
            sentence: "Mend the handler: its log at the time of the last attempt says more. Then let Auth0 send them again, with the scope                        `update:event_deliveries`; a handler must take the same event twice."
                .to_owned(),
            commands: repair::send_again(
                judgement.asked,
                stream,
                &judgement.streams.event.events,
                since,
            ),
        },
    })
}

fn text<'a>(attempt: &'a Value, name: &str) -> &'a str {
    attempt
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// As the Management API takes a time: RFC 3339, without fractions of a second.
fn written(unix_seconds: u64) -> String {
    let seconds = i64::try_from(unix_seconds).unwrap_or_default();
    Timestamp::from_second(seconds)
        .unwrap_or_default()
        .to_string()
}
