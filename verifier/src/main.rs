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
//! ```

mod arguments;
mod configuration;
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

use crate::arguments::{Arguments, Command};
use crate::outcome::ExitCode;
use crate::outlet::Outlet;
use crate::redaction::Secrets;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    let secrets = Secrets::default();
    let outlet = Outlet::new(&secrets);
    let ended = match &arguments.command {
        Command::Verify(options) => verify::verify(options, &secrets, &outlet).await,
    };
    let code = ended.unwrap_or_else(|error| {
        outlet.talk(&format!("error: {}\n", error.to_string().trim_end()));
        ExitCode::Usage
    });
    u8::from(code).into()
}
