//! SQL in files, cut into statements that know where they stand.

use std::ops::Range;
use std::path::PathBuf;

use crate::configuration::mistake::Mistake;
use crate::schema::Dialect;

/// A file of SQL, or what was made of another file.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// A statement, without the semicolon.
#[derive(Clone, Debug)]
pub(super) struct Statement<'a> {
    pub(super) script: &'a Script,
    pub(super) span: Range<usize>,
    /// The words outside of quotes and brackets, in capitals.
    pub(super) words: Vec<String>,
}

impl Statement<'_> {
    pub(super) fn text(&self) -> &str {
        self.script.text.get(self.span.clone()).unwrap_or_default()
    }

    /// Whether it begins like this.
    pub(super) fn begins(&self, words: &[&str]) -> bool {
        self.words.len() >= words.len() && self.words.iter().zip(words).all(|(is, word)| is == word)
    }

    /// Whether these words follow each other anywhere in it.
    pub(super) fn says(&self, words: &[&str]) -> bool {
        self.words
            .windows(words.len())
            .any(|window| window == words)
    }

    /// Says that something is wrong at this place of it.
    pub(super) fn mistake(&self, at: Option<usize>, sentence: String, cure: String) -> Mistake {
        let start = self.span.start + at.unwrap_or(0);
        let end = if at.is_some() { start } else { self.span.end };
        let end = end.max(start).min(self.script.text.len());
        let Script { path, text } = self.script;
        Mistake::at(path, text, &(start.min(end)..end), sentence, Some(cure))
    }
}

/// Cuts a script. What is between the statements (comments, commands of psql, data) is left out.
pub(super) fn statements(script: &Script, dialect: Dialect) -> Result<Vec<Statement<'_>>, Mistake> {
    let mut reading = Reading {
        script,
        dialect,
        at: 0,
        found: Vec::new(),
        current: None,
        depth: 0,
    };
    while reading.at < script.text.len() {
        reading.step()?;
    }
    reading.end_statement(script.text.len());
    Ok(reading.found)
}

struct Reading<'a> {
    script: &'a Script,
    dialect: Dialect,
    at: usize,
    found: Vec<Statement<'a>>,
    current: Option<Statement<'a>>,
    depth: usize,
}

impl<'a> Reading<'a> {
    fn rest(&self) -> &'a str {
        self.script.text.get(self.at..).unwrap_or_default()
    }

    /// One piece of the text.
    fn step(&mut self) -> Result<(), Mistake> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return Ok(());
        };
        if first.is_whitespace() || first == '\u{feff}' {
            self.at += first.len_utf8();
        } else if rest.starts_with("--") || (first == '\\' && self.current.is_none()) {
            self.at += rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("/*") {
            self.at += self.closed(comment_length(rest, self.dialect), "comment")?;
        } else if first == ';' {
            self.at += 1;
            if !self.in_body() {
                self.end_statement(self.at - 1);
            }
        } else {
            self.statement_goes_on(first)?;
        }
        Ok(())
    }

    fn statement_goes_on(&mut self, first: char) -> Result<(), Mistake> {
        let rest = self.rest();
        let escapes = rest.starts_with("E'") || rest.starts_with("e'");
        let word = rest
            .find(|one: char| !(one.is_alphanumeric() || one == '_' || one == '$'))
            .unwrap_or(rest.len());
        let (length, is_word) = match first {
            '\'' => (
                self.closed(quoted_length(rest, '\'', false), "text")?,
                false,
            ),
            _ if escapes && self.dialect == Dialect::Postgres => {
                let inner = rest.get(1..).unwrap_or_default();
                (
                    1 + self.closed(quoted_length(inner, '\'', true), "text")?,
                    false,
                )
            }
            '"' | '`' => (
                self.closed(quoted_length(rest, first, false), "name")?,
                false,
            ),
            '$' if self.dialect == Dialect::Postgres && dollar_tag(rest).is_some() => {
                (self.closed(dollar_length(rest), "text")?, false)
            }
            _ if word > 0 => (word, true),
            _ => (first.len_utf8(), false),
        };
        match first {
            '(' => self.depth += 1,
            ')' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        let (script, start) = (self.script, self.at);
        let current = self.current.get_or_insert_with(|| Statement {
            script,
            span: start..start,
            words: Vec::new(),
        });
        if is_word && self.depth == 0 {
            current
                .words
                .push(rest.get(..length).unwrap_or_default().to_uppercase());
        }
        self.at += length;
        Ok(())
    }

    /// Semicolons inside of a body end nothing: of a trigger of SQLite, of a function in standard SQL.
    fn in_body(&self) -> bool {
        self.current.as_ref().is_some_and(|statement| {
            let has_body = match self.dialect {
                Dialect::Postgres => statement.says(&["BEGIN", "ATOMIC"]),
                Dialect::Sqlite => {
                    statement.words.first().is_some_and(|word| word == "CREATE")
                        && statement.words.iter().take(3).any(|word| word == "TRIGGER")
                }
            };
            has_body && statement.words.last().is_none_or(|word| word != "END")
        })
    }

    fn end_statement(&mut self, end: usize) {
        self.depth = 0;
        let Some(mut statement) = self.current.take() else {
            return;
        };
        let text = self
            .script
            .text
            .get(statement.span.start..end)
            .unwrap_or_default();
        statement.span.end = statement.span.start + text.trim_end().len();
        // What pg_dump writes after it is data, to a line of its own with `\.`.
        if statement.begins(&["COPY"]) && statement.says(&["FROM", "STDIN"]) {
            let rest = self.rest();
            self.at += rest.find("\n\\.").map_or(rest.len(), |at| at + 3);
        }
        self.found.push(statement);
    }

    fn closed(&self, length: Option<usize>, what: &str) -> Result<usize, Mistake> {
        length.ok_or_else(|| {
            let line = self.rest().lines().next().unwrap_or_default().len();
            let Script { path, text } = self.script;
            let cure = "close it; everything after it is part of it".to_owned();
            Mistake::at(
                path,
                text,
                &(self.at..self.at + line),
                format!("this {what} has no end"),
                Some(cure),
            )
        })
    }
}

