//! Redirects followed by hand, as a browser follows them, so that the way is something that can be looked at: each hop, and the cycle of
//! a way that never ends (incident I4: a page and another one that sent people to each other).

use reqwest::Url;

use crate::deployment::Deployment;
use crate::deployment::exchange::Exchange;
use crate::deployment::sent::Sent;
use crate::memory::Memory;

/// Where a visit led.
#[derive(Debug)]
pub(crate) struct Journey {
    /// Every request with its answer, in order; there is one at least.
    pub(crate) hops: Vec<Exchange>,
    pub(crate) end: End,
}

/// How a journey ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum End {
    /// At an answer that is no redirect, or at none.
    Arrived,
    /// At a place, with the cookies, where it had been before: from there it goes round.
    Cycle(Cycle),
    /// Nowhere, after so many hops.
    TooLong,
}

/// A way that goes round.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Cycle {
    /// The addresses, the first one once more at the end; without their queries.
    pub(crate) places: Vec<String>,
    /// The cookies that are set on the way round, and change nothing.
    pub(crate) cookies: Vec<String>,
}

/// Follows redirects with these headers on every request; cookies are those of the memory.
pub(crate) async fn journey(
    deployment: &Deployment<'_>,
    start: &str,
    headers: &[(&str, &str)],
    memory: &Memory,
) -> Journey {
    let mut hops: Vec<Exchange> = Vec::new();
    let mut been: Vec<(String, Option<String>)> = Vec::new();
    let mut next = start.to_owned();
    loop {
        let with = |sent: Sent, (name, value): &(&str, &str)| sent.with(name, value);
        let mut sent = headers.iter().fold(Sent::get(&next), with);
        memory.add_cookies(&mut sent);
        let cookies = sent
            .headers
            .iter()
            .find(|(name, _)| name == "cookie")
            .map(|(_, value)| value.clone());
        let place = (next.clone(), cookies);
        if let Some(first) = been.iter().position(|before| *before == place) {
            let end = End::Cycle(cycle(&hops, first));
            return Journey { hops, end };
        }
        if hops.len() >= MOST_HOPS {
            return Journey {
                hops,
                end: End::TooLong,
            };
        }
        been.push(place);
        let exchange = deployment.send(sent).await;
        let url = Url::parse(&exchange.request.url).ok();
        let onward = exchange.answer.as_ref().ok().and_then(|answer| {
            let url = url.as_ref()?;
            memory.keep_cookies(url, answer);
            let location = answer.header("location")?;
            let is_redirect = (300..400).contains(&answer.status);
            url.join(location).ok().filter(|_| is_redirect)
        });
        hops.push(exchange);
        match onward {
            Some(url) => next = url.to_string(),
            None => {
                return Journey {
                    hops,
                    end: End::Arrived,
                };
            }
        }
    }
}

fn cycle(hops: &[Exchange], first: usize) -> Cycle {
    let round = || hops.iter().skip(first);
    let place = |hop: &Exchange| {
        let text = &hop.request.url;
        text.split(['?', '#']).next().unwrap_or(text).to_owned()
    };
    let mut cookies: Vec<String> = round()
        .filter_map(|hop| hop.answer.as_ref().ok())
        .flat_map(|answer| answer.all("set-cookie"))
        .filter_map(|cookie| cookie.split('=').next())
        .map(str::to_owned)
        .collect();
    cookies.sort();
    cookies.dedup();
    Cycle {
        places: round().chain(round().take(1)).map(place).collect(),
        cookies,
    }
}

/// As many as browsers follow (Fetch standard, HTTP-redirect fetch: 20) would only be the same once more.
const MOST_HOPS: usize = 20;
