//! What is counted, and what follows for a month.

use std::time::Duration;

use super::assumptions::Size;
use super::numbers::{float, whole};

/// What was asked of whom.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// Requests of visitors.
    pub requests: u64,
    /// Those that memory alone answered.
    pub from_memory: u64,
    /// Those whose token was checked anew.
    pub verified: u64,
    /// Questions the authority answered.
    pub authority_reads: u64,
    /// Questions it did not answer.
    pub asked_in_vain: u64,
    /// Reads of KV.
    pub kv_reads: u64,
    /// Writes to KV.
    pub kv_writes: u64,
    /// Those of the key set: all to one key.
    pub key_writes: u64,
    /// Key sets fetched from the issuer.
    pub key_fetches: u64,
    /// Rows read from D1.
    pub rows_read: u64,
    /// Rows written to D1.
    pub rows_written: u64,
    /// Batches of five statements that note a log-in.
    pub log_in_batches: u64,
    /// Sessions that began in the registry.
    pub log_ins: u64,
    /// Notes of a log-in that were lost.
    pub log_ins_lost: u64,
}

/// How long after a suspension somebody was let in for the last time.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Staleness(Vec<Duration>);

impl Staleness {
    /// Of all suspensions.
    pub(crate) fn of(mut all: Vec<Duration>) -> Self {
        all.sort();
        Self(all)
    }

    /// How many suspensions were measured.
    pub fn measured(&self) -> usize {
        self.0.len()
    }

    /// Of a hundred, this many were seen sooner.
    pub fn percentile(&self, percent: usize) -> Duration {
        let place = (self.0.len() * percent).div_ceil(100).max(1) - 1;
        self.0.get(place).copied().unwrap_or_default()
    }

    /// The longest.
    pub fn most(&self) -> Duration {
        self.0.last().copied().unwrap_or_default()
    }
}

/// Who was served while the authority did not answer.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Outage {
    /// Of those whose session had begun before, in the first GRACE.
    pub there: Served,
    /// Of those who came during it, in the first GRACE.
    pub came: Served,
    /// Of everybody, after GRACE.
    pub late: Served,
    /// How long ago the authority had said `ready` of whoever was let in, at most; nothing where nobody was.
    pub oldest: Option<Duration>,
    /// Whether anybody was let in of whom it never had, which must not be.
    pub unknown_let_in: bool,
    /// How long after the end somebody was still refused.
    pub refused_after: Duration,
}

/// Requests that were served, and that were refused.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Served {
    /// Let in.
    pub served: u64,
    /// Told that their account cannot be looked up.
    pub refused: u64,
}

impl Served {
    pub(crate) fn note(&mut self, let_in: bool) {
        if let_in {
            self.served += 1;
        } else {
            self.refused += 1;
        }
    }

    /// Both together.
    pub fn all(self) -> u64 {
        self.served + self.refused
    }
}

/// What was simulated, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// What it was done for.
    pub size: Size,
    /// How many of the locations were simulated, with all their visitors and isolates.
    pub locations: u64,
    /// Isolates of one location.
    pub isolates: u64,
    /// The time that costs are extrapolated from.
    pub steady: Duration,
    /// What was counted in that time.
    pub counts: Counts,
    /// Of suspensions.
    pub staleness: Staleness,
    /// Of outages.
    pub outage: Outage,
    /// Requests of the whole run.
    pub simulated: u64,
}

/// Thirty days.
const MONTH: Duration = Duration::from_hours(24 * 30);

impl Figures {
    /// The one rule of extrapolation: a month is as the simulated time was, and every location as the simulated ones.
    pub fn factor(&self) -> f64 {
        let places = float(self.size.locations) / float(self.locations);
        places * MONTH.as_secs_f64() / self.steady.as_secs_f64()
    }

    /// What is counted in a month.
    pub fn month(&self) -> Counts {
        let factor = self.factor();
        let month = |count: u64| whole(float(count) * factor);
        let Counts {
            requests,
            from_memory,
            verified,
            authority_reads,
            asked_in_vain,
            kv_reads,
            kv_writes,
            key_writes,
            key_fetches,
            rows_read,
            rows_written,
            log_in_batches,
            log_ins,
            log_ins_lost,
        } = self.counts;
        Counts {
            requests: month(requests),
            from_memory: month(from_memory),
            verified: month(verified),
            authority_reads: month(authority_reads),
            asked_in_vain: month(asked_in_vain),
            kv_reads: month(kv_reads),
            kv_writes: month(kv_writes),
            key_writes: month(key_writes),
            key_fetches: month(key_fetches),
            rows_read: month(rows_read),
            rows_written: month(rows_written),
            log_in_batches: month(log_in_batches),
            log_ins: month(log_ins),
            log_ins_lost: month(log_ins_lost),
        }
    }

    /// How often a second, on average.
    pub(crate) fn a_second(count_of_a_month: u64) -> f64 {
        float(count_of_a_month) / MONTH.as_secs_f64()
    }
}
