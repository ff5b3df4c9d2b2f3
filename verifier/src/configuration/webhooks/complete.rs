//! From `[[webhooks]]` as it is written to what is looked at.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::configuration::answer_part::AnswerPart;
use crate::configuration::audit::field::Field;
use crate::configuration::auth0::{Keys, Tenant};
use crate::configuration::list::Paging;
use crate::configuration::mistake::Mistake;
use crate::configuration::placed::Placed;
use crate::configuration::reading::Reading;
use crate::configuration::scope::Scope;
use crate::configuration::webhooks::entry::{Provider, WebhookTable};
use crate::configuration::webhooks::{
    Action, Carrier, Deliveries, Handler, Listed, Listing, Streams, Webhook,
};
use crate::configuration::written::Written;

/// Reads all of them.
pub(in crate::configuration) fn complete(
    tables: &[Placed<WebhookTable>],
    reading: &Reading<'_>,
    scope: &Scope,
) -> Result<Vec<Webhook>, Mistake> {
    let mut webhooks: Vec<Webhook> = Vec::new();
    for table in tables {
        let name = &table.value.name;
        if webhooks.iter().any(|known| known.name == name.value) {
            let sentence = format!("there are two webhooks with the name `{}`", name.value);
            let cure = "give each its own".to_owned();
            return Err(reading.mistake(name, sentence, Some(cure)));
        }
        let at = Written {
            reading,
            scope,
            place: &name.span,
        };
        webhooks.push(webhook(&table.value, &at)?);
    }
    Ok(webhooks)
}

fn webhook(table: &WebhookTable, at: &Written<'_>) -> Result<Webhook, Mistake> {
    let names = table.endpoint.value.names();
    at.scope.hold(at.reading, &table.endpoint.span, names)?;
    refuse_keys_of_others(table, at)?;
    let carrier = match (table.provider.value, &table.action) {
        (Provider::Auth0, Some(action)) => action_of(table, action, at).map(Carrier::Action)?,
        (Provider::Auth0, None) => streams(table, at).map(Carrier::Streams)?,
        (Provider::Http, _) => listed(table, at).map(Carrier::Listed)?,
    };
    let is_set = |name: &String| {
        let value = (at.reading.environment)(name);
        (name.clone(), value.is_some_and(|value| !value.is_empty()))
    };
    Ok(Webhook {
        name: table.name.value.clone(),
        endpoint: table.endpoint.value.clone(),
        carrier,
        handler: Handler {
            variables: table.environment.iter().map(is_set).collect(),
            file: table.env_file.clone(),
        },
    })
}

fn refuse_keys_of_others(table: &WebhookTable, at: &Written<'_>) -> Result<(), Mistake> {
    let of_auth0 = [
        ("url", table.url.is_some()),
        ("client_id", table.client_id.is_some()),
        ("client_secret", table.client_secret.is_some()),
        ("token", table.token.is_some()),
        ("stream", table.stream.is_some()),
        ("action", table.action.is_some()),
        ("failed_within", table.failed_within.is_some()),
    ];
    let of_http = [
        ("list", table.list.is_some()),
        ("endpoint_at", table.endpoint_at.is_some()),
        ("off_if", !table.off_if.is_empty()),
        ("events_at", table.events_at.is_some()),
    ];
    let of_others: &[(&str, bool)] = match table.provider.value {
        Provider::Auth0 => &of_http,
        Provider::Http => &of_auth0,
    };
    if let Some((key, _)) = of_others.iter().find(|(_, is_given)| *is_given) {
        let sentence = format!("`{key}` is not for this provider");
        let cure = "take it out".to_owned();
        return Err(at.reading.mistake(&table.provider, sentence, Some(cure)));
    }
    if let (Some(_), Some(action)) = (&table.stream, &table.action) {
        let sentence = "it is sent either by a stream or by an Action".to_owned();
        let cure = "give one of `stream` and `action`".to_owned();
        return Err(at.reading.mistake(action, sentence, Some(cure)));
    }
    Ok(())
}

fn keys<'a>(table: &'a WebhookTable, scopes: &'static str) -> Keys<'a> {
    Keys {
        url: table.url.as_ref(),
        client_id: table.client_id.as_ref(),
        client_secret: table.client_secret.as_ref(),
        token: table.token.as_ref(),
        scopes,
    }
}

fn action_of(
    table: &WebhookTable,
    action: &Placed<String>,
    at: &Written<'_>,
) -> Result<Box<Action>, Mistake> {
    let keys = keys(table, "`read:actions`");
    let tenant = keys.tenant(at)?;
    let below = "actions/triggers/post-user-registration/bindings?per_page=50&page=0";
    let paging = Paging::Number {
        parameter: "page".to_owned(),
        first: 0,
    };
    Ok(Box::new(Action {
        bindings: keys.list(at, &tenant, below, "/bindings", paging)?,
        name: action.value.clone(),
        tenant,
    }))
}

