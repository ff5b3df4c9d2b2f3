//! What a month costs at these prices, and how much the registry holds.

use super::assumptions::Assumptions;
use super::figures::{Counts, Figures};
use super::numbers::{dollars, float};
use super::prices::{Item, Prices};

/// Whose bill it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Authority {
    Registry,
    /// What your own platform costs is not in it: requests that a Worker sends are not charged.
    ControlPlane,
    Kv,
}

/// What a month costs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bill {
    pub(crate) requests: f64,
    pub(crate) cpu: f64,
    pub(crate) kv: f64,
    pub(crate) d1: f64,
    pub(crate) total: f64,
}

impl Bill {
    pub(crate) fn of(
        prices: &Prices,
        assumptions: &Assumptions,
        authority: Authority,
        figures: &Figures,
    ) -> Self {
        let month = figures.month();
        let platform = &assumptions.platform;
        let otherwise = month.requests.saturating_sub(month.from_memory);
        let cpu = float(month.from_memory) * platform.cpu_from_memory
            + float(otherwise) * platform.cpu_otherwise;
        let requests = prices.cost(Item::Requests, float(month.requests));
        let cpu = prices.cost(Item::Cpu, cpu);
        let kv = prices.cost(Item::KvReads, float(month.kv_reads))
            + prices.cost(Item::KvWrites, float(month.kv_writes));
        let d1 = match authority {
            Authority::Registry => {
                prices.cost(Item::RowsRead, float(month.rows_read))
                    + prices.cost(Item::RowsWritten, float(month.rows_written))
                    + prices.cost(Item::Storage, gigabytes(figures))
            }
            Authority::ControlPlane | Authority::Kv => 0.0,
        };
        let plan = prices.cost(Item::Plan, 1.0);
        Self {
            requests,
            cpu,
            kv,
            d1,
            total: plan + requests + cpu + kv + d1,
        }
    }

    pub(crate) fn row(&self) -> String {
        format!(
            "{} | {} | {} | {} | {}",
            dollars(self.requests),
            dollars(self.cpu),
            dollars(self.kv),
            dollars(self.d1),
            dollars(self.total)
        )
    }
}

/// What the registry holds once the records of a year are in it. Bytes of a row with its indexes, as SQLite lays out the tables of
/// `edge/migrations` with 20,000 of each.
pub(crate) fn gigabytes(figures: &Figures) -> f64 {
    const VISITOR: f64 = 650.0;
    const LOG_IN: f64 = 330.0 + 340.0;
    let Counts { log_ins, .. } = figures.month();
    let year = float(log_ins) * 365.0 / 30.0;
    (float(figures.size.visitors) * VISITOR + year * LOG_IN) / 1e9
}
