//! The user logs in.

use serde_json::Value;

use crate::configuration::name::BuiltIn;
use crate::deployment::Deployment;
use crate::deployment::part::{instead_of, part_of, raw_of};
use crate::outcome::Problem;
use crate::redaction::SecretName;
use crate::run::StepLog;
use crate::steps::fault::Fault;
use crate::steps::perform::{capture, exchange, judge, perform};
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
    let user = account.0;
    for request in &settings.call.before {
        perform(log, deployment, request, &user.memory, None).await?;
    }
    let request = &settings.call.request;
    let performed = exchange(log, deployment, request, &user.memory, None).await?;
    let token = part_of(&performed.answer, &settings.token, &performed.url);
    let token = token.as_ref().and_then(Value::as_str);
    // Before anything else is said of the answer: another step may have failed beside a token that is good.
    if let Some(token) = token {
        deployment.secrets.remember(SecretName::Token, token);
    }
    if let Some(raw) = raw_of(&performed.answer, &settings.token, &performed.url) {
        deployment.secrets.remember(SecretName::Token, &raw);
    }
    judge(request, &performed, &user.memory.values())?;
    capture(deployment, request, &performed, &user.memory)?;
    let token = token.filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| Fault::NoToken {
        at: settings.token.clone(),
        instead: instead_of(&performed.answer, &settings.token, &performed.url),
        is_json: performed.answer.json::<Value>().is_some(),
    })?;
    user.memory.learn(BuiltIn::Token.name(), token.into());
    Ok(Session {
        account,
        token: token.to_owned(),
    })
}
