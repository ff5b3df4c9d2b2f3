//! Values of the command line, parsed at the rim: each can only be right.

use std::fmt;
use std::str::FromStr;

use policy::contract::MembershipWord;
use policy::event::EventKind;
use policy::org::OrgRole;
use policy::status::Status;
use policy::time::Moment;

use crate::configuration::address::BaseUrl;

/// What names one record: a part of the path of the gate's API.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct RecordId(String);

impl RecordId {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RecordId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // The URL Standard takes `.` and `..` out of a path, however they are encoded: another record would be meant.
        if text.is_empty() || matches!(text, "." | "..") || text.chars().any(char::is_control) {
            return Err("give the id of a record".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An e-mail address as it is typed; whether it can be invited, the gate knows.
#[derive(Clone, Debug)]
pub(crate) struct Address(String);

impl Address {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains('@') {
            Ok(Self(text.to_owned()))
        } else {
            Err("give an e-mail address, or `list` or `revoke`".to_owned())
        }
    }
}

/// What the audit of the gate is told: who, or why.
#[derive(Clone, Debug)]
pub(crate) struct Remark(String);

impl Remark {
    /// The longest that the gate takes.
    const MAX_BYTES: usize = 500;

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Remark {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() || text.len() > Self::MAX_BYTES || text.chars().any(char::is_control) {
            return Err(format!(
                "give 1 to {} bytes of text in one line",
                Self::MAX_BYTES
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

/// From when on, or until when.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum When {
    /// So many seconds ago.
    Ago(u64),
    /// At this second of the Unix epoch.
    At(u64),
}

impl When {
    /// The second of the Unix epoch that is meant.
    pub(crate) fn unix_seconds(self, now: Moment) -> u64 {
        match self {
            Self::Ago(seconds) => now.unix_seconds().saturating_sub(seconds),
            Self::At(second) => second,
        }
    }
}

impl FromStr for When {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let span = span(text).map(Self::Ago);
        let moment = || {
            let date = text.parse::<jiff::civil::Date>().ok();
            let midnight = date.and_then(|date| date.to_zoned(jiff::tz::TimeZone::UTC).ok());
            let moment = text.parse::<jiff::Timestamp>().ok();
            let moment = moment.or_else(|| midnight.map(|midnight| midnight.timestamp()))?;
            u64::try_from(moment.as_second()).ok().map(Self::At)
        };
        span.or_else(moment).ok_or(
            "give a span like 90s, 15m, 1h or 7d, a date like 2026-01-31, or a moment like 2026-01-31T08:00:00Z",
        )
    }
}

/// How long.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Span {
    pub(crate) seconds: u64,
}

impl FromStr for Span {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let seconds = span(text).ok_or("give a span like 90s, 15m, 1h or 7d")?;
        Ok(Self { seconds })
    }
}

fn span(text: &str) -> Option<u64> {
    let units = [
        ('s', 1),
        ('m', 60),
        ('h', 3600),
        ('d', 86_400),
        ('w', 604_800),
    ];
    let (count, seconds) = units
        .into_iter()
        .find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)))?;
    if !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    count.parse::<u64>().ok()?.checked_mul(seconds)
}

pub(crate) fn gate(text: &str) -> Result<BaseUrl, String> {
    BaseUrl::parse(text).map_err(|error| error.to_string())
}

pub(crate) fn status(word: &str) -> Result<Status, String> {
    Status::parse(word).map_err(|error| error.to_string())
}

pub(crate) fn org_role(word: &str) -> Result<OrgRole, String> {
    one_of(OrgRole::ALL, OrgRole::word, word)
}

pub(crate) fn membership(word: &str) -> Result<MembershipWord, String> {
    one_of(MembershipWord::ALL, MembershipWord::word, word)
}

pub(crate) fn event(word: &str) -> Result<EventKind, String> {
    one_of(EventKind::ALL, EventKind::word, word)
}

fn one_of<T: Copy, const N: usize>(
    all: [T; N],
    word_of: fn(T) -> &'static str,
    word: &str,
) -> Result<T, String> {
    let found = all.into_iter().find(|&one| word_of(one) == word);
    found.ok_or_else(|| format!("give one of {}", all.map(word_of).join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_never_another_place_of_the_api() {
        for text in ["", ".", "..", "a\n"] {
            assert!(text.parse::<RecordId>().is_err(), "{text:?}");
        }
        assert!("a/b?c#d".parse::<RecordId>().is_ok());
    }

    #[test]
    fn spans_and_dates_say_from_when_on() {
        for (text, since) in [
            ("90s", When::Ago(90)),
            ("1h", When::Ago(3600)),
            ("7d", When::Ago(604_800)),
            ("1970-01-02", When::At(86_400)),
            ("1970-01-01T01:00:00+01:00", When::At(0)),
            ("2026-01-31T08:00:00Z", When::At(1_769_846_400)),
        ] {
            assert_eq!(text.parse::<When>(), Ok(since), "{text}");
        }
        for text in [
            "",
            "h",
            "-1h",
            "1x",
            "1.5h",
            "yesterday",
            "2026-02-30",
            "99999999999999999999d",
        ] {
            assert!(text.parse::<When>().is_err(), "{text}");
        }
    }
}
