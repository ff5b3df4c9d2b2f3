//! How pieces of a token are shown: never whole, never raw.

use policy::time::Moment;

/// A text from a token, harmless on a terminal, cut to what helps to recognise it.
pub(crate) fn shown(text: &str, most: usize) -> String {
    let cut: String = text.chars().take(most).collect();
    let mark = if cut.len() < text.len() { "…" } else { "" };
    format!("`{}{mark}`", cut.escape_debug())
}

/// As much of somebody's identifier as helps to recognise it: half of it, and never more than eight characters.
pub(crate) fn shortened(text: &str) -> String {
    let most = (text.chars().count() / 2).clamp(1, 8);
    shown(text, most)
}

/// The first letter and the host.
pub(crate) fn masked_email(address: &str) -> String {
    let (local, host) = address.rsplit_once('@').unwrap_or((address, ""));
    let first: String = local.chars().take(1).collect();
    shown(&format!("{first}***@{host}"), 60)
}

/// Several texts from a token or a key set, the first few of them.
pub(crate) fn list<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    let mut texts = texts.into_iter();
    let mut words: Vec<_> = texts
        .by_ref()
        .take(MOST_LISTED)
        .map(|text| shown(text.as_ref(), 40))
        .collect();
    let more = texts.count();
    if more > 0 {
        words.push(format!("{more} more"));
    }
    words.join(", ")
}

/// A span for people.
pub(crate) fn span(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} minutes", seconds / 60),
        7200..=172_799 => format!("{} hours", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// A moment as RFC 3339 has it, with a space.
pub(crate) fn utc(moment: Moment) -> String {
    let seconds = moment.unix_seconds();
    if seconds >= YEAR_10000 {
        return format!("{seconds} s after 1970; is it in milliseconds?");
    }
    let (days, time) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    format!(
        "{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02} UTC",
        time / 3600,
        time / 60 % 60,
        time % 60
    )
}

/// The date that many days after 1970-01-01, in the Gregorian calendar: counted from a March, the leap day ends a year
/// (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
const fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = era * 400 + year_of_era + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// 10000-01-01 00:00:00 UTC.
const YEAR_10000: u64 = 253_402_300_800;

const MOST_LISTED: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_dates_of_the_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (951_782_400, "2000-02-29 00:00:00 UTC"),
            (951_868_799, "2000-02-29 23:59:59 UTC"),
            (951_868_800, "2000-03-01 00:00:00 UTC"),
            (1_767_225_600, "2026-01-01 00:00:00 UTC"),
            (4_107_542_400, "2100-03-01 00:00:00 UTC"),
            (YEAR_10000 - 1, "9999-12-31 23:59:59 UTC"),
        ] {
            assert_eq!(utc(Moment::from_unix_seconds(seconds)), text);
        }
        assert!(utc(Moment::from_unix_seconds(1_767_225_600_000)).contains("milliseconds"));
    }

    #[test]
    fn spans_are_in_the_unit_that_says_most() {
        for (seconds, text) in [
            (67, "67 s"),
            (120, "2 minutes"),
            (7199, "119 minutes"),
            (7200, "2 hours"),
            (200_000, "2 days"),
        ] {
            assert_eq!(span(seconds), text);
        }
    }

    #[test]
    fn nobody_is_recognised_by_strangers() {
        assert_eq!(masked_email("guy.brush@example.com"), "`g***@example.com`");
        assert_eq!(masked_email("nobody"), "`n***@`");
        assert_eq!(shortened("auth0|64f0c2"), "`auth0|…`");
        assert_eq!(shortened("ab"), "`a…`");
        assert_eq!(shown("a\u{1b}[31m", 40), "`a\\u{1b}[31m`");
    }
}
