//! The demo: a whole platform on this machine, verified once, then open to whoever wants to look.
//!
//! `cargo xtask demo` builds everything and becomes this program.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use reqwest::{Method, Response};
use serde_json::{Map, json};
use stage::{Account, KeepAt, NewAccount};
use tests::gate::GateError;
use tests::world::{World, WorldError, WorldOptions};
use tests::{Incident, places};
use tokio::process::Command;

#[derive(Debug, Parser)]
#[command(
    about = "A whole platform on this machine, verified once, then open to visitors until Ctrl-C"
)]
struct Arguments {
    /// End after the verification, with its exit code
    #[arg(long)]
    once: bool,
    /// Break the platform in the way of a real incident
    #[arg(long, value_name = "NAME", value_parser = fault)]
    fault: Option<Incident>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments).await {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<u8, WorldError> {
    // From here on Ctrl-C ends `usher`, which cleans up, and then us; it does not cut either off.
    let interrupted = tokio::spawn(told_to_end());
    if let Some(fault) = arguments.fault {
        say(&format!("fault {}: {}", fault.name(), fault.what_it_does()));
    }
    let options = WorldOptions {
        incident: arguments.fault,
        progress: |what, took| say(&format!("{what} ({:.1} s)", took.as_secs_f64())),
        // Long enough to see each status go by.
        provisioning: Duration::from_millis(800),
        setup: Duration::from_millis(800),
        vars: Map::from_iter([
            ("USHER_APP_DOMAIN".to_owned(), json!(APP_DOMAIN)),
            ("USHER_ASSERTION_KEY".to_owned(), json!(fresh_key().await?)),
        ]),
        ..WorldOptions::default()
    };
    let world = World::with(options).await?;
    say("verifying it, as after a deploy: usher verify\n");
    let status = world
        .verify_command()?
        .status()
        .await
        .map_err(WorldError::Usher)?;
    let code = status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(u8::MAX);
    if arguments.once || interrupted.is_finished() {
        world.stop().await;
        say(&over(arguments.fault));
        return Ok(code);
    }
    show_accounts(&world).await;
    tokio::select! {
        _ = interrupted => {}
        () = world.gate.ended() => {
            world.stop().await;
            return Err(WorldError::Gate(GateError::Gone));
        }
    }
    say("\nstopping");
    world.stop().await;
    Ok(0)
}

/// The key of this one gate, made as an operator makes theirs.
async fn fresh_key() -> Result<String, WorldError> {
    let made = Command::new(places::usher()).arg("key").output().await;
    let made = made.map_err(WorldError::Usher)?;
    String::from_utf8(made.stdout).map_err(|problem| WorldError::Usher(io::Error::other(problem)))
}

/// What the report above promises no more.
fn over(fault: Option<Incident>) -> String {
    let again = fault.map_or_else(String::new, |fault| format!(" --fault {}", fault.name()));
    format!(
        "\nthis platform is gone, with the addresses, files and commands that the report names;\n\
         `cargo xtask demo{again}`, without --once, stays open for them until Ctrl-C"
    )
}

/// Waits for Ctrl-C, for a terminal that is closed, or for whoever ends programs politely. Without a signal handler there is nothing
/// to wait for, and the demo ends.
async fn told_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::hangup(), SignalKind::terminate()];
        let [Ok(mut hangup), Ok(mut terminate)] = kinds.map(signal) else {
            return;
        };
        tokio::select! {
            _ = hangup.recv() => {}
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = tokio::signal::ctrl_c().await;
}

