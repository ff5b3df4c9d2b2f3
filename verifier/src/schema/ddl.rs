//! SQL for PostgreSQL, read without a server: what tables there are after it.
//!
//! Only statements that make or change tables are read. One of them that is not understood is a mistake with its place, or is said: what
//! it did is never guessed.

mod alteration;
mod column;

use sqlparser::ast::{
    CreateIndex, CreateTable, Expr, Ident, ObjectName, ObjectType, Statement as Sql,
    UserDefinedTypeRepresentation,
};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

use crate::configuration::mistake::Mistake;
use crate::schema::ddl::column::{add_column, add_constraint};
use crate::schema::script::{Script, Statement, statements};
use crate::schema::{Dialect, Enum, Form, Index, Schema, Table};

/// What was read, and what was not.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) schema: Schema,
    pub(super) unread: Vec<String>,
}

/// Reads the scripts, one after the other.
pub(super) fn read(scripts: &[Script]) -> Result<Reading, Mistake> {
    let schema = Schema {
        dialect: Dialect::Postgres,
        printed: false,
        tables: Vec::new(),
        enums: Vec::new(),
    };
    let mut reading = Reading {
        schema,
        unread: Vec::new(),
    };
    for script in scripts {
        for statement in statements(script, Dialect::Postgres)? {
            reading.statement(&statement)?;
        }
    }
    Ok(reading)
}

/// What a statement is to us.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Meaning {
    /// It makes or changes tables.
    Tables,
    /// It may do anything.
    Anything,
    /// Columns and indexes are after it what they were before.
    Nothing,
    /// It is no SQL.
    NoSql,
}

impl Reading {
    fn statement(&mut self, statement: &Statement<'_>) -> Result<(), Mistake> {
        match meaning(statement) {
            Meaning::Nothing => Ok(()),
            Meaning::Anything => {
                self.unread(
                    statement,
                    "what it does to tables is not known without running it; set `scratch_env`",
                );
                Ok(())
            }
            Meaning::NoSql => Err(statement.mistake(
                None,
                "this is no statement of SQL".to_owned(),
                "name a file of SQL for PostgreSQL, as `pg_dump --schema-only` writes it"
                    .to_owned(),
            )),
            Meaning::Tables => {
                if let Some(parsed) = parsed(statement)? {
                    self.apply(statement, parsed);
                }
                Ok(())
            }
        }
    }

