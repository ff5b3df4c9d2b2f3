//! `.dev.vars`, which `wrangler dev` reads beside its own configuration: what stands there counts instead of what stands in `[vars]`,
//! and the values of secrets are there.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::tokens::error::CheckError;

/// The file of one environment.
#[derive(Debug)]
pub(super) struct DevVars {
    pub(super) path: PathBuf,
    pub(super) text: String,
    /// The values by their names, and where each stands.
    pub(super) values: BTreeMap<String, (String, Range<usize>)>,
}

impl DevVars {
    /// Reads the file beside this configuration, if there is one: that of the environment in place of the one of all.
    pub(super) fn beside(
        wrangler: &Path,
        environment: Option<&str>,
    ) -> Result<Option<Self>, CheckError> {
        let of_environment = environment.map(|name| format!(".dev.vars.{name}"));
        for name in of_environment.as_deref().into_iter().chain([".dev.vars"]) {
            let path = wrangler.with_file_name(name);
            match std::fs::read_to_string(&path) {
                Ok(text) => {
                    let values = values(&text);
                    return Ok(Some(Self { path, text, values }));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(CheckError::File { path, error }),
            }
        }
        Ok(None)
    }

    /// The value of this name.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|(value, _)| value.as_str())
    }
}

/// The expression is that of npm's `dotenv`, by which wrangler reads the file: also with `export`, quotes, comments, and several lines
/// between quotes.
fn values(text: &str) -> BTreeMap<String, (String, Range<usize>)> {
    let mut values = BTreeMap::new();
    for line in line().captures_iter(text) {
        let Some(name) = line.get(1) else { continue };
        let found = line.get(2);
        let span = found.map_or(name.range(), |value| {
            let blanks = value.len() - value.as_str().trim_start().len();
            value.start() + blanks..value.end()
        });
        let value = unquoted(found.map_or("", |value| value.as_str()).trim());
        values.insert(name.as_str().to_owned(), (value, span));
    }
    values
}

fn line() -> Regex {
    #[expect(
        clippy::unwrap_used,
        reason = "a constant, which the tests below compile"
    )]
    Regex::new(LINE).unwrap()
}

const LINE: &str = r#"(?mR)^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$"#;

fn unquoted(value: &str) -> String {
    for quote in ['"', '\'', '`'] {
        let inner = value.strip_prefix(quote);
        if let Some(inner) = inner.and_then(|inner| inner.strip_suffix(quote)) {
            return if quote == '"' {
                inner.replace("\\n", "\n").replace("\\r", "\r")
            } else {
                inner.to_owned()
            };
        }
    }
    value.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_wrangler_reads_it() {
        let text = "# c\nA=one\nexport B = \"two # 2\" # c\r\nC='three'\nD=four # c\n\nno line\nE=\nF=\"a\\nb\"\nG='a\nb'\nH: eight\nI=a#b\n\
                    J=[{\"k\": \"v\"}]\nK='it'\"s\nA=last\n";
        let expected = [
            ("A", "last"),
            ("B", "two # 2"),
            ("C", "three"),
            ("D", "four"),
            ("E", ""),
            ("F", "a\nb"),
            ("G", "a\nb"),
            ("H", "eight"),
            ("I", "a"),
            ("J", "[{\"k\": \"v\"}]"),
            ("K", "'it'\"s"),
        ];
        let read = values(text);
        let read: Vec<_> = read
            .iter()
            .map(|(name, (value, _))| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(read, expected);
    }

    #[test]
    fn a_value_is_pointed_at_where_it_stands() {
        let text = "A = \"one\"\nB=  two\n";
        let values = values(text);
        for (name, shown) in [("A", "\"one\""), ("B", "two")] {
            let (_, span) = values.get(name).unwrap();
            assert_eq!(text.get(span.clone()), Some(shown));
        }
    }

    #[test]
    fn an_environments_own_file_counts_instead() {
        let folder = tempfile::tempdir().unwrap();
        let wrangler = folder.path().join("wrangler.toml");
        let read = |environment| {
            let read = DevVars::beside(&wrangler, environment);
            let read = read.unwrap_or_else(|error| panic!("{error}"));
            read.and_then(|read| read.value("A").map(str::to_owned))
        };
        assert_eq!(read(None), None);
        std::fs::write(folder.path().join(".dev.vars"), "A=all").unwrap();
        assert_eq!(read(Some("staging")).as_deref(), Some("all"));
        std::fs::write(folder.path().join(".dev.vars.staging"), "A=staging").unwrap();
        assert_eq!(read(Some("staging")).as_deref(), Some("staging"));
        assert_eq!(read(None).as_deref(), Some("all"));
    }
}
