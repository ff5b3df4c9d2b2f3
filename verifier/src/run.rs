//! Performs steps, one after the other: times them, records them, and stops when the operator asks for it.

use std::pin::pin;
use std::time::{Duration, Instant};

use crate::configuration::step_budget::{Pace, StepBudget};
use crate::defect;
use crate::deployment::Deployment;
use crate::deployment::exchange::{Answer, Exchange, NoAnswer};
use crate::interruption::Interruption;
use crate::outcome::{Outcome, Problem};
use crate::progress::Voice;
use crate::record::{StateSeen, StepRecord, millis};
use crate::steps::StepName;
use crate::steps::fault::Fault;
use crate::version::{Served, VersionName};

/// A run in progress.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    interruption: &'a Interruption,
    progress: Voice<'a>,
    /// When all of the stories did.
    began: Instant,
    /// How long steps may take.
    budgets: &'a [StepBudget],
    /// The version of the gate that has to answer.
    wanted: Option<&'a VersionName>,
    /// The first step in which another one did, and which.
    unwanted: Option<(StepName, String)>,
    steps: Vec<StepRecord>,
}

/// The end of a scenario before its end.
#[derive(Debug)]
pub(crate) struct Stopped {
    pub(crate) step: StepName,
    pub(crate) problem: Problem,
}

impl<'a> Run<'a> {
    pub(crate) fn new(
        interruption: &'a Interruption,
        progress: Voice<'a>,
        began: Instant,
        budgets: &'a [StepBudget],
        wanted: Option<&'a VersionName>,
    ) -> Self {
        Self {
            interruption,
            progress,
            began,
            budgets,
            wanted,
            unwanted: None,
            steps: Vec::new(),
        }
    }

