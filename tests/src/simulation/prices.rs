//! What Cloudflare charges on the Workers paid plan: each price with its page, and whether that page could be read.

use std::fmt;

use super::numbers::rounded;

/// Something that is charged for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Item {
    /// The plan itself.
    Plan,
    /// Requests to the Worker.
    Requests,
    /// Milliseconds of CPU.
    Cpu,
    /// Reads of KV, misses too.
    KvReads,
    /// Writes to KV; deletes cost the same.
    KvWrites,
    /// Rows that D1 reads.
    RowsRead,
    /// Rows that D1 writes, indexes included.
    RowsWritten,
    /// Gigabytes in D1.
    Storage,
    /// Events of Workers Logs.
    Logs,
    /// Requests to Durable Objects.
    ObjectRequests,
    /// Gigabyte-seconds of Durable Objects.
    ObjectDuration,
}

/// A price, and where it is from.
#[derive(Clone, Copy, Debug)]
pub struct Price {
    /// For what.
    pub item: Item,
    /// Dollars for so many units.
    pub dollars: f64,
    /// How many units that is for.
    pub units: f64,
    /// Units a month that the plan includes.
    pub included: f64,
    /// The page it is on, below developers.cloudflare.com.
    page: &'static str,
    /// Whether the page said so when it was read.
    standing: &'static str,
}

impl Item {
    /// Everything that is charged for.
    pub const ALL: [Self; 11] = [
        Self::Plan,
        Self::Requests,
        Self::Cpu,
        Self::KvReads,
        Self::KvWrites,
        Self::RowsRead,
        Self::RowsWritten,
        Self::Storage,
        Self::Logs,
        Self::ObjectRequests,
        Self::ObjectDuration,
    ];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Requests => "requests",
            Self::Cpu => "cpu",
            Self::KvReads => "kv-reads",
            Self::KvWrites => "kv-writes",
            Self::RowsRead => "rows-read",
            Self::RowsWritten => "rows-written",
            Self::Storage => "storage",
            Self::Logs => "logs",
            Self::ObjectRequests => "object-requests",
            Self::ObjectDuration => "object-duration",
        }
    }

    const fn meaning(self) -> &'static str {
        match self {
            Self::Plan => "Workers paid plan, a month",
            Self::Requests => "requests",
            Self::Cpu => "milliseconds of CPU",
            Self::KvReads => "KV reads",
            Self::KvWrites => "KV writes, and deletes",
            Self::RowsRead => "D1 rows read",
            Self::RowsWritten => "D1 rows written",
            Self::Storage => "D1, GB a month",
            Self::Logs => "events in Workers Logs",
            Self::ObjectRequests => "requests to Durable Objects",
            Self::ObjectDuration => "GB-s of Durable Objects",
        }
    }
}

/// When the pages were read, in a stored copy that may be some weeks older.
pub(crate) const READ_ON: &str = "2026-11-27";

const SAID: &str = "the page says so";
const CHANGES: &str =
    "the page says so until 2026-12-01; what is charged from then on could not be read";
const WORKERS: &str = "/workers/platform/pricing/";
const KV: &str = "/kv/platform/pricing/";
const D1: &str = "/d1/platform/pricing/";
const OBJECTS: &str = "/durable-objects/platform/pricing/";

const M: f64 = 1e6;

/// The prices of that day.
const PRICES: [Price; 11] = [
    price(Item::Plan, 5.0, 1.0, 0.0, WORKERS, SAID),
    price(Item::Requests, 0.30, M, 10.0 * M, WORKERS, SAID),
    price(Item::Cpu, 0.02, M, 30.0 * M, WORKERS, SAID),
    price(Item::KvReads, 0.50, M, 10.0 * M, KV, SAID),
    price(Item::KvWrites, 5.00, M, M, KV, SAID),
    price(Item::RowsRead, 0.001, M, 25_000.0 * M, D1, SAID),
    price(Item::RowsWritten, 1.00, M, 50.0 * M, D1, SAID),
    price(Item::Storage, 0.75, 1.0, 5.0, D1, SAID),
    price(Item::Logs, 0.60, M, 20.0 * M, WORKERS, CHANGES),
    price(Item::ObjectRequests, 0.15, M, M, OBJECTS, SAID),
    price(Item::ObjectDuration, 12.50, M, 0.4 * M, OBJECTS, SAID),
];

