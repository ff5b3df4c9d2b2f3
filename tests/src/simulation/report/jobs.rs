//! Several runs at once, each with the same seed as if it were alone.

use std::num::NonZeroUsize;
use std::sync::Mutex;

use crate::simulation::Problem;
use crate::simulation::assumptions::{Assumptions, Size};
use crate::simulation::figures::Figures;
use crate::simulation::platform::Asked;
use crate::simulation::run::run as run_one;

/// One run.
pub(super) struct Job {
    pub(super) assumptions: Assumptions,
    pub(super) size: Size,
    pub(super) asked: Asked,
}

/// Runs them all; the figures are in the order of the jobs.
pub(super) fn run(jobs: &[Job], seed: u64) -> Result<Vec<Figures>, Problem> {
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    // The last are the largest.
    let ahead = Mutex::new(jobs.iter().enumerate().rev());
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((place, job)) = next(&ahead) {
                    let figures = run_one(&job.assumptions, job.size, job.asked, seed);
                    if let Ok(mut done) = done.lock() {
                        done.push((place, figures));
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, figures)| figures).collect()
}

fn next<'j>(ahead: &Mutex<impl Iterator<Item = (usize, &'j Job)>>) -> Option<(usize, &'j Job)> {
    ahead.lock().ok()?.next()
}
