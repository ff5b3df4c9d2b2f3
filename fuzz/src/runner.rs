//! The engine that works wherever Rust does: the seeds, then mutations of them, the same ones for the same number. It does not
//! see which code an input reaches, so it finds less than libFuzzer in the same time.

use std::panic;
use std::time::{Duration, Instant};

use crate::mutation::{Dice, mutate};
use crate::outcome::Outcome;
use crate::seeds;
use crate::target::Target;

/// When to stop.
#[derive(Clone, Copy, Debug)]
pub enum Budget {
    /// After so many executions.
    Executions(u64),
    /// After so long.
    Time(Duration),
}

/// What a run came to.
#[derive(Debug)]
pub struct Report {
    /// How many inputs were tried.
    pub executions: u64,
    /// How many of them were not refused.
    pub taken: u64,
    /// The input that broke the law.
    pub finding: Option<Vec<u8>>,
}

/// Tries inputs until the budget is used up or the law is broken.
pub fn run(target: Target, budget: Budget, number: u64) -> Report {
    let started = Instant::now();
    let mut pool = Pool::of(target);
    let mut dice = Dice::new(number);
    let mut report = Report {
        executions: 0,
        taken: 0,
        finding: None,
    };
    let within = |executions| match budget {
        Budget::Executions(most) => executions < most,
        // The clock costs more than some of the laws.
        Budget::Time(most) => executions % 64 != 0 || started.elapsed() < most,
    };
    while within(report.executions) {
        let input = pool.next(target, &mut dice);
        report.executions += 1;
        match attempt(target, &input) {
            Some(Outcome::Taken) => {
                report.taken += 1;
                pool.keep(input, &mut dice);
            }
            Some(Outcome::Refused) => {}
            None => {
                report.finding = Some(input);
                break;
            }
        }
    }
    report
}

/// What becomes of one input; nothing where it breaks the law, and the panic has been shown by then.
pub fn attempt(target: Target, input: &[u8]) -> Option<Outcome> {
    panic::catch_unwind(|| target.run(input)).ok()
}

/// The inputs that others are made of: the seeds, and some that were taken, since their neighbours get furthest.
struct Pool {
    seeds: Vec<Vec<u8>>,
    untried: usize,
    taken: Vec<Vec<u8>>,
}

impl Pool {
    /// Enough for variety, few enough to be visited often.
    const MOST_TAKEN: usize = 256;

    fn of(target: Target) -> Self {
        let seeds = seeds::of(target);
        Self {
            untried: seeds.len(),
            seeds,
            taken: Vec::new(),
        }
    }

    /// Each seed as it is, then mutations.
    fn next(&mut self, target: Target, dice: &mut Dice) -> Vec<u8> {
        if let Some(position) = self.untried.checked_sub(1) {
            self.untried = position;
            return self.seeds.get(position).cloned().unwrap_or_default();
        }
        let mut choose = || {
            let from_taken = dice.below(4) > 0 && !self.taken.is_empty();
            let inputs = if from_taken { &self.taken } else { &self.seeds };
            dice.choose(inputs).map_or(&[][..], Vec::as_slice)
        };
        let (mut input, other) = (choose().to_vec(), choose());
        mutate(&mut input, other, target.words(), dice);
        input.truncate(target.max_bytes());
        input
    }

    fn keep(&mut self, input: Vec<u8>, dice: &mut Dice) {
        if self.taken.len() < Self::MOST_TAKEN {
            self.taken.push(input);
        } else if let Some(place) = self.taken.get_mut(dice.below(Self::MOST_TAKEN)) {
            *place = input;
        }
    }
}
