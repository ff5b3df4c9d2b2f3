//! A clock that is wrong lets expired tokens in, or refuses fresh ones.

use crate::check::security::Scene;
use crate::clock::now;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion, Unlooked};

/// Compares what the answer says of the time (RFC 9110 section 6.6.1) with the clock here, before and after.
pub(super) async fn look(scene: &Scene<'_>) -> Opinion {
    let before = now().unix_seconds();
    let health = scene.gate.health().await;
    let after = now().unix_seconds();
    let url = health.request.url;
    let unlooked = |why: String| Opinion {
        causes: Vec::new(),
        unlooked: vec![Unlooked {
            at: format!("the clock at {url}"),
            why,
        }],
    };
    let answer = match health.answer {
        Ok(answer) => answer,
        Err(reason) => return unlooked(reason.to_string()),
    };
    let Some(date) = answer.header("date") else {
        return unlooked("the answer has no `date`".to_owned());
    };
    let Some(there) = jiff::fmt::rfc2822::parse(date).ok() else {
        return unlooked(format!("the answer has a `date` that is none: `{date}`"));
    };
    let there = u64::try_from(there.timestamp().as_second()).unwrap_or_default();
    // At most one of the two is more than nothing.
    let off = before
        .saturating_sub(there)
        .max(there.saturating_sub(after));
    let causes = (off > TOLERATED_SECONDS).then(|| Cause {
        code: Code::ClockSkew,
        // One of the two is wrong, and it may be the one here.
        confidence: Confidence::Likely,
        sentence: format!("the clock there and the clock here are {off} s apart"),
        evidence: vec![Evidence::new(
            format!("`date: {date}`, when it was {} here", crate::report::moment(after)),
            url.clone(),
        )],
        fix: Fix {
            sentence: "Find out which of the two is wrong, and let it follow a time server: tokens are held to 5 s."
                .to_owned(),
            commands: vec!["timedatectl status".to_owned()],
        },
    });
    Opinion {
        causes: causes.into_iter().collect(),
        unlooked: Vec::new(),
    }
}

/// By so much may clocks differ for the gate's judgement of tokens.
const TOLERATED_SECONDS: u64 = 5;
