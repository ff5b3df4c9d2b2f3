//! `gate/jwks_cases.json` once more, with a real key endpoint and a running gate: what each answer does to the keys in force.
//!
//! Every case is an issuer of its own. All of them serve a good set first, and it is used. Then the gate forgets, the set it has
//! stored grows older than fresh, and the endpoint answers as the case says.

mod server;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::case::Verdict;
use super::document::{Unreadable, identifier, list, optional_text, text};
use super::key_sets::{ALGORITHMS, status};
use super::platform::{Platform, PlatformError};
use super::report::{FileReport, Runner};
use server::{Body, KeyServer, Served};

/// Longer than a set is used without being fetched anew, shorter than it is used at all without it (`edge/src/issuer_keys.rs`).
const OLDER_THAN_FRESH: Duration = Duration::from_mins(6);

/// The gate's own limit is 3 s; a busy machine gets the rest.
const PATIENCE: Duration = Duration::from_secs(12);

/// A case of the file, or one that it only describes.
struct Answered {
    id: String,
    comment: String,
    expect: String,
    served: Served,
}

/// Serves every case of the file and adds what came of it to the report.
pub(super) async fn put(file: &Value, report: &mut FileReport) -> Result<(), Unreadable> {
    let answers = answers(file)?;
    let running = run(&answers, report).await;
    running.map_err(|error| Unreadable(error.to_string()))
}

fn answers(file: &Value) -> Result<Vec<Answered>, Unreadable> {
    let mut answers = Vec::new();
    for test in list(file, "tests")? {
        answers.push(Answered {
            id: identifier(test, "id"),
            comment: optional_text(test, "comment").unwrap_or_default(),
            expect: text(test, "expect")?.to_owned(),
            served: Served {
                status: status(test),
                content_type: optional_text(test, "content_type"),
                redirects: test.get("location").is_some(),
                body: Body::Text(optional_text(test, "body").unwrap_or_default()),
            },
        });
    }
    let endless = [
        ("generated-1MiB", "a body of 1 MiB", Body::Spaces(1 << 20)),
        (
            "generated-64MiB",
            "a body of 64 MiB",
            Body::Spaces(64 << 20),
        ),
        (
            "generated-endless",
            "a body that never ends, one byte a second",
            Body::OneByteASecond,
        ),
    ];
    answers.extend(endless.map(|(id, comment, body)| Answered {
        id: id.to_owned(),
        comment: comment.to_owned(),
        expect: "keep_last_good".to_owned(),
        served: Served {
            status: 200,
            content_type: None,
            redirects: false,
            body,
        },
    }));
    Ok(answers)
}

async fn run(answers: &[Answered], report: &mut FileReport) -> Result<(), PlatformError> {
    let server = KeyServer::start().await.map_err(PlatformError::Listen)?;
    let issuers: Vec<Value> = answers
        .iter()
        .map(|answer| issuer(answer, &server))
        .collect();
    let mut platform = Platform::start(json!({ "USHER_ISSUERS": issuers })).await?;
    server.serve_everywhere(platform.keys().await?);
    for answer in answers {
        let first = knock(&platform, &answer.id).await;
        if first.said != Said::Admitted {
            report.faults.push(format!(
                "{} {}: not even the good set was used: {first:?}",
                report.name, answer.id
            ));
        }
    }
    platform.grow_old(answers.len(), OLDER_THAN_FRESH).await?;
    for answer in answers {
        server.serve(&answer.id, answer.served.clone());
    }
    for answer in answers {
        let before = server.asked(&answer.id);
        let knock = knock(&platform, &answer.id).await;
        let (verdict, got) = judge(
            answer,
            &knock,
            server.asked(&answer.id) > before,
            server.was_followed(),
        );
        report.note_verdict(
            Runner::Gate,
            &answer.id,
            &answer.comment,
            verdict,
            &answer.expect,
            &got,
        );
    }
    platform.world.stop().await;
    Ok(())
}

fn issuer(answer: &Answered, server: &KeyServer) -> Value {
    json!({
        "issuer": name(&answer.id), "audience": "usher", "algorithm": ALGORITHMS,
        "jwks_url": format!("{}/{}", server.url, answer.id),
    })
}

fn name(id: &str) -> String {
    format!("https://{id}.example")
}

/// What the gate said to a good token of the first set, and how long it took.
#[derive(Debug)]
struct Knock {
    said: Said,
    took: Duration,
}

#[derive(Debug, Eq, PartialEq)]
enum Said {
    /// It believes the token: the registry knows nobody of that name.
    Admitted,
    /// It does not believe it.
    Refused,
    /// Anything else.
    Other(String),
}

async fn knock(platform: &Platform, id: &str) -> Knock {
    let token = platform.token_of(&name(id), "somebody", 3600);
    let started = Instant::now();
    let response = platform.world.api().with_bearer(&token).get("/").await;
    let reason = response.headers().get("usher-reason");
    let reason = reason
        .and_then(|reason| reason.to_str().ok())
        .unwrap_or("no reason");
    let said = match (response.status().as_u16(), reason) {
        (403, "no_instance") => Said::Admitted,
        (401, "token_invalid") => Said::Refused,
        (status, reason) => Said::Other(format!("{status} {reason}")),
    };
    Knock {
        said,
        took: started.elapsed(),
    }
}

fn judge(answer: &Answered, knock: &Knock, asked: bool, followed: bool) -> (Verdict, String) {
    let got = format!("a token of the earlier set: {knock:?}");
    if !asked {
        return (
            Verdict::Crash,
            format!("the endpoint was not even asked; {got}"),
        );
    }
    if followed {
        return (
            Verdict::WrongAccept,
            format!("a redirect was followed; {got}"),
        );
    }
    if knock.took > PATIENCE {
        return (Verdict::Crash, format!("the answer took too long; {got}"));
    }
    let verdict = match (answer.expect.as_str(), &knock.said) {
        (_, Said::Other(_)) => Verdict::Crash,
        ("keep_last_good", Said::Admitted) | ("use", Said::Refused) => Verdict::Right,
        ("keep_last_good", Said::Refused) => Verdict::WrongRefusal,
        ("use", Said::Admitted) => Verdict::WrongAccept,
        (_, Said::Admitted) => Verdict::EitherAccepted,
        (_, Said::Refused) => Verdict::EitherRefused,
    };
    (verdict, got)
}
