//! The names that stand in braces in templates, and what they stand for in a run.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

/// A name: a small letter, then small letters, digits and `_`.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Name(String);

impl Name {
    pub(crate) fn parse(text: &str) -> Result<Self, NotAName> {
        let may_follow =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.bytes().all(may_follow)
        {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAName(text.to_owned()))
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The variable that stands for the value in a printed command.
    pub(crate) fn as_variable(&self) -> String {
        self.0.to_ascii_uppercase()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}", self.0)
    }
}

/// A text that is no name.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct NotAName(String);

impl fmt::Display for NotAName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no name: expected a small letter, then small letters, digits and `_`",
            self.0
        )
    }
}

/// A name that is known without being captured.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum BuiltIn {
    /// Where users reach their app: the gate, where there is one.
    App,
    /// The created user's e-mail address.
    Email,
    /// The gate's address.
    Gate,
    /// The identity service's address.
    Identity,
    /// The created user's password.
    Password,
    /// The random id of this run.
    Run,
    /// The token of the log-in.
    Token,
    /// The created user's name.
    Username,
}

impl BuiltIn {
    pub(crate) const ALL: [Self; 8] = [
        Self::App,
        Self::Email,
        Self::Gate,
        Self::Identity,
        Self::Password,
        Self::Run,
        Self::Token,
        Self::Username,
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Email => "email",
            Self::Gate => "gate",
            Self::Identity => "identity",
            Self::Password => "password",
            Self::Run => "run",
            Self::Token => "token",
            Self::Username => "username",
        }
    }

    /// Whether it says where the deployment is: not whose turn it is.
    pub(super) const fn is_an_address(self) -> bool {
        match self {
            Self::App | Self::Gate | Self::Identity => true,
            Self::Email | Self::Password | Self::Run | Self::Token | Self::Username => false,
        }
    }

    pub(crate) fn name(self) -> Name {
        Name(self.word().to_owned())
    }
}

/// What the names stand for.
#[derive(Clone, Debug)]
pub(crate) struct Values {
    known: BTreeMap<Name, Value>,
    unknown: Unknown,
}

/// What becomes of a name that stands for nothing yet.
#[derive(Clone, Copy, Debug)]
enum Unknown {
    /// It stands for itself, in braces: in a plan.
    Shown,
    /// It cannot be filled.
    Unfilled,
}

impl Values {
    pub(crate) fn of(known: impl IntoIterator<Item = (Name, Value)>) -> Self {
        Self {
            known: known.into_iter().collect(),
            unknown: Unknown::Unfilled,
        }
    }

    /// The same, with every other name left as it stands.
    pub(crate) fn with_placeholders(self) -> Self {
        Self {
            unknown: Unknown::Shown,
            ..self
        }
    }

    pub(crate) fn set(&mut self, name: Name, value: Value) {
        self.known.insert(name, value);
    }

    pub(crate) fn get(&self, name: &Name) -> Result<Value, Unfilled> {
        match (self.known.get(name), self.unknown) {
            (Some(value), _) => Ok(value.clone()),
            (None, Unknown::Shown) => Ok(Value::String(name.to_string())),
            (None, Unknown::Unfilled) => Err(Unfilled(name.clone())),
        }
    }
}

/// The text that a value is in the middle of another text.
pub(crate) fn text_of_value(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// A name that stands for nothing yet: the request that captures it was not answered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Unfilled(pub(crate) Name);

impl fmt::Display for Unfilled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is needed, and no answer has given it in this run",
            self.0
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_of_small_letters_digits_and_underscores() {
        for text in ["a", "user_id", "t0"] {
            assert!(Name::parse(text).is_ok(), "{text}");
        }
        for text in ["", "A", "0a", "_a", "a b", "a-b", "ä"] {
            assert!(Name::parse(text).is_err(), "{text}");
        }
        for built_in in BuiltIn::ALL {
            assert_eq!(Name::parse(built_in.word()), Ok(built_in.name()));
        }
    }
}
