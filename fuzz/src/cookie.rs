//! Target `cookie`: which of the cookies is ours, and that it never goes further. Read a second time byte by byte.

#![expect(
    clippy::panic,
    clippy::string_slice,
    reason = "a law: where it is broken it panics"
)]

use policy::credential::{Carrier, Offer, without_cookie};

use crate::carried_text;
use crate::outcome::Outcome;

pub(crate) const NAME: &str = "__Host-usher";

pub(crate) const WORDS: &[&str] = &[
    "__Host-usher=",
    "__Host-usher",
    "__Host-usher =",
    "; __Host-usher=t",
    ", __Host-usher=u",
    "; ",
    ",",
    "=",
    "\t",
    " ",
    "\"",
    "$Version=1; ",
    "__host-usher=",
    "\u{a0}",
    "%3D",
    "eyJ",
];

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "__Host-usher=a.b.c",
        "a=1; __Host-usher=a.b.c; b=2",
        "__Host-usher=a; __Host-usher=b",
        "a=1, __Host-usher=t",
        "a=1; b=2,__Host-usher =t",
        "a=1;  b=\"2; c\";__Host-usher=t; d=%20",
        "$Version=1; x=\"__Host-usher=u; __Host-usher=t\"",
        "\t__Host-usher\t=\tt\t",
        "=__Host-usher=a",
        ";;=;",
    ];
    texts.map(Into::into).to_vec()
}

pub(crate) fn law(data: &[u8]) -> Outcome {
    let cookies = &carried_text::header(data);
    let pairs = pairs(cookies);
    let ours: Vec<&str> = pairs
        .iter()
        .filter_map(|pair| value_of_ours(pair))
        .collect();
    let offer = carried_text::offered(None, Some(cookies));
    match &offer {
        Offer::Token { text, carrier } => {
            assert_eq!(*carrier, Carrier::Cookie);
            assert_eq!(ours, [*text], "the only one of ours");
            assert!(carried_text::place_of(text, cookies).is_some());
            assert!(!second_field_is_ours(cookies));
        }
        Offer::Nothing => assert!(ours.is_empty() && !second_field_is_ours(cookies)),
        Offer::Ambiguous => assert!(ours.len() > 1 || mentions_second(cookies), "{ours:?}"),
        Offer::Broken(refusal) => panic!("a cookie is not broken: {refusal}"),
    }
    taken_out(cookies, &pairs, &ours);
    beside_a_header(cookies, &offer);
    Outcome::taken_if(matches!(offer, Offer::Token { .. }))
}

/// What an app gets: nothing of ours in any reading, and every other pair as it came.
fn taken_out(cookies: &str, pairs: &[String], ours: &[&str]) {
    let rest = without_cookie(cookies, NAME);
    let kept: Vec<&String> = pairs
        .iter()
        .filter(|pair| value_of_ours(pair).is_none())
        .collect();
    let mut expected = String::new();
    for (position, pair) in kept.iter().enumerate() {
        if position > 0 {
            expected.push(';');
        }
        expected.push_str(pair);
    }
    let expected = expected.trim_start_matches([' ', '\t']);
    assert_eq!(rest.as_deref().unwrap_or_default(), expected);
    let rest = rest.unwrap_or_default();
    assert!(
        self::pairs(&rest)
            .iter()
            .all(|pair| value_of_ours(pair).is_none())
    );
    match carried_text::offered(None, Some(&rest)) {
        Offer::Nothing | Offer::Ambiguous => {}
        Offer::Token { .. } | Offer::Broken(_) => panic!("`{rest}` still offers ours"),
    }
    if ours.is_empty() {
        assert_eq!(rest, cookies.trim_start_matches([' ', '\t']));
    }
    assert_eq!(without_cookie(&rest, NAME).unwrap_or_default(), rest);
}

/// A header beside it changes only which of them is judged, never what is ambiguous for every server behind us.
fn beside_a_header(cookies: &str, offer: &Offer<'_>) {
    let beside = carried_text::offered(Some("Bearer t"), Some(cookies));
    match beside {
        Offer::Token { text, carrier } => assert_eq!((text, carrier), ("t", Carrier::Bearer)),
        Offer::Ambiguous => assert_eq!(*offer, Offer::Ambiguous),
        Offer::Nothing | Offer::Broken(_) => panic!("a good header became {beside:?}"),
    }
}

/// RFC 6265 section 4.2.1, one byte after the other.
fn pairs(cookies: &str) -> Vec<String> {
    let mut pairs = vec![String::new()];
    for character in cookies.chars() {
        if character == ';' {
            pairs.push(String::new());
        } else if let Some(pair) = pairs.last_mut() {
            pair.push(character);
        }
    }
    pairs
}

fn value_of_ours(pair: &str) -> Option<&str> {
    let blank = [' ', '\t'];
    let equals = pair.find('=')?;
    let (name, value) = pair.split_at(equals);
    (name.trim_matches(blank) == NAME).then(|| value[1..].trim_matches(blank))
}

/// Whether a later field, as servers that do not join them would read it, begins with a cookie of ours.
fn second_field_is_ours(cookies: &str) -> bool {
    let mut later = cookies
        .match_indices(", ")
        .map(|(comma, _)| &cookies[comma + 2..]);
    later.any(|field| {
        field
            .split(',')
            .next()
            .is_some_and(|field| value_of_ours(first_pair(field)).is_some())
    })
}

fn first_pair(field: &str) -> &str {
    field.split(';').next().unwrap_or_default()
}

fn mentions_second(cookies: &str) -> bool {
    cookies
        .split_once(',')
        .is_some_and(|(_, later)| later.contains(NAME))
}
