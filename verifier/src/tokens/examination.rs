//! One token looked at from every side, with the gate's own code for each. The verdict is that of [`Presented`] and of nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use policy::admission::Presented;
use policy::claims::Payload;
use policy::envelope::Envelope;
use policy::issuer::{Algorithm, Issuer};
use policy::refusal::{Malformation, Refusal};
use policy::strict_json::{Object, TextMember};
use policy::time::Moment;

use crate::outcome::Outcome;
use crate::tokens::claim_lines::Bearer;
use crate::tokens::cure::cure;
use crate::tokens::error::CheckError;
use crate::tokens::expectation::{Expectation, IssuerKeys};
use crate::tokens::explanation::{Explanation, Line, Topic, Verdict};
use crate::tokens::key_lines;
use crate::tokens::keys_at_hand::KeysAtHand;
use crate::tokens::words::{list, shown};

/// Looks at the token and judges it for this moment.
pub(crate) async fn examine(
    token: &str,
    expectation: &Expectation,
    now: Moment,
) -> Result<Explanation, CheckError> {
    let envelope = Envelope::read(token);
    let mut lines = vec![form(token, &envelope)];
    lines.extend(header(token, &envelope));
    let payload = payload(token, &envelope);
    let issuer = issuer(payload.as_ref(), expectation, &mut lines);
    let signing = match (&envelope, issuer) {
        (Ok(envelope), Some((issuer, at))) => {
            Signing::look(envelope, issuer, expectation.keys.get(at), &mut lines).await?
        }
        (Ok(_) | Err(_), _) => Signing::default(),
    };
    if let Some(payload) = &payload {
        let bearer = Bearer {
            issuer: issuer.map(|(issuer, _)| issuer),
            keys_alone: expectation.keys_alone,
            now,
        };
        lines.extend(bearer.lines(payload));
    }
    let judged = if expectation.keys_alone {
        keys_alone(&envelope, &signing)
    } else {
        by_the_gate(token, expectation, signing.at_hand.as_ref(), now).await
    };
    let verdict = verdict(judged, &signing, is_unsigned(token));
    Ok(Explanation {
        schema_version: Explanation::SCHEMA_VERSION,
        judged_by: expectation.source.clone(),
        note: expectation.note.clone(),
        judged_at_unix_seconds: now.unix_seconds(),
        lines,
        exit_code: verdict.exit_code().into(),
        verdict,
    })
}

/// What is known of the signature; nothing where the token did not get as far.
#[derive(Default)]
struct Signing {
    algorithm: Option<Algorithm>,
    at_hand: Option<KeysAtHand>,
    signed: Option<Result<(), Refusal>>,
}

impl Signing {
    async fn look(
        envelope: &Envelope<'_>,
        issuer: &Issuer,
        keys: Option<&IssuerKeys>,
        lines: &mut Vec<Line>,
    ) -> Result<Self, CheckError> {
        let algorithm = envelope.algorithm_of(issuer);
        lines.push(algorithm_line(envelope, issuer, &algorithm));
        let algorithm = algorithm.ok();
        let Some(keys) = keys else {
            return Ok(Self::default());
        };
        let at_hand = KeysAtHand::gather(issuer, keys).await?;
        lines.extend(key_lines::of(envelope, algorithm, &at_hand));
        let signed = envelope.check(issuer, &at_hand).await;
        lines.extend(algorithm.map(|_| signature(&signed)));
        Ok(Self {
            algorithm,
            at_hand: Some(at_hand),
            signed: Some(signed),
        })
    }
}

/// What the gate says. Without keys the token did not get as far as to need one.
async fn by_the_gate(
    token: &str,
    expectation: &Expectation,
    at_hand: Option<&KeysAtHand>,
    now: Moment,
) -> Result<Verdict, Refusal> {
    let presented = Presented::read(token, &expectation.issuers)?;
    let keys = at_hand.ok_or(Refusal::UnknownKey)?;
    presented
        .admit(keys, now)
        .await
        .map(|_visitor| Verdict::Admitted)
}

/// Form and signature are all that a key set can judge.
fn keys_alone(
    envelope: &Result<Envelope<'_>, Refusal>,
    signing: &Signing,
) -> Result<Verdict, Refusal> {
    match (envelope, &signing.signed) {
        (Err(refusal), _) => Err(refusal.clone()),
        (Ok(_), Some(signed)) => signed.clone().map(|()| Verdict::SignatureRight),
        (Ok(_), None) => Err(Refusal::UnknownKey),
    }
}

fn verdict(judged: Result<Verdict, Refusal>, signing: &Signing, unsigned: bool) -> Verdict {
    let refusal = match judged {
        Ok(verdict) => return verdict,
        Err(refusal) => refusal,
    };
    match (&refusal, signing.algorithm, &signing.at_hand) {
        (Refusal::KeysUnavailable, Some(algorithm), Some(keys)) => {
            let (why, cure) = key_lines::unavailable(algorithm, keys);
            Verdict::CouldNotLook { why, cure }
        }
        (refusal, _, _) => Verdict::refused(refusal, cure(refusal, unsigned)),
    }
}

