//! The forms in which text carries other text: what a secret looks like inside of an address, of JSON or of base64.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

/// Every form of the text, itself included.
pub(super) fn of(text: &str) -> Vec<String> {
    let mut forms = vec![
        text.to_owned(),
        json_escaped(text),
        text.escape_debug().to_string(),
    ];
    for set in [NON_ALPHANUMERIC, COMPONENT, FORM, QUERY, UNRESERVED] {
        let encoded = utf8_percent_encode(text, set).to_string();
        forms.extend([
            with_small_digits(&encoded),
            encoded.replace("%20", "+"),
            encoded,
        ]);
    }
    forms.extend((0..3).flat_map(|offset| base64_at(text, offset)));
    forms.retain(|form| form.len() >= super::MIN_SECRET_BYTES);
    forms.sort();
    forms.dedup();
    forms
}

fn json_escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(&quoted)
        .to_owned()
}

/// `%2f` for `%2F`: RFC 3986 section 2.1 has both mean the same.
fn with_small_digits(encoded: &str) -> String {
    let mut since_percent = usize::MAX;
    let small = |character: char| {
        since_percent = if character == '%' {
            0
        } else {
            since_percent.saturating_add(1)
        };
        if matches!(since_percent, 1 | 2) {
            character.to_ascii_lowercase()
        } else {
            character
        }
    };
    encoded.chars().map(small).collect()
}

/// The characters of base64 that depend on the text alone when `offset` other bytes stand before it.
fn base64_at(text: &str, offset: usize) -> Vec<String> {
    let bytes = [vec![0; offset].as_slice(), text.as_bytes()].concat();
    // Six bits a character: the first whole one behind the other bytes, and the last one not shared with what follows.
    let (first, last) = ((offset * 8).div_ceil(6), bytes.len() * 8 / 6);
    let whole = |encoded: String| encoded.get(first..last).map(str::to_owned);
    [
        STANDARD_NO_PAD.encode(&bytes),
        URL_SAFE_NO_PAD.encode(&bytes),
    ]
    .into_iter()
    .filter_map(whole)
    .collect()
}

/// RFC 3986 section 2.3.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What JavaScript's `encodeURIComponent` does.
const COMPONENT: &AsciiSet = &UNRESERVED
    .remove(b'!')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*');

/// `application/x-www-form-urlencoded`, with `+` for the space (URL Standard).
const FORM: &AsciiSet = &UNRESERVED.remove(b'*').add(b'~');

/// What a browser does to a query typed by hand (URL Standard).
const QUERY: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'\'');

#[cfg(test)]
mod tests {
    use super::*;

    const CANARY: &str = "c4n\"ary/+ü s3cret~Z";

    fn is_found(text: &str) -> bool {
        of(CANARY).iter().any(|form| text.contains(form.as_str()))
    }

    #[test]
    fn no_form_of_a_secret_is_missed() {
        let form = reqwest::Url::parse_with_params("https://a.example/", [("t", CANARY)]).unwrap();
        let query = reqwest::Url::parse(&format!("https://a.example/?{CANARY}")).unwrap();
        let json = serde_json::json!({ "token": CANARY });
        for text in [
            CANARY,
            form.as_str(),
            query.as_str(),
            &json.to_string(),
            "c4n%22ary%2f%2b%c3%bc%20s3cret~Z",
        ] {
            assert!(is_found(text), "{text}");
        }
    }

    #[test]
    fn base64_is_found_wherever_the_secret_begins() {
        for before in ["", "a", "ab", "user:"] {
            assert!(
                is_found(&STANDARD_NO_PAD.encode(format!("{before}{CANARY} and more"))),
                "{before}"
            );
            assert!(
                is_found(&URL_SAFE_NO_PAD.encode(format!("{before}{CANARY}"))),
                "{before}"
            );
        }
    }

    #[test]
    fn only_the_digits_of_an_encoding_change_their_case() {
        assert_eq!(with_small_digits("Az%2FAz%C3%BCAZ"), "Az%2fAz%c3%bcAZ");
    }
}
