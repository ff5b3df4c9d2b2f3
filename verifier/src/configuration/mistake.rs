//! What can be wrong with usher.toml, said in one message: what, where, and the cure.

use std::fmt::{self, Write as _};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::configuration::suggestion::closest;

/// Why there is no configuration.
#[derive(Debug)]
pub(crate) enum ConfigurationError {
    /// The file is empty, or holds comments only.
    Empty(PathBuf),
    /// Something in the file is wrong.
    Mistake(Box<Mistake>),
    /// There is no such file.
    Missing {
        path: PathBuf,
        directory: Option<PathBuf>,
    },
    /// The file is there, but cannot be read.
    Unreadable { path: PathBuf, error: io::Error },
}

/// Something wrong at one place of the file.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Mistake {
    file: PathBuf,
    place: Option<Place>,
    sentence: String,
    cure: Option<String>,
}

#[derive(Debug, Eq, PartialEq)]
struct Place {
    line_number: usize,
    column: usize,
    line: String,
    width: usize,
}

impl Mistake {
    /// A mistake of our own finding.
    pub(crate) fn at(
        file: &Path,
        text: &str,
        span: &Range<usize>,
        sentence: String,
        cure: Option<String>,
    ) -> Self {
        Self {
            file: file.to_owned(),
            place: Place::of(text, span),
            sentence,
            cure,
        }
    }

    /// A mistake that reading the TOML found, with a suggestion if one of the expected names is close.
    pub(crate) fn from_toml(file: &Path, text: &str, error: &toml::de::Error) -> Self {
        let said = error
            .message()
            .trim()
            .replace("unknown field", "unknown key")
            .replace("missing field", "missing key");
        let place = error.span().and_then(|span| Place::of(text, &span));
        let cure = suggestion(&said);
        let sentence = match said.split_once(", expected ") {
            // Whoever is told the right name need not read all of them.
            Some((wrong, _others)) if cure.is_some() => wrong.to_owned(),
            Some(_) | None => said,
        };
        Self {
            file: file.to_owned(),
            place,
            sentence,
            cure,
        }
    }
}

/// It says "unknown key `tokn`, expected one of `url`, `token`": the first name is the wrong one, the others would do.
fn suggestion(sentence: &str) -> Option<String> {
    if !sentence.starts_with("unknown ") {
        return None;
    }
    let mut names = sentence.split('`').skip(1).step_by(2);
    let wrong = names.next()?;
    closest(wrong, names).map(|right| format!("did you mean `{right}`?"))
}

impl Place {
    fn of(text: &str, span: &Range<usize>) -> Option<Self> {
        let before = text.get(..span.start)?;
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = text.get(line_start..)?.lines().next().unwrap_or_default();
        let column = before.get(line_start..)?.chars().count();
        let marked = text.get(span.clone())?.lines().next().unwrap_or_default();
        let width = marked
            .chars()
            .count()
            .clamp(1, line.chars().count().saturating_sub(column).max(1));
        Some(Self {
            line_number: before.matches('\n').count() + 1,
            column: column + 1,
            line: line.to_owned(),
            width,
        })
    }
}

impl From<Mistake> for ConfigurationError {
    fn from(mistake: Mistake) -> Self {
        Self::Mistake(Box::new(mistake))
    }
}

impl fmt::Display for ConfigurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty(path) => write!(
                f,
                "`{}` is empty; it needs at least [target], [register], [log_in] and [instance]",
                path.display()
            ),
            Self::Mistake(mistake) => mistake.fmt(f),
            Self::Missing { path, directory } => {
                write!(f, "found no `{}`", path.display())?;
                if let Some(directory) = directory {
                    write!(f, " in {}", directory.display())?;
                }
                f.write_str("; describe the deployment in such a file, or name another one with --config FILE")
            }
            Self::Unreadable { path, error } => {
                write!(f, "cannot read `{}`: {error}", path.display())
            }
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        match &self.place {
            None => write!(f, "{file}: {}", self.sentence)?,
            Some(place) => {
                let number = place.line_number.to_string();
                let margin = " ".repeat(number.len());
                writeln!(f, "{file}:{number}:{}: {}", place.column, self.sentence)?;
                writeln!(f, " {margin} |")?;
                writeln!(f, " {number} | {}", place.line)?;
                write!(
                    f,
                    " {margin} | {}{}",
                    " ".repeat(place.column - 1),
                    "^".repeat(place.width)
                )?;
            }
        }
        if let Some(cure) = &self.cure {
            f.write_str("\nhint: ")?;
            f.write_str(cure)?;
        }
        f.write_char('\n')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_shows_its_line_and_points_at_it() {
        let text = "[a]\nkey = 1\nüx = 2\n";
        let start = text.find('x').unwrap();
        let mistake = Mistake::at(
            Path::new("f.toml"),
            text,
            &(start..start + 5),
            "odd".into(),
            Some("even".into()),
        );
        assert_eq!(
            mistake.to_string(),
            "f.toml:3:2: odd\n   |\n 3 | üx = 2\n   |  ^^^^^\nhint: even\n"
        );
    }

    #[test]
    fn a_span_outside_of_the_text_loses_the_snippet_not_the_sentence() {
        let mistake = Mistake::at(Path::new("f.toml"), "a", &(7..9), "odd".into(), None);
        assert_eq!(mistake.to_string(), "f.toml: odd\n");
    }
}
