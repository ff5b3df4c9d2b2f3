//! `usher check tokens`: why the gate admits a token, or why not.

use std::io::Read as _;

use policy::time::Moment;

use crate::arguments::check::CheckTokens;
use crate::clock::now;
use crate::configuration::Environment;
use crate::outcome::ExitCode;
use crate::outlet::Outlet;
use crate::redaction::{SecretName, Secrets};
use crate::report;
use crate::tokens::error::CheckError;
use crate::tokens::examination::examine;
use crate::tokens::expectation::Expectation;

/// Judges one token and reports.
pub(crate) async fn check(
    options: &CheckTokens,
    secrets: &Secrets,
    outlet: &Outlet<'_>,
) -> Result<ExitCode, CheckError> {
    let environment: Environment<'_> = &|name| std::env::var(name).ok();
    let token = token(&options.token)?;
    hide(&token, secrets);
    let expectation = Expectation::of(options, environment, secrets)?;
    let now = options.at.map_or_else(now, Moment::from_unix_seconds);
    let explanation = examine(&token, &expectation, now).await?;
    let look = report::Look {
        coloured: outlet.report_is_live && environment("NO_COLOR").is_none_or(|set| set.is_empty()),
    };
    outlet.report(&report::render_token(options.report, &explanation, look));
    Ok(explanation.verdict.exit_code())
}

/// The token as it was given, without the white space around it.
fn token(argument: &str) -> Result<String, CheckError> {
    let text = if argument == "-" {
        let mut bytes = Vec::new();
        let standard_input = std::io::stdin().lock();
        // A token has 8 KiB at most; whatever is longer is refused as too long, however long it is.
        let mut limited = standard_input.take(MOST_INPUT_BYTES);
        limited
            .read_to_end(&mut bytes)
            .map_err(CheckError::StandardInput)?;
        String::from_utf8_lossy(&bytes).trim().to_owned()
    } else {
        argument.trim().to_owned()
    };
    if text.is_empty() {
        return Err(CheckError::NoToken);
    }
    Ok(text)
}

/// Neither the token nor a part of it is ever shown: its signature makes it valid, and the rest is somebody's data.
fn hide(token: &str, secrets: &Secrets) {
    secrets.remember(SecretName::Token, token);
    for part in token.split('.').filter(|part| part.len() > SHORT_PART) {
        secrets.remember(SecretName::Token, part);
    }
}

const MOST_INPUT_BYTES: u64 = 64 * 1024;

/// Shorter parts are words that ordinary text may have.
const SHORT_PART: usize = 20;
