//! What docs/scale.md says, table by table. A row begins with the number of visitors it is about.

mod jobs;
mod limits;
mod settings;

use std::time::Duration;

use super::Problem;
use super::assumptions::{Assumptions, Size};
use super::bill::{Authority, Bill};
use super::figures::{Figures, Served};
use super::numbers::{dollars, float, grouped, rounded};
use super::platform::Asked;
use super::prices::{Item, Prices};
use jobs::Job;

/// The seed of docs/scale.md.
pub const SEED: u64 = 1;

/// What is to be reported.
#[derive(Clone, Debug)]
pub struct Order {
    /// Everything that is assumed.
    pub assumptions: Assumptions,
    /// What is charged.
    pub prices: Prices,
    /// For which sizes.
    pub sizes: Vec<Size>,
    /// Whether other settings are compared, too.
    pub compare: bool,
    /// Of all chance.
    pub seed: u64,
}

impl Default for Order {
    fn default() -> Self {
        Self {
            assumptions: Assumptions::default(),
            prices: Prices::default(),
            sizes: Size::ALL.to_vec(),
            compare: true,
            seed: SEED,
        }
    }
}

/// One table.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Table {
    /// Its name in docs/scale.md.
    pub name: &'static str,
    /// Markdown.
    pub text: String,
}

/// A size with both kinds of authority.
struct Both {
    registry: Figures,
    kv: Figures,
}

/// Simulates what was ordered, and tells it.
pub fn tables(order: &Order) -> Result<Vec<Table>, Problem> {
    let sizes = order.sizes.iter().flat_map(|size| {
        [Asked::Registry, Asked::Kv].map(|asked| Job {
            assumptions: order.assumptions.clone(),
            size: *size,
            asked,
        })
    });
    let others = if order.compare {
        settings::all(&order.assumptions)
    } else {
        Vec::new()
    };
    let all: Vec<Job> = sizes
        .chain(others.iter().map(settings::Other::job))
        .collect();
    let mut figures = jobs::run(&all, order.seed)?.into_iter();
    let mut both = Vec::new();
    for _ in &order.sizes {
        if let (Some(registry), Some(kv)) = (figures.next(), figures.next()) {
            both.push(Both { registry, kv });
        }
    }
    let mut tables = vec![
        simulated(&both),
        month(&both),
        suspensions(&both),
        outages(&both),
        bills(order, &both),
        limits::table_of(order, &both),
    ];
    if order.compare {
        tables.extend(settings::tables(order, &others, figures));
    }
    tables.push(Table {
        name: "prices",
        text: order.prices.table(),
    });
    Ok(tables)
}

/// A table with a row for each size.
fn table(name: &'static str, head: &str, both: &[Both], row: impl Fn(&Both) -> String) -> Table {
    let columns = head.matches('|').count() - 1;
    let rows = both.iter().map(|both| {
        let visitors = grouped(both.registry.size.visitors);
        format!("| {visitors} | {} |\n", row(both))
    });
    Table {
        name,
        text: format!(
            "{head}\n|{}\n{}",
            " --- |".repeat(columns),
            rows.collect::<String>()
        ),
    }
}

fn simulated(both: &[Both]) -> Table {
    let head = "| visitors | locations | isolates in each | simulated locations | time that costs are taken from | requests simulated | what is counted in it stands for |";
    table("simulated", head, both, |both| {
        let figures = &both.registry;
        let whole = if figures.locations == figures.size.locations {
            "all".to_owned()
        } else {
            figures.locations.to_string()
        };
        format!(
            "{} | {} | {whole} | {} | {} | {} times as much a month",
            figures.size.locations,
            figures.isolates,
            span(figures.steady),
            grouped(figures.simulated + both.kv.simulated),
            rounded(figures.factor()),
        )
    })
}

