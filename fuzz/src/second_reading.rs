//! A token read a second time, with another JSON reader and another base64 reader, both as lenient as they come: what makes it
//! one of ours must be true of this reading, too.

use std::time::Duration;

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::general_purpose::{GeneralPurpose, URL_SAFE_NO_PAD};
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use policy::issuer::Issuer;
use serde_json::{Map, Value};

use crate::issuers::{ISSUERS, NOW};
use crate::json_members;

/// Takes padding or none, and bits that are left over.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The three parts of a token, decoded.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) header: Vec<u8>,
    pub(crate) payload: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

impl Parts {
    pub(crate) fn of(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|part| LENIENT.decode(part).ok());
        let three = Self {
            header: parts.next()??,
            payload: parts.next()??,
            signature: parts.next()??,
        };
        parts.next().is_none().then_some(three)
    }

    /// The one text that these parts make.
    pub(crate) fn spelled(&self) -> String {
        [&self.header, &self.payload, &self.signature]
            .map(|part| URL_SAFE_NO_PAD.encode(part))
            .join(".")
    }
}

/// Whom a token makes its bearer.
#[derive(Debug)]
pub(crate) struct Bearer {
    pub(crate) issuer: &'static Issuer,
    pub(crate) subject: String,
    pub(crate) email: Option<String>,
    /// In seconds, as it is written.
    pub(crate) expires_at: f64,
}

/// Reads and judges a token whose signature is believed.
pub(crate) fn bearer(text: &str) -> Option<Bearer> {
    let parts = Parts::of(text)?;
    let empty = parts.header.is_empty() || parts.payload.is_empty() || parts.signature.is_empty();
    if empty || parts.spelled() != text || text.len() > policy::envelope::MAX_TOKEN_BYTES {
        return None;
    }
    let header = object(&parts.header)?;
    let claims = object(&parts.payload)?;
    let name = claims.get("iss")?.as_str()?;
    let issuer = ISSUERS.iter().find(|issuer| issuer.name.as_str() == name)?;
    if !header_is_plain(&header)
        || !algorithm_is_allowed(&header, parts.signature.len(), issuer)
        || !is_for_us(&claims, issuer)?
    {
        return None;
    }
    let subject = claims.get(&issuer.claims.subject)?.as_str()?.to_owned();
    let harmless = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && !text.chars().any(char::is_control)
    };
    let bearer = Bearer {
        issuer,
        email: text_or_absent(&claims, &issuer.claims.email)?
            .filter(|email| harmless(email, 254))
            .map(ToOwned::to_owned),
        expires_at: in_time(&claims, issuer)?,
        subject: Some(subject).filter(|subject| harmless(subject, 255))?,
    };
    Some(bearer)
}

fn object(text: &[u8]) -> Option<Map<String, Value>> {
    match json_members::strictly(text)? {
        Value::Object(members) => Some(members),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            None
        }
    }
}

/// The outer `Option` is `None` for a member of another type.
#[expect(
    clippy::option_option,
    reason = "absent and of another type are two answers"
)]
fn text_or_absent<'m>(members: &'m Map<String, Value>, name: &str) -> Option<Option<&'m str>> {
    match members.get(name) {
        None => Some(None),
        Some(value) => value.as_str().map(Some),
    }
}

fn header_is_plain(header: &Map<String, Value>) -> bool {
    let dangerous = ["crit", "b64", "zip", "enc", "cty"];
    let kind = match header.get("typ") {
        None => Some("jwt".to_owned()),
        Some(kind) => kind.as_str().map(str::to_ascii_lowercase),
    };
    let kinds = ["jwt", "at+jwt", "application/jwt", "application/at+jwt"];
    dangerous.iter().all(|name| !header.contains_key(*name))
        && kind.is_some_and(|kind| kinds.contains(&kind.as_str()))
        && header.get("kid").is_none_or(Value::is_string)
}

fn algorithm_is_allowed(header: &Map<String, Value>, signature: usize, issuer: &Issuer) -> bool {
    let Some(name) = header.get("alg").and_then(Value::as_str) else {
        return false;
    };
    let possible = match name {
        "HS256" => signature == 32,
        "RS256" => signature >= 256,
        "ES256" | "EdDSA" => signature == 64,
        _ => false,
    };
    possible
        && issuer
            .algorithms
            .iter()
            .any(|allowed| allowed.name() == name)
}

/// `None` where a claim has a type it must not have.
fn is_for_us(claims: &Map<String, Value>, issuer: &Issuer) -> Option<bool> {
    let party = text_or_absent(claims, "azp")?;
    let audiences = match claims.get("aud") {
        None => None,
        Some(Value::String(audience)) => Some(vec![audience.as_str()]),
        Some(list) => Some(
            list.as_array()?
                .iter()
                .map(Value::as_str)
                .collect::<Option<Vec<_>>>()?,
        ),
    };
    let party_is_ours = match party {
        _ if issuer.authorized_parties.is_empty() => true,
        Some(party) => issuer.authorized_parties.iter().any(|ours| ours == party),
        None => !issuer.audiences.is_empty(),
    };
    let audience_is_ours = match audiences {
        None => issuer.audiences.is_empty(),
        Some(audiences) => audiences
            .iter()
            .any(|audience| issuer.audiences.iter().any(|ours| ours == audience)),
    };
    let bound = claims.contains_key("cnf") || claims.contains_key("events");
    Some(party_is_ours && audience_is_ours && !bound)
}

/// The `exp` of a token that is valid now, with the leeway of its issuer.
fn in_time(claims: &Map<String, Value>, issuer: &Issuer) -> Option<f64> {
    let date = |name: &str| match claims.get(name) {
        None => Some(None),
        Some(value) => value.as_f64().filter(|seconds| *seconds >= 0.0).map(Some),
    };
    let expires_at = date("exp")??;
    let (from, made) = (date("nbf")?, date("iat")?);
    let leeway = issuer.leeway.as_secs_f64();
    // In whole milliseconds, as moments are.
    let millis = |seconds: f64| (seconds * 1000.0).floor();
    let now = millis(Duration::from_secs(NOW.unix_seconds()).as_secs_f64());
    let valid = now < millis(expires_at) + millis(leeway)
        && from.is_none_or(|from| millis(from) <= now + millis(leeway))
        && made.is_none_or(|made| millis(made) <= now + millis(leeway));
    valid.then_some(expires_at)
}
