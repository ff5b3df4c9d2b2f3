//! What an operator shows to a gate: the secret that all operators share, or a token of their own. Here is said what may be wrong with
//! it where the gate takes neither; the gate itself tells nobody.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use policy::time::Moment;
use serde_json::Value;

use crate::configuration::secret::Origin;
use crate::tokens::words::{span, utc};

/// Why this gate may not have taken what the environment variable or the file holds, and what to do.
pub(crate) fn refused(gate: &str, origin: &Origin, secret: &str, now: Moment) -> String {
    let Some(claims) = claims(secret) else {
        return format!(
            "{gate} does not know the secret in `{origin}`; set it to the gate's USHER_ADMIN_SECRET, or to a token of your own, which \
             the gate takes where its issuer has `operators`"
        );
    };
    let ended = claims.get("exp").and_then(Value::as_u64);
    let ago = |end: u64| now.unix_seconds().checked_sub(end).zip(Some(end));
    match ended.and_then(ago) {
        Some((ago, end)) => format!(
            "{gate} does not take the token in `{origin}`: it expired {} ago, at {}; log in again and put a fresh one there",
            span(ago),
            utc(Moment::from_unix_seconds(end))
        ),
        None => format!(
            "{gate} does not take the token in `{origin}` for an operator's: the gate's issuer must have \
             `operators = {{ claim = …, value = … }}`, and the token that value in that claim; \
             `{} | usher check tokens -` says whether the gate takes it at all",
            origin.writing_it()
        ),
    }
}

/// The claims, if it has the form of a token: a header, a payload and a signature (RFC 7519 section 3). No signature is looked at.
fn claims(secret: &str) -> Option<Value> {
    let mut parts = secret.split('.');
    let (header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    let decoded = |part: &str| -> Option<Value> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
    };
    decoded(header)?.get("alg")?;
    decoded(payload).filter(|_| parts.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(payload: &Value) -> String {
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let header = serde_json::json!({ "alg": "ES256" });
        format!("{}.{}.AAAA", part(&header), part(payload))
    }

    fn said(secret: &str) -> String {
        refused(
            "https://g",
            &Origin::Variable("V".to_owned()),
            secret,
            Moment::from_unix_seconds(1000),
        )
    }

    #[test]
    fn a_token_is_told_from_a_secret_and_a_late_one_from_a_strangers() {
        let late = token(&serde_json::json!({ "exp": 933 }));
        assert!(said(&late).contains("expired 67 s ago"), "{}", said(&late));
        let strange = token(&serde_json::json!({ "exp": 2000 }));
        assert!(said(&strange).contains("`operators = {"));
        for secret in ["c2VjcmV0", "a.b.c", "eyJhbGciOiJub25l.e30.x.y", ""] {
            assert!(
                said(secret).contains("does not know the secret"),
                "{secret}"
            );
        }
        for secret in [late, strange] {
            assert!(!said(&secret).contains(&secret));
        }
    }
}