    fn unread(&mut self, statement: &Statement<'_>, why: &str) {
        let text = &statement.script.text;
        let before = text.get(..statement.span.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let first: Vec<_> = statement.text().split_whitespace().take(6).collect();
        self.unread.push(format!(
            "{}:{line}: `{} …`: {why}",
            statement.script.path.display(),
            first.join(" ")
        ));
    }

    fn apply(&mut self, statement: &Statement<'_>, parsed: Sql) {
        if let Sql::CreateTable(create) = parsed {
            self.create_table(statement, &create);
        } else if let Sql::AlterTable(alter) = parsed {
            self.alter_table(statement, alter);
        } else if let Sql::CreateIndex(create) = parsed {
            self.create_index(statement, &create);
        } else if let Sql::Drop {
            object_type, names, ..
        } = parsed
        {
            for name in &names {
                self.drop(object_type, name);
            }
        } else if let Sql::CreateType {
            name,
            representation: Some(UserDefinedTypeRepresentation::Enum { labels }),
        } = parsed
        {
            let (_, name) = split(&name);
            let values = labels.into_iter().map(|label| label.value).collect();
            self.schema.enums.push(Enum { name, values });
        }
    }

    fn create_table(&mut self, statement: &Statement<'_>, create: &CreateTable) {
        if create.temporary || self.table(&create.name).is_some() {
            return;
        }
        let (schema, name) = split(&create.name);
        let mut table = Table::new(schema, name);
        let columns_are_elsewhere = create.query.is_some()
            || create.like.is_some()
            || create.inherits.is_some()
            || create.partition_of.is_some()
            || create.clone.is_some();
        if columns_are_elsewhere {
            table.form = Form::Unread;
            self.unread(
                statement,
                "its columns stand elsewhere, so only its name is looked for; set `scratch_env`",
            );
        } else {
            for column in &create.columns {
                add_column(&mut table, column);
            }
            for constraint in &create.constraints {
                add_constraint(&mut table, constraint);
            }
        }
        self.schema.tables.push(table);
    }

    fn create_index(&mut self, statement: &Statement<'_>, create: &CreateIndex) {
        let index = index(create);
        match self.table(&create.table_name) {
            Some(table) => table.indexes.push(index),
            None => self.unread(statement, "nothing before it makes the table"),
        }
    }

    fn drop(&mut self, what: ObjectType, name: &ObjectName) {
        let (schema, name) = split(name);
        if what == ObjectType::Table {
            self.schema
                .tables
                .retain(|table| table.name != name || table.schema != schema);
        } else if what == ObjectType::Index {
            for table in &mut self.schema.tables {
                table
                    .indexes
                    .retain(|index| index.name.as_deref() != Some(&name));
            }
        } else if what == ObjectType::Type {
            self.schema.enums.retain(|known| known.name != name);
        }
    }

    fn table(&mut self, name: &ObjectName) -> Option<&mut Table> {
        let (schema, name) = split(name);
        let mut tables = self.schema.tables.iter_mut();
        tables.find(|table| table.name == name && table.schema == schema)
    }
}

fn meaning(statement: &Statement<'_>) -> Meaning {
    let words: Vec<&str> = statement.words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["CREATE", "TEMP" | "TEMPORARY" | "LOCAL" | "GLOBAL", ..] => Meaning::Nothing,
        ["CREATE", "TABLE" | "UNLOGGED" | "INDEX", ..]
        | ["CREATE", "UNIQUE", "INDEX", ..]
        | ["ALTER", "TABLE", ..]
        | ["DROP", "TABLE" | "INDEX" | "TYPE", ..]
        | ["CREATE", "TYPE", .., "AS", "ENUM"] => Meaning::Tables,
        ["CREATE", "FOREIGN", "TABLE", ..] | ["DO" | "CALL" | "IMPORT", ..] => Meaning::Anything,
        [first, ..] if NEITHER_TABLES_NOR_INDEXES.contains(first) => Meaning::Nothing,
        [..] => Meaning::NoSql,
    }
}

/// Parses it; nothing where what the library does not read changes no column.
fn parsed(statement: &Statement<'_>) -> Result<Option<Sql>, Mistake> {
    let error = match parse(statement.text()) {
        Ok(parsed) => return Ok(parsed),
        Err(error) => error,
    };
    // pg_dump writes the options of the sequence behind it.
    if statement.says(&["ADD", "GENERATED"])
        && let Some(at) = statement.text().to_uppercase().find(IDENTITY)
        && let Some(Ok(parsed)) = statement.text().get(..at + IDENTITY.len()).map(parse)
    {
        return Ok(parsed);
    }
    if statement.begins(&["ALTER", "TABLE"]) && is_harmless(statement) {
        return Ok(None);
    }
    let at = place(statement.text(), &error);
    let said = error.trim_start_matches("sql parser error: ");
    let said = said.split(" at Line:").next().unwrap_or(said);
    Err(statement.mistake(
        at,
        format!("this SQL is not understood: {said}"),
        "mend it if PostgreSQL does not take it either; if it does, set `scratch_env`, and PostgreSQL itself reads it".to_owned(),
    ))
}

/// Whether it says that it does nothing which is looked at here.
fn is_harmless(statement: &Statement<'_>) -> bool {
    HARMLESS.iter().any(|words| statement.says(words))
}

fn parse(text: &str) -> Result<Option<Sql>, String> {
    let parsed = Parser::parse_sql(&PostgreSqlDialect {}, text);
    parsed
        .map(|mut found| found.pop())
        .map_err(|error| error.to_string())
}

