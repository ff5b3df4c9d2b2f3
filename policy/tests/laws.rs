//! What must hold for every input.

use std::time::Duration;

use policy::credential::{Headers, Offer, offered, without_cookie};
use policy::decision::{Decision, Place};
use policy::door::Knock;
use policy::negotiation::{Audience, Signs};
use policy::rule::Rule;
use policy::session::SignOuts;
use policy::sighting::Sighting;
use policy::status::{Availability, Status};
use policy::time::Moment;
use proptest::prelude::*;

use crate::domain::{
    Age, FoundOut, ISSUER, Known, NOW, PLACES, admit, every_finding, judged, token, visitor,
};

fn lets_in(found_out: FoundOut, place: Place, now: Moment) -> bool {
    judged(&visitor("guy"), found_out, place, now, |judgement| {
        matches!(judgement.decision, Decision::LetIn(_))
    })
}

#[test]
fn default_deny_only_ready_or_an_open_path_lets_in() {
    for place in PLACES {
        for found_out in every_finding() {
            if !lets_in(found_out, place, NOW) {
                continue;
            }
            let (FoundOut::Answered(known)
            | FoundOut::Remembered(known, _)
            | FoundOut::Failed(known, _)) = found_out
            else {
                panic!("{found_out:?} lets in at {place:?}");
            };
            let open_path =
                known == Known::Has(Status::Suspended) && place == Place::OpenWhenSuspended;
            let ready = matches!(
                known,
                Known::Has(Status::Ready) | Known::OwnerWith(Status::Ready)
            );
            assert!(ready || open_path, "{found_out:?} lets in at {place:?}");
        }
    }
}

#[test]
fn an_outage_never_improves_a_standing() {
    for known in Known::ALL {
        for age in Age::ALL {
            let gained = lets_in(FoundOut::Failed(known, age), Place::App, NOW)
                && !lets_in(FoundOut::Answered(known), Place::App, NOW);
            assert!(!gained, "{known:?} seen {age:?}");
        }
    }
}

#[test]
fn an_expired_visitor_is_never_let_in_whatever_is_known() {
    let after = Moment::from_unix_seconds(1_900_003_660);
    for place in PLACES {
        for found_out in every_finding() {
            let rule = judged(&visitor("guy"), found_out, place, after, |judgement| {
                judgement.rule
            });
            assert_eq!(rule, Rule::BadCredential);
        }
    }
}

#[test]
fn a_permit_leads_to_the_instance_that_was_judged() {
    judged(
        &visitor("guy"),
        FoundOut::Answered(Known::Has(Status::Ready)),
        Place::App,
        NOW,
        |judgement| {
            let Decision::LetIn(permit) = &judgement.decision else {
                panic!("a ready instance lets in")
            };
            assert_eq!(permit.instance().url.as_str(), "https://guy.fly.dev");
            assert_eq!(permit.visitor().identity().subject.as_str(), "guy");
        },
    );
}

#[test]
fn a_message_never_contradicts_the_status() {
    for status in Status::ALL
        .into_iter()
        .filter(|status| status.availability() != Availability::Open)
    {
        judged(
            &visitor("guy"),
            FoundOut::Answered(Known::Has(status)),
            Place::App,
            NOW,
            |judgement| {
                let Decision::Tell(message) = &judgement.decision else {
                    panic!("{status} is told")
                };
                assert_eq!(message.reason.code(), format!("instance_{status}"));
            },
        );
    }
}

