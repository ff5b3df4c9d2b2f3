//! `gate/http_request_cases.json`: requests, byte for byte, to a running gate with two users behind it, and what may come of them.

mod placeholders;
mod upstream;
mod verdict;
mod wire;

use serde_json::{Value, json};

use super::document::{Unreadable, identifier, list, optional_text, text};
use super::platform::{Platform, PlatformError};
use super::report::{FileReport, Runner};
use placeholders::Placeholders;
use upstream::Upstream;
use verdict::{Outcome, Verdicts};

/// Sends every request of the file and judges what came of it.
pub(super) async fn put(name: &str, file: &Value) -> Result<FileReport, Unreadable> {
    let street = Street::build()
        .await
        .map_err(|error| Unreadable(error.to_string()))?;
    let placeholders = street.placeholders(file);
    let tests = list(file, "tests")?;
    let mut report = FileReport::new(name, tests.len());
    let (mut in_front, mut for_host) = (0, 0);
    for test in tests {
        let (id, comment) = (identifier(test, "id"), optional_text(test, "comment"));
        let comment = comment.unwrap_or_default();
        let request =
            wire::Request::of(test.get("request").unwrap_or(&Value::Null), &placeholders)?;
        let outcome = street.send(&request).await;
        in_front += usize::from(outcome.was_refused_in_front());
        for_host += usize::from(outcome.was_refused_for_its_host());
        let expect = test.get("expect").unwrap_or(&Value::Null);
        let (verdict, why) = Verdicts {
            expect,
            outcome: &outcome,
            subjects: &street.subjects,
        }
        .judge()?;
        report.note_verdict(
            Runner::Gate,
            &id,
            &comment,
            verdict,
            &expect.to_string(),
            &why,
        );
    }
    if in_front > 0 {
        report.notes.push(format!(
            "{in_front} refused by workerd itself, before the gate saw them"
        ));
    }
    if for_host > 0 {
        report.notes.push(format!(
            "{for_host} refused with 503, for a gate on a developer's machine answers at loopback hosts only"
        ));
    }
    for name in verdict::unjudged(tests) {
        report
            .notes
            .push(format!("`{name}` in `expect` is not judged"));
    }
    street.platform.world.stop().await;
    Ok(report)
}

/// Two neighbours, each with an instance of their own that records what reaches it.
struct Street {
    platform: Platform,
    subjects: [String; 2],
    upstreams: [Upstream; 2],
}

impl Street {
    async fn build() -> Result<Self, PlatformError> {
        let platform = Platform::start(json!({})).await?;
        let subjects = ["vector-a", "vector-b"].map(str::to_owned);
        let upstreams = [Upstream::start().await, Upstream::start().await];
        let [a, b] = upstreams;
        let upstreams = [
            a.map_err(PlatformError::Listen)?,
            b.map_err(PlatformError::Listen)?,
        ];
        for (subject, upstream) in subjects.iter().zip(&upstreams) {
            platform.move_in(subject, &upstream.url).await?;
        }
        Ok(Self {
            platform,
            subjects,
            upstreams,
        })
    }

    fn placeholders(&self, file: &Value) -> Placeholders {
        let [a, b] = &self.subjects;
        let token_a = self.platform.token(a, 3600);
        let bad_signature =
            token_a
                .rsplit_once('.')
                .map_or_else(String::new, |(signed, signature)| {
                    let other = if signature.starts_with('A') { "B" } else { "A" };
                    format!("{signed}.{other}{}", signature.get(1..).unwrap_or_default())
                });
        Placeholders {
            tokens: vec![
                ("{{EXPIRED_A}}", self.platform.token(a, -3600)),
                ("{{BADSIG_A}}", bad_signature),
                ("{{TOKEN_B}}", self.platform.token(b, 3600)),
                ("{{TOKEN_A}}", token_a),
            ],
            cookie: text(file, "cookie_name")
                .unwrap_or("__Host-gate")
                .to_owned(),
            port: self.port().to_owned(),
        }
    }

    fn port(&self) -> &str {
        self.platform
            .world
            .gate
            .direct
            .rsplit(':')
            .next()
            .unwrap_or_default()
    }

    async fn send(&self, request: &wire::Request) -> Outcome {
        let [a, b] = &self.upstreams;
        a.forget();
        b.forget();
        let answer = request.send(self.port()).await;
        Outcome {
            to_loopback: request.is_to_loopback(),
            answer,
            heard: [a.heard(), b.heard()],
        }
    }
}
