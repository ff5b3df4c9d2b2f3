//! How often the authority is asked about one busy visitor in an hour, by one isolate.
//!
//! The gate is rigged: its clock stands where we set it, and its calls of D1 are counted from the first answer on. Each isolate draws its own
//! jitter, so half an hour is played in each of two, ten minutes in a quick run, and the one that asks most counts.

use std::time::Duration;

use serde_json::{Value, json};

use super::BenchError;
use super::seed::{Seed, Who};
use super::upstream::{SMALL, Upstream};
use super::variant::{self, Variant};
use crate::gate::{Gate, GateOptions};

/// The visitor asks twice a second.
const STEP: Duration = Duration::from_millis(500);
const PLAYED: Duration = Duration::from_mins(30);
const PLAYED_QUICKLY: Duration = Duration::from_mins(10);
const HOUR: Duration = Duration::from_hours(1);
const ISOLATES: usize = 2;

pub(super) async fn measure(
    seed: &Seed,
    upstream: &Upstream,
    quick: bool,
) -> Result<Value, BenchError> {
    let played = if quick { PLAYED_QUICKLY } else { PLAYED };
    let mut gate = Gate::start(GateOptions {
        rigged: true,
        vars: Variant::Gate.vars(seed, upstream),
        ..GateOptions::default()
    })
    .await
    .map_err(BenchError::Gate)?;
    variant::know_everybody(&gate, upstream).await?;
    let mut reads = Vec::new();
    let mut began = Duration::ZERO;
    for _ in 0..ISOLATES {
        reads.push(play(&gate, seed, began, played).await?);
        began += played;
        gate.restart().await.map_err(BenchError::Gate)?;
    }
    gate.stop().await;
    Ok(json!({
        "reads": reads,
        "requests_a_second": 1.0 / STEP.as_secs_f64(),
        "minutes": played.as_secs() / 60,
    }))
}

/// The reads of an hour that is all like what is played from this moment on.
async fn play(
    gate: &Gate,
    seed: &Seed,
    began: Duration,
    played: Duration,
) -> Result<f64, BenchError> {
    let client = reqwest::Client::builder().no_proxy().build();
    let client = client.map_err(BenchError::Client)?;
    let headers = seed.headers(Who::Visitor(0));
    let url = format!("{}{SMALL}", gate.direct);
    let mut at = Duration::ZERO;
    while at < played {
        gate.clock_ahead(began + at)
            .await
            .map_err(BenchError::Gate)?;
        let answer = client.get(&url).headers(headers.clone()).send().await;
        let answer = answer.map_err(BenchError::Client)?;
        let status = answer.status();
        answer.bytes().await.map_err(BenchError::Client)?;
        if !status.is_success() {
            return Err(BenchError::Wrong {
                variant: Variant::Gate.word(),
                answer: format!("{status} after {} s of an hour", at.as_secs()),
            });
        }
        if at.is_zero() {
            tokio::time::sleep(STEP).await;
            gate.calls().await.map_err(BenchError::Gate)?;
        }
        at += STEP;
    }
    // The last one may still be on its way.
    tokio::time::sleep(STEP).await;
    let calls = gate.calls().await.map_err(BenchError::Gate)?;
    #[expect(clippy::cast_precision_loss, reason = "some hundreds")]
    let reads = calls.d1_statements as f64;
    Ok(reads * HOUR.as_secs_f64() / played.as_secs_f64())
}
