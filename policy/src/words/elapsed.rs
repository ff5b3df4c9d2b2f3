//! For how long something has been the case, as people say it.

use alloc::format;
use alloc::string::{String, ToString as _};
use core::time::Duration;

/// A sentence around a span of time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Elapsed {
    /// What stands before the span.
    pub before: &'static str,
    /// What stands after it.
    pub after: &'static str,
    /// Less than a minute.
    pub moment: &'static str,
    /// Minutes.
    pub minute: Unit,
    /// Hours.
    pub hour: Unit,
    /// Days.
    pub day: Unit,
}

/// What follows a number, with the space between where the language has one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Unit {
    /// After 1.
    pub one: &'static str,
    /// After any other number.
    pub many: &'static str,
}

impl Elapsed {
    /// The span itself: `2 minutes`. Nobody needs it more exactly.
    pub fn span(&self, span: Duration) -> String {
        let minutes = span.as_secs() / 60;
        match minutes {
            0 => self.moment.to_string(),
            1..60 => self.minute.after(minutes),
            60..2880 => self.hour.after(minutes / 60),
            2880.. => self.day.after(minutes / 1440),
        }
    }
}

impl Unit {
    fn after(self, number: u64) -> String {
        let unit = if number == 1 { self.one } else { self.many };
        format!("{number}{unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn a_span_is_said_as_people_say_it() {
        let said = |language: Language, seconds| {
            let elapsed = &language.labels().elapsed;
            let span = elapsed.span(Duration::from_secs(seconds));
            [elapsed.before, &span, elapsed.after].concat()
        };
        for (language, seconds, sentence) in [
            (
                Language::English,
                0,
                "It has been like this for less than a minute.",
            ),
            (Language::English, 60, "It has been like this for 1 minute."),
            (
                Language::English,
                3599,
                "It has been like this for 59 minutes.",
            ),
            (Language::English, 3600, "It has been like this for 1 hour."),
            (
                Language::English,
                172_799,
                "It has been like this for 47 hours.",
            ),
            (
                Language::English,
                172_800,
                "It has been like this for 2 days.",
            ),
            (Language::German, 259_200, "Das ist seit 3 Tagen so."),
            (
                Language::French,
                30,
                "C’est le cas depuis moins d’une minute.",
            ),
            (Language::Spanish, 7200, "Lleva así 2 horas."),
            (Language::Portuguese, 120, "Está assim há 2 minutos."),
            (Language::Japanese, 120, "この状態の継続時間：2分"),
        ] {
            assert_eq!(said(language, seconds), sentence);
        }
    }
}
