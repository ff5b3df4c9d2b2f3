//! The page of one message, for a person.

use std::borrow::Cow;

use askama::Template;
use policy::message::Message;
use policy::negotiation::Audience;
use policy::reason::Reason;
use policy::remedy::Remedy;
use policy::words::{Labels, Words};

use super::{Setting, log_in_address, log_in_as_another_address};
use crate::brand::{Brand, WAIT_SCRIPT};

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    brand: &'a Brand,
    /// The tag of its language.
    language: &'static str,
    labels: &'static Labels,
    words: Words,
    /// Everything that is wrong, in English, where somebody sent a form that cannot be understood.
    mistakes: &'a [String],
    steps: Vec<Step>,
    elapsed: Option<Since>,
    buttons: Vec<Button<'a>>,
    account: Option<Account<'a>>,
    request_id: &'a str,
    reason: &'static str,
    waits: Option<Wait<'a>>,
}

/// Who is logged in. Where their address is too long for a line, it breaks before the `@`.
struct Account<'a> {
    name: &'a str,
    host: &'a str,
    /// What changes it, where no button above does.
    change: Option<Button<'a>>,
}

/// A step from signing up to the app.
struct Step {
    label: &'static str,
    /// Which reason says that it is taken at the moment.
    reason: &'static str,
    over: bool,
    current: bool,
}

/// Since when it is the case.
struct Since {
    moment: String,
    seconds: u64,
    span: String,
}

/// Something to press.
struct Button<'a> {
    label: &'static str,
    does: Does<'a>,
}

enum Does<'a> {
    /// Leads to an address.
    Lead(Cow<'a, str>),
    /// Loads the page anew, hash and all.
    Reload(&'static str),
    /// Ends the log-in.
    LogOut,
    /// Ends the log-in and leads to the log-in page, and back here.
    LogInAsAnother(&'a str),
}

/// How the page looks whether the wait is over: by script, or without one by loading itself anew (which a screen reader would read
/// from the start each time).
struct Wait<'a> {
    /// Where the app is, if not here.
    open: Option<&'static str>,
    /// Where it is without scripts: named, or an address with a hash would not be loaded anew but jumped to.
    refresh: &'a str,
    script: &'static str,
}

/// The page.
pub(super) fn page(
    message: &Message,
    mistakes: &[String],
    brand: &Brand,
    setting: &Setting<'_>,
) -> String {
    let reason = message.reason;
    let remedies = reason.remedies();
    let words = reason.words(setting.language);
    let labels = setting.language.labels();
    let offer = |remedy: &Remedy| button(*remedy, reason, setting);
    let changed_above = remedies.contains(&Remedy::AnotherAccount);
    let front_door = front_door(setting);
    let page = Page {
        brand,
        language: setting.language.tag(),
        labels,
        words,
        mistakes,
        steps: steps(reason, labels),
        elapsed: message.since.map(|since| {
            let span = setting.now.since(since);
            Since {
                moment: since.to_rfc3339(),
                seconds: span.as_secs(),
                span: labels.elapsed.span(span),
            }
        }),
        buttons: remedies.iter().filter_map(offer).collect(),
        account: message.email.as_ref().map(|email| {
            let email = email.as_str();
            let (name, host) = email.split_at(email.rfind('@').unwrap_or_default());
            Account {
                name,
                host,
                change: (!changed_above)
                    .then(|| offer(&Remedy::AnotherAccount))
                    .flatten(),
            }
        }),
        request_id: setting.request_id,
        reason: reason.code(),
        waits: waits(reason).then(|| Wait {
            open: front_door,
            refresh: front_door.unwrap_or(setting.url),
            script: WAIT_SCRIPT,
        }),
    };
    // Rendering into a text fails only if a value's Display does; then the plain words are still said.
    page.render().unwrap_or_else(|_| plainly(words))
}

/// Whether the page looks again by itself.
pub(super) fn waits(reason: Reason) -> bool {
    reason.remedies().contains(&Remedy::Wait)
}

fn button<'a>(remedy: Remedy, reason: Reason, setting: &Setting<'a>) -> Option<Button<'a>> {
    let labels = setting.language.labels();
    let configuration = setting.configuration;
    let here = front_door(setting).unwrap_or_default();
    let (label, does) = match remedy {
        Remedy::AnotherAccount => (
            labels.another_account,
            Does::LogInAsAnother(setting.return_to.unwrap_or("/")),
        ),
        Remedy::LogIn => {
            let configuration = configuration?;
            // Whoever has logged out must not find themselves logged in again by a single press.
            let address = if reason == Reason::LoggedOut {
                log_in_as_another_address(configuration, setting.return_to)
            } else {
                log_in_address(configuration, setting.return_to)
            };
            (labels.log_in, Does::Lead(Cow::Owned(address)))
        }
        Remedy::LogOut => (labels.log_out, Does::LogOut),
        Remedy::OpenApp => (labels.open_app, Does::Lead(Cow::Borrowed("/"))),
        Remedy::Support => (
            labels.contact_support,
            Does::Lead(Cow::Borrowed(&configuration?.support)),
        ),
        Remedy::TryAgain => (labels.try_again, Does::Reload(here)),
        Remedy::Wait => (labels.check_now, Does::Reload(here)),
    };
    Some(Button { label, does })
}

/// Where to go on from an answer to a form: loaded anew, it would send the form again.
fn front_door(setting: &Setting<'_>) -> Option<&'static str> {
    match setting.audience {
        Audience::Form => Some("/"),
        Audience::Browser | Audience::Client => None,
    }
}

/// How far the set-up is, where a page waits for it.
fn steps(reason: Reason, labels: &Labels) -> Vec<Step> {
    let way = [
        Some(Reason::InstanceProvisioning),
        Some(Reason::InstanceActive),
        None,
    ];
    let Some(current) = way.iter().position(|step| *step == Some(reason)) else {
        return Vec::new();
    };
    let step = |(position, (label, step)): (usize, (&'static str, Option<Reason>))| Step {
        label,
        reason: step.map_or("", Reason::code),
        over: position < current,
        current: position == current,
    };
    let steps = labels.steps.into_iter().zip(way).enumerate();
    steps.map(step).collect()
}

fn plainly(words: Words) -> String {
    [
        "<!doctype html><title>",
        words.title,
        "</title><h1>",
        words.title,
        "</h1>",
    ]
    .concat()
}
