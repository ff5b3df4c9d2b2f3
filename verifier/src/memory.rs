//! What a created user has been told so far: values captured from answers, and cookies, kept and sent back as a browser does (RFC 6265
//! section 5).

use std::cell::{OnceCell, RefCell};
use std::path::{Path, PathBuf};

use cookie_store::{CookieStore, RawCookie};
use reqwest::Url;
use serde_json::Value;

use crate::configuration::list::List;
use crate::configuration::name::{Name, Values};
use crate::deployment::exchange::Answer;
use crate::deployment::prepared::COOKIE;
use crate::deployment::sent::Sent;
use crate::journal::{self, Entry};

/// What one user knows.
#[derive(Debug)]
pub(crate) struct Memory {
    known: RefCell<Known>,
    /// Where that is written down as well, so that they can be removed after a crash.
    journal: OnceCell<PathBuf>,
}

#[derive(Debug)]
struct Known {
    values: Values,
    cookies: CookieStore,
}

impl Memory {
    /// With what is known from the start.
    pub(crate) fn of(values: Values) -> Self {
        Self {
            known: RefCell::new(Known {
                values,
                cookies: CookieStore::default(),
            }),
            journal: OnceCell::new(),
        }
    }

    /// From now on what they are told is written into this entry.
    pub(crate) fn keep_journal(&self, path: &Path) {
        let _already_kept = self.journal.set(path.to_owned());
    }

    /// They are told this, and will know it after a crash.
    pub(crate) fn note(&self, name: Name, value: Value) {
        self.write_down(|entry| {
            let name = name.as_str().to_owned();
            entry.captured.insert(name, value.clone());
        });
        self.learn(name, value);
    }

    /// Changes the entry, where there is one.
    pub(crate) fn write_down(&self, change: impl FnOnce(&mut Entry)) {
        if let Some(path) = self.journal.get() {
            // Without the note a crash would leave more to do by hand; this run itself knows it.
            let _not_noted = journal::amend(path, change);
        }
    }

    /// What fills the templates now.
    pub(crate) fn values(&self) -> Values {
        self.known.borrow().values.clone()
    }

    /// What was captured while this list was read.
    pub(crate) fn captured_in(&self, list: &List) -> Vec<(Name, Value)> {
        let values = self.values();
        let captures = list.call.requests().flat_map(|request| &request.captures);
        captures
            .filter_map(|capture| Some((capture.name.clone(), values.get(&capture.name).ok()?)))
            .collect()
    }

    /// They know this.
    pub(crate) fn learn(&self, name: Name, value: Value) {
        self.known.borrow_mut().values.set(name, value);
    }

    /// Keeps the cookies of an answer of this address, each for as long and for whom it says.
    pub(crate) fn keep_cookies(&self, url: &Url, answer: &Answer) {
        let parsed = answer
            .all("set-cookie")
            .filter_map(|line| RawCookie::parse(line.to_owned()).ok());
        let parsed: Vec<_> = parsed.collect();
        self.known
            .borrow_mut()
            .cookies
            .store_response_cookies(parsed.into_iter(), url);
    }

    /// From now on it is another browser.
    pub(crate) fn forget_cookies(&self) {
        self.known.borrow_mut().cookies.clear();
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
        let known = self.known.borrow();
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
