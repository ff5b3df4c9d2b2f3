//! What a database is like: its tables, columns and indexes; as the deployed code expects it, and as it is.
//!
//! ```text
//! .prisma ─► SQL ─┐
//! .sql ───────────┼─► scratch database ─► introspection ─┐
//! migrations ─────┘└► parser (PostgreSQL without scratch) ┴─► expectation ─┐
//!                                                                          ├─► difference ─► cause, with the repair
//! live database ──────────────────────────────► introspection ─────────────┘
//! ```

pub(crate) mod cause;
mod ddl;
pub(crate) mod default;
pub(crate) mod difference;
pub(crate) mod expectation;
pub(crate) mod live;
mod migrations;
mod postgres;
mod postgres_type;
mod prisma;
mod repair;
mod scratch;
mod script;
mod sqlite;

/// Which of the two an SQL text is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Dialect {
    Postgres,
    Sqlite,
}

/// A database, as far as the code that uses it can tell.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    pub(crate) dialect: Dialect,
    /// Whether expressions stand as the server prints them, so that two that differ are two.
    pub(crate) printed: bool,
    pub(crate) tables: Vec<Table>,
    /// Of PostgreSQL: the enums.
    pub(crate) enums: Vec<Enum>,
}

/// A table.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Table {
    /// Where the search path does not lead to it.
    pub(crate) schema: Option<String>,
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    /// The primary key is one of them.
    pub(crate) indexes: Vec<Index>,
    pub(crate) form: Form,
    /// Of SQLite: the statement that made it.
    pub(crate) sql: Option<String>,
}

/// How much of a table is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Form {
    /// Everything.
    Table,
    /// It is there, with these columns: a view says nothing of what may be NULL.
    View,
    /// It is to be there; what it is made of was not understood.
    Unread,
}

/// A column.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// The type, in the dialect's own spelling where it is known.
    pub(crate) kind: String,
    pub(crate) nullable: bool,
    pub(crate) given: Given,
}

/// What a column holds where nobody says what.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Given {
    Nothing,
    /// The value of this expression.
    Default(String),
    /// The next number of a sequence (`serial`).
    Sequence,
    /// The next number (`GENERATED … AS IDENTITY`).
    Identity,
    /// Always this expression of other columns.
    Computed(String),
}

/// An index, also one that a constraint made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Index {
    pub(crate) name: Option<String>,
    pub(crate) unique: bool,
    pub(crate) primary: bool,
    /// The names of its columns, in its order.
    pub(crate) columns: Vec<String>,
    /// What comes after `ON "table"` where it has more than columns: expressions, a condition, another method.
    pub(crate) special: Option<String>,
}

/// A type with a list of values.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Enum {
    pub(crate) name: String,
    pub(crate) values: Vec<String>,
}

impl Dialect {
    /// Whether two names mean the same: SQLite keeps their case and does not look at it.
    pub(crate) fn same_name(self, one: &str, other: &str) -> bool {
        match self {
            Self::Postgres => one == other,
            Self::Sqlite => one.eq_ignore_ascii_case(other),
        }
    }
}

impl Table {
    /// Without columns yet.
    pub(crate) fn new(schema: Option<String>, name: String) -> Self {
        Self {
            schema,
            name,
            columns: Vec::new(),
            indexes: Vec::new(),
            form: Form::Table,
            sql: None,
        }
    }

    /// As a person writes it.
    pub(crate) fn shown(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{schema}.{}", self.name),
            None => self.name.clone(),
        }
    }

    /// As a statement writes it.
    pub(crate) fn quoted(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{}.{}", quoted(schema), quoted(&self.name)),
            None => quoted(&self.name),
        }
    }

    pub(crate) fn column(&self, dialect: Dialect, name: &str) -> Option<&Column> {
        let mut columns = self.columns.iter();
        columns.find(|column| dialect.same_name(&column.name, name))
    }

    pub(crate) fn primary_key(&self) -> Option<&Index> {
        self.indexes.iter().find(|index| index.primary)
    }
}

/// An identifier between quotes.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Identifiers between quotes, with commas.
pub(crate) fn quoted_list<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let names: Vec<_> = names.into_iter().map(|name| quoted(name)).collect();
    names.join(", ")
}

/// A text as a literal.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
