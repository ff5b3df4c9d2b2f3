//! What has come of a plan so far, in a file beside it: noted before each step and after it, so that a run that was killed is gone on
//! with, and nothing is done twice.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// How far a step is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Progress {
    /// Whether it was done, nobody saw.
    Begun,
    Done,
    /// It was refused, so it may be tried again.
    Failed,
}

#[derive(Deserialize, Serialize)]
struct Note {
    entry: String,
    is: Progress,
}

/// What is noted of a plan.
#[derive(Debug)]
pub(super) struct State {
    file: File,
    known: BTreeMap<String, Progress>,
}

impl State {
    /// Of the plan at this path.
    pub(super) fn open(plan: &Path) -> io::Result<Self> {
        let path = path_for(plan);
        // Entries name their plan, so those of another plan are nobody's.
        let known = known(&path)?;
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&path)?;
        let mut state = Self { file, known };
        // What a killed run left of a line ends here.
        state.file.write_all(b"\n")?;
        Ok(state)
    }

    pub(super) fn of(&self, entry: &str) -> Option<Progress> {
        self.known.get(entry).copied()
    }

    /// Notes it, and returns when it is on the disk.
    pub(super) fn note(&mut self, entry: &str, is: Progress) -> io::Result<()> {
        let note = Note {
            entry: entry.to_owned(),
            is,
        };
        let line = serde_json::to_string(&note).unwrap_or_default();
        self.file.write_all(format!("{line}\n").as_bytes())?;
        self.file.sync_data()?;
        self.known.insert(entry.to_owned(), is);
        Ok(())
    }
}

/// What is noted, without beginning anything.
pub(super) fn noted(plan: &Path) -> BTreeMap<String, Progress> {
    known(&path_for(plan)).unwrap_or_default()
}

pub(super) fn path_for(plan: &Path) -> PathBuf {
    let mut name = plan.as_os_str().to_owned();
    name.push(".state");
    PathBuf::from(name)
}

fn known(path: &Path) -> io::Result<BTreeMap<String, Progress>> {
    let text = match std::fs::read(path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    let notes = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Note>(line).ok());
    Ok(notes.map(|note| (note.entry, note.is)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noted_is_known_after_a_crash_in_the_middle_of_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let plan = folder.path().join("plan.json");
        let mut state = State::open(&plan).unwrap();
        state.note("p-1", Progress::Begun).unwrap();
        state.note("p-1", Progress::Done).unwrap();
        state.note("p-2", Progress::Begun).unwrap();
        state
            .file
            .write_all(b"{\"entry\":\"p-2\",\"is\":\"do")
            .unwrap();
        drop(state);
        let mut state = State::open(&plan).unwrap();
        state.note("p-3", Progress::Failed).unwrap();
        let state = State::open(&plan).unwrap();
        assert_eq!(state.of("p-1"), Some(Progress::Done));
        assert_eq!(state.of("p-2"), Some(Progress::Begun));
        assert_eq!(state.of("p-3"), Some(Progress::Failed));
        assert_eq!(state.of("p-4"), None);
    }
}
