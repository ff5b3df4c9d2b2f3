//! Licences, sources and advisories of everything we depend on, by cargo-deny (deny.toml).

use std::path::PathBuf;
use std::time::Instant;

use crate::command::{CommandError, Program, Run};
use crate::talk;
use crate::workspace::Workspace;

/// Runs cargo-deny, which is installed into target/tools when the machine has none.
pub(crate) fn check(workspace: &Workspace) -> Result<(), CommandError> {
    let program = find_or_install(workspace)?;
    let deny = |arguments: &[&str]| {
        Run::at(Program::CargoDeny, program.clone())
            .arguments(["--log-level", "error"])
            .arguments(arguments)
            .folder(workspace.root())
    };
    let started = Instant::now();
    deny(&["check", "bans", "licenses", "sources"]).show()?;
    talk::say_done("checked licences, sources and bans", started.elapsed());
    // The database of advisories lives on GitHub, which not every machine reaches. That must be said, not hidden.
    let started = Instant::now();
    match deny(&["fetch", "db"]).capture() {
        Ok(_) => {
            deny(&["check", "advisories"]).show()?;
            talk::say_done("checked advisories", started.elapsed());
        }
        Err(_unreachable) => talk::say(
            "WARNING: ADVISORIES WERE NOT LOOKED AT: their database cannot be fetched from here",
        ),
    }
    Ok(())
}

fn find_or_install(workspace: &Workspace) -> Result<PathBuf, CommandError> {
    let tools = workspace.path("target/tools");
    let ours = tools.join("bin/cargo-deny");
    let candidates = [PathBuf::from("cargo-deny"), ours.clone()];
    let works = |path: &PathBuf| {
        Run::at(Program::CargoDeny, path.clone())
            .arguments(["--version"])
            .capture()
            .is_ok()
    };
    if let Some(found) = candidates.into_iter().find(works) {
        return Ok(found);
    }
    talk::say("installing cargo-deny into target/tools, once; this takes some minutes");
    let install = Run::new(Program::Cargo)
        .arguments([
            "install",
            "cargo-deny",
            "--version",
            VERSION,
            "--locked",
            "--root",
        ])
        .arguments([&tools]);
    install.announce("installed cargo-deny")?;
    Ok(ours)
}

/// Builds with our compiler; newer ones may not.
const VERSION: &str = "0.20.2";
