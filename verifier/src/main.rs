//! The command `usher`: proves a deploy, and names the cause when it is wrong.
//!
//! In scope: a deployment seen through HTTP, SQL and usher.toml. Out of scope: deciding anything about visitors (`policy`)
//! and letting them in (`edge`). The flow of a run:
//!
//! ```text
//! arguments ─► verify ─► scenario ──► run ─► steps ─► outcome ─┐
//!                │                                             │
//!                ├─────► findings ──► deployment, sources ─────┼─► record ─► report ─► outlet ─► stdout
//!                │                                             │
//!                └─────► departure ─► run ─► clean up, journal ┘
//!
//! arguments ─► check ─► explanation ─► report ─► outlet
//! arguments ─► contract ─► policy::contract ─► outlet
//! ```

mod arguments;
mod check;
mod configuration;
mod contract;
mod departure;
mod deployment;
mod findings;
mod interruption;
mod journal;
mod newcomer;
mod outcome;
mod outlet;
mod progress;
mod record;
mod redaction;
mod report;
mod run;
mod scenario;
mod sources;
mod steps;
mod verify;

use clap::Parser as _;

use crate::arguments::{Arguments, Check, Command};
use crate::outcome::ExitCode;
use crate::outlet::Outlet;
use crate::redaction::Secrets;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    let secrets = Secrets::default();
    let outlet = Outlet::new(&secrets);
    let ended = match &arguments.command {
        Command::Verify(options) => verify::verify(options, &secrets, &outlet)
            .await
            .map_err(|error| error.to_string()),
        Command::Check(Check::Tokens(options)) => check::tokens::check(options, &secrets, &outlet)
            .await
            .map_err(|error| error.to_string()),
        Command::Contract(wanted) => {
            contract::print(wanted, &outlet).map_err(|error| error.to_string())
        }
    };
    let code = ended.unwrap_or_else(|error| {
        outlet.talk(&format!("error: {}\n", error.trim_end()));
        ExitCode::Usage
    });
    u8::from(code).into()
}
