//! Lists, read page by page: two pages are in memory at a time, however long the list is.

mod addresses;
mod body;
mod limits;
mod unread;
mod windows;

use std::collections::BTreeSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::time::Duration;

use reqwest::Url;
use serde_json::Value;

use crate::configuration::answer_part::AnswerPart;
use crate::configuration::list::{List, Paging};
use crate::configuration::name::{Values, text_of_value};
use crate::configuration::request::{Call, Request};
use crate::configuration::value::JsonPointer;
use crate::deployment::exchange::{Answer, NoAnswer};
use crate::deployment::http::Http;
use crate::deployment::pages::addresses::{from_the_last, here, next_link, value_of, with};
use crate::deployment::pages::body::Wanted;
pub(crate) use crate::deployment::pages::unread::Unread;
use crate::deployment::pages::windows::Windows;
use crate::deployment::part::part_of;
use crate::deployment::prepared::prepared;
use crate::memory::Memory;
use crate::redaction::SecretName;
use crate::steps::perform::{Performed, capture, judge, remember_head};

/// A list that is being read.
#[derive(Debug)]
pub(crate) struct Pages<'a> {
    http: &'a Http<'a>,
    list: &'a List,
    /// What is known to whoever reads it.
    memory: &'a Memory,
    wanted: Wanted,
    /// Whether a page is asked for while the one before it is read.
    is_ahead: bool,
    position: Position,
    rows_so_far: u64,
    /// Of the last page: a service that ignores how it is asked for the next one gives it again.
    last: Option<u64>,
    /// Where the service gives only the beginning of a list.
    windows: Windows,
}

#[derive(Debug)]
enum Position {
    Begin,
    /// Here, when the service wants to be asked again.
    At(Url, Option<Duration>),
    /// The answer is there already.
    Ahead(Url, Result<Arrived, Unread>),
    End,
}

/// An answer that nobody has read.
#[derive(Debug)]
struct Arrived {
    answer: Answer,
    url: String,
    /// What the request was filled with.
    values: Values,
}

/// One answer, read once.
struct Read {
    performed: Performed,
    body: Option<Value>,
}

impl<'a> Pages<'a> {
    pub(crate) fn of(http: &'a Http<'a>, list: &'a List, memory: &'a Memory) -> Self {
        Self {
            http,
            list,
            memory,
            wanted: Wanted::everything(&list.rows),
            is_ahead: false,
            position: Position::Begin,
            rows_so_far: 0,
            last: None,
            windows: Windows::default(),
        }
    }

    /// The same for a list that may be long: only these members of its rows are kept, and where it is known beforehand how the next page
    /// is asked for, it is on its way while the one before it is read.
    pub(crate) fn at_length(self, mut members: BTreeSet<String>) -> Self {
        members.extend(Windows::MEMBERS.map(str::to_owned));
        Self {
            wanted: Wanted::members(&self.list.rows, members),
            is_ahead: true,
            ..self
        }
    }

