//! Every command one can run in this repository: `cargo xtask COMMAND`.
//!
//! In scope: starting cargo, node and the programs of the workspace in the right order, with one clear sentence when
//! something is missing. Out of scope: anything a visitor or an operator would notice; that is in the other crates, and
//! none of them is linked here, so that this program builds in seconds and runs when they do not compile.
//!
//! main ─► setup │ bench │ build │ demo │ dev │ test │ vectors │ simulate │ fuzz │ check │ package ─► node, postgres, python, command, talk, workspace

mod bench;
mod build;
mod check;
mod command;
mod demo;
mod dev;
mod fuzz;
mod node;
mod package;
mod postgres;
mod python;
mod setup;
mod simulate;
mod talk;
mod test;
mod vectors;
mod workspace;

use std::fmt;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    about = "Every command one can run in this repository"
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Install what the other commands need: the Rust target, Node.js, the npm packages, `PostgreSQL`, and `PyJWT`, `Alembic`, `pymongo` and Go for some tests
    Setup,
    /// Measure what has to be fast beside what people would use instead, and print the table
    Bench(bench::Arguments),
    /// Build the gate into edge/build, ready for wrangler
    Build(build::Arguments),
    /// Check format, lints, documentation, licences and the direction of dependency
    Check,
    /// Show the whole thing on this machine: the gate, a stage behind it, and the verifier
    Demo(demo::Arguments),
    /// Run the gate under `wrangler dev` in front of your own upstream
    Dev(dev::Arguments),
    /// Look for inputs that break a law of the readers, for as long as you like
    Fuzz(fuzz::Arguments),
    /// Build the verifier as it is handed out, into target/package
    Package,
    /// Simulate the gate at sizes from a thousand to a hundred million visitors: what it asks, how it is seen, what it costs
    Simulate(simulate::Arguments),
    /// Run every test of the workspace, on real workerd
    Test,
    /// Judge every case of a folder of vectors, natively, in workerd and through a running gate
    Vectors(vectors::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.task) {
        Ok(code) => code,
        Err(failure) => {
            talk::say(&format!("error: {failure}"));
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<ExitCode, Failure> {
    let workspace = Workspace::here();
    let done = ExitCode::SUCCESS;
    match task {
        Task::Setup => setup::everything(&workspace)
            .map(|_tools| done)
            .map_err(Failure::Setup),
        Task::Bench(arguments) => bench::run(&workspace, &arguments).map_err(Failure::Bench),
        Task::Build(arguments) => build::run(&workspace, &arguments)
            .map(|()| done)
            .map_err(Failure::Build),
        Task::Check => check::run(&workspace)
            .map(|()| done)
            .map_err(Failure::Check),
        Task::Demo(arguments) => demo::run(&workspace, &arguments).map_err(Failure::Demo),
        Task::Dev(arguments) => dev::run(&workspace, &arguments)
            .map(|()| done)
            .map_err(Failure::Dev),
        Task::Fuzz(arguments) => fuzz::run(&workspace, &arguments).map_err(Failure::Fuzz),
        Task::Package => package::run(&workspace)
            .map(|()| done)
            .map_err(Failure::Package),
        Task::Simulate(arguments) => {
            simulate::run(&workspace, &arguments).map_err(Failure::Simulate)
        }
        Task::Test => test::run(&workspace).map(|()| done).map_err(Failure::Test),
        Task::Vectors(arguments) => vectors::run(&workspace, &arguments).map_err(Failure::Vectors),
    }
}

/// What a task failed at.
#[derive(Debug)]
enum Failure {
    Bench(bench::BenchError),
    Build(build::BuildError),
    Check(check::CheckError),
    Demo(demo::DemoError),
    Dev(dev::DevError),
    Fuzz(fuzz::FuzzError),
    Package(package::PackageError),
    Setup(setup::SetupError),
    Simulate(simulate::SimulateError),
    Test(test::TestError),
    Vectors(vectors::VectorsError),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bench(error) => error.fmt(f),
            Self::Build(error) => error.fmt(f),
            Self::Check(error) => error.fmt(f),
            Self::Demo(error) => error.fmt(f),
            Self::Dev(error) => error.fmt(f),
            Self::Fuzz(error) => error.fmt(f),
            Self::Package(error) => error.fmt(f),
            Self::Setup(error) => error.fmt(f),
            Self::Simulate(error) => error.fmt(f),
            Self::Test(error) => error.fmt(f),
            Self::Vectors(error) => error.fmt(f),
        }
    }
}
