//! `usher verify`: one run from the configuration to the report.

use std::fmt;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use policy::time::Moment;

use crate::arguments::Verify;
use crate::configuration::mistake::ConfigurationError;
use crate::configuration::name::Unfilled;
use crate::configuration::{Configuration, Environment};
use crate::delivery::{Delivery, DeliveryError};
use crate::departure::depart;
use crate::deployment::Deployment;
use crate::findings::{self, Opinion};
use crate::interruption::Interruption;
use crate::journal::{self, Entry, Journal, JournalError};
use crate::newcomer::Newcomer;
use crate::operator_secret;
use crate::outcome::{ExitCode, Outcome, Problem, Verdict};
use crate::outlet::Outlet;
use crate::plan;
use crate::progress::Progress;
use crate::record::{Record, StepRecord, millis};
use crate::redaction::{SecretName, Secrets};
use crate::report;
use crate::run::{Run, Stopped};
use crate::scenario::Scenario;
use crate::version::{self, VersionName};

/// Runs until the scenario is over, or until the operator asks for the end a second time.
pub(crate) async fn verify(
    options: &Verify,
    secrets: &Secrets,
    outlet: &Outlet<'_>,
) -> Result<ExitCode, VerifyError> {
    // The only place where the environment is read.
    let environment: Environment<'_> = &|name| std::env::var(name).ok();
    let configuration = Configuration::load(&options.config, environment)?;
    if let Some(lacks) = options.scenario.lacks(&configuration) {
        return Err(VerifyError::Lacks(options.scenario, lacks));
    }
    let deployment = Deployment::new(&configuration, secrets, options.version_override.as_ref())?;
    if options.plan {
        outlet.report(&plan::plan(options.scenario, &deployment)?);
        return Ok(ExitCode::Passed);
    }
    let delivery = Delivery::prepare(&options.reports, environment)?;
    let directory = journal::directory(environment)?;
    if let Some(gate) = deployment.gate()
        && let Some(admin) = &gate.front.admin
        && gate.refuses_operator(admin).await
    {
        let address = gate.front.address.as_str();
        let sentence = operator_secret::refused(address, &admin.origin, &admin.secret, now());
        return Err(VerifyError::OperatorRefused(sentence));
    }
    for path in journal::left_over(&directory) {
        outlet.talk(&format!(
            "note: an earlier run was cut off, and its user may still be there (`{}`); `usher cleanup` removes them\n",
            path.display()
        ));
    }
    let interruption = Interruption::listen().map_err(VerifyError::Signals)?;
    let newcomer = Newcomer::invent(&configuration);
    secrets.remember(SecretName::Password, &newcomer.password);

    let now = now().unix_seconds();
    let look = report::Look {
        coloured: outlet.report_is_live && environment("NO_COLOR").is_none_or(|set| set.is_empty()),
    };
    let wanted = options.wanted_version();
    if let Some(wanted) = wanted {
        let gate = deployment.gate().ok_or(VerifyError::VersionOfNoGate)?;
        let within = Duration::from_secs(options.version_within);
        outlet.talk(&format!("waiting for version {wanted} to answer\n"));
        if let Err(unconfirmed) = version::confirm(&gate, wanted, within).await {
            let mut record = unbegun(
                options.scenario,
                &deployment,
                &newcomer,
                unconfirmed.to_string(),
            );
            record.wanted_version = Some(wanted.to_string());
            record.started_at_unix_seconds = now;
            delivery.deliver(&record, look, outlet)?;
            return Ok(record.verdict.exit_code());
        }
    }
    let journal = Journal::write(&directory, &Entry::of(&newcomer, &options.config, now))?;
    let journal_path = journal.path().to_owned();
    newcomer.keep_journal(&journal_path);
    let mut record = tokio::select! {
        record = play(options.scenario, &deployment, &newcomer, journal, wanted, &interruption, outlet) => record,
        () = interruption.second() => {
            outlet.talk(&stopped_at_once(&newcomer, &journal_path));
            return Ok(ExitCode::Interrupted);
        }
    };
    record.started_at_unix_seconds = now;
    record.redact(secrets);
    match delivery.deliver(&record, look, outlet) {
        Ok(()) => Ok(record.verdict.exit_code()),
        // What the run showed is said by its own code, where that says more than "usage".
        Err(error) if record.verdict == Verdict::Passed => Err(error.into()),
        Err(error) => {
            outlet.talk(&format!("error: {error}\n"));
            Ok(record.verdict.exit_code())
        }
    }
}

fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Moment::from_unix_seconds(since.map_or(0, |since| since.as_secs()))
}