    /// The rows of the next page; nothing at the end of the list.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Value>>, Unread> {
        let (url, arrived) = match std::mem::replace(&mut self.position, Position::End) {
            Position::Begin => {
                let url = self.begin().await?;
                let arrived = self.fetch(&url, None).await;
                (url, arrived)
            }
            Position::At(url, pause) => {
                let arrived = self.fetch(&url, pause).await;
                (url, arrived)
            }
            Position::Ahead(url, arrived) => (url, arrived),
            Position::End => return Ok(None),
        };
        let arrived = arrived?;
        let pause = limits::exhausted(&arrived.answer);
        let ahead = self.ahead(&url, &arrived.answer);
        let fetching = async {
            match &ahead {
                Some(url) => Some(self.fetch(url, pause).await),
                None => None,
            }
        };
        let reading = read(self.http, &self.list.call.request, &self.wanted, arrived);
        let (read, fetched) = tokio::join!(reading, fetching);
        let (rows, next) = self.rows(&url, read?)?;
        self.position = match (next, fetched) {
            (Some(next), Some(fetched)) if ahead.as_ref() == Some(&next) => {
                Position::Ahead(next, fetched)
            }
            (Some(next), _) => Position::At(next, pause),
            (None, _) => Position::End,
        };
        Ok(Some(rows))
    }

    /// The rows of a page, and where the next one is.
    fn rows(&mut self, url: &Url, mut read: Read) -> Result<(Vec<Value>, Option<Url>), Unread> {
        let rows = self.rows_in(&mut read)?;
        let length = read.performed.answer.body.len();
        let seen = (!rows.is_empty()).then(|| fingerprint(length, &rows));
        if seen.is_some() && seen == self.last {
            return Err(Unread::GoesRound(read.performed.url));
        }
        self.last = seen;
        self.rows_so_far = self.rows_so_far.saturating_add(rows.len() as u64);
        let (rows, next) = match &self.list.paging {
            Paging::Windows => {
                (self.windows.next(url, rows)).map_err(|at| Unread::TooManyAtOnce {
                    url: read.performed.url.clone(),
                    at,
                })?
            }
            Paging::From { take } => from_the_last(url, rows, *take),
            Paging::OnePage
            | Paging::Link
            | Paging::Next(_)
            | Paging::Cursor { .. }
            | Paging::Number { .. }
            | Paging::Offset { .. } => {
                let next = self.after(url, &read, rows.is_empty())?;
                (rows, next)
            }
        };
        if next.as_ref() == Some(url) {
            return Err(Unread::GoesRound(read.performed.url));
        }
        Ok((rows, next))
    }

    /// Asks for a page, when the service wants to be asked again.
    async fn fetch(&self, url: &Url, pause: Option<Duration>) -> Result<Arrived, Unread> {
        if let Some(pause) = pause {
            tokio::time::sleep(pause).await;
        }
        ask(self.http, self.memory, &self.list.call.request, Some(url)).await
    }

    /// Where the next page is, if that is known before this one is read.
    fn ahead(&self, url: &Url, answer: &Answer) -> Option<Url> {
        let is_right = self.list.call.request.status.accepts(answer.status);
        if !(self.is_ahead && is_right && !answer.truncated) {
            return None;
        }
        match &self.list.paging {
            Paging::Link => here(url, &next_link(answer)?).ok(),
            Paging::Number { parameter, .. } => Some(numbered(url, parameter)),
            Paging::Windows => Windows::within(url),
            Paging::OnePage
            | Paging::Next(_)
            | Paging::Cursor { .. }
            | Paging::From { .. }
            | Paging::Offset { .. } => None,
        }
    }

    /// Sends what has to come first, and gives the address of the first page.
    async fn begin(&self) -> Result<Url, Unread> {
        come_first(self.http, self.memory, &self.list.call).await?;
        let values = self.memory.values();
        let written = self.list.call.request.url.fill(&values)?;
        let url = Url::parse(&written).map_err(|error| {
            let said = error.to_string();
            Unread::NoAnswer(NoAnswer::Address { said })
        })?;
        Ok(match &self.list.paging {
            Paging::Number { parameter, first } => with(url, parameter, &first.to_string()),
            Paging::OnePage
            | Paging::Link
            | Paging::Next(_)
            | Paging::Cursor { .. }
            | Paging::From { .. }
            | Paging::Offset { .. }
            | Paging::Windows => url,
        })
    }

    fn rows_in(&self, read: &mut Read) -> Result<Vec<Value>, Unread> {
        let rows = self.list.rows.as_str();
        let found = read.body.as_mut().and_then(|body| body.pointer_mut(rows));
        match found.map(Value::take) {
            Some(Value::Array(rows)) => Ok(rows),
            Some(_) | None => Err(Unread::NoRows {
                url: read.performed.url.clone(),
                pointer: rows.to_owned(),
            }),
        }
    }

    /// Where the page after this one is.
    fn after(&self, url: &Url, read: &Read, is_empty: bool) -> Result<Option<Url>, Unread> {
        let page = &read.performed;
        let said = |part: &AnswerPart| {
            let value = match (part, &read.body) {
                (AnswerPart::Json(pointer), Some(body)) => body.pointer(pointer.as_str()).cloned(),
                _ => part_of(&page.answer, part, &page.url),
            };
            value
                .filter(|value| !value.is_null())
                .map(|value| text_of_value(&value))
                .filter(|text| !text.is_empty())
        };
        Ok(match &self.list.paging {
            Paging::OnePage | Paging::From { .. } | Paging::Windows => None,
            Paging::Link => next_link(&page.answer)
                .map(|link| here(url, &link))
                .transpose()?,
            Paging::Next(part) => said(part).map(|link| here(url, &link)).transpose()?,
            Paging::Cursor { part, parameter } => {
                said(part).map(|cursor| with(url.clone(), parameter, &cursor))
            }
            Paging::Number { parameter, .. } => (!is_empty).then(|| numbered(url, parameter)),
            Paging::Offset { parameter } => {
                let offset = self.rows_so_far.to_string();
                (!is_empty).then(|| with(url.clone(), parameter, &offset))
            }
        })
    }
}

