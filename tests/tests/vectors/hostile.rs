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
    pub(crate) about: String,
    pub(crate) token: String,
    pub(crate) expected: Expected,
}

/// What mints with one of all issuers.
type Mint = fn(&Signer, &[Signer]) -> Vec<Minted>;

/// Everything that is minted, by what it is about: what is not here is put to nobody.
const GROUPS: [(&str, Mint); 15] = [
    ("valid", form::valid),
    ("structure", form::structure),
    ("base64", form::spellings),
    ("json", form::texts),
    ("limits", form::lengths),
    ("alg", headers::algorithms),
    ("alg-confusion", headers::confusions),
    ("header-key", headers::keys),
    ("kid", headers::key_names),
    ("crit, typ", headers::readings),
    ("signature", signatures::signatures),
    ("exp, nbf, iat", claims::times),
    ("iss, issuer-binding", claims::issuers),
    ("aud, azp", claims::addressees),
    ("sub, binding", claims::subjects),
];

/// Everything that these issuers, and who attacks them, can mint.
pub(crate) fn everything(signers: &[Signer]) -> Vec<Minted> {
    let groups = GROUPS.iter();
    groups
        .flat_map(|(_, mint)| signers.iter().flat_map(|signer| mint(signer, signers)))
        .collect()
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

/// Mints what is in a group with each issuer, and puts it to the gate's code.
async fn have_their_verdicts(group: &str) {
    let (_, mint) = GROUPS
        .iter()
        .find(|(name, _)| *name == group)
        .expect("a group that is listed");
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
