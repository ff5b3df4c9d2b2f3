//! How a step ended, how a run ended, and what the process says about it.

use std::fmt;

use serde::Serialize;

use crate::defect::Defect;
use crate::deployment::exchange::NoAnswer;
use crate::steps::StepName;
use crate::steps::fault::Fault;
use crate::steps::fault::discrepancy::Discrepancy;

/// How a step ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// It did what it should.
    Passed,
    /// The deploy is wrong.
    Failed,
    /// It could not be found out.
    Broken,
    /// It was not performed; never a pass.
    Skipped,
}

impl Outcome {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Broken => "broken",
            Self::Skipped => "skipped",
        }
    }
}

/// Why a step did not pass.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The deploy is wrong.
    Failed(Fault),
    /// No answer came, so nobody can tell.
    Broken(NoAnswer),
    /// This program did not do what it should, so nobody can tell.
    Defect(Defect),
    /// The operator stopped the run.
    Interrupted,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(fault) => fault.fmt(f),
            Self::Broken(reason) => reason.fmt(f),
            Self::Defect(defect) => defect.fmt(f),
            Self::Interrupted => f.write_str("interrupted"),
        }
    }
}

impl From<Defect> for Problem {
    fn from(defect: Defect) -> Self {
        Self::Defect(defect)
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self::Failed(fault)
    }
}

impl From<Discrepancy> for Problem {
    fn from(discrepancy: Discrepancy) -> Self {
        Self::Failed(discrepancy.into())
    }
}

impl From<NoAnswer> for Problem {
    fn from(no_answer: NoAnswer) -> Self {
        Self::Broken(no_answer)
    }
}

/// How a story ended, and how a run did: as the gravest of its stories.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "outcome", content = "step", rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// Every step that can pass did.
    Passed,
    /// This step showed that the deploy is wrong.
    Failed(StepName),
    /// This step could not find out.
    Broken(StepName),
    /// No step was performed.
    NothingRan,
    /// Everything passed, but something that was created is still there.
    CleanUpIncomplete,
    /// The operator stopped the run.
    Interrupted,
    /// It was not, or not always, the wanted version that answered: nothing is known of it.
    OtherVersion,
    /// The configuration cannot tell this story, and nobody asked for it by name. Of a run it is never said.
    Skipped,
}

impl Verdict {
    /// How much it says about a run of several stories: the gravest decides, so that nothing wrong is hidden by a pass, and no failure by
    /// what could not be found out. Only whoever stopped a run is told so whatever else it showed.
    pub(crate) const fn gravity(&self) -> u8 {
        match self {
            Self::Skipped => 0,
            Self::Passed => 1,
            Self::CleanUpIncomplete => 2,
            Self::NothingRan => 3,
            Self::OtherVersion => 4,
            Self::Broken(_) => 5,
            Self::Failed(_) => 6,
            Self::Interrupted => 7,
        }
    }

    /// That of a run with these stories: a run of skipped ones is no pass.
    pub(crate) fn of<'a>(stories: impl IntoIterator<Item = &'a Self>) -> Self {
        // Of several equals the last would be taken, and the first is wanted.
        let gravest = stories.into_iter().reduce(|first, next| {
            if next.gravity() > first.gravity() {
                next
            } else {
                first
            }
        });
        match gravest {
            None | Some(Self::Skipped) => Self::NothingRan,
            Some(gravest) => gravest.clone(),
        }
    }

    pub(crate) const fn exit_code(&self) -> ExitCode {
        match self {
            Self::Passed => ExitCode::Passed,
            Self::Failed(_) => ExitCode::Failed,
            Self::Broken(_) => ExitCode::Broken,
            Self::NothingRan | Self::OtherVersion | Self::Skipped => ExitCode::NothingRan,
            Self::CleanUpIncomplete => ExitCode::CleanUpIncomplete,
            Self::Interrupted => ExitCode::Interrupted,
        }
    }
}

/// What the process ends with. Programs depend on these numbers, so they never change their meaning.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub(crate) enum ExitCode {
    /// The deploy is right.
    Passed = 0,
    /// The deploy is wrong.
    Failed = 1,
    /// The command line, the configuration or the surroundings are wrong; nothing was sent.
    Usage = 2,
    /// It could not be found out whether the deploy is right.
    Broken = 3,
    /// Not one step was performed, which is never a pass; or it was another version that answered.
    NothingRan = 4,
    /// Everything passed, but something that was created could not be removed.
    CleanUpIncomplete = 5,
    /// Ctrl-C or SIGTERM; 128 + SIGINT, as shells have it.
    Interrupted = 130,
}

impl ExitCode {
    /// Every code, ascending.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 7] = [
        Self::Passed,
        Self::Failed,
        Self::Usage,
        Self::Broken,
        Self::NothingRan,
        Self::CleanUpIncomplete,
        Self::Interrupted,
    ];
}

impl From<ExitCode> for u8 {
    fn from(code: ExitCode) -> Self {
        code as Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_pass_ends_with_zero() {
        let step = StepName::Register;
        for verdict in [
            Verdict::Failed(step.clone()),
            Verdict::Broken(step),
            Verdict::NothingRan,
            Verdict::CleanUpIncomplete,
            Verdict::Interrupted,
            Verdict::OtherVersion,
            Verdict::Skipped,
        ] {
            assert_ne!(u8::from(verdict.exit_code()), 0, "{verdict:?}");
        }
        assert_eq!(u8::from(Verdict::Passed.exit_code()), 0);
    }

    #[test]
    fn the_gravest_story_decides_and_a_failure_is_hidden_by_nothing_but_the_operator() {
        let failed = Verdict::Failed(StepName::LogIn);
        let gravest_last = [
            Verdict::Skipped,
            Verdict::Passed,
            Verdict::CleanUpIncomplete,
            Verdict::NothingRan,
            Verdict::OtherVersion,
            Verdict::Broken(StepName::Register),
            failed.clone(),
            Verdict::Interrupted,
        ];
        for (index, graver) in gravest_last.iter().enumerate().skip(1) {
            for lesser in gravest_last.iter().take(index) {
                assert_eq!(Verdict::of([lesser, graver]), *graver);
                assert_eq!(Verdict::of([graver, lesser]), *graver);
            }
        }
        let later = Verdict::Failed(StepName::Register);
        assert_eq!(Verdict::of([&failed, &later]), failed);
    }

    #[test]
    fn a_run_of_skipped_stories_is_no_pass() {
        assert_eq!(Verdict::of([&Verdict::Skipped]), Verdict::NothingRan);
        assert_eq!(Verdict::of([]), Verdict::NothingRan);
    }
}