proptest! {
    #[test]
    fn no_remembered_sighting_past_stale_lets_in_while_the_authority_answers(millis in 60_000_u64..10_000_000, place in prop::sample::select(PLACES.to_vec())) {
        let found_out = FoundOut::Remembered(
Known::Has(Status::Ready),
Age::Past(Duration::from_millis(millis)));
        prop_assert!(!lets_in(found_out, place, NOW));
    }

    #[test]
    fn no_text_makes_admission_panic_or_admit(text in prop_oneof![any::<String>(), "[A-Za-z0-9_.-]{0,200}", "[.]{0,9000}"]) {
        prop_assert!(admit(&text).is_err());
    }

    #[test]
    fn a_token_with_one_byte_changed_is_never_admitted_as_somebody_else(position in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let claims = format!(r#"{{"iss":"{ISSUER}","sub":"guy","aud":"usher","exp":1900003600}}"#);
        let good = token(ISSUER, r#"{"alg":"ES256"}"#, &claims);
        let mut bytes = good.clone().into_bytes();
        let position = position.index(bytes.len());
        bytes[position] = byte;
        if let Ok(text) = String::from_utf8(bytes) {
            prop_assert_eq!(admit(&text).is_ok(), text == good);
        }
    }

    #[test]
    fn headers_of_any_shape_offer_at_most_one_token(authorization in any::<Option<String>>(), cookies in any::<Option<String>>()) {
        let offer = offered(Headers { authorization: authorization.as_deref(), provider: None, cookies: cookies.as_deref() }, "__Host-usher");
        if let (Some(_), Offer::Token { text, .. }) = (&authorization, &offer) {
            prop_assert!(authorization.as_deref().unwrap_or_default().ends_with(text));
        }
    }

    #[test]
    fn the_cookie_never_reaches_an_app(cookies in "[ a-z_=;\\-]{0,40}(__Host-usher=[a-z.]{0,9})?[ ;a-z=]{0,20}") {
        let rest = without_cookie(&cookies, "__Host-usher").unwrap_or_default();
        prop_assert_eq!(offered(Headers { cookies: Some(&rest), ..Headers::default() }, "__Host-usher"), Offer::Nothing);
    }

    #[test]
    fn no_record_of_random_bytes_is_believed(bytes in any::<Vec<u8>>()) {
        prop_assert!(Sighting::restore(&bytes, &Knock::own(visitor("guy").identity().clone()), &[]).is_err());
    }

    #[test]
    fn what_carries_a_body_is_never_redirected(method in "[A-Z]{3,8}", accept in any::<Option<String>>(), mode in any::<Option<String>>()) {
        let audience = Audience::of(Signs { method: &method, accept: accept.as_deref(), fetch_mode: mode.as_deref() });
        prop_assert!(audience != Audience::Browser || method == "GET" || method == "HEAD");
    }
}

fn issued(at: u64, more: &str) -> policy::admission::Visitor {
    let claims = format!(
        r#"{{"iss":"{ISSUER}","sub":"guy","aud":"usher","iat":{at},"exp":1900003600{more}}}"#
    );
    admit(&token(ISSUER, r#"{"alg":"ES256"}"#, &claims)).unwrap()
}

#[test]
fn what_was_issued_before_a_sign_out_is_over_and_a_new_log_in_is_not() {
    let sign_outs = SignOuts {
        before: Some(NOW),
        sessions: Vec::new(),
    };
    let now = NOW.unix_seconds();
    assert!(sign_outs.cover(&issued(now - 1, "")));
    assert!(!sign_outs.cover(&issued(now, "")));
    assert!(
        sign_outs.cover(&visitor("guy")),
        "it does not say when it was issued"
    );
}

#[test]
fn an_ended_session_is_over_however_its_token_is_signed_again() {
    let now = NOW.unix_seconds();
    let ended = issued(now - 9, r#","sid":"s-1""#);
    let sign_outs = SignOuts {
        before: None,
        sessions: [ended.session().clone()].into(),
    };
    assert!(sign_outs.cover(&issued(now, r#","sid":"s-1","jti":"renewed""#)));
    assert!(!sign_outs.cover(&issued(now, r#","sid":"s-2""#)));
    assert!(!sign_outs.cover(&issued(now, r#","jti":"s-1""#)));
    let without_name = issued(now, "");
    assert_eq!(without_name.session(), issued(now, "").session());
    assert_ne!(without_name.session(), issued(now - 1, "").session());
}

#[test]
fn nobody_is_an_operator_unless_the_issuer_is_configured_so() {
    let claims = r#","groups":["usher-operators"],"operator":true"#;
    assert!(!issued(NOW.unix_seconds(), claims).is_operator());
}