/// Makes one account for each thing a visitor can meet, and prints how to meet it.
async fn show_accounts(world: &World) {
    let mut table = format!(
        "\nOpen {} and log in as one of these (password `{PASSWORD}`):\n\n",
        world.gate.url
    );
    let mut waiting = None;
    for (name, keep_at, seen) in ACCOUNTS {
        let row = match make(world, name, *keep_at).await {
            Ok(account) => {
                if *keep_at == KeepAt::Active {
                    waiting = Some(account.email.clone());
                }
                format!("  {:<28} {seen}\n", account.email)
            }
            Err(problem) => format!("  {name:<28} could not be made: {problem}\n"),
        };
        table.push_str(&row);
    }
    table.push_str(&hosts(world));
    table.push_str(&operators(world, waiting.as_deref()));
    table.push_str("\nCtrl-C stops everything.");
    // A closed stdout is no reason to stop.
    let _ = writeln!(io::stdout().lock(), "{table}");
}

/// An account, whose app also answers at a host of its own.
async fn make(world: &World, name: &str, keep_at: KeepAt) -> Result<Account, String> {
    let account = NewAccount {
        email: format!("{name}@usher.invalid"),
        password: PASSWORD.to_owned(),
        keep_at,
    };
    let account = world.stage.account(account).await;
    let account = account.map_err(|problem| format!("failed to {problem}"))?;
    if let Some(instance) = &account.instance {
        let operator = world.api().with_bearer(&world.gate.admin_secret);
        let path = format!("/.usher/admin/v1/instances/{}", instance.id);
        let call = operator.request(Method::PATCH, &path);
        let answer = call.json(&json!({ "addresses": [name] })).send().await;
        let answer = answer.and_then(Response::error_for_status);
        answer.map_err(|problem| format!("its app has no host of its own: {problem}"))?;
    }
    Ok(account)
}

/// Where the apps are reached each at a host of its own, and how they know who is there.
fn hosts(world: &World) -> String {
    let port = world.gate.url.rsplit(':').next().unwrap_or_default();
    format!(
        "\nEach app has a host of its own as well, closed to everybody else, with a log-in of its own:\n\n  \
         http://ready.{APP_DOMAIN}:{port}/\n  http://active.{APP_DOMAIN}:{port}/\n\n\
         An app shows what the gate tells it, in headers and in a signed assertion; the keys that check it:\n\n  \
         {}/.usher/jwks.json\n",
        world.gate.url
    )
}

/// What its operators can do.
fn operators(world: &World, waiting: Option<&str>) -> String {
    let (url, secret) = (&world.gate.url, &world.gate.admin_secret);
    let usher = places::usher();
    let usher = usher.display();
    let mut said = format!(
        "\nTo do what its operators do, in another terminal:\n\n  \
         export USHER_GATE={url} USHER_ADMIN_SECRET={secret}\n  {usher} instance list\n"
    );
    if let Some(waiting) = waiting {
        // Writing into a text cannot fail.
        let _ = write!(
            said,
            "\nTo see the page of {waiting} open the app by itself, finish its set-up there:\n\n  \
             {usher} instance set {waiting} ready\n"
        );
    }
    said
}

const ACCOUNTS: &[(&str, KeepAt, &str)] = &[
    ("ready", KeepAt::Ready, "your own app"),
    (
        "provisioning",
        KeepAt::Provisioning,
        "a page that waits: the app is being created",
    ),
    (
        "active",
        KeepAt::Active,
        "a page that waits: the app's set-up is not finished",
    ),
    (
        "suspended",
        KeepAt::Suspended,
        "why you may not enter, and whom to ask",
    ),
    (
        "uninvited",
        KeepAt::NeedsInvitation,
        "access request pending",
    ),
];

/// Browsers and curl look for hosts below `localhost` on this machine, without any DNS (RFC 6761 section 6.3).
const APP_DOMAIN: &str = "app.localhost";

/// For accounts that live as long as the demo, on this machine only.
const PASSWORD: &str = "correct horse battery";

fn fault(name: &str) -> Result<Incident, String> {
    Incident::parse(name).map_err(|error| error.to_string())
}

fn say(line: &str) {
    // A closed stderr is no reason to stop.
    let _ = writeln!(io::stderr().lock(), "{line}");
}
