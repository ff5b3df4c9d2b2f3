//! `--report FORMAT[=FILE]`: how a run is reported, and where to.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// One report of a run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ReportTo {
    pub(crate) format: RunFormat,
    /// Standard output if none.
    pub(crate) file: Option<PathBuf>,
}

/// The formats of a run's report.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum RunFormat {
    /// Workflow commands of GitHub Actions, which become annotations.
    Github,
    /// One page that needs nothing else.
    Html,
    /// For a person at a terminal.
    Human,
    /// Everything, as one object.
    Json,
    /// What CI servers read: a case a step.
    Junit,
    /// The Test Anything Protocol, version 14.
    Tap,
}

impl RunFormat {
    pub(crate) const ALL: [Self; 6] = [
        Self::Github,
        Self::Html,
        Self::Human,
        Self::Json,
        Self::Junit,
        Self::Tap,
    ];

    /// Its name on the command line.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Html => "html",
            Self::Human => "human",
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Tap => "tap",
        }
    }
}

impl FromStr for ReportTo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (word, file) = match text.split_once('=') {
            Some((word, file)) => (word, Some(file)),
            None => (text, None),
        };
        if file.is_some_and(str::is_empty) {
            return Err(format!("give a file after `{word}=`, or leave the `=` out"));
        }
        let format = RunFormat::ALL.into_iter().find(|one| one.word() == word);
        let words = RunFormat::ALL.map(RunFormat::word).join(", ");
        let format =
            format.ok_or_else(|| format!("there is no format `{word}`; give one of {words}"))?;
        Ok(Self {
            format,
            file: file.map(PathBuf::from),
        })
    }
}

impl fmt::Display for ReportTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.format.word())?;
        match &self.file {
            Some(file) => write!(f, "={}", file.display()),
            None => Ok(()),
        }
    }
}

/// Why these reports cannot be written together.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Clash {
    /// Two would be written to one file.
    File(PathBuf),
    /// Two would be written to standard output.
    StandardOutput,
}

impl fmt::Display for Clash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => write!(
                f,
                "two reports go to {}: give each --report a file of its own",
                file.display()
            ),
            Self::StandardOutput => f.write_str(
                "two reports go to standard output: give all but one --report a file, as in `--report junit=usher.xml`",
            ),
        }
    }
}

/// Whether every report has a place of its own.
pub(crate) fn apart(reports: &[ReportTo]) -> Result<(), Clash> {
    for (number, report) in reports.iter().enumerate() {
        let before = reports.iter().take(number);
        if before.into_iter().any(|other| other.file == report.file) {
            return Err(match &report.file {
                Some(file) => Clash::File(file.clone()),
                None => Clash::StandardOutput,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reports(texts: &[&str]) -> Vec<ReportTo> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn a_report_is_written_as_it_is_read() {
        for text in ["human", "json", "junit=target/usher.xml", "html=a=b.html"] {
            assert_eq!(reports(&[text])[0].to_string(), text);
        }
        for (text, complaint) in [
            ("xml", "one of"),
            ("junit=", "a file after"),
            ("", "one of"),
        ] {
            let error = text.parse::<ReportTo>().unwrap_err();
            assert!(error.contains(complaint), "{error}");
        }
    }

    #[test]
    fn no_two_reports_are_mixed() {
        assert_eq!(apart(&reports(&["human", "junit=a", "json=b"])), Ok(()));
        assert_eq!(
            apart(&reports(&["human", "json"])),
            Err(Clash::StandardOutput)
        );
        assert_eq!(
            apart(&reports(&["junit=a", "json=a"])),
            Err(Clash::File("a".into()))
        );
    }
}
