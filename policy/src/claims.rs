//! What a token says of its bearer: the registered claims (RFC 7519 section 4.1), typed, and the rules for each. A wrong type is
//! never "absent".
//!
//! Whoever only reads claims knows nothing: they are true after [`crate::admission`] alone, which checks the signature first.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use crate::email::Email;
use crate::issuer::{ClaimNames, Issuer, OperatorClaim};
use crate::refusal::{Malformation, Refusal};
use crate::standing::Subject;
use crate::strict_json::{Object, TextMember, Value};
use crate::time::Moment;

/// The claims of one token; nothing of it is true before the signature was checked.
#[derive(Debug)]
pub struct Claims {
    /// Who it is.
    pub subject: Subject,
    /// `aud`: whom the token is for.
    pub audiences: Option<Vec<String>>,
    /// `azp`: whom it was given to.
    pub authorized_party: Option<String>,
    /// `exp`.
    pub expires_at: Moment,
    /// `nbf`.
    pub not_before: Option<Moment>,
    /// `iat`.
    pub issued_at: Option<Moment>,
    /// The address to show.
    pub email: Option<Email>,
    /// Whether the issuer says that the address is theirs; nothing where it does not say.
    pub email_verified: Option<bool>,
    /// `sid`: the log-in that the token belongs to.
    pub session_id: Option<String>,
    /// `jti`: the token's own name.
    pub token_id: Option<String>,
    /// Whether the issuer says that they run the platform.
    pub is_operator: bool,
}

/// The claims before it is known whose they are: the one parse of the payload.
#[derive(Debug)]
pub struct Payload(Object);

impl Payload {
    /// One JSON object.
    pub fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let object = Object::read(bytes).ok_or(Refusal::Malformed(Malformation::NotJsonObject))?;
        Ok(Self(object))
    }

    /// The issuer of exactly the name in `iss`.
    pub fn issuer<'i>(&self, issuers: &'i [Issuer]) -> Result<&'i Issuer, Refusal> {
        let name = required_text(&self.0, "iss")?;
        let mut known = issuers.iter();
        known
            .find(|issuer| issuer.name.as_str() == name)
            .ok_or_else(|| Refusal::UnknownIssuer {
                found: name.into(),
                nearest: nearest(name, issuers),
            })
    }

    /// Every claim we look at, by the names that the issuer uses.
    pub fn claims(&self, names: &ClaimNames) -> Result<Claims, Refusal> {
        let claims = &self.0;
        for name in ["cnf", "events"] {
            if claims.member(name).is_some() {
                return Err(Refusal::BoundClaim { name });
            }
        }
        let subject = required_text(claims, &names.subject)?;
        Ok(Claims {
            subject: Subject::new(subject).ok_or_else(|| wrong_type(&names.subject))?,
            audiences: audiences(claims)?,
            authorized_party: text(claims, "azp")?.map(Into::into),
            expires_at: date(claims, "exp")?.ok_or(Refusal::Missing { name: "exp".into() })?,
            not_before: date(claims, "nbf")?,
            issued_at: date(claims, "iat")?,
            email: text(claims, &names.email)?.and_then(Email::new),
            email_verified: verified(claims.member(&names.email_verified)),
            session_id: plain_text(claims, "sid"),
            token_id: plain_text(claims, "jti"),
            is_operator: names
                .operator
                .as_ref()
                .is_some_and(|operator| names_operator(claims, operator)),
        })
    }
}

impl Claims {
    /// Whom the token is for: `aud` must name us (RFC 7519 section 4.1.3), or, where the issuer sends none, `azp` must. A token that
    /// names neither is for anybody, so for nobody.
    pub fn judge_addressee(&self, issuer: &Issuer) -> Result<(), Refusal> {
        let party = self.authorized_party.as_ref();
        if !issuer.authorized_parties.is_empty() {
            match party {
                Some(party) if issuer.authorized_parties.contains(party) => {}
                None if !issuer.audiences.is_empty() => {}
                Some(_) | None => {
                    return Err(Refusal::PartyMismatch {
                        found: party.cloned(),
                    });
                }
            }
        }
        match &self.audiences {
            None if issuer.audiences.is_empty() => Ok(()),
            None => Err(Refusal::Missing { name: "aud".into() }),
            Some(audiences)
                if audiences
                    .iter()
                    .any(|audience| issuer.audiences.contains(audience)) =>
            {
                Ok(())
            }
            Some(audiences) => Err(Refusal::AudienceMismatch {
                found: audiences.clone(),
            }),
        }
    }