    /// Performs a step; the operator can interrupt it.
    pub(crate) async fn step<T>(
        &mut self,
        name: StepName,
        act: impl AsyncFnOnce(&mut StepLog<'_>) -> Result<T, Problem>,
    ) -> Result<T, Stopped> {
        let interruption = self.interruption;
        self.perform(name, act, interruption.first()).await
    }

    /// Performs a step, unless the configuration leaves it out; then it is skipped, and why is said.
    pub(crate) async fn step_if_any<T>(
        &mut self,
        deployment: &Deployment<'_>,
        name: StepName,
        act: impl AsyncFnOnce(&mut StepLog<'_>) -> Result<T, Problem>,
    ) -> Result<Option<T>, Stopped> {
        match name.left_out_of(deployment.configuration) {
            Some(why) => {
                self.skip(name, why);
                Ok(None)
            }
            None => self.step(name, act).await.map(Some),
        }
    }

    /// Performs a step that the operator's wish to stop does not stop: the clean-up.
    pub(crate) async fn step_at_any_rate<T>(
        &mut self,
        name: StepName,
        act: impl AsyncFnOnce(&mut StepLog<'_>) -> Result<T, Problem>,
    ) -> Result<T, Stopped> {
        self.perform(name, act, std::future::pending()).await
    }

    /// That another version than the wanted one answered, and in which step first.
    pub(crate) fn unconfirmed(&self) -> Option<String> {
        let (step, served) = self.unwanted.as_ref()?;
        Some(format!("in `{}` {served} answered", step.title()))
    }

    /// Records that a step is not performed, and why.
    pub(crate) fn skip(&mut self, name: StepName, why: &str) {
        self.steps.push(StepRecord::skipped(name, why));
    }

    /// What is recorded of a step that was performed.
    pub(crate) fn record(&self, name: &StepName) -> Option<&StepRecord> {
        self.steps.iter().find(|step| step.name == *name)
    }

    /// Every step of the scenario; the ones that nobody came to are skipped.
    pub(crate) fn into_steps(self, scenario: &[StepName]) -> Vec<StepRecord> {
        let mut performed = self.steps;
        let mut take = |name: &StepName| match performed.iter().position(|step| step.name == *name)
        {
            Some(position) => performed.remove(position),
            None => StepRecord::unreached(name.clone()),
        };
        scenario.iter().map(&mut take).collect()
    }

    fn pace(&self, name: &StepName, took: Duration) -> Pace {
        let mut budgets = self.budgets.iter();
        let budget = budgets.find(|budget| budget.step == *name);
        budget.map_or(Pace::Fine, |budget| budget.judge(took))
    }

    async fn perform<T>(
        &mut self,
        name: StepName,
        act: impl AsyncFnOnce(&mut StepLog<'_>) -> Result<T, Problem>,
        interrupted: impl Future<Output = ()>,
    ) -> Result<T, Stopped> {
        self.progress.begin(&name);
        let mut log = StepLog {
            attempts: 0,
            states: Vec::new(),
            versions: Vec::new(),
            unwanted: None,
            wanted: self.wanted,
            last: None,
            remark: None,
            run_began: self.began,
            began: Instant::now(),
            progress: self.progress,
        };
        let result = {
            let act = async {
                #[cfg(debug_assertions)]
                defect::on_purpose(&name.word());
                act(&mut log).await
            };
            let act = async { defect::contained(act).await.map_err(Problem::from)? };
            let (mut act, mut interrupted) = (pin!(act), pin!(interrupted));
            loop {
                tokio::select! {
                    biased;
                    () = &mut interrupted => {
                        self.progress.interrupted();
                        break Err(Problem::Interrupted);
                    }
                    result = &mut act => break result,
                    () = tokio::time::sleep(REDRAW_EVERY) => self.progress.redraw(),
                }
            }
        };
        let result = match (result, self.pace(&name, log.began.elapsed())) {
            (Ok(_), Pace::TooSlow(limit)) => Err(Fault::TooSlow { limit }.into()),
            (Ok(done), Pace::Slow(limit)) => {
                log.was_slow(limit);
                Ok(done)
            }
            (result, _) => result,
        };
        if self.unwanted.is_none() {
            self.unwanted = (log.unwanted.take()).map(|served| (name.clone(), served));
        }
        let record = log.into_record(name.clone(), result.as_ref().err());
        self.progress.end(&record);
        self.steps.push(record);
        result.map_err(|problem| Stopped {
            step: name,
            problem,
        })
    }
}

/// What a step writes down about itself.
#[derive(Debug)]
pub(crate) struct StepLog<'a> {
    attempts: u32,
    states: Vec<StateSeen>,
    versions: Vec<String>,
    /// The first version that answered and was not wanted.
    unwanted: Option<String>,
    wanted: Option<&'a VersionName>,
    last: Option<Exchange>,
    /// What the step says of itself when nothing is wrong.
    remark: Option<(Outcome, String)>,
    run_began: Instant,
    began: Instant,
    progress: Voice<'a>,
}

impl StepLog<'_> {
    /// Keeps the exchange for the report and gives its answer.
    pub(crate) fn keep(&mut self, exchange: Exchange) -> Result<&Answer, NoAnswer> {
        self.attempts = self.attempts.saturating_add(1);
        let answer = exchange.answer.as_ref().ok();
        if let Some(served) = answer.and_then(|answer| Served::by(answer, self.wanted)) {
            if !served.is_wanted && self.unwanted.is_none() {
                let version = served.version.as_ref();
                let version = version.map(|version| format!("version {version}"));
                self.unwanted = version.or(Some("a version that does not say its name".to_owned()));
            }
            let new = served
                .version
                .filter(|version| !self.versions.contains(version));
            self.versions.extend(new);
        }
        self.last
            .insert(exchange)
            .answer
            .as_ref()
            .map_err(Clone::clone)
    }

    /// Notes a state when it is another one than before.
    pub(crate) fn saw(&mut self, state: &str) {
        if self.states.last().is_none_or(|last| last.state != state) {
            let seen = StateSeen {
                state: state.to_owned(),
                at_millis: millis(self.began.elapsed()),
            };
            self.progress.state(&seen);
            self.states.push(seen);
        }
    }

    /// For how long the last state has been the last.
    pub(crate) fn steady_for(&self) -> Duration {
        let since = self.states.last().map_or(0, |last| last.at_millis);
        self.began
            .elapsed()
            .saturating_sub(Duration::from_millis(since))
    }

    /// The step found that there is nothing for it to do here: it is skipped, which is no pass.
    pub(crate) fn does_not_apply(&mut self, why: &str) {
        self.remark = Some((Outcome::Skipped, why.to_owned()));
    }

    /// The step passes, and the report says this with it.
    pub(crate) fn passed_although(&mut self, what: &str) {
        self.remark = Some((Outcome::Passed, what.to_owned()));
    }

    /// It took longer than somebody wants to be warned of; whatever else there is to say comes first.
    fn was_slow(&mut self, limit: Duration) {
        let slow = format!("slower than {} ms", limit.as_millis());
        self.remark = Some(match self.remark.take() {
            Some((outcome, remark)) => (outcome, format!("{remark}; {slow}")),
            None => (Outcome::Passed, slow),
        });
    }

    fn into_record(self, name: StepName, problem: Option<&Problem>) -> StepRecord {
        let (outcome, why) = match problem {
            None => self
                .remark
                .map_or((Outcome::Passed, None), |(outcome, why)| {
                    (outcome, Some(why))
                }),
            Some(problem @ Problem::Failed(_)) => (Outcome::Failed, Some(problem.to_string())),
            Some(problem @ (Problem::Broken(_) | Problem::Defect(_) | Problem::Interrupted)) => {
                (Outcome::Broken, Some(problem.to_string()))
            }
        };
        StepRecord {
            name,
            outcome,
            why,
            attempts: self.attempts,
            at_millis: millis(self.began.duration_since(self.run_began)),
            millis: millis(self.began.elapsed()),
            states: self.states,
            versions: self.versions,
            last: self.last,
        }
    }
}

/// Ten times a second looks like a running clock.
const REDRAW_EVERY: Duration = Duration::from_millis(100);
