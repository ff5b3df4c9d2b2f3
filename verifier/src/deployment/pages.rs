//! Lists, read page by page: one page is in memory at a time, however long the list is.

mod limits;
mod windows;

use std::collections::hash_map::DefaultHasher;
use std::fmt;
use std::hash::{Hash as _, Hasher as _};
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use reqwest::Url;
use serde_json::Value;

use crate::configuration::answer_part::AnswerPart;
use crate::configuration::list::{List, Paging};
use crate::configuration::name::{Unfilled, text_of_value};
use crate::configuration::request::{Call, Request};
use crate::deployment::exchange::{Answer, NoAnswer};
use crate::deployment::http::Http;
use crate::deployment::pages::windows::Windows;
use crate::deployment::part::part_of;
use crate::deployment::prepared::prepared;
use crate::memory::Memory;
use crate::redaction::SecretName;
use crate::steps::fault::discrepancy::Discrepancy;
use crate::steps::perform::{Performed, capture, judge, remember_head, tokens_in};
use crate::terminal::harmless;

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
        let (rows, next) = if self.list.paging == Paging::Windows {
            (self.windows.next(&url, rows)).map_err(|at| Unread::TooManyAtOnce {
                url: read.performed.url.clone(),
                at,
            })?
        } else {
            let next = self.after(&url, &read, rows.is_empty())?;
            (rows, next)
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
            Paging::OnePage | Paging::Windows => None,
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
        let performed = ask(http, memory, request, None).await?.performed;
        capture(http.secrets, request, &performed, memory)?;
    }
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

/// The address with this query parameter, and with nothing else changed.
fn with(mut url: Url, parameter: &str, value: &str) -> Url {
    let query = url.query().unwrap_or_default().to_owned();
    let others = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !is_named(pair, parameter));
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let this = format!("{}={}", encoded(parameter), encoded(value));
    let pairs: Vec<&str> = others.chain([this.as_str()]).collect();
    url.set_query(Some(&pairs.join("&")));
    url
}

fn is_named(pair: &str, parameter: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default();
    percent_decode_str(name).decode_utf8_lossy() == parameter
}

fn value_of(url: &Url, parameter: &str) -> Option<String> {
    let mut pairs = url.query_pairs();
    let found = pairs.find(|(name, _)| name == parameter);
    found.map(|(_, value)| value.into_owned())
}

/// An address that the list itself gave: what the list is asked with is shown to nobody else.
fn here(url: &Url, link: &str) -> Result<Url, Unread> {
    match url.join(link) {
        Ok(next) if next.origin() == url.origin() => Ok(next),
        Ok(_) | Err(_) => Err(Unread::LeadsAway {
            from: url.to_string(),
            to: link.to_owned(),
        }),
    }
}

/// The target of the link with `rel="next"` (RFC 8288 section 3).
fn next_link(answer: &Answer) -> Option<String> {
    let links = answer.all("link").flat_map(links);
    links
        .filter(|(_, parameters)| is_next(parameters))
        .map(|(target, _)| target.to_owned())
        .next()
}

/// Each `<target>` of a header with what follows it, up to the next one.
fn links(header: &str) -> impl Iterator<Item = (&str, &str)> {
    header.split('<').skip(1).filter_map(|link| {
        let (target, parameters) = link.split_once('>')?;
        Some((target.trim(), parameters))
    })
}

fn is_next(parameters: &str) -> bool {
    parameters.split(';').any(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or_default();
        let value = value
            .trim()
            .trim_end_matches(',')
            .trim_end()
            .trim_matches('"');
        name.trim().eq_ignore_ascii_case("rel")
            && value
                .split_ascii_whitespace()
                .any(|relation| relation.eq_ignore_ascii_case("next"))
    })
}

/// Why a list was not read to its end.
#[derive(Debug)]
pub(crate) enum Unread {
    /// The answer is not as the file says.
    Discrepancy(Box<Discrepancy>),
    /// The same page came again.
    GoesRound(String),
    /// The next page is at another place than the list.
    LeadsAway { from: String, to: String },
    /// Nothing was answered.
    NoAnswer(NoAnswer),
    /// There is no list where the rows should be.
    NoRows { url: String, pointer: String },
    /// Only a part of the page was read.
    TooLarge(String),
    /// More rows of one moment than the service gives.
    TooManyAtOnce { url: String, at: String },
    /// A name of a template has no value.
    Unfilled(Unfilled),
}

impl From<NoAnswer> for Unread {
    fn from(reason: NoAnswer) -> Self {
        Self::NoAnswer(reason)
    }
}

impl From<Discrepancy> for Unread {
    fn from(found: Discrepancy) -> Self {
        Self::Discrepancy(Box::new(found))
    }
}

impl From<Unfilled> for Unread {
    fn from(unfilled: Unfilled) -> Self {
        Self::Unfilled(unfilled)
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Discrepancy(found) => found.fmt(f),
            Self::GoesRound(url) => write!(
                f,
                "{url} gives the same page again and again; `paging` names another way to the next page than the service has"
            ),
            Self::LeadsAway { from, to } => write!(
                f,
                "{from} says that its next page is at `{}`, which is no address of the same service; it is not asked",
                harmless(to)
            ),
            Self::NoAnswer(reason) => reason.fmt(f),
            Self::NoRows { url, pointer } => {
                write!(f, "{url} gives no list of rows at `{pointer}`")
            }
            Self::TooLarge(url) => write!(
                f,
                "a page of {url} has more than 1 MiB; ask for fewer rows a page"
            ),
            Self::TooManyAtOnce { url, at } => write!(
                f,
                "{url} gives a thousand rows at most, and there are more that were created at `{}`: they cannot be told apart; read an export of the users instead (kind = \"ndjson\")",
                harmless(at)
            ),
            Self::Unfilled(unfilled) => unfilled.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_parameter_is_set_and_nothing_else_of_the_address_changes() {
        let set = |text: &str| with(url(text), "a+b", "ü=&").to_string();
        let parameter = "a%2Bb=%C3%BC%3D%26";
        assert_eq!(set("http://h/u"), format!("http://h/u?{parameter}"));
        assert_eq!(
            set("http://h/u?q=a%20b+c&%61%2Bb=1&x"),
            format!("http://h/u?q=a%20b+c&x&{parameter}")
        );
    }

    #[test]
    fn only_a_link_to_the_next_page_is_one() {
        let next = |header: &str| {
            next_link(&Answer {
                status: 200,
                headers: vec![("link".to_owned(), header.to_owned())],
                body: String::new(),
                truncated: false,
            })
        };
        assert_eq!(
            next(r#"</u?p=1>; rel="prev", </u?p=3,4>; title="a"; rel="last next""#).as_deref(),
            Some("/u?p=3,4")
        );
        assert_eq!(next("</u?p=3>;rel=next").as_deref(), Some("/u?p=3"));
        assert_eq!(next(r#"</u?p=3>; rel="nexter""#), None);
        assert_eq!(next(r#"</u?p=3>; title="rel=next""#), None);
        assert_eq!(next("rel=next"), None);
    }

    #[test]
    fn a_list_is_never_read_on_at_another_place() {
        let at = url("https://id.example.com/users?a=1");
        assert_eq!(
            here(&at, "?a=2").unwrap(),
            url("https://id.example.com/users?a=2")
        );
        for away in [
            "https://evil.example/users",
            "//evil.example",
            "http://id.example.com/",
        ] {
            assert!(here(&at, away).is_err(), "{away}");
        }
    }
}
