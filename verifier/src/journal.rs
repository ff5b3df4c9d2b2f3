//! What a run creates, written down before it is created, so that even a killed run can be swept up.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::configuration::Environment;
use crate::newcomer::Newcomer;

/// Everything that is needed to remove the user of a run later.
#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Entry {
    pub(crate) config: PathBuf,
    pub(crate) run: String,
    pub(crate) email: String,
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) created_at_unix_seconds: u64,
    pub(crate) pid: u32,
    /// What the user was told since, such as the id by which they are removed.
    #[serde(default)]
    pub(crate) captured: BTreeMap<String, Value>,
    /// The operator's own steps that may have created something which is still there, in their order.
    #[serde(default)]
    pub(crate) to_undo: Vec<String>,
    /// How far the removal of the user is.
    #[serde(default)]
    pub(crate) removal: Removal,
}

/// How far the removal of a user is.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Removal {
    /// They are there.
    #[default]
    Ahead,
    /// It was asked for, and no answer was seen: they may be there.
    Asked,
    /// They are gone, and nobody can log in as them.
    Done,
}

impl Entry {
    /// The entry of this user, created now by this process.
    pub(crate) fn of(newcomer: &Newcomer, config: &Path, now_unix_seconds: u64) -> Self {
        Self {
            config: fs::canonicalize(config).unwrap_or_else(|_| config.to_owned()),
            run: newcomer.run.clone(),
            email: newcomer.email.clone(),
            username: newcomer.username.clone(),
            password: newcomer.password.clone(),
            created_at_unix_seconds: now_unix_seconds,
            pid: std::process::id(),
            captured: BTreeMap::new(),
            to_undo: Vec::new(),
            removal: Removal::Ahead,
        }
    }
}

/// The written entry of a run.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
}

