//! What a created user has been told so far: values captured from answers, and cookies, kept and sent back as a browser does (RFC 6265
//! section 5).

use std::cell::RefCell;

use cookie_store::{CookieStore, RawCookie};
use reqwest::Url;
use serde_json::Value;

use crate::configuration::name::{Name, Values};
use crate::deployment::exchange::Answer;
use crate::deployment::prepared::COOKIE;
use crate::deployment::sent::Sent;

/// What one user knows.
#[derive(Debug)]
pub(crate) struct Memory(RefCell<Known>);

#[derive(Debug)]
struct Known {
    values: Values,
    cookies: CookieStore,
}

impl Memory {
    /// With what is known from the start.
    pub(crate) fn of(values: Values) -> Self {
        Self(RefCell::new(Known {
            values,
            cookies: CookieStore::default(),
        }))
    }

    /// What fills the templates now.
    pub(crate) fn values(&self) -> Values {
        self.0.borrow().values.clone()
    }

    pub(crate) fn learn(&self, name: Name, value: Value) {
        self.0.borrow_mut().values.set(name, value);
    }

    /// Keeps the cookies of an answer of this address, each for as long and for whom it says.
    pub(crate) fn keep_cookies(&self, url: &Url, answer: &Answer) {
        let parsed = answer
            .all("set-cookie")
            .filter_map(|line| RawCookie::parse(line.to_owned()).ok());
        let parsed: Vec<_> = parsed.collect();
        self.0
            .borrow_mut()
            .cookies
            .store_response_cookies(parsed.into_iter(), url);
    }

    /// From now on it is another browser.
    pub(crate) fn forget_cookies(&self) {
        self.0.borrow_mut().cookies.clear();
    }

    /// Adds the cookies that belong to the request's address, if there are any.
    pub(crate) fn add_cookies(&self, sent: &mut Sent) {
        let cookies = Url::parse(&sent.url)
            .ok()
            .and_then(|url| self.cookies_for(&url));
        let Some(cookies) = cookies else {
            return;
        };
        match sent.headers.iter_mut().find(|(name, _)| name == COOKIE) {
            Some((_, own)) => *own = format!("{own}; {cookies}"),
            None => sent.headers.push((COOKIE.to_owned(), cookies)),
        }
    }

    fn cookies_for(&self, url: &Url) -> Option<String> {
        let known = self.0.borrow();
        let mut pairs: Vec<String> = known
            .cookies
            .get_request_values(url)
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        // The store has no order; a printed command has the same one every time.
        pairs.sort();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(cookies: &[&str]) -> Answer {
        let header = |cookie: &&str| ("set-cookie".to_owned(), (*cookie).to_owned());
        Answer {
            status: 200,
            headers: cookies.iter().map(header).collect(),
            body: String::new(),
            truncated: false,
        }
    }

    #[test]
    fn a_cookie_goes_back_to_whom_it_is_from_and_to_nobody_else() {
        let memory = Memory::of(Values::of([]));
        let url = |text: &str| Url::parse(text).unwrap();
        let home = url("https://id.example.com/login");
        memory.keep_cookies(
            &home,
            &answer(&["sid=s; Path=/; Secure; HttpOnly", "b=1; Path=/"]),
        );
        assert_eq!(memory.cookies_for(&home).as_deref(), Some("b=1; sid=s"));
        let plain = url("http://id.example.com/");
        assert_eq!(memory.cookies_for(&plain).as_deref(), Some("b=1"));
        assert_eq!(memory.cookies_for(&url("https://app.example.com/")), None);
        memory.keep_cookies(&home, &answer(&["sid=; Path=/; Max-Age=0"]));
        assert_eq!(memory.cookies_for(&home).as_deref(), Some("b=1"));
    }
}
