//! Tokens that a hostile visitor, a careless issuer or a neighbour could send, made with fresh keys for every algorithm. They
//! need no folder, so that every clone of the project has them.

mod claims;
mod form;
mod headers;
mod signatures;

use serde_json::json;
use tests::vectors::{Believed, Case, Expected, Question, Runner, Workerd, put};

use crate::signer::{NOW, SUBJECT, Signer};

/// A token, what it is about, and what must come of it.
pub(crate) struct Minted {
    about: String,
    token: String,
    expected: Expected,
}

/// To be refused, whatever else is right with it.
fn hostile(about: impl Into<String>, token: impl Into<String>) -> Minted {
    Minted {
        about: about.into(),
        token: token.into(),
        expected: Expected::Refuse,
    }
}

/// To be admitted as exactly its subject.
fn honest(signer: &Signer, about: impl Into<String>, token: impl Into<String>) -> Minted {
    let expected = Expected::AcceptAs(json!({ "iss": signer.name, "sub": SUBJECT }));
    Minted {
        about: about.into(),
        token: token.into(),
        expected,
    }
}

/// Mints with each issuer and puts everything to the gate's code.
async fn have_their_verdicts(group: &str, mint: impl Fn(&Signer, &[Signer]) -> Vec<Minted>) {
    let signers = Signer::all();
    let issuers: Vec<Believed> = signers.iter().map(Signer::believed).collect();
    let mut cases = Vec::new();
    for signer in &signers {
        for (position, minted) in mint(signer, &signers).into_iter().enumerate() {
            cases.push(Case {
                id: format!("{} {position}", signer.algorithm.name()),
                comment: minted.about,
                question: Question::Admit {
                    issuers: issuers.clone(),
                    token: minted.token,
                    now: NOW,
                },
                expected: minted.expected,
            });
        }
    }
    let workerd = Workerd::start()
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let report = put(group, &cases, &workerd).await;
    workerd.stop().await;
    assert!(report.faults.is_empty(), "\n{}", report.faults.join("\n"));
    for runner in [Runner::Native, Runner::Workerd] {
        assert_eq!(report.tally(runner).asked, cases.len(), "{}", runner.name());
    }
}
