//! Plays the stories of a run side by side: each has a user, a journal and a clean-up of its own.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Instant;

use futures_util::future::join_all;
use tokio::sync::Semaphore;

use crate::defect::contained;
use crate::departure::depart;
use crate::deployment::Deployment;
use crate::findings::{self, Explained, Finding, Opinion, Unlooked};
use crate::interruption::Interruption;
use crate::journal::{Entry, Journal, JournalError};
use crate::newcomer::Newcomer;
use crate::outcome::{Outcome, Problem, Verdict};
use crate::outlet::Outlet;
use crate::programme::Programme;
use crate::progress::{Progress, Voice};
use crate::record::{LeftOver, Record, StepRecord, Story, millis};
use crate::redaction::SecretName;
use crate::run::{Run, Stopped};
use crate::scenario::Scenario;
use crate::steps::StepName;
use crate::version::VersionName;

/// What all stories of a run have in common.
#[derive(Debug)]
pub(crate) struct Performance<'a> {
    pub(crate) deployment: &'a Deployment<'a>,
    /// The version of the gate that has to answer.
    pub(crate) wanted: Option<&'a VersionName>,
    pub(crate) interruption: &'a Interruption,
    pub(crate) outlet: &'a Outlet<'a>,
    pub(crate) config: &'a Path,
    /// Where journals are kept.
    pub(crate) journals: &'a Path,
    pub(crate) began: Instant,
    pub(crate) now_unix_seconds: u64,
    /// Everybody whom the run has written down so far.
    pub(crate) underway: RefCell<Vec<Underway>>,
}

/// A user of the run, and where they are written down for as long as they may be there.
#[derive(Debug)]
pub(crate) struct Underway {
    pub(crate) email: String,
    pub(crate) journal: PathBuf,
}

/// A story that is over.
struct Told {
    story: Story,
    opinion: Opinion,
    /// The step that the opinion is of.
    explains: Option<StepName>,
    left_over: Option<LeftOver>,
}

