//! What four tests need: a virtual environment with `PyJWT`, `Alembic`, `pymongo`, and with Go as a package of it, in target/tools/python, where the machine
//! has Python at all.

use std::fs;
use std::path::PathBuf;

use crate::command::{CommandError, Program, Run};
use crate::talk;
use crate::workspace::{self, FileError, Workspace};

/// Brings the environment up to date and gives its Python; nothing where there is no Python or no package, which is said.
pub(crate) fn prepare(workspace: &Workspace) -> Result<Option<PathBuf>, FileError> {
    let folder = workspace.path("target/tools/python");
    let python = folder.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    let wanted = workspace::read(&workspace.path(REQUIREMENTS))?;
    let stamp = folder.join("installed-requirements.txt");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(Some(python));
    }
    match install(workspace, &folder, &python) {
        Ok(()) => workspace::write(&stamp, &wanted).map(|()| Some(python)),
        Err(reason) => {
            // A half-made environment must not pass for a whole one.
            let _ = fs::remove_dir_all(&folder);
            talk::say(&format!(
                "WARNING: NEITHER TOKENS OF PYJWT NOR THE EXAMPLES IN PYTHON AND GO NOR ALEMBIC NOR PYMONGO WILL BE TRIED: {reason}"
            ));
            Ok(None)
        }
    }
}

fn install(
    workspace: &Workspace,
    folder: &std::path::Path,
    python: &std::path::Path,
) -> Result<(), CommandError> {
    Run::new(Program::Python)
        .arguments(["-m", "venv", "--clear"])
        .arguments([folder])
        .capture()?;
    let packages = Run::at(Program::Python, python.to_owned())
        .arguments(["-m", "pip", "install", "--quiet"])
        .arguments(["--disable-pip-version-check", "--require-hashes"])
        .arguments(["--requirement", REQUIREMENTS]);
    packages
        .folder(workspace.root())
        .announce("installed PyJWT, Alembic, pymongo and Go into target/tools/python")
}

const REQUIREMENTS: &str = "tests/python-requirements.txt";
