//! Admission: a good token, and one thing changed at a time.

use policy::admission::Presented;
use policy::issuer::Algorithm;
use policy::refusal::{Malformation, Refusal};
use policy::time::Moment;

use crate::domain::{ISSUER, NOW, OTHER_ISSUER, Seal, admit, issuer, now_or_never, token};

const HEADER: &str = r#"{"alg":"ES256","typ":"JWT","kid":"k1"}"#;

fn missing(name: &str) -> Refusal {
    Refusal::Missing {
        name: name.to_owned(),
    }
}

fn wrong_type(name: &str) -> Refusal {
    Refusal::WrongType {
        name: name.to_owned(),
    }
}

fn claims(edit: impl Fn(String) -> String) -> String {
    edit(format!(
        r#"{{"iss":"{ISSUER}","sub":"guy","aud":"usher","exp":1900003600,"iat":1900000000,"nbf":1900000000}}"#
    ))
}

fn with_claims(edit: impl Fn(String) -> String) -> Result<(), Refusal> {
    admit(&token(ISSUER, HEADER, &claims(edit))).map(|_| ())
}

fn with_header(header: &str) -> Result<(), Refusal> {
    admit(&token(ISSUER, header, &claims(|claims| claims))).map(|_| ())
}

fn replaced(from: &str, to: &str) -> Result<(), Refusal> {
    with_claims(|claims| {
        assert!(claims.contains(from), "{from}");
        claims.replace(from, to)
    })
}

#[test]
fn a_good_token_is_admitted_as_exactly_its_subject() {
    let visitor = admit(&token(ISSUER, HEADER, &claims(|claims| claims))).unwrap();
    assert_eq!(visitor.identity().subject.as_str(), "guy");
    assert_eq!(visitor.identity().issuer.as_str(), ISSUER);
}

#[test]
fn expired_token_is_never_admitted() {
    // Leeway is 60 s: the last admitted moment is just before `exp` + 60 s.
    assert_eq!(replaced("1900003600", "1899999940.001"), Ok(()));
    assert_eq!(
        replaced("1900003600", "1899999940"),
        Err(Refusal::Expired { seconds_ago: 60 })
    );
    assert_eq!(
        replaced("1900003600", "1899999933"),
        Err(Refusal::Expired { seconds_ago: 67 })
    );
    assert_eq!(
        replaced("1900003600", "0"),
        Err(Refusal::Expired {
            seconds_ago: 1_900_000_000
        })
    );
}

#[test]
fn a_remembered_visitor_expires_too() {
    let visitor = admit(&token(ISSUER, HEADER, &claims(|claims| claims))).unwrap();
    assert_eq!(visitor.still_valid(NOW), Ok(()));
    assert!(
        visitor
            .still_valid(Moment::from_unix_seconds(1_900_003_660))
            .is_err()
    );
}

