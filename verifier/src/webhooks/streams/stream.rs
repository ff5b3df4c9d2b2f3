//! A stream of either kind, as its API describes it.

use serde_json::Value;

/// The two ways in which Auth0 sends what happens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Event,
    Log,
}

impl Kind {
    /// Its place below the Management API.
    pub(super) const fn segment(self) -> &'static str {
        match self {
            Self::Event => "event-streams",
            Self::Log => "log-streams",
        }
    }

    pub(super) const fn noun(self) -> &'static str {
        match self {
            Self::Event => "event stream",
            Self::Log => "log stream",
        }
    }

    pub(super) const fn plural(self) -> &'static str {
        match self {
            Self::Event => "the event streams",
            Self::Log => "the log streams",
        }
    }

    /// The scopes of the Management API.
    pub(super) const fn may_read(self) -> &'static str {
        match self {
            Self::Event => "read:event_streams",
            Self::Log => "read:log_streams",
        }
    }

    pub(super) const fn may_change(self) -> &'static str {
        match self {
            Self::Event => "update:event_streams",
            Self::Log => "update:log_streams",
        }
    }

    /// The status of one that sends.
    pub(super) const fn on(self) -> &'static str {
        match self {
            Self::Event => "enabled",
            Self::Log => "active",
        }
    }

    /// Where people find it.
    pub(super) const fn in_the_dashboard(self) -> &'static str {
        match self {
            Self::Event => "Dashboard > Event Streams",
            Self::Log => "Dashboard > Monitoring > Streams",
        }
    }
}

/// A stream that sends to an address.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) kind: Kind,
    pub(super) id: String,
    pub(super) name: String,
    /// Where it sends to.
    pub(super) endpoint: String,
    pub(super) status: String,
    /// What it sends; everything, where it has no filter.
    pub(super) sent: Option<Vec<String>>,
    /// When it was changed last, where that is said.
    pub(super) updated: Option<String>,
    /// Where a log stream sends to and how, as it is there.
    pub(super) sink: Value,
}

impl Stream {
    /// A row of the list, if it is one that sends by HTTP.
    pub(super) fn of(kind: Kind, row: &Value) -> Option<Self> {
        let text = |pointer: &str| row.pointer(pointer).and_then(Value::as_str);
        let (endpoint, sent) = match kind {
            Kind::Log => (
                text("/sink/httpEndpoint").filter(|_| text("/type") == Some("http"))?,
                // One without filters sends every log.
                words(row, "/filters", "name").filter(|names| !names.is_empty()),
            ),
            Kind::Event => (
                text("/destination/configuration/webhook_endpoint")?,
                Some(words(row, "/subscriptions", "event_type").unwrap_or_default()),
            ),
        };
        Some(Self {
            kind,
            id: text("/id")?.to_owned(),
            name: text("/name").unwrap_or_default().to_owned(),
            endpoint: endpoint.to_owned(),
            status: text("/status").unwrap_or_default().to_owned(),
            sent,
            updated: text("/updated_at").map(str::to_owned),
            sink: row.get("sink").cloned().unwrap_or_default(),
        })
    }

    pub(super) fn is_on(&self) -> bool {
        self.status == self.kind.on()
    }

    /// What of this it does not send.
    pub(super) fn lacks(&self, events: &[String]) -> Vec<String> {
        let is_sent = |event: &&String| {
            let sent = self.sent.as_ref();
            sent.is_none_or(|sent| sent.contains(event))
        };
        let lacking = events.iter().filter(|event| !is_sent(event));
        lacking.cloned().collect()
    }

    /// What it is called in a sentence.
    pub(super) fn called(&self) -> String {
        format!("the {} `{}`", self.kind.noun(), self.name)
    }
}

fn words(row: &Value, list: &str, member: &str) -> Option<Vec<String>> {
    let list = row.pointer(list)?.as_array()?;
    let word = |item: &Value| Some(item.get(member)?.as_str()?.to_owned());
    Some(list.iter().filter_map(word).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_log_stream_without_filters_sends_everything_and_an_event_stream_what_it_subscribes() {
        let sink = json!({ "httpEndpoint": "https://a.example/h" });
        let log = json!({ "id": "l", "name": "n", "type": "http", "status": "active", "sink": sink, "filters": [] });
        let log = Stream::of(Kind::Log, &log).unwrap();
        let wanted = ["auth.signup.success".to_owned()];
        assert!(log.is_on() && log.lacks(&wanted).is_empty());
        let destination = json!({ "type": "webhook", "configuration": { "webhook_endpoint": "https://a.example/h" } });
        let event = json!({ "id": "e", "status": "disabled", "destination": destination, "subscriptions": [] });
        let event = Stream::of(Kind::Event, &event).unwrap();
        assert!(!event.is_on() && event.lacks(&wanted) == wanted);
    }

    #[test]
    fn a_stream_to_another_service_is_none_of_ours() {
        let row = json!({ "id": "l", "type": "datadog", "status": "active", "sink": { "datadogRegion": "eu" } });
        assert!(Stream::of(Kind::Log, &row).is_none());
    }
}