/// Only those of PostgreSQL nest.
fn comment_length(text: &str, dialect: Dialect) -> Option<usize> {
    let (mut depth, mut at) = (0_u32, 0);
    loop {
        let rest = text.get(at..)?;
        if rest.starts_with("/*") && (depth == 0 || dialect == Dialect::Postgres) {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += rest.chars().next()?.len_utf8();
        }
    }
}

fn quoted_length(text: &str, quote: char, escapes: bool) -> Option<usize> {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if escapes && character == '\\' {
            characters.next();
        } else if character == quote && characters.next_if(|(_, next)| *next == quote).is_none() {
            return Some(at + 1);
        }
    }
    None
}

/// `$$` or `$tag$`.
fn dollar_tag(text: &str) -> Option<&str> {
    let end = text.get(1..)?.find('$')? + 2;
    let tag = text.get(..end)?;
    let inner = tag.trim_matches('$');
    let is_tag = inner.chars().all(|one| one.is_alphanumeric() || one == '_')
        && !inner.starts_with(|one: char| one.is_ascii_digit());
    is_tag.then_some(tag)
}

fn dollar_length(text: &str) -> Option<usize> {
    let tag = dollar_tag(text)?;
    let end = text.get(tag.len()..)?.find(tag)?;
    Some(end + 2 * tag.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(dialect: Dialect, text: &str) -> Vec<String> {
        let script = Script {
            path: "x.sql".into(),
            text: text.to_owned(),
        };
        let found = statements(&script, dialect).unwrap();
        found
            .iter()
            .map(|statement| statement.text().to_owned())
            .collect()
    }

    #[test]
    fn only_a_semicolon_outside_of_everything_ends_a_statement() {
        let text = "-- a; b\nSELECT ';', E'\\';', \";\" /* ; /* ; */ */;\nSELECT $x$ ; $$ ; $x$ ; ;;DO $$ BEGIN; END $$";
        assert_eq!(
            cut(Dialect::Postgres, text),
            [
                "SELECT ';', E'\\';', \";\" /* ; /* ; */ */",
                "SELECT $x$ ; $$ ; $x$",
                "DO $$ BEGIN; END $$"
            ]
        );
    }

    #[test]
    fn a_trigger_of_sqlite_is_one_statement() {
        let text = "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = 1; DELETE FROM c; END; SELECT 1;";
        assert_eq!(cut(Dialect::Sqlite, text).len(), 2);
        assert_eq!(
            cut(
                Dialect::Postgres,
                "CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f(); SELECT 1"
            )
            .len(),
            2
        );
    }

    #[test]
    fn what_pg_dump_says_to_psql_is_no_statement() {
        let text =
            "\\restrict x;y\nCOPY a (b) FROM stdin;\n1;2\t'\n\\.\nSELECT 1;\n\\unrestrict x\n";
        assert_eq!(
            cut(Dialect::Postgres, text),
            ["COPY a (b) FROM stdin", "SELECT 1"]
        );
    }

    #[test]
    fn what_is_never_closed_is_a_mistake_at_its_place() {
        let script = Script {
            path: "x.sql".into(),
            text: "SELECT 1;\nSELECT 'a;\n".to_owned(),
        };
        let mistake = statements(&script, Dialect::Postgres)
            .unwrap_err()
            .to_string();
        assert!(
            mistake.starts_with("x.sql:2:8: this text has no end"),
            "{mistake}"
        );
    }
}
