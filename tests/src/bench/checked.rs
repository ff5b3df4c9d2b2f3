//! Each variant's answers, before they are measured: a quick wrong answer is no figure.

use axum::http::HeaderMap;
use reqwest::Client;
use serde_json::Value;

use super::BenchError;
use super::seed::{Seed, Who};
use super::upstream::{ECHO, LARGE, LARGE_BYTES, SMALL, SMALL_BYTES};
use super::variant::{Running, Variant};

/// Asks everything that will be asked, and what must not be let through.
pub(super) async fn all(running: &Running, seed: &Seed) -> Result<(), BenchError> {
    let checks = Checks {
        client: Client::builder()
            .no_proxy()
            .build()
            .map_err(BenchError::Client)?,
        running,
        seed,
    };
    checks
        .answer(Who::Visitor(0), SMALL, 200, Some(SMALL_BYTES))
        .await?;
    checks
        .answer(Who::Visitor(0), LARGE, 200, Some(LARGE_BYTES))
        .await?;
    if running.variant != Variant::Passthrough {
        checks.headers_at_the_app().await?;
    }
    if running.variant.is_a_door() {
        for (who, status) in [
            (Who::Forged, 401),
            (Who::Expired, 401),
            (Who::Garbage, 401),
            (Who::Suspended, 403),
        ] {
            checks.answer(who, SMALL, status, None).await?;
        }
        // Nor after the right one was here.
        checks.answer(Who::Forged, SMALL, 401, None).await?;
    }
    Ok(())
}

struct Checks<'a> {
    client: Client,
    running: &'a Running,
    seed: &'a Seed,
}

impl Checks<'_> {
    async fn answer(
        &self,
        who: Who,
        path: &str,
        status: u16,
        length: Option<usize>,
    ) -> Result<String, BenchError> {
        self.ask(self.seed.headers(who), path, status, length).await
    }

    async fn ask(
        &self,
        headers: HeaderMap,
        path: &str,
        status: u16,
        length: Option<usize>,
    ) -> Result<String, BenchError> {
        let url = format!("http://{}{path}", self.running.address);
        let answer = self.client.get(url).headers(headers).send().await;
        let answer = answer.map_err(BenchError::Client)?;
        let said = answer.status().as_u16();
        let body = answer.text().await.map_err(BenchError::Client)?;
        if said == status && length.is_none_or(|length| length == body.len()) {
            return Ok(body);
        }
        let start: String = body.chars().take(300).collect();
        Err(self.wrong(format!("{path}: {said}, {} bytes: {start}", body.len())))
    }

    /// What the app is told of the visitor, and that the credential stays with the variant.
    async fn headers_at_the_app(&self) -> Result<(), BenchError> {
        let who = Who::Visitor(0);
        let mut headers = self.seed.headers(who);
        let planted = [("usher_user", "eve"), ("x-forwarded-host", "evil.invalid")];
        for (name, value) in planted {
            headers.insert(name, axum::http::HeaderValue::from_static(value));
        }
        let body = self.ask(headers, ECHO, 200, None).await?;
        let arrived: Value = serde_json::from_str(&body).unwrap_or_default();
        let text = |name: &str| arrived.get(name).and_then(Value::as_str);
        let told = match self.running.variant {
            Variant::Hono | Variant::Jose | Variant::JoseRegistry => {
                text("x-user") == Some(&who.subject())
            }
            Variant::Edits
            | Variant::Gate
            | Variant::GateThatRemembers
            | Variant::GateTwin
            | Variant::GateWithoutLog
            | Variant::GateWithoutShim
            | Variant::JoseCached
            | Variant::JoseCachedWatchful => {
                // The one writes `|` as it is, the other as `%7C`.
                text("usher-user").is_some_and(|user| user.replace("%7C", "|") == who.subject())
                    && text("usher-org") == Some("acme")
                    && text("usher-role") == Some("member")
                    && text("usher-assertion").is_some_and(|token| token.split('.').count() == 3)
                    && text("usher_user").is_none()
                    && text("x-forwarded-host") != Some("evil.invalid")
                    && text("cookie").is_some()
            }
            Variant::Passthrough => true,
        };
        if told && text("authorization").is_none() {
            Ok(())
        } else {
            Err(self.wrong(format!("the app got {body}")))
        }
    }

    fn wrong(&self, answer: String) -> BenchError {
        BenchError::Wrong {
            variant: self.running.variant.word(),
            answer,
        }
    }
}
