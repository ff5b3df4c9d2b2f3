//! How long `usher verify` takes beside the same requests run by hurl, on one world, in turns.
//!
//! `cargo xtask bench` builds everything and runs this program. It prints one JSON object: milliseconds from the start of the process to
//! its end, one a round.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::{ExitCode, Output, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use clap::Parser;
use policy::contract::REQUEST_ID_HEADER;
use serde_json::json;
use stage::SignUp;
use tests::world::{World, WorldError, WorldOptions};
use tokio::process::Command;
use uuid::Uuid;

#[derive(Debug, Parser)]
#[command(about = "How long `usher verify` takes beside the same requests run by hurl")]
struct Arguments {
    /// The program hurl
    hurl: PathBuf,
    /// How often each of them runs
    #[arg(long, default_value_t = 12)]
    rounds: u32,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            // A closed stderr is no reason for another code.
            let _ = writeln!(io::stderr(), "error: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), String> {
    let options = WorldOptions {
        // Whoever asks a moment too early is made to wait for two seconds by the gate: luck, and not what is compared.
        provisioning: Duration::ZERO,
        setup: Duration::ZERO,
        sign_up: SignUp::ReadyApp,
        ..WorldOptions::default()
    };
    let explain = |error: WorldError| error.to_string();
    let world = World::with(options).await.map_err(explain)?;
    let times = take(&world, arguments).await;
    world.stop().await;
    let (usher, hurl) = times?;
    let line = json!({ "usher": usher, "hurl": hurl }).to_string();
    writeln!(io::stdout(), "{line}").map_err(|error| error.to_string())
}

/// The times of both; who begins changes from round to round, and the first round, which warms everything up, does not count.
async fn take(world: &World, arguments: &Arguments) -> Result<(Vec<f64>, Vec<f64>), String> {
    let (mut usher, mut hurl) = (Vec::new(), Vec::new());
    for round in 0..=arguments.rounds {
        for turn in 0..2 {
            let is_usher = (round + turn) % 2 == 0;
            let command = if is_usher {
                world.verify_command().map_err(|error| error.to_string())?
            } else {
                hurl_command(world, &arguments.hurl)
            };
            let took = timed(command).await?;
            if round > 0 {
                if is_usher { &mut usher } else { &mut hurl }.push(took);
            }
        }
    }
    Ok((usher, hurl))
}

/// From the start of the process to its end; a run that did not pass is no measurement.
async fn timed(mut command: Command) -> Result<f64, String> {
    command.stdin(Stdio::null());
    let began = Instant::now();
    let ended = command.output().await;
    let took = began.elapsed();
    let Output {
        status,
        stdout,
        stderr,
    } = ended.map_err(|error| {
        let program = command.as_std().get_program().to_string_lossy();
        format!("`{program}` cannot be started: {error}")
    })?;
    if status.success() {
        Ok(took.as_secs_f64() * 1000.0)
    } else {
        let program = command.as_std().get_program().to_string_lossy();
        let said = [stdout, stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
        Err(format!("`{program}` did not pass: {}", said.concat()))
    }
}

fn hurl_command(world: &World, hurl: &PathBuf) -> Command {
    let id = Uuid::new_v4().simple().to_string();
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let since = now.map_or(0, |now| now.as_secs().saturating_sub(600));
    let variables = [
        ("gate", world.gate.url.clone()),
        ("identity", world.stage.addresses().identity.clone()),
        ("admin", world.gate.admin_secret.clone()),
        ("email", format!("usher-{id}@usher.invalid")),
        ("username", format!("usher-{id}")),
        ("password", format!("{id}-Aa1")),
        ("request_header", REQUEST_ID_HEADER.to_owned()),
        ("since", since.to_string()),
    ];
    let mut command = Command::new(hurl);
    command.arg("--test");
    for (name, value) in variables {
        command.arg("--variable").arg(format!("{name}={value}"));
    }
    command.arg(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/bin/new-user.hurl"
    ));
    command
}
