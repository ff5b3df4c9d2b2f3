//! The marker: a user that is there before the deploy and has to be there after it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::check::persistence::{CheckPersistenceError, LOST_FIX, Seen};
use crate::clock::now;
use crate::departure::{depart, sweep};
use crate::deployment::Deployment;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Unlooked};
use crate::interruption::Interruption;
use crate::journal::{self, Entry, Journal};
use crate::newcomer::{Domain, Newcomer};
use crate::outcome::Problem;
use crate::outlet::Outlet;
use crate::progress::{Progress, Voice};
use crate::redaction::SecretName;
use crate::report::moment;
use crate::run::{Run, StepLog, Stopped};
use crate::steps::StepName;
use crate::steps::log_in::{Session, log_in};
use crate::steps::register::{Account, register};

/// What marker users need. They are kept apart from the journals of runs: `usher cleanup` must not sweep them up between two deploys.
pub(super) struct Markers<'a> {
    pub(super) deployment: &'a Deployment<'a>,
    pub(super) config: &'a Path,
    pub(super) kept_in: PathBuf,
    pub(super) journals: PathBuf,
    pub(super) interruption: &'a Interruption,
    pub(super) outlet: &'a Outlet<'a>,
}

/// What became of the marker.
enum Fate {
    Kept,
    /// It cannot log in, and somebody who was created now can.
    Lost {
        said: String,
    },
    /// Nobody can.
    Unknown {
        why: String,
    },
}

