//! The command `usher`: proves a deploy, and names the cause when it is wrong.
//!
//! In scope: a deployment seen through HTTP, SQL and usher.toml. Out of scope: deciding anything about visitors (`policy`)
//! and letting them in (`edge`). The flow of a run:
//!
//! ```text
//! arguments ─► verify ─► programme ─► performance ─► scenario ─► run ─► steps ─┐
//!                                        │                                     │
//!                                        ├──► findings ─► deployment, sources ─┼─► record ─► report ─► outlet ─► stdout
//!                                        │                                     │
//!                                        └──► departure ─► clean up, journal ──┘
//!
//! arguments ─► verify ─► plan ─► outlet
//! arguments ─► init ─► preset ─► usher.toml
//! arguments ─► check ─► explanation ─► report ─► outlet
//! arguments ─► check ─► the operator's own database ─► report ─► outlet
//! arguments ─► check ─► migrations ─► folder, history ─► report ─► outlet
//! arguments ─► audit ─► pages, queries, files ─► report, plan ─► outlet
//! arguments ─► contract ─► policy::contract ─► outlet
//! arguments ─► operator ─► the gate's admin API ─► outlet
//! ```

mod arguments;
mod audit;
mod baseline;
mod check;
mod cleanup;
mod clock;
mod configuration;
mod consent;
mod contract;
mod counted;
mod defect;
mod delivery;
mod departure;
mod deployment;
mod diagnose;
mod env_file;
mod examined;
mod explain;
mod findings;
mod incident;
mod indexes;
mod init;
mod interruption;
mod journal;
mod key;
mod manual;
mod memory;
mod migrations;
mod newcomer;
mod operator;
mod operator_secret;
mod outcome;
mod outlet;
mod percentiles;
mod performance;
mod plan;
mod preset;
mod programme;
mod progress;
mod record;
mod redaction;
mod report;
mod run;
mod scenario;
mod schema;
mod self_test;
mod sources;
mod steps;
mod tagged;
mod terminal;
mod tokens;
mod verify;
mod version;
mod way_in;
mod webhooks;
mod width;
mod wording;
mod written_time;

use crate::arguments::check::Check;
use crate::arguments::{Arguments, Command, Config};
use crate::audit::failure::AuditError;
use crate::operator::Operation;
use crate::outcome::ExitCode;
use crate::outlet::Outlet;
use crate::redaction::Secrets;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::process::ExitCode {
    let arguments = Arguments::read();
    // For as long as the process is there: a panic may come at any time.
    let secrets: &'static Secrets = Box::leak(Box::default());
    defect::say_without_secrets(secrets);
    let outlet = Outlet::new(secrets);
    // On the heap: what a command keeps is large.
    let performed = Box::pin(perform(&arguments.command, secrets, &outlet));
    let ended = defect::contained(performed).await;
    // The hook has said it.
    let ended = ended.unwrap_or(Ok(ExitCode::Broken));
    let code = ended.unwrap_or_else(|error| {
        outlet.talk(&format!("error: {}\n", error.trim_end()));
        ExitCode::Usage
    });
    u8::from(code).into()
}

async fn perform(
    command: &Command,
    secrets: &Secrets,
    outlet: &Outlet<'_>,
) -> Result<ExitCode, String> {
    match command {
        Command::Verify(options) => Box::pin(verify::verify(options, secrets, outlet))
            .await
            .map_err(|error| error.to_string()),
        Command::Init(options) => init::init(options, outlet).map_err(|error| error.to_string()),
        Command::Config(Config::Schema) => {
            outlet.report(&format!("{:#}\n", configuration::schema::schema()));
            Ok(ExitCode::Passed)
        }
        Command::Check(Check::Tokens(options)) => check::tokens::check(options, secrets, outlet)
            .await
            .map_err(|error| error.to_string()),
        Command::Check(Check::Config(options)) => check::config::check(options, secrets, outlet)
            .await
            .map_err(|error| error.to_string()),
        Command::Check(Check::Messages(options)) => {
            check::messages::check(options, secrets, outlet)
                .await
                .map_err(|error| error.to_string())
        }
        Command::Check(Check::Schema(options)) => check::schema::check(options, secrets, outlet)
            .await
            .map_err(|error| error.to_string()),
        Command::Check(Check::Security(options)) => {
            check::security::check(options, secrets, outlet)
                .await
                .map_err(|error| error.to_string())
        }
        Command::Check(Check::Migrations(options)) => {
            check::migrations::check(options, secrets, outlet)
                .await
                .map_err(|error| error.to_string())
        }
        Command::Check(Check::Persistence(options)) => {
            // It plays a story of its own, and is as large as one.
            Box::pin(check::persistence::check(options, secrets, outlet))
                .await
                .map_err(|error| error.to_string())
        }
        Command::Check(Check::Webhooks(options)) => {
            check::webhooks::check(options, secrets, outlet)
                .await
                .map_err(|error| error.to_string())
        }
        Command::Check(Check::Contract(options)) => {
            check::contract::check(options, secrets, outlet)
                .await
                .map_err(|error| error.to_string())
        }
        Command::Audit(options) => match audit::audit(options, secrets, outlet).await {
            Err(error @ AuditError::Shelf(_)) => {
                outlet.talk(&format!("error: {error}\n"));
                Ok(ExitCode::Broken)
            }
            ended => ended.map_err(|error| error.to_string()),
        },
        Command::Diagnose(options) => diagnose::diagnose(options, secrets, outlet)
            .await
            .map_err(|error| error.to_string()),
        Command::Report(options) => {
            incident::report(options, outlet).map_err(|error| error.to_string())
        }
        Command::Explain { cause } => Ok(explain::explain(*cause, outlet)),
        Command::Cleanup(options) => cleanup::cleanup(options, secrets, outlet)
            .await
            .map_err(|error| error.to_string()),
        Command::Instance(wanted) => operate(Operation::Instance(wanted), secrets, outlet).await,
        Command::User(wanted) => operate(Operation::User(wanted), secrets, outlet).await,
        Command::Org(wanted) => operate(Operation::Org(wanted), secrets, outlet).await,
        Command::Invite(wanted) => operate(Operation::Invite(wanted), secrets, outlet).await,
        Command::Session(wanted) => operate(Operation::Session(wanted), secrets, outlet).await,
        Command::Events(wanted) => operate(Operation::Events(wanted), secrets, outlet).await,
        Command::Key => key::print(outlet).map_err(|error| error.to_string()),
        Command::Completions { shell } => Ok(manual::completions(*shell, outlet)),
        Command::Man { folder } => {
            manual::man(folder.as_deref(), outlet).map_err(|error| error.to_string())
        }
        Command::Contract(wanted) => {
            contract::print(wanted, outlet).map_err(|error| error.to_string())
        }
    }
}

async fn operate(
    operation: Operation<'_>,
    secrets: &Secrets,
    outlet: &Outlet<'_>,
) -> Result<ExitCode, String> {
    operator::operate(operation, secrets, outlet)
        .await
        .map_err(|error| error.to_string())
}
