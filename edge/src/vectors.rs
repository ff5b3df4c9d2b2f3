//! `POST /.usher/vectors`: puts questions to the gate's own admission code, as many as the body lists, for the proof that it
//! judges in workerd as it does natively (tests/src/vectors/). Never deployed: feature `vectors`.
//!
//! Only what the gate takes from its surroundings is taken from the question instead: issuers, keys, the time.

mod believed;
mod question;

use policy::admission::{Presented, Visitor};
use policy::credential::{Headers, Offer, offered};
use policy::envelope::Envelope;
use policy::issuer::Algorithm;
use policy::jwks::KeySet;
use policy::public_key::KeyName;
use policy::refusal::Refusal;
use policy::signature::{SignatureCheck as _, SignatureQuestion};
use policy::standing::{Identity, IssuerUrl, Subject};
use policy::storage_key::StorageKey;
use policy::time::Moment;
use serde_json::{Value, json};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::SubtleCrypto;

use crate::issuer_keys::import::Imported;
use crate::own_endpoints::session::safe_return_to;
use crate::signature::subtle;
use believed::{Ring, algorithms_of};
use question::{Answer, Believed, Person, Question};

/// The answer of this endpoint, or `None` for any other request.
pub(crate) fn answer(request: &web_sys::Request) -> Option<JsValue> {
    request.url().ends_with("/.usher/vectors").then_some(())?;
    let body = request.text().ok()?;
    Some(JsValue::from(future_to_promise(async move {
        let text = JsFuture::from(body).await?.as_string().unwrap_or_default();
        let questions: Vec<Question> = serde_json::from_str(&text)
            .map_err(|problem| JsValue::from_str(&problem.to_string()))?;
        let crypto = subtle().ok_or("there is no WebCrypto")?;
        let mut answers = Vec::new();
        for question in &questions {
            answers.push(ask(question, &crypto).await);
        }
        let text = json!(answers).to_string();
        web_sys::Response::new_with_opt_str(Some(&text)).map(JsCast::unchecked_into)
    })))
}

async fn ask(question: &Question, crypto: &SubtleCrypto) -> Answer {
    match question {
        Question::Admit {
            issuers,
            token,
            now,
        } => admit(issuers, token, *now, crypto).await,
        Question::Envelope { issuer, token } => envelope(issuer, token, crypto).await,
        Question::KeySet { body, algorithms } => key_set(body, algorithms, crypto).await,
        Question::Offer {
            issuers,
            authorization,
            cookies,
            cookie_name,
        } => match offered(
            Headers {
                authorization: authorization.as_deref(),
                provider: None,
                cookies: cookies.as_deref(),
            },
            cookie_name,
        ) {
            Offer::Token { text, .. } => admit(issuers, text, 0, crypto).await,
            other @ (Offer::Ambiguous | Offer::Broken(_) | Offer::Nothing) => {
                Answer::Refused(format!("{other:?}"))
            }
        },
        Question::Path { path } => verdict(policy::path::is_unambiguous(path), "ambiguous"),
        Question::ReturnTo { value, origin } => {
            Answer::Accepted(json!(safe_return_to(Some(value.clone()), origin)))
        }
        Question::Signature {
            issuer,
            algorithm,
            signed,
            signature,
        } => check(issuer, algorithm, [signed, signature], crypto).await,
        Question::StorageKeys { one, other } => storage_keys(one, other),
        Question::StrictJson { text } => verdict(
            policy::strict_json::Value::read(text).is_some(),
            "no JSON as the gate reads it",
        ),
    }
}

fn verdict(accepted: bool, why: &str) -> Answer {
    if accepted {
        Answer::Accepted(Value::Null)
    } else {
        Answer::Refused(why.to_owned())
    }
}

async fn admit(believed: &[Believed], token: &str, now: u64, crypto: &SubtleCrypto) -> Answer {
    let ring = Ring::of(believed, crypto).await;
    let admitted: Result<Visitor, Refusal> = match Presented::read(token, &ring.issuers) {
        Ok(presented) => {
            let now = Moment::from_unix_seconds(now);
            presented.admit(&ring, now).await
        }
        Err(refusal) => Err(refusal),
    };
    match admitted {
        Ok(visitor) => {
            let Identity { issuer, subject } = visitor.identity();
            Answer::Accepted(json!({ "iss": issuer.as_str(), "sub": subject.as_str() }))
        }
        Err(refusal) => Answer::Refused(refusal.to_string()),
    }
}

async fn envelope(issuer: &Believed, token: &str, crypto: &SubtleCrypto) -> Answer {
    let ring = Ring::of(std::slice::from_ref(issuer), crypto).await;
    let Some(issuer) = ring.issuers.first() else {
        return Answer::Refused("the issuer has no possible name".to_owned());
    };
    let checked = match Envelope::read(token) {
        Ok(envelope) => envelope.check(issuer, &ring).await,
        Err(refusal) => Err(refusal),
    };
    match checked {
        Ok(()) => Answer::Accepted(Value::Null),
        Err(refusal) => Answer::Refused(refusal.to_string()),
    }
}

async fn check(
    issuer: &Believed,
    algorithm: &str,
    [signed, signature]: [&[u8]; 2],
    crypto: &SubtleCrypto,
) -> Answer {
    let ring = Ring::of(std::slice::from_ref(issuer), crypto).await;
    let (Some(issuer), Some(algorithm)) = (ring.issuers.first(), Algorithm::parse(algorithm))
    else {
        return Answer::Refused("no such issuer or algorithm".to_owned());
    };
    // The envelope looks at the length before it asks.
    if !algorithm.may_sign_with(signature.len()) {
        return Answer::Refused("a signature of the wrong length".to_owned());
    }
    let question = SignatureQuestion {
        issuer,
        algorithm,
        key_id: None,
        signed,
        signature,
    };
    match ring.check(&question).await {
        Ok(()) => Answer::Accepted(Value::Null),
        Err(failure) => Answer::Refused(format!("{failure:?}")),
    }
}

/// The names of the keys that a token may name and that WebCrypto takes; null for a key without a name.
async fn key_set(body: &[u8], algorithms: &[String], crypto: &SubtleCrypto) -> Answer {
    let Some(set) = KeySet::read(body, &algorithms_of(algorithms)) else {
        return Answer::Refused("no key set".to_owned());
    };
    let keys = set.keys.clone();
    let imported = Imported::of(set, crypto).await;
    let mut names = Vec::new();
    for key in keys {
        let name = match &key.name {
            KeyName::Is(name) => Some(name.as_str()),
            KeyName::Any | KeyName::None => None,
        };
        if imported.has(key.material.algorithm(), name) {
            names.push(json!(name));
        }
    }
    names.sort_by_key(Value::to_string);
    names.dedup();
    Answer::Accepted(Value::Array(names))
}

fn storage_keys(one: &Person, other: &Person) -> Answer {
    let (Some(one), Some(other)) = (storage_key(one), storage_key(other)) else {
        // Who cannot even be a subject has no key to share.
        return Answer::Accepted(json!("not both can be somebody"));
    };
    let kept_apart = one != other && one.as_str().len() <= 512 && other.as_str().len() <= 512;
    verdict(
        kept_apart,
        "they share a storage key, or one is too long for KV",
    )
}

fn storage_key(person: &Person) -> Option<StorageKey> {
    Some(StorageKey::of(&Identity {
        issuer: IssuerUrl::new(&person.iss)?,
        subject: Subject::new(&person.sub)?,
    }))
}
