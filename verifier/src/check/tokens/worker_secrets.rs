//! The values of the Worker's secrets, which wrangler.toml does not hold: from the environment, else from `.dev.vars` beside it.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use crate::check::tokens::error::CheckError;
use crate::configuration::Environment;

/// What can be known of the secrets on this machine.
pub(crate) struct WorkerSecrets<'a> {
    environment: Environment<'a>,
    file: BTreeMap<String, String>,
}

impl<'a> WorkerSecrets<'a> {
    /// Reads `.dev.vars` beside this wrangler.toml, if there is one.
    pub(crate) fn beside(
        wrangler: &Path,
        environment: Environment<'a>,
    ) -> Result<Self, CheckError> {
        let path = wrangler.with_file_name(".dev.vars");
        let file = match std::fs::read_to_string(&path) {
            Ok(text) => lines(&text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(CheckError::File { path, error }),
        };
        Ok(Self { environment, file })
    }

    /// The value of the secret of this name.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        let set = (self.environment)(name).filter(|value| !value.is_empty());
        set.or_else(|| self.file.get(name).cloned())
    }
}

/// `NAME=value` lines as wrangler reads them: with `export`, quotes and comments.
fn lines(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.strip_prefix("export ").unwrap_or(line).split_once('='))
        .map(|(name, value)| (name.trim().to_owned(), unquoted(value.trim()).to_owned()))
        .collect()
}

fn unquoted(value: &str) -> &str {
    for quote in ['"', '\'', '`'] {
        if let Some(inner) = value.strip_prefix(quote)
            && let Some((inner, _comment)) = inner.rsplit_once(quote)
        {
            return inner;
        }
    }
    value
        .split_once(" #")
        .map_or(value, |(value, _comment)| value.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_wrangler_reads_it() {
        let read =
            lines("# c\nA=one\nexport B = \"two # 2\" # c\nC='three'\nD=four # c\n\nno line\n");
        let expected = [
            ("A", "one"),
            ("B", "two # 2"),
            ("C", "three"),
            ("D", "four"),
        ];
        assert_eq!(
            read,
            expected
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into()
        );
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(".dev.vars"), "A=file\nB=file\n").unwrap();
        let environment: Environment<'_> = &|name| (name == "A").then(|| "environment".to_owned());
        let secrets = WorkerSecrets::beside(&folder.path().join("wrangler.toml"), environment);
        let secrets = secrets.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(secrets.value("A").as_deref(), Some("environment"));
        assert_eq!(secrets.value("B").as_deref(), Some("file"));
        assert_eq!(secrets.value("C"), None);
    }
}
