//! `usher contract …`: the contract of the statuses, printed for programs that are not written in Rust.

use std::fmt;
use std::str::FromStr;

use policy::contract::sql::table::{Columns, Identifier, NoIdentifier, SameColumn, Table};
use policy::contract::sql::{self, Dialect, FirstStatus};
use policy::contract::{json_schema, markdown, typescript};

use crate::arguments::{Contract, ContractSql, DialectName};
use crate::outcome::ExitCode;
use crate::outlet::Outlet;

/// Writes what is wanted to standard output, and nothing else.
pub(crate) fn print(wanted: &Contract, outlet: &Outlet<'_>) -> Result<ExitCode, ContractError> {
    let text = match wanted {
        Contract::JsonSchema => format!("{:#}\n", json_schema::schema()),
        Contract::Markdown => markdown::statuses(),
        Contract::Sql(options) => script(options)?,
        Contract::Typescript => typescript::module(),
    };
    outlet.report(&text);
    Ok(ExitCode::Passed)
}

fn script(options: &ContractSql) -> Result<String, ContractError> {
    let dialect = match (options.dialect, &options.table.schema) {
        (DialectName::Postgres, schema) => Dialect::Postgres {
            schema: schema.clone(),
        },
        (DialectName::Sqlite, None) => Dialect::Sqlite,
        (DialectName::Sqlite, Some(schema)) => {
            return Err(ContractError::SchemaInSqlite(schema.clone()));
        }
    };
    let columns = Columns::new(
        options.key_column.clone(),
        options.status_column.clone(),
        options.suspended_from_column.clone(),
    );
    let table = Table {
        name: options.table.name.clone(),
        columns: columns.map_err(ContractError::SameColumn)?,
        first: if options.any_first_status {
            FirstStatus::Any
        } else {
            FirstStatus::First
        },
    };
    Ok(sql::script(&dialect, &table))
}

/// A table as it is named on the command line: `NAME` or `SCHEMA.NAME`.
#[derive(Clone, Debug)]
pub(crate) struct TableName {
    pub(crate) schema: Option<Identifier>,
    pub(crate) name: Identifier,
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => self.name.fmt(f),
        }
    }
}

impl FromStr for TableName {
    type Err = NoIdentifier;

    fn from_str(text: &str) -> Result<Self, NoIdentifier> {
        Ok(match text.split_once('.') {
            Some((schema, name)) => Self {
                schema: Some(Identifier::parse(schema)?),
                name: Identifier::parse(name)?,
            },
            None => Self {
                schema: None,
                name: Identifier::parse(text)?,
            },
        })
    }
}

/// Options that do not go together.
#[derive(Debug)]
pub(crate) enum ContractError {
    SameColumn(SameColumn),
    SchemaInSqlite(Identifier),
}

impl fmt::Display for ContractError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SameColumn(error) => error.fmt(f),
            Self::SchemaInSqlite(schema) => write!(
                f,
                "a table of SQLite has no schema; leave `{schema}.` out of --table"
            ),
        }
    }
}
