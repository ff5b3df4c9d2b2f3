//! The languages in which a visitor can be told something, and which of them a visitor asks for.

use crate::quality::ranked;

/// A language in which every message is written: one file in `words/` each.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Language {
    /// What is said where no other language is asked for.
    #[default]
    English,
    /// French.
    French,
    /// German.
    German,
    /// Japanese.
    Japanese,
    /// Portuguese, as in Brazil.
    Portuguese,
    /// Spanish.
    Spanish,
}

impl Language {
    /// Every language, in alphabetical order.
    pub const ALL: [Self; 6] = [
        Self::English,
        Self::French,
        Self::German,
        Self::Japanese,
        Self::Portuguese,
        Self::Spanish,
    ];

    /// Its tag (BCP 47), as pages and headers name it.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
            Self::German => "de",
            Self::Japanese => "ja",
            Self::Portuguese => "pt",
            Self::Spanish => "es",
        }
    }

    /// The one that is asked for most, the first of equals; English where none of ours is (RFC 9110 section 12.5.4).
    ///
    /// Found by lookup (RFC 4647 section 3.4): `de-AT` is met by `de`, and `*` by what is said to everybody.
    pub fn preferred(accept_language: Option<&str>) -> Self {
        let mut best = (0, Self::default());
        for (range, quality) in ranked(accept_language.unwrap_or_default()) {
            if let Some(language) = Self::meeting(range)
                && quality > best.0
            {
                best = (quality, language);
            }
        }
        best.1
    }

    fn meeting(range: &str) -> Option<Self> {
        let primary = range.split_once('-').map_or(range, |(primary, _)| primary);
        if primary == "*" {
            return Some(Self::default());
        }
        Self::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(primary))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_is_asked_for_most_is_spoken() {
        for (asked, expected) in [
            ("de", Language::German),
            ("de-AT", Language::German),
            ("DE-at", Language::German),
            ("pt-BR,pt;q=0.9,en;q=0.8", Language::Portuguese),
            ("en;q=0.8, fr;q=0.9", Language::French),
            ("es;q=0.5,ja;q=0.5", Language::Spanish),
            ("zh-Hant-TW, ja;q=0.3", Language::Japanese),
            ("fr ; q=0.001 , nl", Language::French),
            ("de;Q=1.000,fr;q=0.999", Language::German),
            ("*;q=0.1, de;q=0.2", Language::German),
            ("es-419", Language::Spanish),
        ] {
            assert_eq!(Language::preferred(Some(asked)), expected, "{asked}");
        }
    }

    #[test]
    fn whoever_asks_for_none_of_ours_is_told_in_english() {
        assert_eq!(Language::preferred(None), Language::English);
        for asked in [
            "",
            "*",
            "nl",
            "zh-de",
            "de;q=0",
            "de;q=2",
            "de;q=x",
            "de;q=0.0001",
            "deu",
            "d",
            "-",
            ";q=1",
            ",,,",
            "*, de;q=0.9",
            "en-GB, de",
        ] {
            assert_eq!(
                Language::preferred(Some(asked)),
                Language::English,
                "{asked}"
            );
        }
    }

    #[test]
    fn tags_are_unique_and_each_is_met_by_itself() {
        for language in Language::ALL {
            assert_eq!(Language::preferred(Some(language.tag())), language);
        }
    }
}