impl Performance<'_> {
    /// Plays them, so many at a time. A story that cannot be written down is not begun; if that is every one, there was no run.
    pub(crate) async fn play(
        &self,
        programme: &Programme,
        jobs: NonZeroUsize,
    ) -> Result<Record, JournalError> {
        let progress = Progress::new(self.outlet);
        let turns = Semaphore::new(jobs.get());
        let told_one = async |&scenario: &Scenario| {
            // Nobody closes it.
            let _turn = turns.acquire().await;
            let voice = if programme.len() > 1 {
                progress.of(scenario)
            } else {
                progress.of_one()
            };
            let told = self.tell(scenario, voice).await;
            voice.leave();
            (scenario, told)
        };
        let (alone, beside): (Vec<&Scenario>, Vec<_>) =
            (programme.played.iter()).partition(|scenario| scenario.is_told_alone());
        let mut ended = Vec::new();
        for scenario in alone {
            ended.push(told_one(scenario).await);
        }
        ended.extend(join_all(beside.into_iter().map(told_one)).await);
        let nothing_began = ended.iter().all(|(_, told)| told.is_err());
        let mut told = Vec::new();
        for (scenario, ended) in ended {
            match ended {
                Ok(ended) => told.push(ended),
                Err(error) if nothing_began => return Err(error),
                Err(error) => {
                    told.push(self.unplayed(scenario, Verdict::NothingRan, &error.to_string()));
                }
            }
        }
        Ok(self.record(programme, told))
    }

    /// The same at another deployment.
    pub(crate) fn of<'b>(&'b self, deployment: &'b Deployment<'b>) -> Performance<'b> {
        Performance {
            deployment,
            underway: RefCell::default(),
            ..*self
        }
    }

    /// Plays the story of a new user alone.
    pub(crate) async fn play_new_user(&self) -> Result<Record, JournalError> {
        let programme = Programme {
            played: vec![Scenario::NewUser],
            skipped: Vec::new(),
        };
        self.play(&programme, NonZeroUsize::MIN).await
    }

    /// A run that did not begin, because it would have shown nothing of the version that was wanted.
    pub(crate) fn unbegun(&self, programme: &Programme, why: &str) -> Record {
        let played = programme.played.iter();
        let told = played.map(|&scenario| self.unplayed(scenario, Verdict::OtherVersion, why));
        self.record(programme, told.collect())
    }

    fn unplayed(&self, scenario: Scenario, verdict: Verdict, why: &str) -> Told {
        let steps = scenario.steps(self.deployment.configuration);
        Told {
            story: Story::unplayed(scenario, steps, verdict, why),
            opinion: Opinion::default(),
            explains: None,
            left_over: None,
        }
    }

    fn record(&self, programme: &Programme, told: Vec<Told>) -> Record {
        let skipped = programme.skipped.iter().map(|&(scenario, lacks)| {
            let why = format!("it needs {lacks}");
            self.unplayed(scenario, Verdict::Skipped, &why)
        });
        let (mut findings, mut could_not_look) = (Vec::new(), Vec::new());
        let (mut scenarios, mut left_over) = (Vec::new(), Vec::new());
        for told in told.into_iter().chain(skipped) {
            let explained = told.explains.map(|step| Explained {
                scenario: told.story.scenario,
                step,
            });
            gather(
                told.opinion,
                explained.as_ref(),
                &mut findings,
                &mut could_not_look,
            );
            scenarios.push(told.story);
            left_over.extend(told.left_over);
        }
        let verdict = Verdict::of(scenarios.iter().map(|story| &story.verdict));
        let deployment = self.deployment;
        Record {
            schema_version: Record::SCHEMA_VERSION,
            gate: deployment.gate().map(|gate| gate.front.address.to_string()),
            app: deployment.configuration.front.address().to_string(),
            started_at_unix_seconds: self.now_unix_seconds,
            millis: millis(self.began.elapsed()),
            wanted_version: self.wanted.map(ToString::to_string),
            exit_code: verdict.exit_code().into(),
            verdict,
            findings,
            could_not_look,
            scenarios,
            left_over,
            repeated: Vec::new(),
            baseline: None,
        }
    }

    async fn tell(&self, scenario: Scenario, voice: Voice<'_>) -> Result<Told, JournalError> {
        if self.interruption.has_happened() {
            let why = "interrupted before it began";
            return Ok(self.unplayed(scenario, Verdict::Interrupted, why));
        }
        let deployment = self.deployment;
        let newcomer = Newcomer::invent(deployment.configuration, scenario.domain());
        deployment
            .secrets
            .remember(SecretName::Password, &newcomer.password);
        let entry = Entry::of(&newcomer, self.config, self.now_unix_seconds);
        let journal = Journal::write(self.journals, &entry)?;
        newcomer.memory.keep_journal(journal.path());
        self.underway.borrow_mut().push(Underway {
            email: newcomer.email.clone(),
            journal: journal.path().to_owned(),
        });
        Ok(self.live(scenario, &newcomer, journal, voice).await)
    }

    async fn live(
        &self,
        scenario: Scenario,
        newcomer: &Newcomer,
        journal: Journal,
        voice: Voice<'_>,
    ) -> Told {
        let (deployment, began) = (self.deployment, Instant::now());
        let mut run = Run::new(
            self.interruption,
            voice,
            self.began,
            &deployment.configuration.step_budgets,
            self.wanted,
        );
        let mut session = None;
        let played = scenario.play(&mut run, deployment, newcomer, &mut session);
        let stopped = played.await.err();
        let token = session.as_ref().map(|session| session.token.clone());
        let token = token.as_deref();
        // Before the departure: it takes the evidence away with the user.
        let mut opinion = self.explain(&run, stopped.as_ref(), token).await;
        let departure = depart(
            &mut run,
            deployment,
            newcomer,
            session,
            stopped.as_ref(),
            journal,
        )
        .await;
        if stopped.is_none() {
            opinion = self.explain(&run, departure.stopped.as_ref(), token).await;
        }
        let ended_at = stopped.as_ref().or(departure.stopped.as_ref());
        let explains = ended_at.map(|stopped| stopped.step.clone());
        let left_over = departure.left_over;
        let unconfirmed = run.unconfirmed();
        let steps = run.into_steps(&scenario.steps(deployment.configuration));
        let interrupted = self.interruption.has_happened();
        let verdict = match &unconfirmed {
            Some(_) if !interrupted => Verdict::OtherVersion,
            Some(_) | None => judge(stopped.as_ref(), left_over.is_some(), &steps, interrupted),
        };
        Told {
            story: Story {
                scenario,
                user: Some(newcomer.email.clone()),
                at_millis: millis(began.duration_since(self.began)),
                millis: millis(began.elapsed()),
                verdict,
                why: unconfirmed,
                steps,
            },
            opinion,
            explains,
            left_over,
        }
    }

    /// Asks why the step did not pass, unless the operator has had enough.
    async fn explain(
        &self,
        run: &Run<'_>,
        stopped: Option<&Stopped>,
        token: Option<&str>,
    ) -> Opinion {
        let Some(stopped) = stopped else {
            return Opinion::default();
        };
        let step = run.record(&stopped.step);
        let looking = findings::look(self.deployment, stopped, step, token);
        tokio::select! {
            biased;
            () = self.interruption.first() => Opinion::default(),
            opinion = contained(looking) => opinion.unwrap_or_else(|defect| Opinion::none_for(&defect)),
        }
    }
}