fn month(both: &[Both]) -> Table {
    let head = "| visitors | requests | answered by memory alone | authority reads | of 1,000 requests | KV reads | KV writes | D1 rows read | D1 rows written |";
    table("month", head, both, |both| {
        let month = both.registry.month();
        let of_requests = |count: u64| float(count) / float(month.requests.max(1));
        format!(
            "{} | {} % | {} | {} | {} | {} | {} | {}",
            rounded(float(month.requests)),
            rounded(of_requests(month.from_memory) * 100.0),
            rounded(float(month.authority_reads)),
            rounded(of_requests(month.authority_reads) * 1000.0),
            rounded(float(month.kv_reads)),
            rounded(float(month.kv_writes)),
            rounded(float(month.rows_read)),
            rounded(float(month.rows_written)),
        )
    })
}

fn suspensions(both: &[Both]) -> Table {
    let head = "| visitors | measured | registry or control plane: P50 | P99 | most | `kv`: P50 | P99 | most |";
    table("suspensions", head, both, |both| {
        format!(
            "{} | {} | {}",
            both.registry.staleness.measured(),
            stale(&both.registry),
            stale(&both.kv)
        )
    })
}

fn stale(figures: &Figures) -> String {
    let staleness = &figures.staleness;
    let [half, most_of, most] = [
        staleness.percentile(50),
        staleness.percentile(99),
        staleness.most(),
    ]
    .map(seconds);
    format!("{half} | {most_of} | {most}")
}

fn outages(both: &[Both]) -> Table {
    let head = "| visitors | requests in outages | refused of those who were there | refused of those who came | refused of all, after GRACE | last refused after the end |";
    table("outages", head, both, |both| outage(&both.registry))
}

fn outage(figures: &Figures) -> String {
    let outage = &figures.outage;
    let all = outage.there.all() + outage.came.all() + outage.late.all();
    format!(
        "{} | {} | {} | {} | {}",
        grouped(all),
        refused(outage.there),
        refused(outage.came),
        refused(outage.late),
        seconds(outage.refused_after)
    )
}

fn refused(served: Served) -> String {
    if served.all() == 0 {
        return "–".to_owned();
    }
    let part = float(served.refused) / float(served.all());
    format!("{:.1} %", part * 100.0)
}

fn bills(order: &Order, both: &[Both]) -> Table {
    let head = "| visitors | requests | CPU | KV | D1 | **registry** | **control plane** | **`kv`** | Workers Logs, where they are on | authority reads as requests to Durable Objects |";
    table("bills", head, both, |both| {
        let bill =
            |authority, figures| Bill::of(&order.prices, &order.assumptions, authority, figures);
        let month = both.registry.month();
        format!(
            "{} | {} | {} | {} | {}",
            bill(Authority::Registry, &both.registry).row(),
            dollars(bill(Authority::ControlPlane, &both.registry).total),
            dollars(bill(Authority::Kv, &both.kv).total),
            dollars(order.prices.cost(Item::Logs, float(month.requests))),
            dollars(
                order
                    .prices
                    .cost(Item::ObjectRequests, float(month.authority_reads))
            ),
        )
    })
}

fn seconds(span: Duration) -> String {
    format!("{:.1} s", span.as_secs_f64())
}

fn span(span: Duration) -> String {
    let hours = span.as_secs_f64() / 3600.0;
    if hours >= 1.0 {
        format!("{hours:.1} h")
    } else {
        format!("{:.0} min", hours * 60.0)
    }
}

/// The document with these tables in their places; what has no place is named.
pub fn filled(document: &str, tables: &[Table]) -> Result<String, NoPlace> {
    let mut text = document.to_owned();
    for Table { name, text: table } in tables {
        let begin = format!("<!-- generated: {name} -->\n");
        let (before, rest) = text.split_once(&begin).ok_or(NoPlace(name))?;
        let (_, after) = rest.split_once("<!-- end -->").ok_or(NoPlace(name))?;
        text = format!("{before}{begin}\n{table}\n<!-- end -->{after}");
    }
    Ok(text)
}

/// The document has no place for this table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NoPlace(pub &'static str);
