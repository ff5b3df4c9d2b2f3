//! The user's browser hands the token of the log-in over to the gate and gets a session.

use policy::contract::REQUEST_ID_HEADER;
use reqwest::Url;

use crate::configuration::name::Values;
use crate::deployment::gate::Gate;
use crate::memory::Memory;
use crate::outcome::Problem;
use crate::redaction::Secrets;
use crate::run::StepLog;
use crate::steps::fault::Fault;
use crate::steps::log_in::Session;
use crate::steps::perform::remember;

/// A session at the gate, by the request that began it.
#[derive(Debug)]
pub(crate) struct OpenedSession {
    /// The browser that holds its cookie.
    pub(crate) browser: Memory,
    /// The id under which the gate writes the log-in down.
    pub(crate) request_id: Option<String>,
}

/// Sends the form that a log-in page sends. The gate answers with a cookie and the way to the app, or it did not take the token.
pub(crate) async fn open_session(
    log: &mut StepLog<'_>,
    gate: &Gate<'_>,
    secrets: &Secrets,
    session: &Session<'_>,
) -> Result<OpenedSession, Problem> {
    let exchange = gate.open_session(&session.token).await;
    let asked = exchange.request.url.clone();
    let url = Url::parse(&asked).ok();
    let answer = log.keep(exchange)?;
    remember(secrets, answer, &asked);
    if answer.status != SEE_OTHER || answer.header("set-cookie").is_none() {
        return Err(Fault::NoSession {
            status: answer.status,
            reason: answer.reason(),
            detail: answer.problem().map(|problem| problem.detail),
        }
        .into());
    }
    let browser = Memory::of(Values::of([]));
    if let Some(url) = &url {
        browser.keep_cookies(url, answer);
    }
    Ok(OpenedSession {
        browser,
        request_id: answer.header(REQUEST_ID_HEADER).map(str::to_owned),
    })
}

/// What turns the form into a visit (RFC 9110 section 15.4.4).
const SEE_OTHER: u16 = 303;