fn form(token: &str, envelope: &Result<Envelope<'_>, Refusal>) -> Line {
    let Err(Refusal::Malformed(malformation)) = envelope else {
        let says = format!("three parts, {} bytes: a compact JWS", token.len());
        return Line::new(Topic::Form, Outcome::Passed, says);
    };
    let says = match (malformation, token.split('.').count()) {
        (Malformation::WrongParts, 5) => {
            "five parts: an encrypted token; was an audience requested?".to_owned()
        }
        (Malformation::WrongParts, 1) => {
            "one part: an opaque token, or none at all; was an audience requested?".to_owned()
        }
        (Malformation::WrongParts, count) => {
            format!("{count} parts, but a signed token has three")
        }
        (Malformation::ForeignByte, _) => format!(
            "a character that no token has, at position {}",
            token.chars().take_while(|c| is_of_a_token(*c)).count() + 1
        ),
        (Malformation::NotBase64Url, _) if is_unsigned(token) => {
            "three parts, but the last one is empty: nobody signed it".to_owned()
        }
        (
            Malformation::NotBase64Url
            | Malformation::NotJsonObject
            | Malformation::SignatureLength
            | Malformation::TooLong,
            _,
        ) => format!("{} bytes: {malformation}", token.len()),
    };
    Line::new(Topic::Form, Outcome::Failed, says)
}

const fn is_of_a_token(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.')
}

fn is_unsigned(token: &str) -> bool {
    token.ends_with('.') && token.split('.').count() == 3
}

/// The header as far as it can be read, also that of an encrypted token.
fn header(token: &str, envelope: &Result<Envelope<'_>, Refusal>) -> Option<Line> {
    let header = decoded(token.split('.').next()?)?;
    let members: Vec<_> = ["alg", "enc", "typ", "kid"]
        .into_iter()
        .filter_map(|name| match header.text(name) {
            TextMember::Absent => None,
            TextMember::OtherType => Some(format!("{name} is no text")),
            TextMember::Text(text) => Some(format!("{name} {}", shown(text, 32))),
        })
        .collect();
    let members = members.join(", ");
    Some(match envelope {
        Ok(_) => Line::new(Topic::Header, Outcome::Passed, members),
        Err(Refusal::Malformed(_)) => Line::new(Topic::Header, Outcome::Skipped, members),
        Err(refusal) => Line::new(
            Topic::Header,
            Outcome::Failed,
            format!("{refusal} ({members})"),
        ),
    })
}

/// What the token says, also where its header alone refuses it.
fn payload(
    token: &str,
    envelope: &Result<Envelope<'_>, Refusal>,
) -> Option<Result<Payload, Refusal>> {
    match envelope {
        Ok(envelope) => Some(Payload::read(envelope.payload())),
        Err(Refusal::Malformed(_)) => None,
        Err(_) => {
            let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
            Some(Payload::read(&bytes))
        }
    }
}

fn decoded(part: &str) -> Option<Object> {
    Object::read(&URL_SAFE_NO_PAD.decode(part).ok()?)
}

/// Whose token it is, and at which position their keys are.
fn issuer<'e>(
    payload: Option<&Result<Payload, Refusal>>,
    expectation: &'e Expectation,
    lines: &mut Vec<Line>,
) -> Option<(&'e Issuer, usize)> {
    let payload = payload?.as_ref().ok()?;
    if expectation.keys_alone {
        return Some((expectation.issuers.first()?, 0));
    }
    match payload.issuer(&expectation.issuers) {
        Ok(issuer) => {
            let name = shown(issuer.name.as_str(), 80);
            lines.push(Line::new(Topic::Issuer, Outcome::Passed, name));
            let provider = issuer.provider.word().to_owned();
            lines.push(Line::new(Topic::Provider, Outcome::Passed, provider));
            let mut issuers = expectation.issuers.iter();
            Some((issuer, issuers.position(|other| other == issuer)?))
        }
        Err(refusal) => {
            let names = list(
                expectation
                    .issuers
                    .iter()
                    .map(|issuer| issuer.name.as_str()),
            );
            let alike = !matches!(&refusal, Refusal::UnknownIssuer { nearest: None, .. });
            let says = if alike {
                refusal.to_string()
            } else {
                format!("{refusal}; configured: {names}")
            };
            lines.push(Line::new(Topic::Issuer, Outcome::Failed, says));
            None
        }
    }
}

fn algorithm_line(
    envelope: &Envelope<'_>,
    issuer: &Issuer,
    algorithm: &Result<Algorithm, Refusal>,
) -> Line {
    let allowed = list(issuer.algorithms.iter().map(|algorithm| algorithm.name()));
    let found = shown(envelope.algorithm(), 32);
    match algorithm {
        Ok(_) => Line::new(
            Topic::Algorithm,
            Outcome::Passed,
            format!("{found}, of {allowed}"),
        ),
        Err(Refusal::AlgorithmNotAllowed { .. }) => Line::new(
            Topic::Algorithm,
            Outcome::Failed,
            format!("{found} is not allowed; the issuer signs with {allowed}"),
        ),
        Err(refusal) => Line::new(
            Topic::Algorithm,
            Outcome::Failed,
            format!("{found}, but {refusal}"),
        ),
    }
}

fn signature(signed: &Result<(), Refusal>) -> Line {
    let (outcome, says) = match signed {
        Ok(()) => (Outcome::Passed, "right".to_owned()),
        Err(Refusal::KeysUnavailable) => (Outcome::Broken, "could not look".to_owned()),
        Err(Refusal::UnknownKey) => (
            Outcome::Skipped,
            "not looked at: there is no key for it".to_owned(),
        ),
        Err(refusal) => (Outcome::Failed, refusal.to_string()),
    };
    Line::new(Topic::Signature, outcome, says)
}
