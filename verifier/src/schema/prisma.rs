//! A Prisma schema, made into the SQL that `prisma migrate diff --script` makes of it: tables, columns, keys and indexes.
//!
//! Foreign keys are left out, which are neither columns nor indexes. <https://www.prisma.io/docs/orm/reference/prisma-schema-reference>

mod attribute;
mod document;
mod field_type;
mod join_table;

use std::fs;
use std::io;
use std::path::Path;

use crate::configuration::mistake::Mistake;
use crate::schema::expectation::ExpectationError;
use crate::schema::prisma::attribute::Attribute;
use crate::schema::prisma::document::{Block, BlockKind, Document, Field};
use crate::schema::prisma::field_type::{Arity, column_type, default};
use crate::schema::script::Script;
use crate::schema::{Dialect, literal, quoted, quoted_list};

/// The files of a schema that is split into several (prisma.io/docs/orm/prisma-schema/overview/location, "Multi-file Prisma schema"): all
/// of the folder and of those in it, in the order of their names.
pub(super) fn files(folder: &Path) -> io::Result<Vec<Script>> {
    let mut paths: Vec<_> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "prisma") {
            let text = fs::read_to_string(&path)?;
            found.push(Script { path, text });
        }
    }
    Ok(found)
}

/// The SQL of a Prisma schema, in one file or in several.
pub(super) fn sql(files: &[Script], dialect: Dialect) -> Result<String, ExpectationError> {
    let document = Document::read(files)?;
    document.check_provider(dialect)?;
    let mut sql = String::new();
    if dialect == Dialect::Postgres {
        for schema in document.schemas() {
            sql.extend(["CREATE SCHEMA IF NOT EXISTS ", &quoted(schema), ";\n\n"]);
        }
        for block in document.of(BlockKind::Enum) {
            sql.push_str(&enum_sql(block));
        }
    }
    for model in document.of(BlockKind::Model) {
        // What Prisma's client does not know, no code asks for.
        if !model.has("ignore") {
            sql.push_str(&model_sql(&document, model, dialect)?);
        }
    }
    sql.push_str(&join_table::sql(&document, dialect)?);
    Ok(sql)
}

fn enum_sql(block: &Block<'_>) -> String {
    let values: Vec<_> = block
        .fields
        .iter()
        .map(|value| literal(value.column()))
        .collect();
    format!(
        "CREATE TYPE {} AS ENUM ({});\n\n",
        block.quoted(),
        values.join(", ")
    )
}

fn model_sql(
    document: &Document<'_>,
    model: &Block<'_>,
    dialect: Dialect,
) -> Result<String, Mistake> {
    let mut lines = Vec::new();
    let mut indexes = String::new();
    let mut has_key = false;
    for field in &model.fields {
        let Some(kind) = column_type(document, field, dialect)? else {
            continue;
        };
        let (line, is_key) = column_sql(document, field, &kind, dialect);
        lines.push(line);
        has_key |= is_key && dialect == Dialect::Sqlite;
        if is_key && dialect == Dialect::Postgres {
            let name = quoted(&format!("{}_pkey", model.table()));
            lines.push(format!(
                "    CONSTRAINT {name} PRIMARY KEY ({})",
                quoted(field.column())
            ));
        }
        if let Some(unique) = field.attribute("unique") {
            let columns = [field.column().to_owned()];
            indexes.push_str(&index_sql(model, unique, &columns, "UNIQUE "));
        }
    }
    for attribute in &model.attributes {
        let prefix = match attribute.name {
            "id" if !has_key => {
                let columns = columns(document, model, attribute)?;
                lines.push(format!("    PRIMARY KEY ({})", quoted_list(&columns)));
                continue;
            }
            "unique" => "UNIQUE ",
            "index" => "",
            _ => continue,
        };
        indexes.push_str(&index_sql(
            model,
            attribute,
            &columns(document, model, attribute)?,
            prefix,
        ));
    }
    Ok(format!(
        "CREATE TABLE {} (\n{}\n);\n\n{indexes}",
        model.quoted(),
        lines.join(",\n")
    ))
}

/// The column, and whether it is the key.
fn column_sql(
    document: &Document<'_>,
    field: &Field<'_>,
    kind: &str,
    dialect: Dialect,
) -> (String, bool) {
    let is_key = field.attribute("id").is_some();
    let given = field.attribute("default").and_then(Attribute::first);
    let counts = given.is_some_and(|given| given.starts_with("autoincrement("));
    let kind = match (dialect, kind) {
        (Dialect::Postgres, "SMALLINT") if counts => "SMALLSERIAL",
        (Dialect::Postgres, "INTEGER") if counts => "SERIAL",
        (Dialect::Postgres, "BIGINT") if counts => "BIGSERIAL",
        (_, kind) => kind,
    };
    let mut line = format!("    {} {kind}", quoted(field.column()));
    if field.arity == Arity::One {
        line.push_str(" NOT NULL");
    }
    if is_key && dialect == Dialect::Sqlite {
        line.push_str(if counts {
            " PRIMARY KEY AUTOINCREMENT"
        } else {
            " PRIMARY KEY"
        });
    }
    if let Some(default) = given.and_then(|given| default(document, field, given, kind)) {
        line.push_str(" DEFAULT ");
        line.push_str(&default);
    }
    (line, is_key)
}

fn index_sql(
    model: &Block<'_>,
    attribute: &Attribute<'_>,
    columns: &[String],
    prefix: &str,
) -> String {
    let ending = if prefix.is_empty() { "idx" } else { "key" };
    let usual = || format!("{}_{}_{ending}", model.table(), columns.join("_"));
    let name = attribute.text("map").map_or_else(usual, str::to_owned);
    let method = attribute.named("type").map_or(String::new(), |method| {
        format!(" USING {}", method.to_uppercase())
    });
    format!(
        "CREATE {prefix}INDEX {} ON {}{method} ({});\n\n",
        quoted(&name),
        model.quoted(),
        quoted_list(columns)
    )
}

/// The columns of `@@id([a, b(sort: Desc)])`.
fn columns(
    document: &Document<'_>,
    model: &Block<'_>,
    attribute: &Attribute<'_>,
) -> Result<Vec<String>, Mistake> {
    let column = |name: &str| {
        let field = model.fields.iter().find(|field| field.name == name);
        field.map(|field| field.column().to_owned()).ok_or_else(|| {
            document.mistake(
                attribute.at,
                attribute.name.len(),
                format!("the model `{}` has no field `{name}`", model.name),
                "name one of its fields",
            )
        })
    };
    attribute.fields().into_iter().map(column).collect()
}

#[cfg(test)]
mod tests;
