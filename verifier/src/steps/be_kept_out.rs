//! Whoever is not logged in does not see the app, and comes to an end: a page, and not a circle (incident I4).

use crate::configuration::name::Unfilled;
use crate::deployment::Deployment;
use crate::deployment::exchange::{Answer, Exchange};
use crate::deployment::journey::{End, Journey, journey};
use crate::memory::Memory;
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::fault::Fault;
use crate::steps::fault::return_visit::ReturnFault;
use crate::steps::log_in::Session;
use crate::steps::reach_instance::start;

/// Visits as a browser with these cookies, wherever that leads; the states in the report are the way.
pub(crate) async fn be_kept_out(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    session: &Session<'_>,
    browser: &Memory,
) -> Result<(), Problem> {
    let values = session.account.0.memory.values();
    let start = start(deployment, &values).map_err(Fault::from)?;
    let contains = deployment.configuration.instance.contains.as_ref();
    let shown: Option<String> = contains
        .map(|text| text.fill(&values))
        .transpose()
        .map_err(|unfilled: Unfilled| Fault::from(unfilled))?;
    let Journey { hops, end } = journey(deployment, &start, &NAVIGATION, browser).await;
    for hop in hops {
        log.saw(&place(&hop));
        let is_at_the_front = hop
            .request
            .url
            .starts_with(deployment.configuration.front.address().as_str());
        let answer = log.keep(hop)?;
        if is_at_the_front && shows_the_app(deployment, answer, shown.as_deref()) {
            return Err(ReturnFault::LetIn {
                status: answer.status,
            }
            .into());
        }
    }
    match end {
        End::Arrived => Ok(()),
        End::Cycle(cycle) => Err(ReturnFault::Cycle(cycle).into()),
        End::TooLong => Err(ReturnFault::TooManyRedirects.into()),
    }
}

/// Behind a gate, whatever the gate did not say itself is the app. Without one, it is a page with what the user saw there; where the file
/// does not say what that is, any success.
fn shows_the_app(deployment: &Deployment<'_>, answer: &Answer, shown: Option<&str>) -> bool {
    if deployment.gate().is_some() {
        return !answer.is_the_gates_own();
    }
    let is_success = (200..300).contains(&answer.status);
    is_success && shown.is_none_or(|text| answer.body.contains(text))
}

/// The status and the address, without the query.
fn place(hop: &Exchange) -> String {
    let url = hop.request.url.split(['?', '#']).next().unwrap_or_default();
    match &hop.answer {
        Ok(answer) => format!("{} {url}", answer.status),
        Err(_) => url.to_owned(),
    }
}

/// What a browser says when somebody types an address (Fetch Metadata, RFC 9110 section 12.5.1).
const NAVIGATION: [(&str, &str); 4] = [
    ("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-site", "none"),
];
