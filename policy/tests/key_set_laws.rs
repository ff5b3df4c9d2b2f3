//! What must hold for every set of keys, however it is written.

use policy::issuer::Algorithm;
use policy::jwks::KeySet;
use policy::public_key::PublicKey;
use proptest::prelude::*;

const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
const NAMES: [Option<&str>; 4] = [None, Some("a"), Some("b"), Some("c")];

fn algorithms() -> impl Strategy<Value = Vec<Algorithm>> {
    prop::sample::subsequence(Algorithm::ALL.to_vec(), 0..=4)
}

/// Good keys of every kind, bad ones, and good ones with a member that makes them bad; few names, so that they meet.
fn entries() -> impl Strategy<Value = Vec<String>> {
    let rsa = format!(r#""kty":"RSA","e":"AQAB","n":"{}""#, "_".repeat(342));
    let kinds = vec![
        rsa,
        format!(r#""kty":"EC","crv":"P-256","x":"{X}","y":"{Y}""#),
        format!(r#""kty":"EC","crv":"P-256","x":"{Y}","y":"{X}""#),
        format!(r#""kty":"OKP","crv":"Ed25519","x":"{X}""#),
        format!(r#""kty":"oct","k":"{X}""#),
        r#""kty":"EC","crv":"P-256","x":"AA","y":"AA""#.to_owned(),
    ];
    let names = ["", r#","kid":"a""#, r#","kid":"b""#];
    let besides = [
        "",
        "",
        "",
        r#","use":"sig""#,
        r#","use":"enc""#,
        r#","alg":"HS256""#,
        r#","alg":"ES256""#,
        r#","d":"x""#,
    ];
    let entry = (
        prop::sample::select(kinds),
        prop::sample::select(names.to_vec()),
        prop::sample::select(besides.to_vec()),
    );
    let entry = entry.prop_map(|(kind, name, besides)| format!("{{{kind}{name}{besides}}}"));
    prop::collection::vec(entry, 1..6)
}

fn read(entries: &[String], algorithms: &[Algorithm]) -> KeySet {
    let body = format!(r#"{{"keys":[{}]}}"#, entries.join(","));
    KeySet::read(body.as_bytes(), algorithms).unwrap()
}

fn found<'s>(set: &'s KeySet, algorithm: Algorithm, name: Option<&str>) -> Vec<&'s PublicKey> {
    let positions = set.candidates(algorithm, name).into_iter();
    positions.map(|position| &set.keys[position]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn a_key_set_never_yields_a_key_of_an_algorithm_that_is_not_allowed(entries in entries(), allowed in algorithms()) {
        let set = read(&entries, &allowed);
        for key in &set.keys {
            prop_assert!(allowed.contains(&key.material.algorithm()));
        }
        for algorithm in Algorithm::ALL {
            for name in NAMES {
                for key in found(&set, algorithm, name) {
                    prop_assert_eq!(key.material.algorithm(), algorithm);
                }
            }
        }
        prop_assert!(set.candidates(Algorithm::Hs256, None).is_empty());
    }

    #[test]
    fn reordering_keys_of_a_set_changes_nothing((entries, shuffled) in entries().prop_flat_map(|entries| (Just(entries.clone()), Just(entries).prop_shuffle()))) {
        let set = read(&entries, &Algorithm::ALL);
        let other = read(&shuffled, &Algorithm::ALL);
        prop_assert_eq!(set.keys.len(), other.keys.len());
        for algorithm in Algorithm::ALL {
            for name in NAMES {
                prop_assert_eq!(found(&set, algorithm, name), found(&other, algorithm, name));
            }
        }
    }

    #[test]
    fn a_question_finds_one_key_of_a_served_set_or_none(entries in entries()) {
        let set = read(&entries, &Algorithm::ALL);
        for algorithm in Algorithm::ALL {
            for name in NAMES {
                prop_assert!(found(&set, algorithm, name).len() <= 1);
            }
        }
    }

    #[test]
    fn allowing_more_takes_no_key_away(entries in entries(), allowed in algorithms()) {
        let all = read(&entries, &Algorithm::ALL);
        for key in read(&entries, &allowed).keys {
            prop_assert!(all.keys.contains(&key));
        }
    }
}
