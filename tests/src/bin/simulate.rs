//! The gate at sizes from a thousand to a hundred million visitors: what is asked, how late a suspension is seen, who is served in an
//! outage, and what it costs. `cargo xtask simulate` builds it and becomes it.

use std::fmt;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use tests::places;
use tests::simulation::Problem;
use tests::simulation::assumptions::Size;
use tests::simulation::prices::Other;
use tests::simulation::report::{NoPlace, Order, SEED, filled, tables};

#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask simulate",
    about = "What the gate asks, how late a suspension is seen, who is served in an outage and what it costs, from 10^3 to 10^8 visitors"
)]
struct Arguments {
    /// Write the tables into docs/scale.md
    #[arg(long, conflicts_with_all = ["seed", "visitors", "prices", "fresh", "stale", "grace", "sessions_a_day", "views", "requests", "isolates", "locations"])]
    write: bool,
    /// The seed of all chance
    #[arg(long, default_value_t = SEED)]
    seed: u64,
    /// Only for so many visitors, 1000 to 100000000; may be given again
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    visitors: Vec<u64>,
    /// How many locations they come in at; as docs/scale.md has it for the next size unless given
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1000))]
    locations: Option<u64>,
    /// Another price: NAME=DOLLARS or NAME=DOLLARS,INCLUDED; may be given again
    #[arg(long = "price", value_name = "PRICE")]
    prices: Vec<Other>,
    /// FRESH of who is `ready`, in seconds
    #[arg(long, value_parser = clap::value_parser!(u64).range(0..=86_400))]
    fresh: Option<u64>,
    /// STALE, in seconds
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    stale: Option<u64>,
    /// GRACE, in seconds
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    grace: Option<u64>,
    /// Sessions a day of the average visitor
    #[arg(long, value_parser = positive)]
    sessions_a_day: Option<f64>,
    /// Views of the average session
    #[arg(long, value_parser = positive)]
    views: Option<f64>,
    /// Requests of a view
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1000))]
    requests: Option<u64>,
    /// Isolates of a location, at least
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1000))]
    isolates: Option<u64>,
}

fn positive(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok();
    let number = number.filter(|number| (0.001..=1000.0).contains(number));
    number.ok_or_else(|| "a number from 0.001 to 1000 is wanted".to_owned())
}

impl Arguments {
    fn order(&self) -> Order {
        let mut order = Order {
            seed: self.seed,
            ..Order::default()
        };
        for price in &self.prices {
            order.prices.set(price);
        }
        let seconds = |set: &mut Duration, given: Option<u64>| {
            *set = given.map_or(*set, Duration::from_secs);
        };
        let freshness = &mut order.assumptions.freshness;
        seconds(&mut freshness.fresh_open, self.fresh);
        seconds(&mut freshness.stale, self.stale);
        seconds(&mut freshness.grace, self.grace);
        let traffic = &mut order.assumptions.traffic;
        traffic.sessions_a_day = self.sessions_a_day.unwrap_or(traffic.sessions_a_day);
        traffic.views = self.views.unwrap_or(traffic.views);
        traffic.requests = self.requests.unwrap_or(traffic.requests);
        let platform = &mut order.assumptions.platform;
        platform.isolates_at_least = self.isolates.unwrap_or(platform.isolates_at_least);
        if !self.visitors.is_empty() {
            let sizes = self.visitors.iter().map(|visitors| Size::of(*visitors));
            order.sizes = sizes.collect();
            order.compare = false;
        }
        for size in &mut order.sizes {
            size.locations = self.locations.unwrap_or(size.locations);
        }
        order
    }
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // A closed stderr is no reason for another code.
            let _ = writeln!(io::stderr(), "error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let tables = tables(&arguments.order()).map_err(Failure::Simulation)?;
    if arguments.write {
        let path = places::workspace().join("docs/scale.md");
        let file = |source| Failure::File {
            path: path.clone(),
            source,
        };
        let document = std::fs::read_to_string(&path).map_err(file)?;
        let document = filled(&document, &tables).map_err(Failure::NoPlace)?;
        return std::fs::write(&path, document).map_err(file);
    }
    let text: Vec<String> = tables
        .iter()
        .map(|table| format!("## {}\n\n{}", table.name, table.text))
        .collect();
    // A closed stdout is no reason to stop.
    let _ = writeln!(
        io::stdout().lock(),
        "{}\nThirty days are extrapolated from the simulated time and locations by the factor in the first table; spans and parts in\nper cent are as simulated. docs/scale.md says what is assumed.",
        text.join("\n")
    );
    Ok(())
}

/// Why there are no figures.
#[derive(Debug)]
enum Failure {
    File { path: PathBuf, source: io::Error },
    NoPlace(NoPlace),
    Simulation(Problem),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, source } => write!(f, "`{}`: {source}", path.display()),
            Self::NoPlace(NoPlace(name)) => write!(
                f,
                "docs/scale.md has no place for `{name}`; put `<!-- generated: {name} -->` and `<!-- end -->` where it belongs, each on a line of its own"
            ),
            Self::Simulation(problem) => problem.fmt(f),
        }
    }
}