/// What several stories met is said once.
fn gather(
    opinion: Opinion,
    explained: Option<&Explained>,
    findings: &mut Vec<Finding>,
    could_not_look: &mut Vec<Unlooked>,
) {
    if let Some(explained) = explained {
        for cause in opinion.causes {
            findings::note(findings, cause, explained.clone());
        }
    }
    for unlooked in opinion.unlooked {
        if !could_not_look.contains(&unlooked) {
            could_not_look.push(unlooked);
        }
    }
}

/// Nothing that did not run is a pass, and what was left behind never hides why a story failed.
fn judge(
    stopped: Option<&Stopped>,
    is_left_over: bool,
    steps: &[StepRecord],
    interrupted: bool,
) -> Verdict {
    match stopped {
        // A failure that was seen is one, whatever the operator did while it was cleaned up after.
        Some(Stopped {
            step,
            problem: Problem::Failed(_),
        }) => Verdict::Failed(step.clone()),
        Some(Stopped {
            problem: Problem::Interrupted,
            ..
        }) => Verdict::Interrupted,
        Some(_) | None if interrupted => Verdict::Interrupted,
        Some(Stopped { step, .. }) => Verdict::Broken(step.clone()),
        None if steps.iter().all(|step| step.outcome == Outcome::Skipped) => Verdict::NothingRan,
        None if is_left_over => Verdict::CleanUpIncomplete,
        None => Verdict::Passed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::exchange::NoAnswer;
    use crate::steps::StepName;
    use crate::steps::fault::Fault;

    fn stopped(problem: Problem) -> Stopped {
        Stopped {
            step: StepName::LogIn,
            problem,
        }
    }

    fn steps(outcome: Outcome) -> Vec<StepRecord> {
        vec![StepRecord {
            outcome,
            ..StepRecord::skipped(StepName::Register, "")
        }]
    }

    #[test]
    fn a_story_of_skipped_steps_is_no_pass() {
        assert_eq!(
            judge(None, false, &steps(Outcome::Skipped), false),
            Verdict::NothingRan
        );
        assert_eq!(judge(None, false, &[], false), Verdict::NothingRan);
        assert_eq!(
            judge(None, false, &steps(Outcome::Passed), false),
            Verdict::Passed
        );
    }

    #[test]
    fn what_is_left_over_never_hides_a_failure() {
        let passed = steps(Outcome::Passed);
        assert_eq!(
            judge(None, true, &passed, false),
            Verdict::CleanUpIncomplete
        );
        let failed = stopped(Fault::Misconfigured.into());
        assert_eq!(
            judge(Some(&failed), true, &passed, false),
            Verdict::Failed(StepName::LogIn)
        );
        let refused = stopped(NoAnswer::Refused { url: "u".into() }.into());
        assert_eq!(
            judge(Some(&refused), true, &passed, false),
            Verdict::Broken(StepName::LogIn)
        );
        assert_eq!(judge(None, true, &passed, true), Verdict::Interrupted);
    }
}
