//! What the platform allows, and how much of it each size takes.

use super::{Both, Order, Table, table};
use crate::simulation::bill::gigabytes;
use crate::simulation::figures::Figures;
use crate::simulation::numbers::rounded;

/// "If your average query takes 1 ms, you can run approximately 1,000 queries per second"
/// (developers.cloudflare.com/d1/platform/limits/): one database does one after the other.
const D1_STATEMENTS_A_SECOND: f64 = 1000.0;

/// The same page: "cannot be further increased".
const D1_GIGABYTES: f64 = 10.0;

/// Writes to the same key a second (developers.cloudflare.com/kv/platform/limits/).
const KV_WRITES_A_KEY: f64 = 1.0;

/// Statements of the batch that notes a log-in.
const BATCH: u64 = 5;

pub(super) fn table_of(order: &Order, both: &[Both]) -> Table {
    let head = "| visitors | requests/s | authority reads/s | log-ins noted/s | D1 statements/s, of 1,000 | D1 after a year, of 10 GB | writes/s of the issuer's key set, of 1 | the tightest |";
    table("limits", head, both, |both| {
        row(&both.registry, order.assumptions.platform.peak)
    })
}

fn row(figures: &Figures, peak: f64) -> String {
    let month = figures.month();
    let a_second = |count: u64| Figures::a_second(count) * peak;
    let statements = a_second(month.authority_reads + month.log_in_batches * BATCH);
    let size = gigabytes(figures);
    let keys = a_second(month.key_writes);
    let uses = [
        (
            "D1, one statement after the other",
            statements / D1_STATEMENTS_A_SECOND,
        ),
        ("D1's size", size / D1_GIGABYTES),
        ("KV, one key", keys / KV_WRITES_A_KEY),
    ];
    let tightest = uses
        .into_iter()
        .max_by(|one, other| one.1.total_cmp(&other.1));
    let tightest = tightest.map_or(String::new(), |(name, part)| {
        if part > 1.0 {
            format!("**over**: {name}, {} times what there is", rounded(part))
        } else {
            format!("{name}, {} %", rounded(part * 100.0))
        }
    });
    format!(
        "{} | {} | {} | {} | {} GB | {} | {tightest}",
        rounded(a_second(month.requests)),
        rounded(a_second(month.authority_reads)),
        rounded(a_second(month.log_in_batches)),
        rounded(statements),
        rounded(size),
        rounded(keys),
    )
}
