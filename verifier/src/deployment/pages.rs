//! Lists, read page by page: one page is in memory at a time, however long the list is.

use std::fmt;
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use reqwest::Url;
use serde_json::Value;

use crate::configuration::list::{List, Paging};
use crate::configuration::name::{Unfilled, text_of_value};
use crate::configuration::request::Request;
use crate::deployment::Deployment;
use crate::deployment::exchange::{Answer, NoAnswer};
use crate::deployment::part::part_of;
use crate::deployment::prepared::prepared;
use crate::memory::Memory;
use crate::steps::fault::discrepancy::Discrepancy;
use crate::steps::perform::{Performed, capture, judge, remember};
use crate::terminal::harmless;

/// A list that is being read.
#[derive(Debug)]
pub(crate) struct Pages<'a> {
    deployment: &'a Deployment<'a>,
    list: &'a List,
    /// What is known to whoever reads it.
    memory: &'a Memory,
    position: Position,
    rows_so_far: u64,
    /// The last page: a service that ignores how it is asked for the next one gives it again.
    last: Vec<Value>,
}

#[derive(Debug)]
enum Position {
    Begin,
    At(Url),
    End,
}

impl<'a> Pages<'a> {
    pub(crate) fn of(deployment: &'a Deployment<'a>, list: &'a List, memory: &'a Memory) -> Self {
        Self {
            deployment,
            list,
            memory,
            position: Position::Begin,
            rows_so_far: 0,
            last: Vec::new(),
        }
    }

    /// The rows of the next page; nothing at the end of the list.
    pub(crate) async fn next(&mut self) -> Result<Option<&[Value]>, Unread> {
        let url = match std::mem::replace(&mut self.position, Position::End) {
            Position::Begin => self.begin().await?,
            Position::At(url) => url,
            Position::End => return Ok(None),
        };
        let performed = self.ask(&self.list.call.request, Some(&url)).await?;
        let rows = self.rows(&performed)?;
        if !rows.is_empty() && rows == self.last {
            return Err(Unread::GoesRound(performed.url));
        }
        self.rows_so_far = self.rows_so_far.saturating_add(rows.len() as u64);
        self.position = match self.after(&url, &performed, rows.is_empty())? {
            Some(next) if next == url => return Err(Unread::GoesRound(performed.url)),
            Some(next) => Position::At(next),
            None => Position::End,
        };
        self.last = rows;
        Ok(Some(&self.last))
    }

    /// Sends what has to come first, and gives the address of the first page.
    async fn begin(&self) -> Result<Url, Unread> {
        for request in &self.list.call.before {
            let performed = self.ask(request, None).await?;
            capture(self.deployment, request, &performed, self.memory)?;
        }
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
            | Paging::Offset { .. } => url,
        })
    }

    /// Sends a request, at this address instead of its own, and again for as long as the service wants to be asked later.
    async fn ask(&self, request: &Request, url: Option<&Url>) -> Result<Performed, Unread> {
        let values = self.memory.values();
        let mut refused = 0;
        loop {
            let mut sent = prepared(request, &values, None)?;
            if let Some(url) = url {
                sent.url = url.to_string();
            }
            self.memory.add_cookies(&mut sent);
            let exchange = self.deployment.send(sent).await;
            let url = exchange.request.url;
            let answer = exchange.answer?;
            remember(self.deployment.secrets, &answer, &url);
            if let Ok(address) = Url::parse(&url) {
                self.memory.keep_cookies(&address, &answer);
            }
            if let Some(pause) = pause(&answer, refused) {
                refused += 1;
                tokio::time::sleep(pause).await;
                continue;
            }
            if answer.truncated {
                return Err(Unread::TooLarge(url));
            }
            let performed = Performed { answer, url };
            judge(request, &performed, &values)?;
            return Ok(performed);
        }
    }

    fn rows(&self, performed: &Performed) -> Result<Vec<Value>, Unread> {
        let body: Option<Value> = performed.answer.json();
        let found = body.as_ref();
        match found.and_then(|body| body.pointer(self.list.rows.as_str())) {
            Some(Value::Array(rows)) => Ok(rows.clone()),
            Some(_) | None => Err(Unread::NoRows {
                url: performed.url.clone(),
                pointer: self.list.rows.as_str().to_owned(),
            }),
        }
    }

    /// Where the page after this one is.
    fn after(&self, url: &Url, page: &Performed, is_empty: bool) -> Result<Option<Url>, Unread> {
        let said = |part| {
            part_of(&page.answer, part, &page.url)
                .filter(|value| !value.is_null())
                .map(|value| text_of_value(&value))
                .filter(|text| !text.is_empty())
        };
        let numbered = |parameter: &str, number: u64| {
            (!is_empty).then(|| with(url.clone(), parameter, &number.to_string()))
        };
        Ok(match &self.list.paging {
            Paging::OnePage => None,
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

/// How long the service wants to be left alone, if it does (RFC 6585 section 4, RFC 9110 section 15.6.4).
fn pause(answer: &Answer, refused: u32) -> Option<Duration> {
    if !matches!(answer.status, 429 | 503) || refused >= MOST_REFUSALS {
        return None;
    }
    let usual = Duration::from_secs(1_u64 << refused.min(5));
    Some(answer.retry_after().unwrap_or(usual).min(LONGEST_PAUSE))
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

/// Ten tries, at most a minute apart: a limit that counts by the minute has let go by then.
const MOST_REFUSALS: u32 = 10;
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

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
