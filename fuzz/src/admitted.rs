//! What must hold of every text that is handed over as a token, whatever the signatures say: all of them are believed here.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a law: where it is broken it panics"
)]

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use policy::admission::{Presented, Visitor};
use policy::email::Email;
use policy::envelope::Envelope;
use policy::signature::{SignatureCheck, SignatureFailure, SignatureQuestion};
use policy::standing::Subject;
use policy::time::Moment;
use serde_json::Value;

use crate::issuers::{ISSUERS, NOW};
use crate::json_members;
use crate::outcome::Outcome;
use crate::second_reading::{self, Bearer, Parts};

/// Believes every signature, after a look at what it is asked about.
struct Credulous<'a>(&'a str);

impl SignatureCheck for Credulous<'_> {
    async fn check(&self, question: &SignatureQuestion<'_>) -> Result<(), SignatureFailure> {
        let (signed, _) = self.0.rsplit_once('.').expect("a token has dots");
        assert_eq!(question.signed, signed.as_bytes());
        assert!(question.issuer.algorithms.contains(&question.algorithm));
        assert!(question.algorithm.may_sign_with(question.signature.len()));
        let parts = Parts::of(self.0).expect("a token has parts");
        assert_eq!(question.signature, parts.signature);
        let header = json_members::strictly(&parts.header).expect("a header is an object");
        assert_eq!(question.key_id, header.get("kid").and_then(Value::as_str));
        Ok(())
    }
}

pub(crate) fn law(text: &str) -> Outcome {
    if let Ok(envelope) = Envelope::read(text) {
        let parts = Parts::of(text).expect("an envelope has three parts");
        assert_eq!(parts.spelled(), text, "one token has one spelling");
        assert_eq!(envelope.payload(), parts.payload);
    }
    let admitted = now_or_never(async {
        let presented = Presented::read(text, &ISSUERS)?;
        presented.admit(&Credulous(text), NOW).await
    });
    match (admitted, second_reading::bearer(text)) {
        (Ok(visitor), Some(bearer)) => {
            same(&visitor, &bearer);
            nobody_of_another_issuer(text, &visitor);
            Outcome::Taken
        }
        (Ok(visitor), None) => panic!("{visitor:?} is admitted, and should be nobody"),
        (Err(refusal), Some(bearer)) => panic!("{bearer:?} is refused: {refusal}"),
        (Err(refusal), None) => {
            assert!(!refusal.to_string().contains('\n'));
            Outcome::Refused
        }
    }
}

fn same(visitor: &Visitor, bearer: &Bearer) {
    assert_eq!(visitor.identity().issuer, bearer.issuer.name);
    assert_eq!(visitor.identity().subject.as_str(), bearer.subject);
    assert_eq!(visitor.email().map(Email::as_str), bearer.email.as_deref());
    assert_eq!(
        Subject::new(&bearer.subject).as_ref(),
        Some(&visitor.identity().subject),
        "a subject within its limits"
    );
    let expires_at = milliseconds(bearer.expires_at);
    assert_eq!(visitor.valid_until(), expires_at.plus(bearer.issuer.leeway));
    assert!(visitor.still_valid(visitor.valid_until()).is_err());
    let storage_key = visitor.storage_key().as_str();
    assert!(storage_key.len() < 512 && storage_key.is_ascii());
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "dates before 1970 were refused, and the far future saturates"
)]
fn milliseconds(seconds: f64) -> Moment {
    Moment::from_unix_millis((seconds * 1000.0) as u64)
}

/// With every issuer but its own configured, the same token makes nobody a visitor.
fn nobody_of_another_issuer(text: &str, visitor: &Visitor) {
    let mut others = ISSUERS.clone();
    others.retain(|issuer| issuer.name != visitor.identity().issuer);
    assert!(Presented::read(text, &others).is_err());
}

/// Runs a future that never waits.
fn now_or_never<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing here waits"),
    }
}
