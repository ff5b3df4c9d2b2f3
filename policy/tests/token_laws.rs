//! What must hold for every token: whose it is, how it is spelled, until when it counts, and who it makes its bearer.

use std::time::Duration;

use policy::admission::{Presented, Visitor};
use policy::issuer::Issuer;
use policy::refusal::Refusal;
use policy::standing::{Identity, IssuerUrl, Subject};
use policy::storage_key::StorageKey;
use policy::time::Moment;
use proptest::prelude::*;

use crate::domain::{ISSUER, NOW, OTHER_ISSUER, Seal, admit, issuer, now_or_never, token};

const HEADER: &str = r#"{"alg":"ES256"}"#;

/// What a JSON string can hold without an escape, and a subject at all.
const PLAIN: &str = r#"[^"\\\p{Cc}]{1,40}"#;

fn claims(issuer: &str, subject: &str, more: &str) -> String {
    format!(r#"{{"iss":"{issuer}","sub":"{subject}","aud":"usher","exp":1900003600{more}}}"#)
}

fn admitted_by(issuers: &[Issuer], text: &str, now: Moment) -> Result<Visitor, Refusal> {
    now_or_never(async { Presented::read(text, issuers)?.admit(&Seal, now).await })
}

/// Whether a token with this claim is admitted at this moment, the clocks being this far apart at most.
fn at(claims: &str, leeway: u64, now: Moment) -> Result<Visitor, Refusal> {
    let mut patient = issuer(ISSUER);
    patient.leeway = Duration::from_secs(leeway);
    admitted_by(&[patient], &token(ISSUER, HEADER, claims), now)
}

proptest! {
    #[test]
    fn a_token_admitted_by_one_issuer_is_refused_by_another(subject in PLAIN) {
        let good = token(ISSUER, HEADER, &claims(ISSUER, &subject, ""));
        prop_assert!(admit(&good).is_ok());
        let only_the_other = admitted_by(&[issuer(OTHER_ISSUER)], &good, NOW);
        prop_assert!(matches!(only_the_other, Err(Refusal::UnknownIssuer { .. })), "{:?}", only_the_other);
        let under_its_name = token(ISSUER, HEADER, &claims(OTHER_ISSUER, &subject, ""));
        prop_assert_eq!(admit(&under_its_name), Err(Refusal::SignatureWrong));
    }

    #[test]
    fn no_second_spelling_of_an_admitted_token_is_admitted(
        subject in PLAIN,
        position in any::<prop::sample::Index>(),
        inserted in prop::sample::select(vec!["=", "==", " ", "\n", "\t", "\0", ".", "+", "/", "%3D", "%2E", "A", "\u{200b}", "\u{ff0e}"]),
    ) {
        let good = token(ISSUER, HEADER, &claims(ISSUER, &subject, ""));
        prop_assert!(admit(&good).is_ok());
        let mut longer = good.clone();
        longer.insert_str(position.index(good.len() + 1), inserted);
        prop_assert!(admit(&longer).is_err(), "{}", longer);
        for part in 0..3 {
            for other in neighbours(&good, part) {
                prop_assert!(admit(&other).is_err(), "{}", other);
            }
        }
    }

    #[test]
    fn exp_decides_exactly_at_its_leeway(exp in 1_u64..4_000_000_000, leeway in 0_u64..600) {
        let claims = format!(r#"{{"iss":"{ISSUER}","sub":"guy","aud":"usher","exp":{exp}}}"#);
        let end = Moment::from_unix_seconds(exp + leeway);
        let before = at(&claims, leeway, end.minus(Duration::from_millis(1)));
        prop_assert_eq!(before.map(|visitor| visitor.valid_until()), Ok(end));
        prop_assert_eq!(at(&claims, leeway, end), Err(Refusal::Expired { seconds_ago: leeway }));
    }

    #[test]
    fn nbf_and_iat_decide_exactly_at_their_leeway(date in 1000_u64..4_000_000_000, leeway in 0_u64..600, name in prop::sample::select(vec!["nbf", "iat"])) {
        let claims = format!(r#"{{"iss":"{ISSUER}","sub":"guy","aud":"usher","exp":9000000000,"{name}":{date}}}"#);
        let start = Moment::from_unix_seconds(date - leeway);
        prop_assert!(at(&claims, leeway, start).is_ok());
        let too_early = at(&claims, leeway, start.minus(Duration::from_millis(1)));
        let waits = matches!(too_early, Err(Refusal::NotYetValid { .. } | Refusal::IssuedInTheFuture { .. }));
        prop_assert!(waits, "{:?}", too_early);
    }

    #[test]
    fn a_later_moment_never_revives_a_token(exp in 1_u64..4_000_000_000, later in 0_u64..1_000_000_000) {
        let claims = format!(r#"{{"iss":"{ISSUER}","sub":"guy","aud":"usher","exp":{exp}}}"#);
        let expired = Moment::from_unix_seconds(exp + 60).plus(Duration::from_millis(later));
        prop_assert!(at(&claims, 60, expired).is_err());
    }

    #[test]
    fn a_subject_is_taken_byte_for_byte(subject in PLAIN) {
        let visitor = admit(&token(ISSUER, HEADER, &claims(ISSUER, &subject, ""))).unwrap();
        prop_assert_eq!(visitor.identity().subject.as_str(), subject);
        prop_assert_eq!(visitor.identity().issuer.as_str(), ISSUER);
    }

    #[test]
    fn what_a_token_says_besides_makes_nobody_else(name in "[a-z]{4,9}", value in PLAIN, subject in PLAIN) {
        prop_assume!(!["events", "email"].contains(&name.as_str()));
        let more = format!(r#","{name}":{{"sub":["{value}"],"iss":null}}"#);
        let header = format!(r#"{{"alg":"ES256","{name}":"{value}"}}"#);
        let who = |visitor: Result<Visitor, Refusal>| visitor.map(|visitor| (visitor.identity().clone(), visitor.newcomer(), visitor.is_operator(), visitor.valid_until()));
        let plain = admit(&token(ISSUER, HEADER, &claims(ISSUER, &subject, "")));
        prop_assert_eq!(who(admit(&token(ISSUER, &header, &claims(ISSUER, &subject, &more)))), who(plain));
    }

    #[test]
    fn two_people_never_share_a_storage_key(parts in ["[a-c:]{1,4}", "[a-c:]{1,4}", "[a-c:]{1,4}"], between in "[:|. ]?") {
        let [first, second, third] = parts;
        // Where one ends and the other begins is all that differs.
        let shifted_left = key(&first, &format!("{second}{between}{third}"));
        let shifted_right = key(&format!("{first}{between}{second}"), &third);
        prop_assert_ne!(shifted_left, shifted_right);
        prop_assert_eq!(key(&first, &second) == key(&second, &first), first == second);
    }
}

fn key(issuer: &str, subject: &str) -> StorageKey {
    StorageKey::of(&Identity {
        issuer: IssuerUrl::new(issuer).unwrap(),
        subject: Subject::new(subject).unwrap(),
    })
}

/// The token with the last character of one part changed to any other: where bits are left over, some of them decode to the same.
fn neighbours(good: &str, part: usize) -> Vec<String> {
    let parts: Vec<&str> = good.split('.').collect();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (kept, last) = parts[part].split_at(parts[part].len() - 1);
    let others = alphabet.chars().filter(|other| !last.contains(*other));
    let texts = others.map(|other| {
        let changed = format!("{kept}{other}");
        let mut parts = parts.clone();
        parts[part] = &changed;
        parts.join(".")
    });
    texts.collect()
}