const fn price(
    item: Item,
    dollars: f64,
    units: f64,
    included: f64,
    page: &'static str,
    standing: &'static str,
) -> Price {
    Price {
        item,
        dollars,
        units,
        included,
        page,
        standing,
    }
}

/// All prices.
#[derive(Clone, Debug)]
pub struct Prices([Price; 11]);

impl Default for Prices {
    fn default() -> Self {
        Self(PRICES)
    }
}

/// A price given on the command line: `kv-reads=0.40`, or with what is included, `kv-reads=0.40,10000000`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Other {
    item: Item,
    dollars: f64,
    included: Option<f64>,
}

/// It is no price.
#[derive(Clone, Debug, PartialEq)]
pub struct NoPrice(String);

impl fmt::Display for NoPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = Item::ALL.iter().map(|item| item.name()).collect();
        write!(
            f,
            "`{}` is no price; write NAME=DOLLARS or NAME=DOLLARS,INCLUDED with a name of {}",
            self.0,
            names.join(", ")
        )
    }
}

impl std::error::Error for NoPrice {}

impl std::str::FromStr for Other {
    type Err = NoPrice;

    fn from_str(text: &str) -> Result<Self, NoPrice> {
        let read = || {
            let (name, amounts) = text.split_once('=')?;
            let item = Item::ALL.into_iter().find(|item| item.name() == name)?;
            let (dollars, included) = match amounts.split_once(',') {
                Some((dollars, included)) => (dollars, Some(amount(included)?)),
                None => (amounts, None),
            };
            let dollars = amount(dollars)?;
            Some(Self {
                item,
                dollars,
                included,
            })
        };
        read().ok_or_else(|| NoPrice(text.to_owned()))
    }
}

fn amount(text: &str) -> Option<f64> {
    let amount: f64 = text.parse().ok()?;
    (amount.is_finite() && amount >= 0.0).then_some(amount)
}

impl Prices {
    /// With another price for something.
    pub fn set(&mut self, other: &Other) {
        for price in self.0.iter_mut().filter(|price| price.item == other.item) {
            price.dollars = other.dollars;
            price.included = other.included.unwrap_or(price.included);
        }
    }

    /// What so many units cost in a month.
    pub(crate) fn cost(&self, item: Item, units: f64) -> f64 {
        let price = self.0.iter().find(|price| price.item == item);
        price.map_or(0.0, |price| {
            (units - price.included).max(0.0) / price.units * price.dollars
        })
    }

    /// The table of docs/scale.md.
    pub(crate) fn table(&self) -> String {
        let rows = self.0.iter().map(|price| {
            let units = if price.units > 1.0 {
                "a million"
            } else {
                "each"
            };
            format!(
                "| `{}` | {} | ${} {units} | {} | [{}](https://developers.cloudflare.com{}) | {} |\n",
                price.item.name(),
                price.item.meaning(),
                price.dollars,
                if price.included > 0.0 { rounded(price.included) } else { "–".to_owned() },
                price.page,
                price.page,
                price.standing,
            )
        });
        format!(
            "| name | for what | price | included | page | read on {READ_ON} |\n| --- | --- | --- | --- | --- | --- |\n{}",
            rows.collect::<String>()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_included_costs_nothing_and_the_rest_what_the_page_says() {
        let prices = Prices::default();
        let cents = |item, units| super::super::numbers::whole(prices.cost(item, units) * 100.0);
        assert_eq!(cents(Item::Requests, 10e6), 0);
        // The first example of the page: 15 million requests of 7 ms cost $8.00 with the plan.
        assert_eq!(cents(Item::Requests, 15e6), 150);
        assert_eq!(cents(Item::Cpu, 15e6 * 7.0), 150);
        assert_eq!(cents(Item::Plan, 1.0), 500);
    }

    #[test]
    fn a_price_of_the_command_line_takes_the_place_of_the_table_s() {
        let mut prices = Prices::default();
        prices.set(&"kv-reads=1,0".parse().unwrap());
        assert!((prices.cost(Item::KvReads, 1e6) - 1.0).abs() < 1e-9);
        for wrong in [
            "kv-reads",
            "kv-reads=",
            "kv-reads=-1",
            "kv=1",
            "kv-reads=1,x",
            "kv-reads=NaN",
        ] {
            assert!(wrong.parse::<Other>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_item_has_one_price() {
        assert_eq!(PRICES.map(|price| price.item), Item::ALL);
    }
}