fn streams(table: &WebhookTable, at: &Written<'_>) -> Result<Box<Streams>, Mistake> {
    let keys = keys(
        table,
        "`read:log_streams`, `read:event_streams` and `read:event_deliveries`",
    );
    let tenant = keys.tenant(at)?;
    let (categories, types): (Vec<_>, Vec<_>) = table
        .events
        .iter()
        .map(String::as_str)
        .partition(|event| CODES.iter().any(|(code, _)| code == event) || is_category(event));
    let categories = categories.into_iter().map(category);
    let log = or_usual(categories.map(str::to_owned).collect(), SIGN_UP_OF_LOGS);
    let event = or_usual(
        types.into_iter().map(str::to_owned).collect(),
        SIGN_UP_OF_EVENTS,
    );
    let cursor = Paging::Cursor {
        part: AnswerPart::Json(at.pointer("/next")?),
        parameter: "from".to_owned(),
    };
    let of_event = "event-streams?take=50";
    Ok(Box::new(Streams {
        named: table.stream.as_ref().map(|stream| stream.value.clone()),
        log: Listing {
            list: keys.list(at, &tenant, "log-streams", "", Paging::OnePage)?,
            events: log,
        },
        deliveries: deliveries(table, &keys, &tenant, &event, at)?,
        event: Listing {
            list: keys.list(at, &tenant, of_event, "/eventStreams", cursor)?,
            events: event,
        },
        tenant,
    }))
}

/// The list of one stream's failed deliveries, from a moment on.
fn deliveries(
    table: &WebhookTable,
    keys: &Keys<'_>,
    tenant: &Tenant,
    events: &[String],
    at: &Written<'_>,
) -> Result<Deliveries, Mistake> {
    let (stream, since) = (at.own("webhook_stream")?, at.own("webhook_since")?);
    let mut scope = at.scope.clone();
    scope.learn(stream.clone());
    scope.learn(since.clone());
    let at = Written {
        scope: &scope,
        ..*at
    };
    let encoded = |event: &String| utf8_percent_encode(event, NON_ALPHANUMERIC).to_string();
    let events: Vec<_> = events.iter().map(encoded).collect();
    let below = format!(
        "event-streams/{stream}/deliveries?statuses=failed&event_types={}&date_from={since}&take={A_PAGE}",
        events.join("%2C")
    );
    let within = table.failed_within.as_ref();
    Ok(Deliveries {
        list: keys.list(&at, tenant, &below, "", Paging::From { take: A_PAGE })?,
        stream,
        since,
        within_seconds: within.map_or(A_WEEK, |within| within.value.0.seconds),
    })
}

fn listed(table: &WebhookTable, at: &Written<'_>) -> Result<Box<Listed>, Mistake> {
    let Some(list) = &table.list else {
        let sentence = "this webhook needs `list`".to_owned();
        let cure = "say where the provider lists its webhooks: `list = { url = \"https://…\", headers = { … }, rows = \"/data\" }`";
        return Err(at
            .reading
            .mistake(&table.provider, sentence, Some(cure.to_owned())));
    };
    let events = match (&table.events_at, table.events.is_empty()) {
        (Some(events_at), false) => Some((events_at.value.clone(), table.events.clone())),
        (None, true) => None,
        (Some(_), true) | (None, false) => {
            let sentence = "`events` and `events_at` belong together".to_owned();
            let cure = "say what has to be sent, such as \"user.created\", and where a row has the list of it";
            return Err(at
                .reading
                .mistake(&table.provider, sentence, Some(cure.to_owned())));
        }
    };
    let endpoint = table.endpoint_at.as_ref().map(|field| field.value.clone());
    let off_if = table.off_if.iter();
    Ok(Box::new(Listed {
        list: list.complete(at.reading, &mut at.scope.clone())?,
        endpoint: endpoint.unwrap_or_else(|| Field::named("url")),
        off_if: off_if
            .map(|off| (off.value.field.clone(), off.value.equals.clone()))
            .collect(),
        events,
    }))
}

fn or_usual(given: Vec<String>, usual: &str) -> Vec<String> {
    if given.is_empty() {
        vec![usual.to_owned()]
    } else {
        given
    }
}

/// The category of a log type, or what is one already.
fn category(event: &str) -> &str {
    let mut codes = CODES.iter();
    let known = codes.find(|(code, _)| *code == event);
    known.map_or(event, |(_, category)| category)
}

/// What the filters of log streams are made of; everything else is a type of an event stream.
fn is_category(event: &str) -> bool {
    ["auth.", "management.", "system.", "scim.", "actions."]
        .iter()
        .any(|group| event.starts_with(group))
        || matches!(
            event,
            "other" | "user.fail" | "user.notification" | "user.success"
        )
}

/// Log types that are often named in place of their category (auth0.com/docs, "Log Stream Filters").
const CODES: [(&str, &str); 2] = [("ss", "auth.signup.success"), ("fs", "auth.signup.fail")];

const SIGN_UP_OF_LOGS: &str = "auth.signup.success";
const SIGN_UP_OF_EVENTS: &str = "user.created";

/// As many as the Management API gives at once.
const A_PAGE: usize = 100;

const A_WEEK: u64 = 7 * 86_400;
