//! `usher init`: a commented usher.toml to begin with, from a preset or from what somebody answers.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, BufRead, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use clap::ValueEnum as _;

use crate::arguments::Init;
use crate::configuration::address::BaseUrl;
use crate::configuration::schema::schema;
use crate::outcome::ExitCode;
use crate::outlet::Outlet;
use crate::preset::{Addresses, FrontAddress, Preset};

/// Writes the file, and its schema beside it; neither is ever written over.
pub(crate) fn init(options: &Init, outlet: &Outlet<'_>) -> Result<ExitCode, InitError> {
    if options.file.exists() {
        return Err(InitError::IsThere(options.file.clone()));
    }
    let (preset, addresses) = match options.preset {
        Some(preset) => (preset, given(options)),
        None if io::stdin().is_terminal() => {
            ask(&mut io::stdin().lock(), &|text| outlet.talk(text))?
        }
        None => return Err(InitError::NobodyToAsk),
    };
    write_new(&options.file, &preset.text(&addresses))?;
    let schema_file = options.file.with_file_name("usher.schema.json");
    let schema = match write_new(&schema_file, &format!("{:#}\n", schema())) {
        Ok(()) => format!("wrote {} for editors\n", schema_file.display()),
        Err(InitError::IsThere(path)) => format!("left {} as it is\n", path.display()),
        Err(error @ (InitError::Answer(_) | InitError::NobodyToAsk | InitError::Write { .. })) => {
            return Err(error);
        }
    };
    let config = crate::configuration::config_option(&options.file);
    outlet.report(&format!(
        "wrote {}\n{schema}Change what differs. `usher verify --plan {config}` shows what would be sent, and sends nothing.\n",
        options.file.display()
    ));
    Ok(ExitCode::Passed)
}

fn given(options: &Init) -> Addresses {
    Addresses {
        front: match &options.app {
            Some(app) => FrontAddress::App(app.clone()),
            None => FrontAddress::Gate(options.gate.clone()),
        },
        identity: options.identity.clone(),
    }
}

/// Asks until every answer is one; the end of the input is none.
fn ask(answers: &mut impl BufRead, talk: &dyn Fn(&str)) -> Result<(Preset, Addresses), InitError> {
    talk("How do your users log in?\n");
    for preset in Preset::value_variants() {
        if let Some(value) = preset.to_possible_value() {
            let help = value.get_help().map(ToString::to_string);
            let help = help.unwrap_or_default();
            talk(&format!("  {:10} {help}\n", value.get_name()));
        }
    }
    let preset = until_right(answers, talk, "One of these: ", |answer| {
        Preset::from_str(answer, true)
            .map_err(|_| "expected one of the words on the left".to_owned())
    })?;
    let has_gate = until_right(
        answers,
        talk,
        "Is Usher's gate in front of your apps? yes or no: ",
        |answer| match answer {
            "yes" | "y" => Ok(true),
            "no" | "n" => Ok(false),
            _ => Err("expected `yes` or `no`".to_owned()),
        },
    )?;
    let address = |answer: &str| BaseUrl::parse(answer).map_err(|error| error.to_string());
    let front = if has_gate {
        let gate = until_right(answers, talk, "The public address of the gate: ", address)?;
        FrontAddress::Gate(Some(gate))
    } else {
        let app = until_right(
            answers,
            talk,
            "The address where users reach their app: ",
            address,
        )?;
        FrontAddress::App(app)
    };
    let question = format!(
        "The address of the service that registers users [{}]: ",
        preset.usual_identity()
    );
    let identity = until_right(answers, talk, &question, |answer| match answer {
        "" => Ok(None),
        given => address(given).map(Some),
    })?;
    Ok((preset, Addresses { front, identity }))
}

fn until_right<T>(
    answers: &mut impl BufRead,
    talk: &dyn Fn(&str),
    question: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<T, InitError> {
    loop {
        talk(question);
        let mut line = String::new();
        let bytes = answers.read_line(&mut line).map_err(InitError::Answer)?;
        if bytes == 0 {
            return Err(InitError::NobodyToAsk);
        }
        match read(line.trim()) {
            Ok(answer) => return Ok(answer),
            Err(wrong) => talk(&format!("{wrong}\n")),
        }
    }
}

/// Makes a file that was not there.
fn write_new(path: &Path, text: &str) -> Result<(), InitError> {
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(text.as_bytes())
    };
    write().map_err(|error| {
        let path = path.to_owned();
        if error.kind() == io::ErrorKind::AlreadyExists {
            InitError::IsThere(path)
        } else {
            InitError::Write { path, error }
        }
    })
}

/// Why no file was written.
#[derive(Debug)]
pub(crate) enum InitError {
    /// An answer could not be read.
    Answer(io::Error),
    /// The file is there already.
    IsThere(PathBuf),
    /// Nothing says which preset, and nobody can be asked.
    NobodyToAsk,
    /// It cannot be written.
    Write { path: PathBuf, error: io::Error },
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(error) => write!(f, "cannot read the answer: {error}"),
            Self::IsThere(path) => write!(
                f,
                "`{}` is there already and was not touched; name another file, or move that one away",
                path.display()
            ),
            Self::NobodyToAsk => {
                let presets = Preset::value_variants().iter();
                let names: Vec<_> = presets
                    .filter_map(|preset| Some(preset.to_possible_value()?.get_name().to_owned()))
                    .collect();
                write!(
                    f,
                    "nobody can be asked, because standard input is no terminal; say how your users log in with --preset, one of {}",
                    names.join(", ")
                )
            }
            Self::Write { path, error } => {
                write!(f, "cannot write `{}`: {error}", path.display())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn answers_are_asked_for_until_they_are_right() {
        let said = RefCell::new(String::new());
        let talk = |text: &str| said.borrow_mut().push_str(text);
        let mut answers =
            "oauth\nAuth0\nmaybe\nno\nwww.example.com\nhttps://www.example.com\n\n".as_bytes();
        let (preset, addresses) = ask(&mut answers, &talk).unwrap();
        assert_eq!(preset, Preset::Auth0);
        let text = preset.text(&addresses);
        assert!(text.contains("app = \"https://www.example.com\""), "{text}");
        assert!(
            text.contains("identity = \"https://your-tenant.eu.auth0.com\""),
            "{text}"
        );
        for wrong in ["one of the words", "`yes` or `no`", "expected an address"] {
            assert_eq!(said.borrow().matches(wrong).count(), 1, "{wrong}");
        }
        let mut cut_off = "own\n".as_bytes();
        assert!(matches!(
            ask(&mut cut_off, &talk),
            Err(InitError::NobodyToAsk)
        ));
    }
}
