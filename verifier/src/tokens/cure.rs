//! What to do about each refusal: one exhaustive map.

use policy::issuer::Algorithm;
use policy::refusal::{Malformation, Refusal};

/// The sentence that cures it, for the engineer who runs the gate. Whether the token has an empty signature tells a token that
/// was never signed from one that was cut.
pub(crate) fn cure(refusal: &Refusal, unsigned: bool) -> String {
    match refusal {
        Refusal::AlgorithmNotAllowed { found, expected } => algorithm(found, expected),
        Refusal::AudienceMismatch { .. } => "ask the log-in for a token for this site (its `audience` or `resource` parameter); if the `aud` shown is this site's, add it to `audience` of the issuer".to_owned(),
        Refusal::BoundClaim { name } => format!(
            "send the access token itself, as a plain bearer token; `{name}` means a token bound to a key (DPoP, mutual TLS) or a message about somebody"
        ),
        Refusal::DangerousHeader { name } => format!(
            "make the issuer write tokens without `{name}` in the header, or send its plain access token"
        ),
        Refusal::Expired { .. } => "log in again, or refresh the token; if it is fresh, set the issuer's clock or the life time of its tokens".to_owned(),
        Refusal::IssuedInTheFuture { .. } | Refusal::NotYetValid { .. } => "set the issuer's clock (NTP), or wait; `leeway_seconds` of the issuer forgives at most 300".to_owned(),
        Refusal::KeysUnavailable => "see above why the keys could not be had; the gate needs the answer 200 with a key set within 3 s, and keeps the last good set for a day".to_owned(),
        Refusal::Malformed(_) if unsigned => UNSIGNED.to_owned(),
        Refusal::Malformed(malformation) => malformed(*malformation).to_owned(),
        Refusal::Missing { name } => missing(name),
        Refusal::SchemeNotBearer => "send the header as `Authorization: Bearer TOKEN`".to_owned(),
        Refusal::PartyMismatch { .. } => "log in through an app of this site; if the `azp` shown is one, add it to `authorized_parties` of the issuer".to_owned(),
        Refusal::SignatureWrong => "take the token anew, unchanged, from the issuer whose keys these are (production, not staging); for HS256 both sides need the same secret, and its text itself is the key, not what its base64 decodes to".to_owned(),
        Refusal::UnknownIssuer { found, nearest } => unknown_issuer(found, nearest.as_deref()),
        Refusal::UnknownKey => "make the issuer publish the key that signs, before it signs; the gate asks for an unknown key at most every 30 s. If the key will never be there, the token is of another environment".to_owned(),
        Refusal::WrongKind { .. } => "send the access token, not an ID, log-out or DPoP token".to_owned(),
        Refusal::WrongType { name } => format!(
            "make the issuer write `{name}` as RFC 7519 has it: times as numbers of seconds, names as texts that are not empty"
        ),
    }
}

const UNSIGNED: &str =
    "never accept this token: nobody signed it; find out who makes such tokens, and why";

fn algorithm(found: &str, expected: &[Algorithm]) -> String {
    let expected: Vec<_> = expected.iter().map(|algorithm| algorithm.name()).collect();
    let expected = expected.join(" or ");
    if found.eq_ignore_ascii_case("none") {
        return UNSIGNED.to_owned();
    }
    if Algorithm::parse(found).is_some() {
        return format!(
            "make the issuer sign with {expected}, or, if it is meant to sign with {found}, add that to `algorithm` of the issuer"
        );
    }
    let known = Algorithm::ALL.map(Algorithm::name).join(", ");
    format!("make the issuer sign with {expected}; the gate knows {known}")
}

const fn malformed(malformation: Malformation) -> &'static str {
    match malformation {
        Malformation::ForeignByte => {
            "copy the token alone, without `Bearer`, quotes, blanks or line breaks"
        }
        Malformation::NotBase64Url | Malformation::SignatureLength => {
            "copy the token again, whole: it was cut or changed on its way"
        }
        Malformation::NotJsonObject => "send a JSON Web Token as the issuer wrote it",
        Malformation::TooLong => {
            "make the issuer put less into its tokens: browsers and servers do not carry more than 8 KiB either"
        }
        Malformation::WrongParts => {
            "ask the log-in for an audience: without one, Auth0 and others give out encrypted or opaque tokens that only they can read"
        }
    }
}

fn missing(name: &str) -> String {
    match name {
        "aud" => "ask the log-in for an audience; for an issuer that sends none (Clerk), configure `authorized_parties` instead of `audience`".to_owned(),
        "exp" => "make the issuer write `exp`: a token without an end is never accepted".to_owned(),
        "alg" | "iss" => format!("send an access token of the issuer: every one has `{name}`"),
        _ => format!(
            "make the issuer write `{name}`, or name the claim that says who somebody is in `subject_claim` of the issuer"
        ),
    }
}

fn unknown_issuer(found: &str, nearest: Option<&str>) -> String {
    match nearest {
        Some(_) => "write `issuer` in USHER_ISSUERS exactly as `iss` is, byte for byte, slash at the end, case and scheme included".to_owned(),
        None => format!(
            "add the issuer {} to USHER_ISSUERS if it is yours; else the token is of another environment or product",
            super::words::shown(found, 80)
        ),
    }
}
