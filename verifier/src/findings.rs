//! Causes: what explains a step that did not pass, with the evidence and the cure.
//!
//! Every check that could explain the step is asked. One that could not look says so: that is never "nothing found".

mod app_failing;
mod app_ignores_visitor;
pub(crate) mod catalogue;
pub(crate) mod code;
pub(crate) mod database_never_migrated;
mod email_not_vouched;
mod events_lost;
pub(crate) mod gate_misconfigured;
mod identity_failing;
mod instance_missing;
mod instance_stuck;
mod migrations;
mod own_address;
mod registry_altered;
mod schema_behind;
mod sign_up_not_carried;
mod token_missing;
mod token_refused;

use serde::Serialize;

use crate::clock::now;
use crate::defect::Defect;
use crate::deployment::Deployment;
use crate::findings::code::Code;
use crate::record::StepRecord;
use crate::run::Stopped;
use crate::scenario::Scenario;
use crate::steps::StepName;

/// Asks every check that could explain why the step did not pass.
pub(crate) async fn look(
    deployment: &Deployment<'_>,
    stopped: &Stopped,
    step: Option<&StepRecord>,
    token: Option<&str>,
) -> Opinion {
    let scene = Scene {
        deployment,
        stopped,
        step,
        token,
    };
    let Some(gate) = deployment.gate() else {
        let opinion = token_missing::look(&scene)
            .and(database_never_migrated::look(&scene).await)
            .and(sign_up_not_carried::look(&scene).await);
        let last = identity_failing::look(&scene, &opinion);
        return opinion.and(last);
    };
    let opinions = [
        gate_misconfigured::look(&scene, &gate).await,
        token_missing::look(&scene),
        token_refused::look(&scene, &gate).await,
        database_never_migrated::look(&scene).await,
        sign_up_not_carried::look(&scene).await,
        instance_missing::look(&scene, &gate).await,
        instance_stuck::look(&scene, &gate).await,
        events_lost::look(&scene, &gate).await,
        email_not_vouched::look(&scene, &gate).await,
        app_ignores_visitor::look(&scene, &gate).await,
        app_failing::look(&scene, &gate).await,
        registry_altered::look(&scene, &gate).await,
    ];
    let opinion = opinions.into_iter().fold(Opinion::default(), Opinion::and);
    let last = identity_failing::look(&scene, &opinion);
    opinion.and(last)
}

/// Where a check may look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene<'a> {
    pub(crate) deployment: &'a Deployment<'a>,
    pub(crate) stopped: &'a Stopped,
    /// What is recorded of the step that did not pass.
    pub(crate) step: Option<&'a StepRecord>,
    /// The token of the log-in, if the story came so far.
    pub(crate) token: Option<&'a str>,
}

/// What a check found, and where it could not look.
#[derive(Debug, Default)]
pub(crate) struct Opinion {
    pub(crate) causes: Vec<Cause>,
    pub(crate) unlooked: Vec<Unlooked>,
}

impl Opinion {
    /// There could have been causes, and this came between.
    pub(crate) fn none_for(defect: &Defect) -> Self {
        let (at, why) = ("the causes".to_owned(), defect.to_string());
        Self {
            causes: Vec::new(),
            unlooked: vec![Unlooked { at, why }],
        }
    }

    pub(crate) fn and(mut self, other: Self) -> Self {
        self.causes.extend(other.causes);
        self.unlooked.extend(other.unlooked);
        self
    }
}

/// A cause, as a check names it.
#[derive(Debug, Serialize)]
pub(crate) struct Cause {
    pub(crate) code: Code,
    pub(crate) confidence: Confidence,
    /// What is the case, in one sentence.
    pub(crate) sentence: String,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) fix: Fix,
}

/// How sure it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Confidence {
    /// The mistake itself was seen.
    Certain,
    /// What was seen fits, and something else could be the case as well.
    Likely,
}

/// A cause, and every step that it explains: it is said once, however many stories it stopped.
#[derive(Debug, Serialize)]
pub(crate) struct Finding {
    #[serde(flatten)]
    pub(crate) cause: Cause,
    pub(crate) explains: Vec<Explained>,
}

/// A step of a story.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(crate) struct Explained {
    pub(crate) scenario: Scenario,
    pub(crate) step: StepName,
}

/// Adds a cause. One of the same name with the same cure is the same: it is told by the words and the evidence of whoever met it first.
pub(crate) fn note(findings: &mut Vec<Finding>, cause: Cause, explained: Explained) {
    let known =
        |finding: &&mut Finding| finding.cause.code == cause.code && finding.cause.fix == cause.fix;
    match findings.iter_mut().find(known) {
        Some(finding) => finding.explains.push(explained),
        None => findings.push(Finding {
            cause,
            explains: vec![explained],
        }),
    }
}

/// Something that was seen, where, and when.
#[derive(Debug, Serialize)]
pub(crate) struct Evidence {
    pub(crate) what: String,
    pub(crate) source: String,
    pub(crate) at_unix_seconds: u64,
}

impl Evidence {
    /// Seen just now.
    pub(crate) fn new(what: impl Into<String>, source: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            source: source.into(),
            at_unix_seconds: now().unix_seconds(),
        }
    }
}

/// What to do about it.
#[derive(Debug, Eq, PartialEq, Serialize)]
pub(crate) struct Fix {
    pub(crate) sentence: String,
    /// To be copied, in this order.
    pub(crate) commands: Vec<String>,
}

/// A place where a check wanted to look and could not.
#[derive(Debug, Eq, PartialEq, Serialize)]
pub(crate) struct Unlooked {
    pub(crate) at: String,
    pub(crate) why: String,
}

impl Cause {
    /// Changes every text that could hold a secret.
    pub(crate) fn for_each_text(&mut self, change: &mut impl FnMut(&mut String)) {
        change(&mut self.sentence);
        for evidence in &mut self.evidence {
            change(&mut evidence.what);
            change(&mut evidence.source);
        }
        change(&mut self.fix.sentence);
        self.fix.commands.iter_mut().for_each(change);
    }
}
