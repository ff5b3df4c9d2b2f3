//! Where the next page of a list is: the address of this one with another parameter, or the one that the service gives.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use reqwest::Url;
use serde_json::Value;

use crate::deployment::exchange::Answer;
use crate::deployment::pages::unread::Unread;

/// The address with this query parameter, and with nothing else changed.
pub(super) fn with(mut url: Url, parameter: &str, value: &str) -> Url {
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

/// The rows that no page before this one gave, and where those behind the last of them are, where the page is full.
pub(super) fn from_the_last(
    url: &Url,
    mut rows: Vec<Value>,
    take: usize,
) -> (Vec<Value>, Option<Url>) {
    let is_full = rows.len() >= take;
    let known = value_of(url, FROM);
    rows.retain(|row| known.is_none() || id_of(row) != known.as_deref());
    let last = rows.last().and_then(id_of).filter(|_| is_full);
    let next = last.map(|last| with(url.clone(), FROM, last));
    (rows, next)
}

fn id_of(row: &Value) -> Option<&str> {
    row.get("id")?.as_str()
}

const FROM: &str = "from";

fn is_named(pair: &str, parameter: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default();
    percent_decode_str(name).decode_utf8_lossy() == parameter
}

pub(super) fn value_of(url: &Url, parameter: &str) -> Option<String> {
    let mut pairs = url.query_pairs();
    let found = pairs.find(|(name, _)| name == parameter);
    found.map(|(_, value)| value.into_owned())
}

/// An address that the list itself gave: what the list is asked with is shown to nobody else.
pub(super) fn here(url: &Url, link: &str) -> Result<Url, Unread> {
    match url.join(link) {
        Ok(next) if next.origin() == url.origin() => Ok(next),
        Ok(_) | Err(_) => Err(Unread::LeadsAway {
            from: url.to_string(),
            to: link.to_owned(),
        }),
    }
}

/// The target of the link with `rel="next"` (RFC 8288 section 3).
pub(super) fn next_link(answer: &Answer) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

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
    fn a_list_goes_on_from_its_last_row_whether_that_comes_again_or_not() {
        let rows = |ids: &[&str]| ids.iter().map(|id| json!({ "id": id })).collect::<Vec<_>>();
        let begin = url("https://id.example.com/d?take=2");
        let (given, next) = from_the_last(&begin, rows(&["a", "b"]), 2);
        let next = next.unwrap();
        assert_eq!(
            (given, next.query()),
            (rows(&["a", "b"]), Some("take=2&from=b"))
        );
        let again = from_the_last(&next, rows(&["b", "c"]), 2);
        assert_eq!(
            again,
            (
                rows(&["c"]),
                Some(url("https://id.example.com/d?take=2&from=c"))
            )
        );
        assert_eq!(from_the_last(&next, rows(&["b"]), 2), (rows(&[]), None));
        assert_eq!(from_the_last(&next, rows(&["c"]), 2), (rows(&["c"]), None));
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