/// The address with the number of the next page.
fn numbered(url: &Url, parameter: &str) -> Url {
    let number = value_of(url, parameter).and_then(|number| number.parse().ok());
    let next = number.unwrap_or(0_u64).saturating_add(1);
    with(url.clone(), parameter, &next.to_string())
}

/// Sends a request of its own, and what has to come before it.
pub(crate) async fn call(
    http: &Http<'_>,
    memory: &Memory,
    call: &Call,
) -> Result<Performed, Unread> {
    come_first(http, memory, call).await?;
    alone(http, memory, &call.request).await
}

async fn come_first(http: &Http<'_>, memory: &Memory, call: &Call) -> Result<(), Unread> {
    for request in &call.before {
        learn(http, memory, request).await?;
    }
    Ok(())
}

/// Sends a request for what its answer tells.
pub(crate) async fn learn(
    http: &Http<'_>,
    memory: &Memory,
    request: &Request,
) -> Result<(), Unread> {
    let performed = alone(http, memory, request).await?;
    capture(http.secrets, request, &performed, memory)?;
    Ok(())
}

/// A request whose answer is no page of a list.
async fn alone(http: &Http<'_>, memory: &Memory, request: &Request) -> Result<Performed, Unread> {
    let arrived = ask(http, memory, request, None).await?;
    let everything = Wanted::everything(&JsonPointer::default());
    Ok(read(http, request, &everything, arrived).await?.performed)
}

/// Sends a request, at this address instead of its own, and again for as long as the service wants to be asked later.
async fn ask(
    http: &Http<'_>,
    memory: &Memory,
    request: &Request,
    url: Option<&Url>,
) -> Result<Arrived, Unread> {
    let values = memory.values();
    let mut refused = 0;
    loop {
        let mut sent = prepared(request, &values, None)?;
        if let Some(url) = url {
            sent.url = url.to_string();
        }
        memory.add_cookies(&mut sent);
        let exchange = http.send(sent).await;
        let url = exchange.request.url;
        let answer = exchange.answer?;
        remember_head(http.secrets, &answer, &url);
        if let Ok(address) = Url::parse(&url) {
            memory.keep_cookies(&address, &answer);
        }
        if let Some(pause) = limits::refused(&answer, refused) {
            refused += 1;
            tokio::time::sleep(pause).await;
            continue;
        }
        return Ok(Arrived {
            answer,
            url,
            values,
        });
    }
}

/// The body as JSON, read on another thread: other lists go on meanwhile. Whatever is secret in it is a secret from now on.
async fn read(
    http: &Http<'_>,
    request: &Request,
    wanted: &Wanted,
    arrived: Arrived,
) -> Result<Read, Unread> {
    let Arrived {
        mut answer,
        url,
        values,
    } = arrived;
    let text = std::mem::take(&mut answer.body);
    let wanted = wanted.clone();
    let reading = tokio::task::spawn_blocking(move || {
        let found = body::read(&text, &wanted);
        (text, found)
    });
    let body = match reading.await {
        Ok((text, (body, tokens))) => {
            answer.body = text;
            for token in tokens {
                http.secrets.remember(SecretName::Token, &token);
            }
            body
        }
        Err(_given_up) => None,
    };
    if answer.truncated {
        return Err(Unread::TooLarge(url));
    }
    let performed = Performed { answer, url };
    judge(request, &performed, &values)?;
    Ok(Read { performed, body })
}

/// What two pages of a list do not have in common: where one begins and ends. Of its rows only some members may be kept, so its length
/// tells as well.
fn fingerprint(length: usize, rows: &[Value]) -> u64 {
    let mut hasher = DefaultHasher::new();
    (length, rows.len(), rows.first(), rows.last()).hash(&mut hasher);
    hasher.finish()
}