    /// A token from the future was made by a clock that is wrong by more than the leeway, or by somebody else.
    pub fn judge_issue(&self, issuer: &Issuer, now: Moment) -> Result<(), Refusal> {
        match self.issued_at {
            Some(issued_at) if issued_at > now.plus(issuer.leeway) => {
                Err(Refusal::IssuedInTheFuture {
                    seconds_ahead: issued_at.since(now).as_secs(),
                })
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// RFC 7519 section 4.1.4: valid before `exp`. The leeway moves that moment, not the clock.
pub fn judge_end(expires_at: Moment, leeway: Duration, now: Moment) -> Result<(), Refusal> {
    if now >= expires_at.plus(leeway) {
        return Err(Refusal::Expired {
            seconds_ago: now.since(expires_at).as_secs(),
        });
    }
    Ok(())
}

/// RFC 7519 section 4.1.5: valid from `nbf` on. The leeway moves that moment, not the clock.
pub fn judge_start(
    not_before: Option<Moment>,
    leeway: Duration,
    now: Moment,
) -> Result<(), Refusal> {
    match not_before {
        Some(not_before) if now < not_before.minus(leeway) => Err(Refusal::NotYetValid {
            seconds_ahead: not_before.since(now).as_secs(),
        }),
        Some(_) | None => Ok(()),
    }
}

/// A configured name that differs from this one only in what people mistype: the slash at the end, the case, the scheme.
fn nearest(name: &str, issuers: &[Issuer]) -> Option<String> {
    let plain = |name: &str| {
        let lower = name.to_ascii_lowercase();
        let rest = lower
            .strip_prefix("https://")
            .or_else(|| lower.strip_prefix("http://"));
        String::from(rest.unwrap_or(&lower).trim_end_matches('/'))
    };
    let sought = plain(name);
    let mut names = issuers.iter().map(|issuer| issuer.name.as_str());
    names.find(|known| plain(known) == sought).map(String::from)
}

fn wrong_type(name: &str) -> Refusal {
    Refusal::WrongType { name: name.into() }
}

fn text<'o>(object: &'o Object, name: &str) -> Result<Option<&'o str>, Refusal> {
    match object.text(name) {
        TextMember::Absent => Ok(None),
        TextMember::Text(text) => Ok(Some(text)),
        TextMember::OtherType => Err(wrong_type(name)),
    }
}

fn required_text<'o>(object: &'o Object, name: &str) -> Result<&'o str, Refusal> {
    text(object, name)?.ok_or_else(|| Refusal::Missing { name: name.into() })
}

/// A text, or nothing: a claim that names a session decides nothing about the token.
fn plain_text(object: &Object, name: &str) -> Option<String> {
    match object.text(name) {
        TextMember::Text(text) if !text.is_empty() => Some(text.into()),
        TextMember::Absent | TextMember::OtherType | TextMember::Text(_) => None,
    }
}

/// OpenID Connect Core section 5.1 says a truth value; some issuers send it as a text. Anything else is not "yes".
fn verified(member: Option<&Value>) -> Option<bool> {
    Some(match member? {
        Value::Bool(verified) => *verified,
        Value::Text(text) => text == "true",
        Value::List(_) | Value::Null | Value::Number(_) | Value::Object(_) => false,
    })
}

/// The claim is the operators' text, or a list that has it.
fn names_operator(claims: &Object, operator: &OperatorClaim) -> bool {
    let is_it = |value: &Value| *value == Value::Text(operator.value.clone());
    match claims.member(&operator.name) {
        Some(Value::List(list)) => list.iter().any(is_it),
        Some(value) => is_it(value),
        None => false,
    }
}

/// RFC 7519 section 2: NumericDate is a number of seconds, perhaps with a fraction. Before 1970 is impossible for a token.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be positive; `as` saturates above"
)]
fn date(claims: &Object, name: &str) -> Result<Option<Moment>, Refusal> {
    match claims.member(name) {
        None => Ok(None),
        Some(Value::Number(seconds)) if *seconds >= 0.0 => {
            Ok(Some(Moment::from_unix_millis((seconds * 1000.0) as u64)))
        }
        Some(
            Value::Bool(_)
            | Value::List(_)
            | Value::Null
            | Value::Number(_)
            | Value::Object(_)
            | Value::Text(_),
        ) => Err(wrong_type(name)),
    }
}

/// RFC 7519 section 4.1.3: a string or an array of strings.
fn audiences(claims: &Object) -> Result<Option<Vec<String>>, Refusal> {
    match claims.member("aud") {
        None => Ok(None),
        Some(Value::Text(audience)) => Ok(Some([audience.clone()].into())),
        Some(Value::List(list)) => {
            let texts = list.iter().map(|item| match item {
                Value::Text(audience) => Ok(audience.clone()),
                Value::Bool(_)
                | Value::List(_)
                | Value::Null
                | Value::Number(_)
                | Value::Object(_) => Err(wrong_type("aud")),
            });
            texts.collect::<Result<_, _>>().map(Some)
        }
        Some(Value::Bool(_) | Value::Null | Value::Number(_) | Value::Object(_)) => {
            Err(wrong_type("aud"))
        }
    }
}
