//! The answers of the gate's code inside real workerd: the build with the feature `vectors` (edge/src/vectors.rs).

use reqwest::{Client, Method, StatusCode};
use serde_json::Value;

use super::question::{Answer, Question};
use crate::gate::{Gate, GateError, GateOptions};
use crate::places;

/// A gate that answers questions.
#[derive(Debug)]
pub struct Workerd {
    gate: Gate,
    client: Client,
}

/// Few enough for one answer to come soon, many enough for the requests not to matter.
const BATCH: usize = 40;

impl Workerd {
    /// Starts it.
    pub async fn start() -> Result<Self, GateError> {
        let options = GateOptions {
            build: places::vectors_build(),
            ..GateOptions::default()
        };
        let gate = Gate::start(options).await?;
        let client = Client::builder().no_proxy().build().unwrap_or_default();
        Ok(Self { gate, client })
    }

    /// Stops it and waits until nothing of it is left.
    pub async fn stop(self) {
        self.gate.stop().await;
    }

    /// Asks; the answers are in the order of the questions.
    pub(super) async fn ask(&self, questions: &[&Question]) -> Vec<Option<Answer>> {
        let mut answers = Vec::with_capacity(questions.len());
        for batch in questions.chunks(BATCH) {
            match self.batch(batch).await {
                Ok(batch) => answers.extend(batch.into_iter().map(Some)),
                // One of them ended the instance: each alone says which.
                Err(_) if batch.len() > 1 => {
                    for question in batch {
                        let alone = self.batch(&[question]).await;
                        let alone = alone.map(|answers| answers.into_iter().next());
                        answers.push(alone.unwrap_or_else(|how| Some(Answer::Crashed(how))));
                    }
                }
                Err(how) => answers.push(Some(Answer::Crashed(how))),
            }
        }
        answers
    }

    async fn batch(&self, questions: &[&Question]) -> Result<Vec<Answer>, String> {
        let request = self
            .client
            .request(Method::POST, self.gate.at("/.usher/vectors"))
            .json(questions);
        let response = request.send().await.map_err(|error| error.to_string())?;
        let status = response.status();
        let body = response.text().await.map_err(|error| error.to_string())?;
        if status != StatusCode::OK {
            return Err(format!("HTTP {status}: {body}"));
        }
        let answers: Value = serde_json::from_str(&body).map_err(|error| error.to_string())?;
        let answers: Vec<Answer> =
            serde_json::from_value(answers).map_err(|error| format!("{error} in {body}"))?;
        if answers.len() == questions.len() {
            Ok(answers)
        } else {
            Err(format!(
                "{} answers to {} questions",
                answers.len(),
                questions.len()
            ))
        }
    }
}
