//! Whatever the way that waits refuses is refused by memory as well: every token is asked at a running gate at two locations, at the one
//! where nobody is remembered, and at the other again and again, between requests of the visitor it would like to be taken for.
//!
//! ```text
//! hostile, folder, changes ─► tokens ─► street: a gate with their issuers, its clock, everybody's instances
//!                                          └──► judged: cold elsewhere = cold here = warm here, and as stated
//! ```

mod answer;
mod changes;
mod judged;
mod street;

use std::time::Duration;

use serde_json::json;
use tests::places;
use tests::vectors::{Believed, Expected, Folder, Kind, Question};

use crate::files::missing;
use crate::hostile;
use crate::signer::{LEEWAY, NOW, SUBJECT, Signer};
use changes::changed;
use street::{Person, Street};

/// One token for the gate, and what must come of it.
struct Token {
    about: String,
    text: String,
    expected: Expected,
}

impl Token {
    fn refused(about: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            about: about.into(),
            text: text.into(),
            expected: Expected::Refuse,
        }
    }
}

/// A street before which these issuers' visitors come, each of whom has an instance.
async fn street_of(signers: &[Signer]) -> Street {
    let believed: Vec<Believed> = signers.iter().map(Signer::believed).collect();
    let people = signers
        .iter()
        .map(|signer| Person::new(&signer.name, SUBJECT));
    Street::build(&believed, people.collect(), NOW).await
}

#[tokio::test]
async fn what_the_way_that_waits_refuses_every_memory_refuses() {
    let signers = Signer::all();
    let good: Vec<String> = signers.iter().map(Signer::good).collect();
    let minted = hostile::everything(&signers).into_iter();
    let mut tokens: Vec<Token> = minted
        .map(|minted| Token {
            about: minted.about,
            text: minted.token,
            expected: minted.expected,
        })
        .collect();
    for token in &good {
        tokens.extend(changed(token, &good));
    }
    tokens.extend(tokens_of_nobody());
    let street = street_of(&signers).await;
    street.judge(&tokens, &good).await;
    street.gate.stop().await;
}

/// What the folder has of signed and encrypted texts that are nobody's token, whoever made them.
fn tokens_of_nobody() -> Vec<Token> {
    let Ok(folder) = Folder::open(&places::vectors()) else {
        return Vec::new();
    };
    let cases = folder.parts().into_iter().flat_map(|(name, kind)| {
        let cases = folder.cases(&name, kind);
        cases.unwrap_or_else(|error| panic!("{error}"))
    });
    cases
        .filter_map(|case| {
            let Question::Envelope { token, .. } = case.question else {
                return None;
            };
            Some(Token::refused(
                format!("{} {}", case.id, case.comment),
                token,
            ))
        })
        .collect()
}

#[tokio::test]
async fn every_token_of_the_folder_is_judged_alike_by_every_memory() {
    let place = places::vectors();
    let name = "gate/jwt_policy_vectors.json";
    let folder = Folder::open(&place).ok();
    let cases = folder.and_then(|folder| folder.cases(name, Kind::PolicyTokens).ok());
    let Some(cases) = cases else {
        return missing(&place, name);
    };
    let mut settings = cases.iter().filter_map(|case| {
        let Question::Admit { issuers, now, .. } = &case.question else {
            return None;
        };
        Some((issuers.clone(), *now))
    });
    let (issuers, now) = settings.next().expect("a token");
    let (issuers, mut tokens) = street::with_a_secret_that_is_a_text(issuers, &cases);
    let first_of = |issuer: &Believed| {
        let mut theirs = tokens.iter().filter(|token| {
            let identity = match &token.expected {
                Expected::AcceptAs(identity) => identity,
                Expected::Accept | Expected::Either(_) | Expected::Refuse => return false,
            };
            identity["iss"] == json!(issuer.name)
        });
        theirs.next().map(|token| token.text.clone())
    };
    let good: Vec<String> = issuers.iter().filter_map(first_of).collect();
    assert_eq!(good.len(), issuers.len(), "a good token of each issuer");
    for token in &good {
        tokens.extend(changed(token, &good));
    }
    let street = Street::build(&issuers, Person::all_in(&tokens), now).await;
    street.judge(&tokens, &good).await;
    street.gate.stop().await;
}

#[tokio::test]
async fn whoever_is_remembered_is_out_with_their_token_and_with_their_instance() {
    let signers = Signer::all();
    let street = street_of(&signers).await;
    let good: Vec<String> = signers.iter().map(Signer::good).collect();
    let people = signers
        .iter()
        .map(|signer| Person::new(&signer.name, SUBJECT));
    let people: Vec<Person> = people.collect();
    for ((token, person), signer) in good.iter().zip(&people).zip(&signers) {
        for _ in 0..3 {
            let answer = street.everywhere(token).await;
            answer.is_in_as(person, &street);
        }
        street.suspend(&signer.name, true).await;
        for _ in 0..3 {
            let answer = street.here(token).await;
            answer.is_refused_for("instance_suspended");
        }
        street.suspend(&signer.name, false).await;
        let answer = street.here(token).await;
        answer.is_in_as(person, &street);
    }
    // Their tokens end together, and each is remembered.
    let end = Duration::from_secs(NOW + 600 + LEEWAY);
    let just_before = end.saturating_sub(Duration::from_millis(1));
    street.clock_at(just_before).await;
    for (token, person) in good.iter().zip(&people) {
        let answer = street.everywhere(token).await;
        answer.is_in_as(person, &street);
    }
    street.clock_at(end).await;
    for token in &good {
        for _ in 0..3 {
            let answer = street.everywhere(token).await;
            answer.is_refused_for("token_expired");
        }
    }
    street.gate.stop().await;
}
