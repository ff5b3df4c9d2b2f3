//! `usher verify`: one run from the configuration to the report.

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::time::{Duration, Instant};

use crate::arguments::Verify;
use crate::baseline::Baseline;
use crate::baseline::error::BaselineError;
use crate::clock::now;
use crate::configuration::mistake::ConfigurationError;
use crate::configuration::name::Unfilled;
use crate::configuration::{Configuration, Environment};
use crate::delivery::{Delivery, DeliveryError};
use crate::deployment::Deployment;
use crate::deployment::tls::NoClient;
use crate::interruption::Interruption;
use crate::journal::{self, JournalError};
use crate::operator_secret;
use crate::outcome::{ExitCode, Verdict};
use crate::outlet::Outlet;
use crate::percentiles::Repetition;
use crate::performance::{Performance, Underway};
use crate::plan;
use crate::programme::Programme;
use crate::record::Record;
use crate::redaction::Secrets;
use crate::report;
use crate::scenario::Scenario;
use crate::self_test;
use crate::version;

/// Runs until the stories are over, or until the operator asks for the end a second time.
pub(crate) async fn verify(
    options: &Verify,
    secrets: &Secrets,
    outlet: &Outlet<'_>,
) -> Result<ExitCode, VerifyError> {
    // The only place where the environment is read.
    let environment: Environment<'_> = &|name| std::env::var(name).ok();
    // A plan names secrets and needs none.
    let named: Environment<'_> = &|name| environment(name).or_else(|| Some(format!("${name}")));
    let known = if options.plan { named } else { environment };
    let configuration = Configuration::load(&options.config, known)?;
    let lacks = |(scenario, what)| VerifyError::Lacks(scenario, what);
    let wanted = &options.scenarios;
    let mut programme =
        Programme::of(wanted, &configuration, options.allow_bootstrap).map_err(lacks)?;
    let deployment = Deployment::new(&configuration, secrets, options.version_override.as_ref())?;
    if options.plan {
        outlet.report(&plan::plan(&programme, &deployment)?);
        return Ok(ExitCode::Passed);
    }
    let files = options.reports.iter();
    let files: Vec<_> = files.filter_map(|to| to.file.as_deref()).collect();
    let baseline = Baseline::of(&options.against, options.repeat.get(), &files)?;
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
    if let Some((gate, admin)) = deployment.operated_gate()
        && admin.first_sight
    {
        // A gate that does not answer is the matter of the first step.
        match gate.has_had_an_owner(admin).await {
            Ok(true) => {
                let why = "a platform that never had an owner, and this one has or had one";
                programme
                    .skip(Scenario::Bootstrap, wanted, why)
                    .map_err(lacks)?;
            }
            Ok(false) if !options.allow_bootstrap => return Err(VerifyError::NobodyOwns),
            Ok(false) | Err(_) => {}
        }
    }
    if let Some(baseline) = &baseline {
        baseline.covers(&programme.played)?;
    }
    for path in journal::left_over(&directory) {
        outlet.talk(&format!(
            "note: an earlier run was cut off, and its user may still be there (`{}`); `usher cleanup` removes them\n",
            path.display()
        ));
    }
    let interruption = Interruption::listen().map_err(VerifyError::Signals)?;
    let look = report::Look {
        coloured: outlet.report_is_live && environment("NO_COLOR").is_none_or(|set| set.is_empty()),
    };
    let performance = Performance {
        deployment: &deployment,
        wanted: options.wanted_version(),
        interruption: &interruption,
        outlet,
        config: &options.config,
        journals: &directory,
        began: Instant::now(),
        now_unix_seconds: now().unix_seconds(),
        underway: RefCell::default(),
    };
    if let Some(wanted) = performance.wanted {
        let gate = deployment.gate().ok_or(VerifyError::VersionOfNoGate)?;
        let within = Duration::from_secs(options.version_within);
        outlet.talk(&format!("waiting for version {wanted} to answer\n"));
        if let Err(unconfirmed) = version::confirm(&gate, wanted, within).await {
            let record = performance.unbegun(&programme, &unconfirmed.to_string());
            delivery.deliver(&record, look, outlet)?;
            return Ok(record.verdict.exit_code());
        }
    }
    if options.self_test {
        let test = self_test::run(&performance, secrets).await?;
        outlet.report(&test.to_string());
        return Ok(test.exit_code());
    }
    let Some(mut record) = play(&performance, &programme, options).await? else {
        outlet.talk(&stopped_at_once(&performance.underway.borrow()));
        return Ok(ExitCode::Interrupted);
    };
    if let Some(baseline) = &baseline {
        baseline.compare(&mut record);
    }
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

/// Plays everything as often as was asked for, up to the first time that does not pass; nothing if the operator wants no more of it.
async fn play(
    performance: &Performance<'_>,
    programme: &Programme,
    options: &Verify,
) -> Result<Option<Record>, JournalError> {
    let mut repetition = Repetition::default();
    let mut record = loop {
        let record = tokio::select! {
            record = performance.play(programme, options.jobs) => record?,
            () = performance.interruption.second() => return Ok(None),
        };
        repetition.note(&record);
        // A run that did not pass is the one to read.
        if record.verdict != Verdict::Passed || repetition.runs() >= options.repeat.get() {
            break record;
        }
    };
    if options.repeat.get() > 1 {
        record.repeated = repetition.into_times();
    }
    Ok(Some(record))
}

fn stopped_at_once(underway: &[Underway]) -> String {
    let left = underway.iter().filter(|user| user.journal.exists());
    let left = left.map(|user| {
        format!(
            "stopped at once; left over: the user {}\nwhat is needed to remove them: {}\n",
            user.email,
            user.journal.display()
        )
    });
    let left: String = left.collect();
    if left.is_empty() {
        "\nstopped at once; nothing is left over\n".to_owned()
    } else {
        format!("\n{left}")
    }
}

/// Why there was no run.
#[derive(Debug)]
pub(crate) enum VerifyError {
    /// There is nothing to compare this run with.
    Baseline(BaselineError),
    /// The HTTP client cannot be set up.
    Client(NoClient),
    /// The configuration is missing or wrong.
    Configuration(ConfigurationError),
    /// A report cannot be written.
    Delivery(DeliveryError),
    /// What the run would create cannot be written down.
    Journal(JournalError),
    /// The story cannot be played with this configuration.
    Lacks(Scenario, &'static str),
    /// The first user of the run would become the platform's owner, and be removed.
    NobodyOwns,
    /// The gate knows neither the operator's secret nor their token; the sentence says what may be wrong with it.
    OperatorRefused(String),
    /// A version of the gate is wanted where there is no gate.
    VersionOfNoGate,
    /// Ctrl-C could not be heard, so the clean-up could not be promised.
    Signals(io::Error),
    /// A name of a template has no value.
    Unfilled(Unfilled),
}

impl From<BaselineError> for VerifyError {
    fn from(error: BaselineError) -> Self {
        Self::Baseline(error)
    }
}

impl From<Unfilled> for VerifyError {
    fn from(unfilled: Unfilled) -> Self {
        Self::Unfilled(unfilled)
    }
}

impl From<NoClient> for VerifyError {
    fn from(error: NoClient) -> Self {
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
            Self::Baseline(error) => error.fmt(f),
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
            Self::NobodyOwns => f.write_str(
                "the platform has no owner yet, and its first visitor becomes it (USHER_PROVISIONING): a user of this run could, once and for all, and would then be removed; \
                 log in as its owner first, or, if the platform is thrown away afterwards, give --allow-bootstrap",
            ),
            Self::Unfilled(unfilled) => unfilled.fmt(f),
            Self::VersionOfNoGate => f.write_str(
                "--expect-version and --version-override ask for a version of the gate, and the configuration has none; give `gate` in [target]",
            ),
            Self::Signals(error) => write!(f, "cannot listen for Ctrl-C: {error}"),
        }
    }
}