impl Markers<'_> {
    /// Creates one that can log in, and says whether it is there.
    pub(super) async fn create(&self, seen: &mut Seen) -> Result<bool, CheckPersistenceError> {
        if self.deployment.configuration.remove_user.is_none() {
            return Err(CheckPersistenceError::NoRemoval);
        }
        let (user, journal) = self.invent(&self.kept_in)?;
        match self.arrive(&user).await {
            Ok(()) => {
                seen.looked_at.push(format!(
                    "the marker, the user {}, is there; it is kept in {}",
                    user.email,
                    journal.path().display()
                ));
                Ok(true)
            }
            Err(stopped) => {
                let why = said(&stopped);
                let progress = Progress::new(self.outlet);
                let mut run = self.run(progress.of_one());
                let left = depart(
                    &mut run,
                    self.deployment,
                    &user,
                    None,
                    Some(&stopped),
                    journal,
                );
                let left = left
                    .await
                    .left_over
                    .map(|left| format!("; left over: {} ({})", left.user, left.why));
                let at = format!("the marker: `{}` before the deploy", stopped.step.title());
                let why = format!("{why}{}", left.unwrap_or_default());
                seen.opinion.unlooked.push(Unlooked { at, why });
                Ok(false)
            }
        }
    }

    /// Looks for every marker of this configuration, and removes it. Where nobody can tell, it is kept for another time.
    pub(super) async fn look_for(&self, seen: &mut Seen) -> Result<(), CheckPersistenceError> {
        let own = fs::canonicalize(self.config).unwrap_or_else(|_| self.config.to_owned());
        let files = fs::read_dir(&self.kept_in).into_iter().flatten().flatten();
        let entries = files.filter_map(|file| Some((journal::read(&file.path())?, file.path())));
        let mut entries: Vec<_> = entries.filter(|(entry, _)| entry.config == own).collect();
        entries.sort_by_key(|(entry, _)| entry.created_at_unix_seconds);
        if entries.is_empty() {
            return Err(CheckPersistenceError::NoMarker);
        }
        for (entry, path) in entries {
            let secrets = self.deployment.secrets;
            secrets.remember(SecretName::Password, &entry.password);
            let at = format!("the marker, the user {}", entry.email);
            let created = moment(entry.created_at_unix_seconds);
            match self.fate(&entry).await? {
                Fate::Kept => {
                    seen.looked_at
                        .push(format!("{at}, created {created}, logs in"));
                    let swept = sweep(
                        self.deployment,
                        (&path, &entry),
                        self.interruption,
                        self.outlet,
                    )
                    .await;
                    if let Err(why) = swept {
                        let why = format!("it is left over: {why}; kept in {}", path.display());
                        seen.opinion.unlooked.push(Unlooked { at, why });
                        continue;
                    }
                }
                Fate::Lost { said } => {
                    seen.looked_at
                        .push(format!("{at}, created {created}, is gone"));
                    seen.opinion.causes.push(lost(&entry, &created, &said));
                }
                Fate::Unknown { why } => {
                    let why = format!("{why}; try again with --after when people can log in");
                    seen.opinion.unlooked.push(Unlooked { at, why });
                    continue;
                }
            }
            fs::remove_file(&path)
                .map_err(|error| journal::JournalError::Remove { path, error })?;
        }
        Ok(())
    }

    /// A deployment may need a moment to come back.
    async fn fate(&self, entry: &Entry) -> Result<Fate, CheckPersistenceError> {
        let until = Instant::now() + self.deployment.configuration.ready_within;
        loop {
            let user = Newcomer::of(entry, self.deployment.configuration);
            let progress = Progress::new(self.outlet);
            let mut run = self.run(progress.of_one());
            let Err(stopped) = self.log_in(&mut run, &user).await else {
                return Ok(Fate::Kept);
            };
            let record = run
                .record(&StepName::LogIn)
                .and_then(|step| step.last.as_ref());
            let answer = record.and_then(|exchange| exchange.answer.as_ref().ok());
            let is_answered = answer.is_some_and(|answer| answer.status < 500);
            if !is_answered && Instant::now() < until && !self.interruption.has_happened() {
                tokio::time::sleep(AGAIN_AFTER).await;
                continue;
            }
            // Whoever is new tells a log-in that is broken from a user that is gone.
            return Ok(match self.somebody_new().await? {
                Ok(()) => Fate::Lost {
                    said: said(&stopped),
                },
                Err(why) => Fate::Unknown { why },
            });
        }
    }

    async fn somebody_new(&self) -> Result<Result<(), String>, CheckPersistenceError> {
        let (user, journal) = self.invent(&self.journals)?;
        let stopped = self.arrive(&user).await.err();
        let progress = Progress::new(self.outlet);
        let mut run = self.run(progress.of_one());
        let left = depart(
            &mut run,
            self.deployment,
            &user,
            None,
            stopped.as_ref(),
            journal,
        )
        .await
        .left_over;
        if let Some(left) = left {
            let note = format!("note: the user {} is left over: {}\n", left.user, left.why);
            self.outlet.talk(&note);
        }
        Ok(stopped.map_or(Ok(()), |stopped| {
            let (step, why) = (stopped.step.title(), said(&stopped));
            Err(format!("nobody else can `{step}` either: {why}"))
        }))
    }

    fn invent(&self, directory: &Path) -> Result<(Newcomer, Journal), CheckPersistenceError> {
        let user = Newcomer::invent(self.deployment.configuration, Domain::Usual);
        let secrets = self.deployment.secrets;
        secrets.remember(SecretName::Password, &user.password);
        let journal = Journal::write(
            directory,
            &Entry::of(&user, self.config, now().unix_seconds()),
        )?;
        user.memory.keep_journal(journal.path());
        Ok((user, journal))
    }

    async fn arrive(&self, user: &Newcomer) -> Result<(), Stopped> {
        let progress = Progress::new(self.outlet);
        let mut run = self.run(progress.of_one());
        let act = async |log: &mut StepLog<'_>| register(log, self.deployment, user).await;
        run.step(StepName::Register, act).await?;
        self.log_in(&mut run, user).await.map(drop)
    }

    async fn log_in<'b>(
        &self,
        run: &mut Run<'_>,
        user: &'b Newcomer,
    ) -> Result<Session<'b>, Stopped> {
        let act = async |log: &mut StepLog<'_>| log_in(log, self.deployment, Account(user)).await;
        run.step(StepName::LogIn, act).await
    }

    fn run<'b>(&'b self, voice: Voice<'b>) -> Run<'b> {
        Run::new(self.interruption, voice, Instant::now(), &[], None)
    }
}

fn lost(entry: &Entry, created: &str, said: &str) -> Cause {
    Cause {
        code: Code::DataLost,
        confidence: Confidence::Certain,
        sentence: "the user that was created before the deploy is gone after it, and a new one can log in: what people had written is lost".to_owned(),
        evidence: vec![
            Evidence::new(format!("{}: created {created}", entry.email), "the marker"),
            Evidence::new(said, "the log-in after the deploy"),
        ],
        fix: Fix {
            sentence: LOST_FIX.to_owned(),
            commands: Vec::new(),
        },
    }
}

fn said(stopped: &Stopped) -> String {
    match &stopped.problem {
        Problem::Failed(fault) => fault.to_string(),
        Problem::Broken(reason) => reason.to_string(),
        Problem::Defect(defect) => defect.to_string(),
        Problem::Interrupted => "interrupted".to_owned(),
    }
}

const AGAIN_AFTER: Duration = Duration::from_secs(1);
