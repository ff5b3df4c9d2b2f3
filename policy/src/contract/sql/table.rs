//! The table that holds instances, as an operator names it.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use crate::contract::sql::FirstStatus;

/// A table of instances: its name, its columns, and what a new row may begin as.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Table {
    /// Its name.
    pub name: Identifier,
    /// Its columns.
    pub columns: Columns,
    /// What a new row may begin as.
    pub first: FirstStatus,
}

impl Table {
    /// The table of the registry: `instances (id, status, suspended_from)`.
    pub fn of_the_registry() -> Self {
        Self {
            name: Identifier("instances".to_owned()),
            columns: Columns::default(),
            first: FirstStatus::First,
        }
    }

    /// The column that says which instance it is.
    pub fn key(&self) -> &Identifier {
        &self.columns.key
    }

    /// The column that holds the status.
    pub fn status(&self) -> &Identifier {
        &self.columns.status
    }

    /// The column that holds what a suspended instance was before.
    pub fn suspended_from(&self) -> &Identifier {
        &self.columns.suspended_from
    }
}

/// Three different columns.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Columns {
    key: Identifier,
    status: Identifier,
    suspended_from: Identifier,
}

impl Columns {
    /// Takes three names. SQLite does not tell columns apart by case, so names that differ in nothing else are one.
    pub fn new(
        key: Identifier,
        status: Identifier,
        suspended_from: Identifier,
    ) -> Result<Self, SameColumn> {
        for (one, other) in [
            (&key, &status),
            (&key, &suspended_from),
            (&status, &suspended_from),
        ] {
            if one.0.eq_ignore_ascii_case(&other.0) {
                return Err(SameColumn(one.clone()));
            }
        }
        Ok(Self {
            key,
            status,
            suspended_from,
        })
    }
}

impl Columns {
    /// The column that holds the status.
    pub fn status(&self) -> &Identifier {
        &self.status
    }

    /// The column that holds what a suspended instance was before.
    pub fn suspended_from(&self) -> &Identifier {
        &self.suspended_from
    }
}

impl Default for Columns {
    fn default() -> Self {
        Self {
            key: Identifier("id".to_owned()),
            status: Identifier("status".to_owned()),
            suspended_from: Identifier("suspended_from".to_owned()),
        }
    }
}

/// The name of a table, a column or a schema, exactly as the database stores it. It is quoted wherever it is written, so that it
/// may be a word of SQL; it is plain all the same, so that nothing has to be escaped.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Identifier(String);

impl Identifier {
    /// Longest name in bytes. PostgreSQL cuts names after 63, and what is named after a table has up to 13 more: two tables must
    /// not end up with one function.
    pub const MAX_BYTES: usize = 50;

    /// Takes `[A-Za-z_][A-Za-z0-9_]*`.
    pub fn parse(name: &str) -> Result<Self, NoIdentifier> {
        let begins = name
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        let plain = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !(begins && plain) {
            return Err(NoIdentifier::Characters(name.to_owned()));
        }
        if name.len() > Self::MAX_BYTES {
            return Err(NoIdentifier::TooLong(name.to_owned()));
        }
        Ok(Self(name.to_owned()))
    }

    /// The name without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As SQL of either dialect.
    pub fn quoted(&self) -> Quoted<'_> {
        Quoted(&self.0)
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An identifier in double quotes.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0)
    }
}

/// A text that is no name of ours.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum NoIdentifier {
    /// It is empty, begins with a digit, or has something else than letters, digits and underscores.
    Characters(String),
    /// It is longer than [`Identifier::MAX_BYTES`].
    TooLong(String),
}

impl fmt::Display for NoIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Characters(name) => write!(
                f,
                "`{name}` is no plain name; use letters, digits and underscores, and begin with no digit"
            ),
            Self::TooLong(name) => write!(
                f,
                "`{name}` is longer than {} characters, which PostgreSQL would cut in the names made of it",
                Identifier::MAX_BYTES
            ),
        }
    }
}

impl core::error::Error for NoIdentifier {}

/// One column cannot hold two things.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SameColumn(pub Identifier);

impl fmt::Display for SameColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the column `{}` is named twice; the key, the status and what it was suspended from are three columns",
            self.0
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_would_need_escaping_is_a_name() {
        for name in [
            "", "1a", "a b", "a\"b", "a'b", "a;b", "a.b", "a-b", "naïve", "a\0", "a\n", "a%", "a`",
        ] {
            assert_eq!(
                Identifier::parse(name),
                Err(NoIdentifier::Characters(name.to_owned()))
            );
        }
        for name in ["a", "_", "Instances", "user_instances_2", "select"] {
            assert_eq!(Identifier::parse(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn a_name_that_postgres_would_cut_is_none() {
        let longest = "x".repeat(Identifier::MAX_BYTES);
        assert!(Identifier::parse(&longest).is_ok());
        let longer = longest + "x";
        assert_eq!(
            Identifier::parse(&longer),
            Err(NoIdentifier::TooLong(longer))
        );
    }

    #[test]
    fn one_column_is_never_two() {
        let name = |name: &str| Identifier::parse(name).unwrap();
        assert!(Columns::new(name("a"), name("b"), name("c")).is_ok());
        for (key, status, from) in [("a", "A", "c"), ("a", "b", "a"), ("a", "c", "C")] {
            assert!(Columns::new(name(key), name(status), name(from)).is_err());
        }
    }
}
