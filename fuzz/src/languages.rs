//! Target `languages`: whatever `Accept-Language` holds, the language is the first of those that are wanted most, or English.

use std::cmp::Reverse;

use policy::language::Language;

use crate::carried_text;
use crate::outcome::Outcome;

pub(crate) const WORDS: &[&str] = &[
    "de", "en", "es", "fr", "ja", "pt", "*", "-", "-AT", ";q=", ";q=0.", ";q=1.000", ";q=0", ",",
    " ", "; ", "\t",
];

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "de-AT,de;q=0.9,en;q=0.8",
        "pt-BR, *;q=0.1",
        "fr;q=0.333;q=1",
        "ja;level=1;q=1.000",
        "es;q=0.0000, nl",
        "",
    ];
    texts.map(Into::into).to_vec()
}

pub(crate) fn law(data: &[u8]) -> Outcome {
    let header = carried_text::header(data);
    let found = Language::preferred(Some(&header));
    let expected = naively(&header);
    assert_eq!(found, expected.unwrap_or(Language::English), "{header:?}");
    Outcome::taken_if(expected.is_some())
}

/// Everything that is wanted, sorted by how much; equals stay as they stood.
fn naively(header: &str) -> Option<Language> {
    let mut wanted: Vec<(Language, u32)> = header.split(',').filter_map(wanted_by).collect();
    wanted.sort_by_key(|(_, quality)| Reverse(*quality));
    wanted.first().map(|(language, _)| *language)
}

fn wanted_by(item: &str) -> Option<(Language, u32)> {
    let parts: Vec<&str> = item.split(';').map(str::trim).collect();
    let (range, parameters) = parts.split_first()?;
    let language = match range.split('-').next()?.to_ascii_lowercase().as_str() {
        "*" | "en" => Language::English,
        "de" => Language::German,
        "es" => Language::Spanish,
        "fr" => Language::French,
        "ja" => Language::Japanese,
        "pt" => Language::Portuguese,
        _ => return None,
    };
    let mut weights = parameters
        .iter()
        .filter(|parameter| parameter.to_ascii_lowercase().starts_with("q="));
    let quality = weights.next().map_or(Some(1000), |weight| {
        let digits = weight.split_once('=')?.1;
        let quality: f64 = digits.parse().ok()?;
        let allowed = digits.len() <= 5
            && digits.starts_with(['0', '1'])
            && digits.chars().skip(1).take(1).all(|dot| dot == '.')
            && digits.chars().skip(2).all(|digit| digit.is_ascii_digit());
        // Thousandths are exact: nothing else has three digits.
        (allowed && quality <= 1.0)
            .then_some((quality * 1000.0).round())
            .map(|quality| format!("{quality}").parse().unwrap_or(0))
    })?;
    (quality > 0).then_some((language, quality))
}