impl Journal {
    /// Writes the entry through to the disk. Only its owner may read it: it holds the user's password.
    pub(crate) fn write(directory: &Path, entry: &Entry) -> Result<Self, JournalError> {
        let path = directory.join(format!(
            "{}-{}.json",
            entry.created_at_unix_seconds, entry.run
        ));
        let write = || -> io::Result<()> {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(directory)?;
            let mut file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&path)?;
            file.write_all(serde_json::to_string_pretty(entry)?.as_bytes())?;
            file.sync_all()?;
            // The name of a new file is only on the disk when its directory is.
            File::open(directory)?.sync_all()
        };
        match write() {
            Ok(()) => Ok(Self { path }),
            Err(error) => Err(JournalError::Write { path, error }),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Forgets the entry: what it named is gone.
    pub(crate) fn close(self) -> Result<(), JournalError> {
        forget(&self.path).map_err(|error| JournalError::Remove {
            path: self.path,
            error,
        })
    }
}

/// Where journals are kept: `$USHER_STATE_DIR/journal`, else below the state directory of the XDG base directory
/// specification.
pub(crate) fn directory(environment: Environment<'_>) -> Result<PathBuf, JournalError> {
    let set = |name: &str| {
        environment(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let state = set("USHER_STATE_DIR")
        .or_else(|| {
            set("XDG_STATE_HOME")
                .filter(|path| path.is_absolute())
                .map(|path| path.join("usher"))
        })
        .or_else(|| set("HOME").map(|home| home.join(".local/state/usher")));
    state
        .map(|state| state.join("journal"))
        .ok_or(JournalError::Nowhere)
}

/// The entries of runs that ended without removing them: their process is gone, or they are too old to be under way.
pub(crate) fn left_over(directory: &Path) -> Vec<PathBuf> {
    let Ok(files) = fs::read_dir(directory) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = files
        .flatten()
        .map(|file| file.path())
        .filter(|path| is_left_over(path))
        .collect();
    paths.sort();
    paths
}

/// Everybody who is written down, also by runs that are under way.
pub(crate) fn emails(directory: &Path) -> Vec<String> {
    let files = fs::read_dir(directory).into_iter().flatten().flatten();
    files
        .filter_map(|file| Some(read(&file.path())?.email))
        .collect()
}

/// The entry of this file, if it is one.
pub(crate) fn read(path: &Path) -> Option<Entry> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Writes down what has changed since. The file is replaced as a whole, so that it can be read whenever the run is killed.
pub(crate) fn amend(path: &Path, change: impl FnOnce(&mut Entry)) -> io::Result<()> {
    let mut entry = read(path).ok_or(io::ErrorKind::InvalidData)?;
    change(&mut entry);
    let fresh = path.with_extension(UNFINISHED);
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&fresh)?;
    file.write_all(serde_json::to_string_pretty(&entry)?.as_bytes())?;
    file.sync_all()?;
    fs::rename(&fresh, path)
}

/// Removes the entry, and what a run that was killed while it wrote has left beside it.
pub(crate) fn forget(path: &Path) -> io::Result<()> {
    match fs::remove_file(path.with_extension(UNFINISHED)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    fs::remove_file(path)
}

/// Of a file that is about to take the place of an entry.
const UNFINISHED: &str = "new";

fn is_left_over(path: &Path) -> bool {
    if path.extension().is_some_and(|found| found == UNFINISHED) {
        return false;
    }
    let Some(entry) = read(path) else {
        return false;
    };
    let processes = Path::new("/proc");
    let ended = processes.join("self").exists() && !processes.join(entry.pid.to_string()).exists();
    let age = fs::metadata(path)
        .and_then(|file| file.modified())
        .ok()
        .and_then(|modified| modified.elapsed().ok());
    ended || age.is_some_and(|age| age > LONGEST_RUN)
}

/// No budget of a step is longer.
pub(crate) const LONGEST_RUN: Duration = Duration::from_hours(1);

/// Why there is no journal; without one nothing is created.
#[derive(Debug)]
pub(crate) enum JournalError {
    /// No variable says where.
    Nowhere,
    /// The entry stays although what it names is gone.
    Remove { path: PathBuf, error: io::Error },
    /// The entry could not be written.
    Write { path: PathBuf, error: io::Error },
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nowhere => {
                f.write_str("no place for the journal: neither `USHER_STATE_DIR` nor `XDG_STATE_HOME` nor `HOME` is set; set one")
            }
            Self::Remove { path, error } => write!(f, "cannot remove the journal `{}`: {error}", path.display()),
            Self::Write { path, error } => write!(
                f,
                "cannot write the journal `{}`: {error}; nothing was sent, because nothing is created that could not be removed again; \
                 set `USHER_STATE_DIR` to a directory that can be written",
                path.display()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn entry() -> Entry {
        Entry {
            config: "/etc/usher.toml".into(),
            run: "r".into(),
            email: "e@usher.invalid".into(),
            username: "u".into(),
            password: "p".into(),
            created_at_unix_seconds: 7,
            pid: 1,
            captured: BTreeMap::new(),
            to_undo: Vec::new(),
            removal: Removal::Ahead,
        }
    }

    #[test]
    fn an_entry_is_read_back_by_its_owner_only_and_is_gone_when_closed() {
        let state = tempfile::tempdir().unwrap();
        let journal = Journal::write(&state.path().join("journal"), &entry()).unwrap();
        let path = journal.path().to_owned();
        assert_eq!(
            serde_json::from_slice::<Entry>(&fs::read(&path).unwrap()).unwrap(),
            entry()
        );
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        journal.close().unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn the_entry_of_a_run_that_was_cut_off_is_found_and_that_of_a_live_one_is_not() {
        let state = tempfile::tempdir().unwrap();
        let mut live = entry();
        live.pid = std::process::id();
        let _live = Journal::write(state.path(), &live).unwrap();
        assert!(left_over(state.path()).is_empty());
        let mut dead = entry();
        (dead.pid, dead.run) = (u32::MAX, "dead".to_owned());
        let dead = Journal::write(state.path(), &dead).unwrap();
        if Path::new("/proc/self").exists() {
            assert_eq!(left_over(state.path()), [dead.path()]);
        }
        assert!(left_over(&state.path().join("none")).is_empty());
    }

    #[test]
    fn what_a_user_is_told_is_in_their_entry_from_then_on() {
        let state = tempfile::tempdir().unwrap();
        let journal = Journal::write(state.path(), &entry()).unwrap();
        for (name, value) in [("user_id", Value::from(7)), ("csrf", "x".into())] {
            let told = |entry: &mut Entry| _ = entry.captured.insert(name.to_owned(), value);
            amend(journal.path(), told).unwrap();
        }
        let read = read(journal.path()).unwrap();
        assert_eq!(read.captured.get("user_id"), Some(&Value::from(7)));
        assert_eq!(read.captured.len(), 2);
        let mode = fs::metadata(journal.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(state.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_a_killed_run_was_writing_is_no_entry_and_goes_with_its_own() {
        let state = tempfile::tempdir().unwrap();
        let mut dead = entry();
        dead.pid = u32::MAX;
        let journal = Journal::write(state.path(), &dead).unwrap();
        let unfinished = journal.path().with_extension(UNFINISHED);
        fs::copy(journal.path(), &unfinished).unwrap();
        if Path::new("/proc/self").exists() {
            assert_eq!(left_over(state.path()), [journal.path()]);
        }
        journal.close().unwrap();
        assert_eq!(fs::read_dir(state.path()).unwrap().count(), 0);
    }

    #[test]
    fn the_most_specific_place_wins() {
        let place = |names: &'static [&str]| {
            directory(&|name| names.contains(&name).then(|| format!("/{name}")))
                .map_err(|error| error.to_string())
        };
        assert_eq!(
            place(&["HOME", "XDG_STATE_HOME", "USHER_STATE_DIR"]).unwrap(),
            Path::new("/USHER_STATE_DIR/journal")
        );
        assert_eq!(
            place(&["HOME", "XDG_STATE_HOME"]).unwrap(),
            Path::new("/XDG_STATE_HOME/usher/journal")
        );
        assert_eq!(
            place(&["HOME"]).unwrap(),
            Path::new("/HOME/.local/state/usher/journal")
        );
        assert!(place(&[]).is_err());
    }
}
