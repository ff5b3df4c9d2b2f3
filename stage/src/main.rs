//! The stage as a process of its own.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use stage::{
    Authority, ControlPlaneDatabase, ControlPlaneOptions, Fault, GateLink, Options, SignUp, Stage,
    UnknownFault,
};
use url::Url;

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
    /// Where standings are kept: at the `gate`, or in a `control-plane` of the stage's own, whose shared secret comes from the
    /// variable `USHER_CONTROL_PLANE_SECRET`
    #[arg(long, value_enum, default_value_t = Place::Gate)]
    authority: Place,
    /// The control plane's database: an address `postgres://…` or an SQLite file; without it a temporary one
    #[arg(long, value_name = "URL or FILE")]
    control_plane_database: Option<String>,
    /// The control plane tells the gate of changes unasked
    #[arg(long)]
    push: bool,
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
    #[arg(long, value_name = "URL", value_parser = origin)]
    gate: Option<String>,
    /// Stop when standard input closes, so that a killed parent leaves nothing behind
    #[arg(long)]
    until_stdin_closes: bool,
}

/// Where standings are kept.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Place {
    Gate,
    ControlPlane,
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
    let gate = arguments.gate.map(gate_link).transpose()?;
    let folder =
        tempfile::tempdir().map_err(|problem| format!("make a temporary folder: {problem}"))?;
    let authority = match arguments.authority {
        Place::Gate => Authority::Gate,
        Place::ControlPlane => Authority::ControlPlane(ControlPlaneOptions {
            database: match arguments.control_plane_database {
                Some(url) if url.starts_with("postgres") && url.contains("://") => {
                    ControlPlaneDatabase::Postgres(url)
                }
                Some(file) => ControlPlaneDatabase::Sqlite(PathBuf::from(file)),
                None => ControlPlaneDatabase::Sqlite(folder.path().join("control_plane.db")),
            },
            secret: secret("run the control plane", "USHER_CONTROL_PLANE_SECRET")?,
            push: arguments.push,
        }),
    };
    let database = arguments.database;
    let stage = Stage::start(Options {
        authority,
        identity_port: arguments.identity_port,
        database: database.unwrap_or_else(|| folder.path().join("identity.db")),
        fault: arguments.fault,
        provisioning: arguments.provisioning,
        setup: arguments.setup,
        sign_up: SignUp::App,
    });
    let stage = stage.await.map_err(|problem| problem.to_string())?;
    if let Some(gate) = gate {
        stage.connect_gate(gate);
    }
    serde_json::to_string(stage.addresses())
        .map_err(io::Error::other)
        .and_then(|addresses| writeln!(io::stdout(), "{addresses}"))
        .map_err(|problem| format!("print the addresses: {problem}"))?;
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = stdin_end(), if arguments.until_stdin_closes => {}
    }
    Ok(())
}

fn gate_link(url: String) -> Result<GateLink, String> {
    let admin_secret = secret("connect the gate", "USHER_ADMIN_SECRET")?;
    Ok(GateLink {
        url,
        admin_secret,
        app_domain: None,
    })
}

fn secret(what_for: &str, name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|problem| {
        format!(
            "{what_for}: {name}: {problem}; set it to the secret that the gate has under this name"
        )
    })
}

/// Waits for the end of standard input on a thread of its own, which does not keep the process alive.
async fn stdin_end() {
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        let _ = ended.send(());
    });
    let _ = end.await;
}

fn fault(name: &str) -> Result<Fault, UnknownFault> {
    Fault::parse(name)
}

/// An origin and nothing else: a path would be dropped without a word.
fn origin(text: &str) -> Result<String, String> {
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .map(|url| (url.origin().ascii_serialization(), url))
        .filter(|(origin, url)| url.as_str().strip_prefix(origin.as_str()) == Some("/"))
        .map(|(origin, _)| origin)
        .ok_or_else(|| "give an origin like `http://127.0.0.1:8787`".to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|_| "give a number of seconds like `0.8`".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|problem| problem.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_is_an_origin_and_nothing_else() {
        for text in ["http://127.0.0.1:8787", "http://127.0.0.1:8787/"] {
            assert_eq!(origin(text).as_deref(), Ok("http://127.0.0.1:8787"));
        }
        for text in [
            "127.0.0.1:8787",
            "http://127.0.0.1:8787/path",
            "http://127.0.0.1:8787/?a",
            "http://guy@127.0.0.1:8787",
            "ftp://gate",
            "data:text/html,x",
            "",
        ] {
            assert!(origin(text).is_err(), "{text}");
        }
    }

    #[test]
    fn seconds_are_finite_and_never_negative() {
        assert_eq!(seconds("0.25"), Ok(Duration::from_millis(250)));
        for text in ["soon", "-1", "NaN", "inf", ""] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
