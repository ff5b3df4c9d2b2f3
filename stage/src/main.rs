//! The stage as a process of its own.

use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use stage::{Fault, GateLink, Options, Stage, UnknownFault};

/// A small SaaS on loopback: identity service, provisioner, one app per user.
#[derive(Debug, Parser)]
#[command(name = "stage")]
struct Arguments {
    /// The identity service's port; 0 takes any free one
    #[arg(long, default_value_t = 0)]
    identity_port: u16,
    /// The identity service's SQLite file; without it a temporary one
    #[arg(long)]
    database: Option<PathBuf>,
    /// What is broken
    #[arg(long, value_parser = fault)]
    fault: Option<Fault>,
    /// Seconds a fresh instance stays `provisioning`
    #[arg(long, default_value = "0.8", value_parser = seconds)]
    provisioning: Duration,
    /// Seconds a fresh instance stays `active`
    #[arg(long, default_value = "0.8", value_parser = seconds)]
    setup: Duration,
    /// The gate's origin; its admin secret comes from the variable `USHER_ADMIN_SECRET`
    #[arg(long)]
    gate: Option<String>,
    /// Stop when standard input closes, so that a killed parent leaves nothing behind
    #[arg(long)]
    until_stdin_closes: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            let _ = writeln!(io::stderr(), "stage: failed to {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let folder =
        tempfile::tempdir().map_err(|problem| format!("make a temporary folder: {problem}"))?;
    let stage = Stage::start(Options {
        identity_port: arguments.identity_port,
        database: arguments
            .database
            .unwrap_or_else(|| folder.path().join("identity.db")),
        fault: arguments.fault,
        provisioning: arguments.provisioning,
        setup: arguments.setup,
    });
    let stage = stage.await.map_err(|problem| problem.to_string())?;
    if let Some(url) = arguments.gate {
        let admin_secret = std::env::var("USHER_ADMIN_SECRET").map_err(|_| {
            "connect the gate: the variable USHER_ADMIN_SECRET is not set".to_owned()
        })?;
        stage.connect_gate(GateLink { url, admin_secret });
    }
    let addresses = serde_json::to_string(stage.addresses())
        .map_err(|problem| format!("print the addresses: {problem}"))?;
    writeln!(io::stdout(), "{addresses}")
        .map_err(|problem| format!("print the addresses: {problem}"))?;
    let stdin_closes = async {
        if arguments.until_stdin_closes {
            stdin_end().await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = stdin_closes => {}
    }
    Ok(())
}

/// Waits for the end of standard input on a thread of its own, which does not keep the process alive.
async fn stdin_end() {
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        let _ = ended.send(());
    });
    let _ = end.await;
}

fn fault(name: &str) -> Result<Fault, UnknownFault> {
    Fault::parse(name)
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|_| format!("`{text}` is no number of seconds"))?;
    Duration::try_from_secs_f64(seconds).map_err(|problem| problem.to_string())
}
