//! What must hold for every `Cookie` header: the reader that judges our cookie and the one that takes it out mean the same one.

use policy::credential::{Carrier, Headers, Offer, offered, without_cookie};
use proptest::prelude::*;

const NAME: &str = "__Host-usher";

/// Headers made of what can be mistaken for our cookie, so that a good part of them holds it.
fn headers() -> impl Strategy<Value = String> {
    let names = [
        "__Host-usher",
        "__host-usher",
        "__Host-usher2",
        "x__Host-usher",
        "a",
        "",
    ];
    let blanks = ["", "", "", " ", "\t", " \t ", "\u{a0}", "\u{b}"];
    let equals = ["=", "=", "=", "", "=="];
    let values = ["t", "a.b.c", "", "\"q\"", "__Host-usher=u"];
    let ends = [";", "; ", ";", ",", ", ", ";;", ""];
    let pair = [names.as_slice(), &blanks, &equals, &blanks, &values, &ends]
        .map(|texts| prop::sample::select(texts.to_vec()));
    let pair = (prop::sample::select(blanks.to_vec()), pair.to_vec());
    let pair = pair.prop_map(|(blank, texts)| format!("{blank}{}", texts.concat()));
    prop::collection::vec(pair, 0..5).prop_map(|pairs| pairs.concat())
}

fn sent<'a>(authorization: Option<&'a str>, cookies: Option<&'a str>) -> Headers<'a> {
    Headers {
        authorization,
        provider: None,
        cookies,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn what_one_reader_calls_our_cookie_every_reader_does(cookies in headers()) {
        let rest = without_cookie(&cookies, NAME).unwrap_or_default();
        let untouched = rest == cookies.trim_start_matches([' ', '\t']);
        match offered(sent(None, Some(&cookies)), NAME) {
            Offer::Token { text, carrier } => {
                prop_assert!(!untouched, "judged, and not taken out");
                prop_assert_eq!(carrier, Carrier::Cookie);
                prop_assert!(cookies.contains(text));
            }
            Offer::Nothing => prop_assert!(untouched, "taken out, and not judged"),
            // In a later field it may be ours for another reader; that is why nobody gets to read it.
            Offer::Ambiguous => {}
            Offer::Broken(refusal) => prop_assert!(false, "a cookie is not broken: {}", refusal),
        }
    }

    #[test]
    fn nothing_of_ours_is_left_and_nothing_else_is_missing(cookies in headers()) {
        let rest = without_cookie(&cookies, NAME).unwrap_or_default();
        prop_assert!(!matches!(offered(sent(None, Some(&rest)), NAME), Offer::Token { .. }), "{}", rest);
        let theirs = |text: &str| {
            let pairs = text.split(';').filter(|pair| {
                pair.split_once('=').is_none_or(|(name, _)| name.trim_matches([' ', '\t']) != NAME)
            });
            let pairs = pairs.map(|pair| pair.trim_start_matches([' ', '\t']).to_owned());
            pairs.filter(|pair| !pair.is_empty()).collect::<Vec<_>>()
        };
        prop_assert_eq!(theirs(&rest), theirs(&cookies));
    }

    #[test]
    fn two_of_ours_are_never_one(cookies in headers(), first in "[a-z.]{1,9}", second in "[a-z.]{1,9}") {
        let two = format!("{NAME}={first}; {cookies}; {NAME}={second}");
        prop_assert_eq!(offered(sent(None, Some(&two)), NAME), Offer::Ambiguous);
    }

    #[test]
    fn a_cookie_never_stands_in_for_a_header(authorization in "[A-Za-z]{0,7}[ =]{0,2}[a-z.]{0,9}", cookies in headers()) {
        match offered(sent(Some(&authorization), Some(&cookies)), NAME) {
            Offer::Token { text, carrier } => {
                prop_assert_eq!(carrier, Carrier::Bearer);
                prop_assert!(authorization.ends_with(text));
            }
            Offer::Ambiguous | Offer::Broken(_) => {}
            Offer::Nothing => prop_assert!(false, "a header is never nothing"),
        }
    }
}