async fn play(
    scenario: Scenario,
    deployment: &Deployment<'_>,
    newcomer: &Newcomer,
    journal: Journal,
    wanted: Option<&VersionName>,
    interruption: &Interruption,
    outlet: &Outlet<'_>,
) -> Record {
    let began = Instant::now();
    let progress = Progress::new(outlet);
    let mut run = Run::new(interruption, &progress, wanted);
    let mut session = None;
    let stopped = scenario
        .play(&mut run, deployment, newcomer, &mut session)
        .await
        .err();
    // Before the departure: it takes the evidence away with the user.
    let opinion = match &stopped {
        Some(stopped) => {
            let looking = findings::look(deployment, stopped, run.record(&stopped.step));
            tokio::select! {
                biased;
                () = interruption.first() => Opinion::default(),
                opinion = looking => opinion,
            }
        }
        None => Opinion::default(),
    };
    let left_over = depart(
        &mut run,
        deployment,
        newcomer,
        session,
        stopped.as_ref(),
        journal,
    )
    .await;
    let unconfirmed = run.unconfirmed();
    let steps = run.into_steps(&scenario.steps(deployment.configuration));
    let verdict = match &unconfirmed {
        Some(_) if !interruption.has_happened() => Verdict::OtherVersion,
        Some(_) | None => judge(
            stopped.as_ref(),
            left_over.is_some(),
            &steps,
            interruption.has_happened(),
        ),
    };
    Record {
        schema_version: Record::SCHEMA_VERSION,
        scenario,
        gate: deployment.gate().map(|gate| gate.front.address.to_string()),
        app: deployment.configuration.front.address().to_string(),
        user: newcomer.email.clone(),
        started_at_unix_seconds: 0,
        millis: millis(began.elapsed()),
        wanted_version: wanted.map(ToString::to_string),
        unconfirmed,
        exit_code: verdict.exit_code().into(),
        verdict,
        findings: opinion.findings,
        could_not_look: opinion.unlooked,
        steps,
        left_over: left_over.into_iter().collect(),
    }
}

/// A run that did not begin, because it would have shown nothing of the version that was wanted.
fn unbegun(
    scenario: Scenario,
    deployment: &Deployment<'_>,
    newcomer: &Newcomer,
    unconfirmed: String,
) -> Record {
    let steps = scenario.steps(deployment.configuration).into_iter();
    let verdict = Verdict::OtherVersion;
    Record {
        schema_version: Record::SCHEMA_VERSION,
        scenario,
        gate: deployment.gate().map(|gate| gate.front.address.to_string()),
        app: deployment.configuration.front.address().to_string(),
        user: newcomer.email.clone(),
        started_at_unix_seconds: 0,
        millis: 0,
        wanted_version: None,
        unconfirmed: Some(unconfirmed),
        exit_code: verdict.exit_code().into(),
        verdict,
        findings: Vec::new(),
        could_not_look: Vec::new(),
        steps: steps
            .map(|name| StepRecord::skipped(name, "another version would have answered"))
            .collect(),
        left_over: Vec::new(),
    }
}

/// Nothing that did not run is a pass, and what was left behind never hides why a run failed.
fn judge(
    stopped: Option<&Stopped>,
    is_left_over: bool,
    steps: &[StepRecord],
    interrupted: bool,
) -> Verdict {
    if interrupted {
        return Verdict::Interrupted;
    }
    match stopped {
        Some(stopped) => match stopped.problem {
            Problem::Failed(_) => Verdict::Failed(stopped.step.clone()),
            Problem::Broken(_) => Verdict::Broken(stopped.step.clone()),
            Problem::Interrupted => Verdict::Interrupted,
        },
        None if steps.iter().all(|step| step.outcome == Outcome::Skipped) => Verdict::NothingRan,
        None if is_left_over => Verdict::CleanUpIncomplete,
        None => Verdict::Passed,
    }
}

fn stopped_at_once(newcomer: &Newcomer, journal: &Path) -> String {
    if journal.exists() {
        format!(
            "\nstopped at once; left over: the user {}\nwhat is needed to remove them: {}\n",
            newcomer.email,
            journal.display()
        )
    } else {
        "\nstopped at once; nothing is left over\n".to_owned()
    }
}

/// Why there was no run.
#[derive(Debug)]
pub(crate) enum VerifyError {
    /// The HTTP client cannot be set up.
    Client(reqwest::Error),
    /// The configuration is missing or wrong.
    Configuration(ConfigurationError),
    /// A report cannot be written.
    Delivery(DeliveryError),
    /// What the run would create cannot be written down.
    Journal(JournalError),
    /// The story cannot be played with this configuration.
    Lacks(Scenario, &'static str),
    /// The gate knows neither the operator's secret nor their token; the sentence says what may be wrong with it.
    OperatorRefused(String),
    /// A version of the gate is wanted where there is no gate.
    VersionOfNoGate,
    /// Ctrl-C could not be heard, so the clean-up could not be promised.
    Signals(io::Error),
    /// A name of a template has no value.
    Unfilled(Unfilled),
}

impl From<Unfilled> for VerifyError {
    fn from(unfilled: Unfilled) -> Self {
        Self::Unfilled(unfilled)
    }
}

impl From<reqwest::Error> for VerifyError {
    fn from(error: reqwest::Error) -> Self {
        Self::Client(error)
    }
}

impl From<ConfigurationError> for VerifyError {
    fn from(error: ConfigurationError) -> Self {
        Self::Configuration(error)
    }
}

impl From<DeliveryError> for VerifyError {
    fn from(error: DeliveryError) -> Self {
        Self::Delivery(error)
    }
}

impl From<JournalError> for VerifyError {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => write!(f, "cannot set up the HTTP client: {error}"),
            Self::Configuration(error) => error.fmt(f),
            Self::Delivery(error) => error.fmt(f),
            Self::Journal(error) => error.fmt(f),
            Self::Lacks(scenario, what) => {
                write!(f, "the scenario `{}` needs {what}", scenario.name())
            }
            Self::OperatorRefused(sentence) => write!(
                f,
                "{sentence}; or leave [gate_admin] out of the configuration, and do without the registry's evidence"
            ),
            Self::Unfilled(unfilled) => unfilled.fmt(f),
            Self::VersionOfNoGate => f.write_str(
                "--expect-version and --version-override ask for a version of the gate, and the configuration has none; give `gate` in [target]",
            ),
            Self::Signals(error) => write!(f, "cannot listen for Ctrl-C: {error}"),
        }
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
    fn a_run_of_skipped_steps_is_no_pass() {
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
