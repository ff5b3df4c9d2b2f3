//! The user logs in.

use serde_json::Value;

use crate::configuration::value::Method;
use crate::deployment::Deployment;
use crate::outcome::Problem;
use crate::redaction::SecretName;
use crate::run::StepLog;
use crate::steps::fault::Fault;
use crate::steps::register::Account;

/// A user with a token.
#[derive(Clone)]
pub(crate) struct Session<'a> {
    pub(crate) account: Account<'a>,
    pub(crate) token: String,
}

/// Logs in; everything in the answer that looks like a token is a secret from now on.
pub(crate) async fn log_in<'a>(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    account: Account<'a>,
) -> Result<Session<'a>, Problem> {
    let settings = &deployment.configuration.log_in;
    let filling = account.0.filling(deployment.configuration);
    let answer = log.keep(
        deployment
            .call(&settings.call(), Method::Post, &filling, None)
            .await,
    )?;
    let body: Option<Value> = answer.json();
    let token = body
        .as_ref()
        .and_then(|body| body.pointer(settings.token.as_str()))
        .and_then(Value::as_str);
    if let Some(token) = token {
        deployment.secrets.remember(SecretName::Token, token);
    }
    if let Some(body) = &body {
        remember_tokens(deployment, body);
    }
    if !settings.status.accepts(answer.status) {
        return Err(Fault::unexpected_status(&settings.status, answer).into());
    }
    let token = token
        .filter(|token| !token.is_empty())
        .ok_or_else(|| Fault::NoToken {
            pointer: settings.token.as_str().to_owned(),
            is_json: body.is_some(),
        })?;
    Ok(Session {
        account,
        token: token.to_owned(),
    })
}

/// A refresh token beside the token that was asked for is as good as a password.
fn remember_tokens(deployment: &Deployment<'_>, body: &Value) {
    match body {
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_str() {
                    Some(text)
                        if text.len() >= SHORTEST_TOKEN
                            && name.to_ascii_lowercase().contains("token") =>
                    {
                        deployment.secrets.remember(SecretName::Token, text);
                    }
                    Some(_) | None => remember_tokens(deployment, value),
                }
            }
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| remember_tokens(deployment, item)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// `token_type` is `bearer` (RFC 6750 section 4) and no secret; no real token is that short.
const SHORTEST_TOKEN: usize = 16;