#[test]
fn a_token_without_exp_is_never_admitted() {
    assert_eq!(replaced(r#""exp":1900003600,"#, ""), Err(missing("exp")));
}

#[test]
fn a_wrong_type_is_never_absent() {
    for (from, name) in [
        (r#""exp":1900003600"#, "exp"),
        (r#""nbf":1900000000"#, "nbf"),
        (r#""iat":1900000000"#, "iat"),
    ] {
        for value in ["\"1900000000\"", "null", "true", "[]", "{}", "-1"] {
            let result = replaced(from, &format!("\"{name}\":{value}"));
            assert_eq!(result, Err(wrong_type(name)), "{name} {value}");
        }
    }
    assert_eq!(
        replaced(r#""sub":"guy""#, r#""sub":5"#),
        Err(wrong_type("sub"))
    );
    assert_eq!(
        replaced(r#""sub":"guy""#, r#""sub":"""#),
        Err(wrong_type("sub"))
    );
    assert_eq!(
        replaced(r#""sub":"guy""#, r#""sub":"a\nb""#),
        Err(wrong_type("sub"))
    );
    assert_eq!(
        replaced(r#""aud":"usher""#, r#""aud":["usher",5]"#),
        Err(wrong_type("aud"))
    );
}

#[test]
fn a_duplicate_claim_is_never_admitted() {
    let malformed = Err(Refusal::Malformed(Malformation::NotJsonObject));
    assert_eq!(
        replaced(r#""sub":"guy""#, r#""sub":"guy","sub":"eve""#),
        malformed
    );
    assert_eq!(
        replaced(r#""sub":"guy""#, r#""\u0073ub":"eve","sub":"guy""#),
        malformed
    );
}

#[test]
fn an_audience_must_name_us() {
    assert_eq!(
        replaced(r#""aud":"usher""#, r#""aud":["x","usher"]"#),
        Ok(())
    );
    for audience in [r#""usher2""#, r#""*""#, "[]", r#"["ushe"]"#] {
        let result = replaced(r#""aud":"usher""#, &format!("\"aud\":{audience}"));
        assert!(
            matches!(result, Err(Refusal::AudienceMismatch { .. })),
            "{audience}: {result:?}"
        );
    }
}

#[test]
fn an_issuer_is_its_exact_name() {
    let unknown = |name: &str, nearest: Option<&str>| {
        Err(Refusal::UnknownIssuer {
            found: name.to_owned(),
            nearest: nearest.map(ToOwned::to_owned),
        })
    };
    for name in [
        "https://id.example",
        "https://ID.example/",
        "http://id.example/",
    ] {
        assert_eq!(replaced(ISSUER, name), unknown(name, Some(ISSUER)));
    }
    for name in ["https://id.example/x", "id", ""] {
        assert_eq!(replaced(ISSUER, name), unknown(name, None));
    }
}

#[test]
fn a_token_of_one_issuer_is_refused_under_the_name_of_another() {
    let claims = claims(|claims| claims.replace(ISSUER, OTHER_ISSUER));
    assert_eq!(
        admit(&token(ISSUER, HEADER, &claims)).map(|_| ()),
        Err(Refusal::SignatureWrong)
    );
    assert!(admit(&token(OTHER_ISSUER, HEADER, &claims)).is_ok());
}

#[test]
fn a_forged_and_expired_token_is_a_forged_one() {
    let expired = claims(|claims| claims.replace("1900003600", "1"));
    assert_eq!(
        admit(&token(OTHER_ISSUER, HEADER, &expired)).map(|_| ()),
        Err(Refusal::SignatureWrong)
    );
}

#[test]
fn only_the_issuers_algorithm_is_allowed() {
    for name in [
        "none", "None", "HS256", "ES384", "es256", "ES256 ", "RS256", "",
    ] {
        let result = with_header(&format!(r#"{{"alg":"{name}"}}"#));
        assert!(
            matches!(result, Err(Refusal::AlgorithmNotAllowed { .. })),
            "{name}: {result:?}"
        );
    }
    assert_eq!(with_header("{}"), Err(missing("alg")));
    assert_eq!(with_header(r#"{"alg":["ES256"]}"#), Err(wrong_type("alg")));
}

#[test]
fn headers_that_change_the_reading_are_refused() {
    for (name, value) in [
        ("crit", "[]"),
        ("crit", "[\"exp\"]"),
        ("b64", "true"),
        ("zip", "\"DEF\""),
        ("enc", "null"),
        ("cty", "\"JWT\""),
    ] {
        let result = with_header(&format!(r#"{{"alg":"ES256","{name}":{value}}}"#));
        assert_eq!(result, Err(Refusal::DangerousHeader { name }), "{name}");
    }
    assert_eq!(
        with_header(r#"{"alg":"ES256","kid":null}"#),
        Err(wrong_type("kid"))
    );
    assert_eq!(
        with_header(r#"{"alg":"ES256","jku":"https://evil.example","x":{"y":[1]}}"#),
        Ok(())
    );
}

#[test]
fn a_token_for_something_else_is_no_credential() {
    for kind in ["logout+jwt", "dpop+jwt", "JWE", "secevent+jwt"] {
        let result = with_header(&format!(r#"{{"alg":"ES256","typ":"{kind}"}}"#));
        assert_eq!(
            result,
            Err(Refusal::WrongKind {
                found: kind.to_owned()
            })
        );
    }
    for kind in ["jwt", "at+JWT", "application/at+jwt"] {
        assert_eq!(
            with_header(&format!(r#"{{"alg":"ES256","typ":"{kind}"}}"#)),
            Ok(()),
            "{kind}"
        );
    }
}

#[test]
fn a_token_from_the_future_waits() {
    assert_eq!(
        replaced(r#""nbf":1900000000"#, r#""nbf":1900000060"#),
        Ok(())
    );
    assert_eq!(
        replaced(r#""nbf":1900000000"#, r#""nbf":1900000102"#),
        Err(Refusal::NotYetValid { seconds_ahead: 102 })
    );
    assert_eq!(
        replaced(r#""iat":1900000000"#, r#""iat":1900000102"#),
        Err(Refusal::IssuedInTheFuture { seconds_ahead: 102 })
    );
}

#[test]
fn numbers_of_any_size_never_overflow() {
    for number in [
        "1e308",
        "18446744073709551615",
        "1893456000000",
        "2e300",
        "1900003600.5",
    ] {
        assert_eq!(replaced("1900003600", number), Ok(()), "{number}");
    }
}

#[test]
fn every_other_shape_is_malformed() {
    let good = token(ISSUER, HEADER, &claims(|claims| claims));
    let (head, signature) = good.rsplit_once('.').unwrap();
    for text in [
        String::new(),
        "...".to_owned(),
        ".".repeat(9000),
        "a".repeat(8193),
        head.to_owned(),
        format!("{good}.x"),
        format!("{head}."),
        format!("{good}="),
        format!(" {good}"),
        format!("{good}\n"),
        good.replace('.', "%2E"),
        good.replacen('.', "\u{ff0e}", 1),
        format!("{{\"payload\":\"{head}\"}}"),
        format!("{head}.{}", signature.replacen(|_| true, "+", 1)),
    ] {
        assert!(matches!(admit(&text), Err(Refusal::Malformed(_))), "{text}");
    }
}

#[test]
fn one_token_has_one_spelling() {
    let good = token(ISSUER, HEADER, &claims(|claims| claims));
    // 64 bytes of signature leave four unused bits in the last character; setting one decodes to the same bytes elsewhere.
    let mut text = good.clone();
    let last = text.pop().unwrap();
    text.push(char::from_u32(u32::from(last) + 1).unwrap());
    assert_eq!(
        admit(&text).map(|_| ()),
        Err(Refusal::Malformed(Malformation::NotBase64Url))
    );
}

#[test]
fn an_issuer_of_several_algorithms_allows_exactly_those() {
    let mut several = issuer(ISSUER);
    several.algorithms = vec![Algorithm::Rs256, Algorithm::EdDsa];
    let claims = claims(|claims| claims);
    let read = |algorithm: &str| {
        let token = token(ISSUER, &format!(r#"{{"alg":"{algorithm}"}}"#), &claims);
        Presented::read(&token, std::slice::from_ref(&several)).map(|_| ())
    };
    assert_eq!(read("EdDSA"), Ok(()));
    for algorithm in ["ES256", "HS256", "none"] {
        assert_eq!(
            read(algorithm),
            Err(Refusal::AlgorithmNotAllowed {
                found: algorithm.to_owned(),
                expected: several.algorithms.clone(),
            })
        );
    }
}

#[test]
fn an_issuers_own_claim_names_are_the_only_ones_that_count() {
    let mut okta = issuer(ISSUER);
    okta.claims.subject = "uid".to_owned();
    let admit = |claims: &str| {
        let token = token(ISSUER, HEADER, claims);
        let presented = Presented::read(&token, std::slice::from_ref(&okta))?;
        now_or_never(presented.admit(&Seal, NOW)).map(|visitor| visitor.identity().subject.clone())
    };
    let both =
        claims(|claims| claims.replace(r#""sub":"guy""#, r#""sub":"a@b.example","uid":"u1""#));
    assert_eq!(admit(&both).unwrap().as_str(), "u1");
    assert_eq!(admit(&claims(|claims| claims)), Err(missing("uid")));
}
