//! The answers of the gate's code on this machine.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use policy::admission::{Presented, Visitor};
use policy::credential::{Headers, Offer, offered};
use policy::envelope::Envelope;
use policy::issuer::{Algorithm, ClaimNames, Issuer};
use policy::jwks::KeySet;
use policy::provider::Provider;
use policy::public_key::{KeyName, PublicKey};
use policy::refusal::Refusal;
use policy::shared_secret::MIN_SECRET_BYTES;
use policy::signature::{SignatureCheck as _, SignatureQuestion};
use policy::standing::{Identity, IssuerUrl, Subject};
use policy::storage_key::StorageKey;
use policy::time::Moment;
use serde_json::{Value, json};
use verifier::signatures::{Keys, NativeSignatures, is_usable};

use super::question::{Answer, Believed, Person, Question};

/// The answer; nothing where only workerd can know.
pub(super) fn answer(question: &Question) -> Option<Answer> {
    let answered = catch_unwind(AssertUnwindSafe(|| ask(question)));
    answered.unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
        Some(Answer::Crashed(said.unwrap_or("a panic").to_owned()))
    })
}

fn ask(question: &Question) -> Option<Answer> {
    Some(match question {
        Question::Admit {
            issuers,
            token,
            now,
        } => admit(issuers, token, *now),
        Question::Envelope { issuer, token } => envelope(issuer, token),
        Question::KeySet { body, algorithms } => key_set(body, algorithms),
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
            Offer::Token { text, .. } => admit(issuers, text, 0),
            other @ (Offer::Ambiguous | Offer::Broken(_) | Offer::Nothing) => {
                Answer::Refused(format!("{other:?}"))
            }
        },
        Question::Path { path } => verdict(policy::path::is_unambiguous(path), "ambiguous"),
        Question::ReturnTo { .. } => return None,
        Question::Signature {
            issuer,
            algorithm,
            signed,
            signature,
        } => check(issuer, algorithm, signed, signature),
        Question::StorageKeys { one, other } => storage_keys(one, other),
        Question::StrictJson { text } => verdict(
            policy::strict_json::Value::read(text).is_some(),
            "no JSON as the gate reads it",
        ),
    })
}

fn verdict(accepted: bool, why: &str) -> Answer {
    if accepted {
        Answer::Accepted(Value::Null)
    } else {
        Answer::Refused(why.to_owned())
    }
}

fn admit(issuers: &[Believed], token: &str, now: u64) -> Answer {
    let (issuers, signatures) = issuers_of(issuers);
    let admitted: Result<Visitor, Refusal> =
        Presented::read(token, &issuers).and_then(|presented| {
            immediate(presented.admit(&signatures, Moment::from_unix_seconds(now)))
        });
    match admitted {
        Ok(visitor) => {
            let Identity { issuer, subject } = visitor.identity();
            Answer::Accepted(json!({ "iss": issuer.as_str(), "sub": subject.as_str() }))
        }
        Err(refusal) => Answer::Refused(refusal.to_string()),
    }
}

fn envelope(issuer: &Believed, token: &str) -> Answer {
    let (issuers, signatures) = issuers_of(std::slice::from_ref(issuer));
    let Some(issuer) = issuers.first() else {
        return Answer::Refused("the issuer has no possible name".to_owned());
    };
    let checked =
        Envelope::read(token).and_then(|envelope| immediate(envelope.check(issuer, &signatures)));
    match checked {
        Ok(()) => Answer::Accepted(Value::Null),
        Err(refusal) => Answer::Refused(refusal.to_string()),
    }
}

fn check(issuer: &Believed, algorithm: &str, signed: &[u8], signature: &[u8]) -> Answer {
    let (issuers, signatures) = issuers_of(std::slice::from_ref(issuer));
    let (Some(issuer), Some(algorithm)) = (issuers.first(), Algorithm::parse(algorithm)) else {
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
    match immediate(signatures.check(&question)) {
        Ok(()) => Answer::Accepted(Value::Null),
        Err(failure) => Answer::Refused(format!("{failure:?}")),
    }
}

/// The names of the keys that a token may name and that the library takes; null for a key without a name.
fn key_set(body: &[u8], algorithms: &[String]) -> Answer {
    let Some(mut set) = KeySet::read(body, &algorithms_of(algorithms)) else {
        return Answer::Refused("no key set".to_owned());
    };
    set.keys.retain(is_usable);
    let usable = |key: &&PublicKey| {
        let name = match &key.name {
            KeyName::Is(name) => Some(name.as_str()),
            KeyName::Any | KeyName::None => None,
        };
        !set.candidates(key.material.algorithm(), name).is_empty()
    };
    let mut names: Vec<Value> = set.keys.iter().filter(usable).map(name_of).collect();
    names.sort_by_key(Value::to_string);
    names.dedup();
    Answer::Accepted(Value::Array(names))
}

fn name_of(key: &PublicKey) -> Value {
    match &key.name {
        KeyName::Is(name) => json!(name),
        KeyName::Any | KeyName::None => Value::Null,
    }
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

fn algorithms_of(names: &[String]) -> Vec<Algorithm> {
    let known = names.iter().filter_map(|name| Algorithm::parse(name));
    known.collect()
}

fn issuers_of(believed: &[Believed]) -> (Vec<Issuer>, NativeSignatures) {
    let mut signatures = NativeSignatures::default();
    let mut issuers = Vec::new();
    for issuer in believed {
        let algorithms = algorithms_of(&issuer.algorithms);
        let body = issuer.key_set.as_deref().unwrap_or_default();
        let mut public = KeySet::read(body.as_bytes(), &algorithms).unwrap_or_default();
        let written = issuer.pems.iter().map(|pem| PublicKey::from_pem(pem));
        written.flatten().for_each(|key| public.add(key));
        let secrets = issuer.secrets.iter();
        let secrets = secrets.filter(|secret| secret.len() >= MIN_SECRET_BYTES);
        let secrets = secrets.cloned().collect();
        let Some(name) = IssuerUrl::new(&issuer.name) else {
            continue;
        };
        signatures.add(&issuer.name, Keys { public, secrets });
        issuers.push(Issuer {
            name,
            provider: Provider::Own,
            audiences: issuer.audiences.clone(),
            authorized_parties: issuer.authorized_parties.clone(),
            algorithms,
            claims: ClaimNames::default(),
            leeway: Duration::from_secs(issuer.leeway_seconds),
        });
    }
    (issuers, signatures)
}

/// The value of a future that waits for nobody: signatures are checked here and now.
#[expect(
    clippy::panic,
    reason = "a check that waits is another one than this file is about"
)]
fn immediate<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the native check waits"),
    }
}
