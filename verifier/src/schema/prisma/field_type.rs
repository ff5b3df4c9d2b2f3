//! The type and the default of a column, out of those of a field.

use crate::configuration::mistake::Mistake;
use crate::schema::prisma::attribute::{Argument, split};
use crate::schema::prisma::document::{Document, Field};
use crate::schema::{Dialect, literal};

/// How many values a field has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Arity {
    One,
    Optional,
    List,
}

/// The type of the column; nothing for a relation, which has none.
pub(super) fn column_type(
    document: &Document<'_>,
    field: &Field<'_>,
    dialect: Dialect,
) -> Result<Option<String>, Mistake> {
    if document.is_relation(field.kind) || field.attribute("ignore").is_some() {
        return Ok(None);
    }
    let of_database = field.attributes.iter().find_map(|attribute| {
        let name = attribute.name.strip_prefix("db.")?;
        let arguments: Vec<_> = attribute.arguments.iter().map(Argument::value).collect();
        Some(database_type(name, &arguments))
    });
    let unsupported = field
        .kind
        .strip_prefix("Unsupported(\"")
        .and_then(|rest| rest.strip_suffix("\")"));
    let usual = || match (document.enumeration(field.kind), dialect) {
        (Some(block), Dialect::Postgres) => Some(block.quoted()),
        (Some(_), Dialect::Sqlite) => Some("TEXT".to_owned()),
        (None, _) => scalar(field.kind, dialect).map(str::to_owned),
    };
    let kind = of_database
        .or_else(|| unsupported.map(str::to_owned))
        .or_else(usual)
        .ok_or_else(|| {
            let sentence = format!("there is no model, enum or type `{}`", field.kind);
            document.mistake(
                field.at,
                field.name.len(),
                sentence,
                "give the field a type of Prisma's, or add the model; `prisma validate` says more",
            )
        })?;
    Ok(Some(match field.arity {
        Arity::List => format!("{kind}[]"),
        Arity::One | Arity::Optional => kind,
    }))
}

/// <https://www.prisma.io/docs/orm/overview/databases/postgresql#type-mapping-between-postgresql-and-prisma-schema>, and the same of sqlite.
fn scalar(name: &str, dialect: Dialect) -> Option<&'static str> {
    let (postgres, sqlite) = match name {
        "String" => ("TEXT", "TEXT"),
        "Boolean" => ("BOOLEAN", "BOOLEAN"),
        "Int" => ("INTEGER", "INTEGER"),
        "BigInt" => ("BIGINT", "BIGINT"),
        "Float" => ("DOUBLE PRECISION", "REAL"),
        "Decimal" => ("DECIMAL(65,30)", "DECIMAL"),
        "DateTime" => ("TIMESTAMP(3)", "DATETIME"),
        "Json" => ("JSONB", "JSONB"),
        "Bytes" => ("BYTEA", "BLOB"),
        _ => return None,
    };
    Some(match dialect {
        Dialect::Postgres => postgres,
        Dialect::Sqlite => sqlite,
    })
}

/// `@db.VarChar(255)`
fn database_type(name: &str, arguments: &[&str]) -> String {
    let name = match name {
        "DoublePrecision" => "DOUBLE PRECISION".to_owned(),
        name => name.to_uppercase(),
    };
    if arguments.is_empty() {
        name
    } else {
        format!("{name}({})", arguments.join(","))
    }
}

/// The default of the column; nothing for what Prisma's client makes up itself.
pub(super) fn default(
    document: &Document<'_>,
    field: &Field<'_>,
    written: &str,
    kind: &str,
) -> Option<String> {
    if let Some(list) = written
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        let values = split(list);
        let values: Option<Vec<_>> = values
            .iter()
            .map(|value| value_of(document, field, value.value()))
            .collect();
        return Some(format!("ARRAY[{}]::{kind}", values?.join(", ")));
    }
    value_of(document, field, written)
}

fn value_of(document: &Document<'_>, field: &Field<'_>, written: &str) -> Option<String> {
    if let Some(text) = text(written) {
        // Of bytes it is base64, which the client decodes.
        return (field.kind != "Bytes").then(|| literal(&text));
    }
    if written.starts_with("now(") {
        return Some("CURRENT_TIMESTAMP".to_owned());
    }
    if let Some(inner) = written
        .strip_prefix("dbgenerated(")
        .and_then(|rest| rest.strip_suffix(')'))
    {
        return text(inner.trim()).filter(|expression| !expression.is_empty());
    }
    if written.contains('(') {
        return None;
    }
    let value = document
        .enumeration(field.kind)
        .and_then(|block| block.fields.iter().find(|value| value.name == written));
    Some(value.map_or_else(|| written.to_owned(), |value| literal(value.column())))
}

/// A text of Prisma's, without its quotes and backslashes.
fn text(written: &str) -> Option<String> {
    let inner = written.strip_prefix('"')?.strip_suffix('"')?;
    serde_json::from_str(written)
        .ok()
        .or_else(|| Some(inner.to_owned()))
}
