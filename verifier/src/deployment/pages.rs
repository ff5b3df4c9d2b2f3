//! Lists, read page by page: one page is in memory at a time, however long the list is.

mod addresses;
mod limits;
mod unread;
mod windows;

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::time::Duration;

use reqwest::Url;
use serde_json::Value;

use crate::configuration::answer_part::AnswerPart;
use crate::configuration::list::{List, Paging};
use crate::configuration::name::text_of_value;
use crate::configuration::request::{Call, Request};
use crate::deployment::exchange::{Answer, NoAnswer};
use crate::deployment::http::Http;
use crate::deployment::pages::addresses::{from_the_last, here, next_link, value_of, with};
pub(crate) use crate::deployment::pages::unread::Unread;
use crate::deployment::pages::windows::Windows;
use crate::deployment::part::part_of;
use crate::deployment::prepared::prepared;
use crate::memory::Memory;
use crate::redaction::SecretName;
use crate::steps::perform::{Performed, capture, judge, remember_head, tokens_in};

/// A list that is being read.
#[derive(Debug)]
pub(crate) struct Pages<'a> {
    http: &'a Http<'a>,
    list: &'a List,
    /// What is known to whoever reads it.
    memory: &'a Memory,
    position: Position,
    rows_so_far: u64,
    /// Of the last page: a service that ignores how it is asked for the next one gives it again.
    last: Option<u64>,
    /// Where the service gives only the beginning of a list.
    windows: Windows,
    /// How long the service wants to be left alone before the next page.
    pause: Option<Duration>,
}

#[derive(Debug)]
enum Position {
    Begin,
    At(Url),
    End,
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
            position: Position::Begin,
            rows_so_far: 0,
            last: None,
            windows: Windows::default(),
            pause: None,
        }
    }

    /// The rows of the next page; nothing at the end of the list.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Value>>, Unread> {
        if let Some(pause) = self.pause.take() {
            tokio::time::sleep(pause).await;
        }
        let url = match std::mem::replace(&mut self.position, Position::End) {
            Position::Begin => self.begin().await?,
            Position::At(url) => url,
            Position::End => return Ok(None),
        };
        let mut read = ask(self.http, self.memory, &self.list.call.request, Some(&url)).await?;
        self.pause = limits::exhausted(&read.performed.answer);
        let rows = self.rows(&mut read)?;
        let seen = (!rows.is_empty()).then(|| fingerprint(&rows));
        if seen.is_some() && seen == self.last {
            return Err(Unread::GoesRound(read.performed.url));
        }
        self.last = seen;
        self.rows_so_far = self.rows_so_far.saturating_add(rows.len() as u64);
        let (rows, next) = match &self.list.paging {
            Paging::Windows => {
                (self.windows.next(&url, rows)).map_err(|at| Unread::TooManyAtOnce {
                    url: read.performed.url.clone(),
                    at,
                })?
            }
            Paging::From { take } => from_the_last(&url, rows, *take),
            Paging::OnePage
            | Paging::Link
            | Paging::Next(_)
            | Paging::Cursor { .. }
            | Paging::Number { .. }
            | Paging::Offset { .. } => {
                let next = self.after(&url, &read, rows.is_empty())?;
                (rows, next)
            }
        };
        self.position = match next {
            Some(next) if next == url => return Err(Unread::GoesRound(read.performed.url)),
            Some(next) => Position::At(next),
            None => Position::End,
        };
        Ok(Some(rows))
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

    fn rows(&self, read: &mut Read) -> Result<Vec<Value>, Unread> {
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
        let numbered = |parameter: &str, number: u64| {
            (!is_empty).then(|| with(url.clone(), parameter, &number.to_string()))
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
            Paging::Number { parameter, .. } => {
                let number = value_of(url, parameter).and_then(|number| number.parse().ok());
                numbered(parameter, number.unwrap_or(0_u64).saturating_add(1))
            }
            Paging::Offset { parameter } => numbered(parameter, self.rows_so_far),
        })
    }
}

/// Sends a request of its own, and what has to come before it.
pub(crate) async fn call(
    http: &Http<'_>,
    memory: &Memory,
    call: &Call,
) -> Result<Performed, Unread> {
    come_first(http, memory, call).await?;
    Ok(ask(http, memory, &call.request, None).await?.performed)
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
    let performed = ask(http, memory, request, None).await?.performed;
    capture(http.secrets, request, &performed, memory)?;
    Ok(())
}

/// Sends a request, at this address instead of its own, and again for as long as the service wants to be asked later.
async fn ask(
    http: &Http<'_>,
    memory: &Memory,
    request: &Request,
    url: Option<&Url>,
) -> Result<Read, Unread> {
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
        let mut answer = exchange.answer?;
        let body = read(http, &mut answer, &url).await;
        if let Ok(address) = Url::parse(&url) {
            memory.keep_cookies(&address, &answer);
        }
        if let Some(pause) = limits::refused(&answer, refused) {
            refused += 1;
            tokio::time::sleep(pause).await;
            continue;
        }
        if answer.truncated {
            return Err(Unread::TooLarge(url));
        }
        let performed = Performed { answer, url };
        judge(request, &performed, &values)?;
        return Ok(Read { performed, body });
    }
}

/// The body as JSON, read on another thread: other lists go on meanwhile. Whatever is secret in it is a secret from now on.
async fn read(http: &Http<'_>, answer: &mut Answer, url: &str) -> Option<Value> {
    let text = std::mem::take(&mut answer.body);
    let reading = tokio::task::spawn_blocking(move || {
        let body: Option<Value> = serde_json::from_str(&text).ok();
        let tokens = body.as_ref().map(tokens_in).unwrap_or_default();
        let tokens: Vec<String> = tokens.into_iter().map(str::to_owned).collect();
        (text, body, tokens)
    });
    let (text, body, tokens) = reading.await.ok()?;
    answer.body = text;
    for token in tokens {
        http.secrets.remember(SecretName::Token, &token);
    }
    remember_head(http.secrets, answer, url);
    body
}

fn fingerprint(rows: &[Value]) -> u64 {
    let mut hasher = DefaultHasher::new();
    rows.hash(&mut hasher);
    hasher.finish()
}