/// Out of "… at Line: 2, Column: 5".
fn place(text: &str, error: &str) -> Option<usize> {
    let (_, place) = error.rsplit_once("Line: ")?;
    let (line, column) = place.split_once(", Column: ")?;
    let (line, column): (usize, usize) = (line.parse().ok()?, column.trim().parse().ok()?);
    let start: usize = text
        .split_inclusive('\n')
        .take(line.checked_sub(1)?)
        .map(str::len)
        .sum();
    let within = text
        .get(start..)?
        .chars()
        .take(column.checked_sub(1)?)
        .map(char::len_utf8)
        .sum::<usize>();
    Some(start + within)
}

/// A name that stands without quotes is in small letters. `public` is where the search path leads.
fn split(name: &ObjectName) -> (Option<String>, String) {
    let mut parts = name
        .0
        .iter()
        .rev()
        .filter_map(|part| part.as_ident())
        .map(plain);
    let last = parts.next().unwrap_or_default();
    (parts.next().filter(|schema| schema != "public"), last)
}

fn plain(ident: &Ident) -> String {
    match ident.quote_style {
        Some(_) => ident.value.clone(),
        None => ident.value.to_lowercase(),
    }
}

/// The column, where it is nothing more.
fn column_of(part: &Expr) -> Option<String> {
    if let Expr::Identifier(name) = part {
        Some(plain(name))
    } else {
        None
    }
}

fn index(create: &CreateIndex) -> Index {
    let columns: Vec<_> = create
        .columns
        .iter()
        .map(|part| column_of(&part.column.expr))
        .collect();
    let method = create.using.as_ref().map_or("btree".to_owned(), |method| {
        method.to_string().to_lowercase()
    });
    let is_special =
        columns.iter().any(Option::is_none) || create.predicate.is_some() || method != "btree";
    let parts: Vec<_> = create.columns.iter().map(ToString::to_string).collect();
    let condition = create
        .predicate
        .as_ref()
        .map_or(String::new(), |condition| format!(" WHERE {condition}"));
    Index {
        name: create.name.as_ref().map(|name| split(name).1),
        unique: create.unique,
        primary: false,
        columns: columns.into_iter().flatten().collect(),
        special: is_special.then(|| format!("USING {method} ({}){condition}", parts.join(", "))),
    }
}

const IDENTITY: &str = "AS IDENTITY";

/// What statements begin with that leave columns and indexes alone, or are of no kind that we look at.
const NEITHER_TABLES_NOR_INDEXES: &[&str] = &[
    "ABORT",
    "ALTER",
    "ANALYZE",
    "BEGIN",
    "CHECKPOINT",
    "CLUSTER",
    "COMMENT",
    "COMMIT",
    "COPY",
    "CREATE",
    "DEALLOCATE",
    "DELETE",
    "DISCARD",
    "DROP",
    "END",
    "EXECUTE",
    "EXPLAIN",
    "GRANT",
    "INSERT",
    "LISTEN",
    "LOCK",
    "MERGE",
    "NOTIFY",
    "PREPARE",
    "REASSIGN",
    "REFRESH",
    "REINDEX",
    "RELEASE",
    "RESET",
    "REVOKE",
    "ROLLBACK",
    "SAVEPOINT",
    "SECURITY",
    "SELECT",
    "SET",
    "SHOW",
    "START",
    "TRUNCATE",
    "UPDATE",
    "VACUUM",
    "VALUES",
    "WITH",
];

/// What ALTER TABLE does besides, to no column, default or index.
const HARMLESS: &[&[&str]] = &[
    &["OWNER", "TO"],
    &["ENABLE"],
    &["DISABLE"],
    &["CLUSTER", "ON"],
    &["WITHOUT", "CLUSTER"],
    &["REPLICA", "IDENTITY"],
    &["ATTACH", "PARTITION"],
    &["DETACH", "PARTITION"],
    &["SET", "STATISTICS"],
    &["SET", "STORAGE"],
    &["SET", "COMPRESSION"],
    &["SET", "TABLESPACE"],
    &["SET", "ACCESS"],
    &["SET", "SCHEMA", "PUBLIC"],
    &["VALIDATE", "CONSTRAINT"],
    &["ALTER", "CONSTRAINT"],
    &["FORCE", "ROW"],
    &["NO", "FORCE"],
    &["EXCLUDE", "USING"],
];

#[cfg(test)]
mod tests;
