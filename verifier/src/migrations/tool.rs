//! The tools that apply migrations, and where each keeps its history.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::configuration::suggestion::closest;

/// What applies migrations and keeps a history of it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Tool {
    /// Alembic, of `SQLAlchemy`.
    Alembic,
    /// Cloudflare D1, through wrangler.
    D1,
    /// Flyway.
    Flyway,
    /// A folder of SQL files, and a table with their names.
    Plain,
    /// Prisma Migrate.
    Prisma,
    /// Active Record of Rails.
    Rails,
    /// sqlx, of Rust.
    Sqlx,
}

impl Tool {
    pub(crate) const ALL: [Self; 7] = [
        Self::Alembic,
        Self::D1,
        Self::Flyway,
        Self::Plain,
        Self::Prisma,
        Self::Rails,
        Self::Sqlx,
    ];

    /// The name in usher.toml and on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Alembic => "alembic",
            Self::D1 => "d1",
            Self::Flyway => "flyway",
            Self::Plain => "plain",
            Self::Prisma => "prisma",
            Self::Rails => "rails",
            Self::Sqlx => "sqlx",
        }
    }

    /// The name for people.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Alembic => "Alembic",
            Self::D1 => "wrangler D1",
            Self::Flyway => "Flyway",
            Self::Plain => "plain files",
            Self::Prisma => "Prisma",
            Self::Rails => "Rails",
            Self::Sqlx => "sqlx",
        }
    }

    /// The table of its history, unless it was given another name; plain files have none that is usual.
    pub(crate) const fn usual_table(self) -> Option<&'static str> {
        match self {
            Self::Alembic => Some("alembic_version"),
            Self::D1 => Some("d1_migrations"),
            Self::Flyway => Some("flyway_schema_history"),
            Self::Plain => None,
            Self::Prisma => Some("_prisma_migrations"),
            Self::Rails => Some("schema_migrations"),
            Self::Sqlx => Some("_sqlx_migrations"),
        }
    }
}

impl FromStr for Tool {
    type Err = UnknownTool;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.into_iter();
        all.find(|tool| tool.name() == name)
            .ok_or_else(|| UnknownTool(closest(name, Self::ALL.map(Self::name))))
    }
}

/// No tool has this name; perhaps the closest one was meant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UnknownTool(Option<&'static str>);

impl fmt::Display for UnknownTool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(right) => write!(f, "did you mean `{right}`?"),
            None => write!(
                f,
                "expected one of {}",
                Tool::ALL.map(Tool::name).join(", ")
            ),
        }
    }
}

impl std::error::Error for UnknownTool {}
