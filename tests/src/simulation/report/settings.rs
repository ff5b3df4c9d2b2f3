//! The same size with other settings, and with other assumptions: what a default gives, and how much hangs on what is only assumed.

use std::time::Duration;

use super::jobs::Job;
use super::{Order, Table, refused, stale};
use crate::simulation::assumptions::{Assumptions, Effort, Size};
use crate::simulation::bill::{Authority, Bill, gigabytes};
use crate::simulation::figures::Figures;
use crate::simulation::numbers::{dollars, float, rounded};
use crate::simulation::platform::Asked;

/// Something that is otherwise.
pub(super) struct Other {
    kind: Kind,
    name: String,
    assumptions: Assumptions,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Kind {
    Setting,
    Assumption,
}

impl Other {
    pub(super) fn job(&self) -> Job {
        Job {
            assumptions: self.assumptions.clone(),
            size: Size::COMPARED,
            asked: Asked::Registry,
        }
    }
}

/// Less than for a size, for there are many: rows are to be compared with each other.
const EFFORT: Effort = Effort {
    requests: 50_000,
    suspensions: 300,
    in_outages: 20_000,
    at_once: 110.0,
};

/// FRESH and STALE in seconds, GRACE in minutes, and how often a copy in KV is written anew, in seconds. First those of the gate.
const SETTINGS: [[u64; 4]; 13] = [
    [10, 60, 15, 300],
    [2, 60, 15, 300],
    [5, 60, 15, 300],
    [30, 60, 15, 300],
    [60, 60, 15, 300],
    [10, 30, 15, 300],
    [10, 120, 15, 300],
    [10, 300, 15, 300],
    [10, 60, 2, 40],
    [10, 60, 30, 600],
    [10, 60, 15, 30],
    [10, 60, 15, 120],
    [10, 60, 15, 600],
];

pub(super) fn all(assumptions: &Assumptions) -> Vec<Other> {
    let assumptions = &Assumptions {
        effort: EFFORT,
        ..assumptions.clone()
    };
    let settings = SETTINGS.map(|[fresh, stale, grace, rewrite]| {
        let mut assumptions = assumptions.clone();
        assumptions.freshness.fresh_open = Duration::from_secs(fresh);
        assumptions.freshness.stale = Duration::from_secs(stale);
        assumptions.freshness.grace = Duration::from_mins(grace);
        assumptions.kv_rewrite = Some(Duration::from_secs(rewrite));
        Other {
            kind: Kind::Setting,
            name: format!("{fresh} s | {stale} s | {grace} min | {rewrite} s"),
            assumptions,
        }
    });
    settings.into_iter().chain(assumed(assumptions)).collect()
}

fn assumed(assumptions: &Assumptions) -> Vec<Other> {
    let with = |name: &str, change: &dyn Fn(&mut Assumptions)| {
        let mut assumptions = assumptions.clone();
        change(&mut assumptions);
        Other {
            kind: Kind::Assumption,
            name: name.to_owned(),
            assumptions,
        }
    };
    vec![
        with("as assumed", &|_| {}),
        with("one isolate in each location", &|it| {
            it.platform.isolates_at_least = 1;
        }),
        with("eight isolates in each location", &|it| {
            it.platform.isolates_at_least = 8;
        }),
        with("views follow each other after 10 s", &|it| {
            it.traffic.between_views = Duration::from_secs(10);
        }),
        with("twenty requests a view", &|it| it.traffic.requests = 20),
        with("every session begins with a log-in", &|it| {
            it.traffic.log_ins = 1.0;
        }),
        with("half of all sessions are away from home", &|it| {
            it.traffic.away = 0.5;
        }),
        with("an isolate lives for five minutes", &|it| {
            it.platform.isolate_lives = Duration::from_mins(5);
        }),
    ]
}

pub(super) fn tables(
    order: &Order,
    others: &[Other],
    figures: impl Iterator<Item = Figures>,
) -> [Table; 2] {
    let mut settings = String::new();
    let mut assumed = String::new();
    for (other, figures) in others.iter().zip(figures) {
        match other.kind {
            Kind::Setting => settings += &setting(other, &figures),
            Kind::Assumption => assumed += &assumption(order, other, &figures),
        }
    }
    [
        Table {
            name: "settings",
            text: format!(
                "| FRESH | STALE | GRACE | copies in KV at most every | authority reads of 1,000 requests | KV writes | requests that memory alone did not answer | a suspension is seen after: P50 | P99 | most | refused in outages, of those who were there | who came | after GRACE |\n|{}\n{settings}",
                " --- |".repeat(13)
            ),
        },
        Table {
            name: "assumed",
            text: format!(
                "| otherwise | requests a month | authority reads of 1,000 | KV writes of 1,000 | D1 rows written of 1,000 | D1 after a year | the bill with the registry |\n|{}\n{assumed}",
                " --- |".repeat(7)
            ),
        },
    ]
}

fn of_thousand(figures: &Figures, count: u64) -> String {
    rounded(float(count) * 1000.0 / float(figures.counts.requests.max(1)))
}

fn setting(other: &Other, figures: &Figures) -> String {
    let (counts, outage) = (figures.counts, figures.outage);
    format!(
        "| {} | {} | {} | {} | {} | {} | {} | {} |\n",
        other.name,
        of_thousand(figures, counts.authority_reads),
        of_thousand(figures, counts.kv_writes),
        of_thousand(figures, counts.requests - counts.from_memory),
        stale(figures),
        refused(outage.there),
        refused(outage.came),
        refused(outage.late),
    )
}

fn assumption(order: &Order, other: &Other, figures: &Figures) -> String {
    let counts = figures.counts;
    let bill = Bill::of(
        &order.prices,
        &other.assumptions,
        Authority::Registry,
        figures,
    );
    format!(
        "| {} | {} | {} | {} | {} | {} GB | {} |\n",
        other.name,
        rounded(float(figures.month().requests)),
        of_thousand(figures, counts.authority_reads),
        of_thousand(figures, counts.kv_writes),
        of_thousand(figures, counts.rows_written),
        rounded(gigabytes(figures)),
        dollars(bill.total),
    )
}
