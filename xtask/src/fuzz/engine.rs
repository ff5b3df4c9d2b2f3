//! What looks for inputs: libFuzzer where there is a C++ compiler to build it, else the plain engine of the crate `fuzz`.
//!
//! libFuzzer sees which code an input reaches. The compiler we have can count that by itself: the flags below are those of
//! cargo-fuzz without its sanitizers, which alone would need a nightly, and which find what only `unsafe` code does.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::build;
use crate::command::{CommandError, Program, Run};
use crate::talk;
use crate::workspace::Workspace;

/// A program that looks for inputs.
#[derive(Debug)]
pub(crate) enum Engine {
    LibFuzzer(PathBuf),
    Plain(PathBuf),
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LibFuzzer(_) => "libFuzzer, led by the code that inputs reach",
            Self::Plain(_) => {
                "the plain engine, which finds less: libFuzzer needs a C++ compiler, and `c++` was not found"
            }
        })
    }
}

impl Engine {
    /// Builds the better one of those that this machine can have.
    pub(crate) fn build(workspace: &Workspace) -> Result<Self, CommandError> {
        let compiler = Run::new(Program::CxxCompiler).arguments(["--version"]);
        if cfg!(unix) && compiler.capture().is_ok() {
            lib_fuzzer(workspace).map(Self::LibFuzzer)
        } else {
            compile(workspace, "fuzz", |cargo| cargo).map(Self::Plain)
        }
    }
}

/// What makes LLVM count the edges of our code and of what it calls, and note what is compared with what.
const COVERAGE: [&str; 5] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

fn lib_fuzzer(workspace: &Workspace) -> Result<PathBuf, CommandError> {
    let version = Run::new(Program::Rustc).arguments(["--version", "--verbose"]);
    let version = version.folder(workspace.root()).capture()?;
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap_or_default();
    compile(workspace, "libfuzzer", |cargo| {
        cargo
            .arguments(["--features", "libfuzzer"])
            // Named, so that build scripts and macros are compiled without the flags: they run without libFuzzer.
            .arguments(["--target", host])
            .variable("CARGO_ENCODED_RUSTFLAGS", COVERAGE.join("\x1f"))
    })
}

fn compile(
    workspace: &Workspace,
    program: &str,
    more: impl FnOnce(Run) -> Run,
) -> Result<PathBuf, CommandError> {
    let started = Instant::now();
    let cargo = Run::new(Program::Cargo)
        .arguments(["build", "--package", "fuzz", "--bin", program])
        .arguments(["--profile", "fuzz", "--target-dir", "target/fuzz/build"])
        .arguments(["--message-format", "json-render-diagnostics"])
        .folder(workspace.root());
    let messages = more(cargo).capture_stdout()?;
    talk::say_done("built the fuzzer", started.elapsed());
    Ok(build::executable(&messages, program)
        .unwrap_or_else(|| Path::new("target/fuzz/build/fuzz").join(program)))
}
