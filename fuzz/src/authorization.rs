//! Target `authorization`: what is offered is a part of exactly one header, and a bad header never falls back to a cookie.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a law: where it is broken it panics"
)]

use policy::credential::{Carrier, Offer};
use policy::envelope::Envelope;
use policy::refusal::Refusal;

use crate::carried_text;
use crate::outcome::Outcome;

pub(crate) const WORDS: &[&str] = &[
    "Bearer ",
    "bearer ",
    "BEARER ",
    "Basic ",
    "Token ",
    ", Bearer ",
    "\n__Host-usher=t",
    "\n",
    "; ",
    ",",
    " ",
    "\t",
    "=",
    "__Host-usher=",
    "a.b.c",
];

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "Bearer a.b.c",
        "bearer a.b.c\na=1; __Host-usher=t",
        "Bearer a, Bearer b",
        "Basic dDp0\n__Host-usher=t",
        "Bearer  a",
        "Bearer\ta",
        "\n__Host-usher=t, __Host-usher=u",
        "",
    ];
    texts.map(Into::into).to_vec()
}

pub(crate) fn law(data: &[u8]) -> Outcome {
    let (authorization, cookies) = carried_text::two(data);
    let authorization = &carried_text::header(authorization);
    let cookies = cookies.map(carried_text::header);
    let cookies = cookies.as_deref();
    let offer = carried_text::offered(Some(authorization), cookies);
    match &offer {
        Offer::Token { text, carrier } => {
            assert_eq!(*carrier, Carrier::Bearer);
            only_part_of(text, authorization);
            if let Some(cookies) = cookies {
                assert_eq!(carried_text::place_of(text, cookies), None);
            }
        }
        Offer::Broken(refusal) => {
            assert_eq!(*refusal, Refusal::SchemeNotBearer);
            assert!(!authorization.contains(','));
        }
        Offer::Ambiguous => assert!(
            authorization.contains(',') || cookies.is_some_and(|cookies| cookies.contains(','))
        ),
        Offer::Nothing => panic!("a header is never nothing"),
    }
    if cookies.is_none_or(|cookies| !cookies.contains(',')) {
        assert_eq!(offer, carried_text::offered(Some(authorization), None));
    }
    Outcome::taken_if(matches!(offer, Offer::Token { .. }))
}

/// RFC 6750 section 2.1: the scheme, one space, and the rest of the header is the token.
fn only_part_of(text: &str, authorization: &str) {
    let place = carried_text::place_of(text, authorization).expect("a part of the header");
    assert_eq!(place, "Bearer ".len()..authorization.len());
    let (scheme, _) = authorization.split_at(place.start);
    assert_eq!(scheme.to_lowercase(), "bearer ");
    assert!(!text.is_empty() && !text.contains(','));
    if Envelope::read(text).is_ok() {
        assert!(text.is_ascii() && !text.contains(' '), "`{text}`");
    }
}
