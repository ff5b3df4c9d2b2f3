//! The table that Prisma keeps for two lists that point at each other: `_AToB`, with the columns `A` and `B`.

use std::collections::BTreeSet;

use crate::configuration::mistake::Mistake;
use crate::schema::prisma::document::{Block, BlockKind, Document, Field};
use crate::schema::prisma::field_type::{Arity, column_type};
use crate::schema::{Dialect, quoted};

pub(super) fn sql(document: &Document<'_>, dialect: Dialect) -> Result<String, Mistake> {
    let mut made = BTreeSet::new();
    let mut sql = String::new();
    for model in document.of(BlockKind::Model) {
        for field in model
            .fields
            .iter()
            .filter(|field| field.arity == Arity::List)
        {
            let Some(other) = document.model(field.kind) else {
                continue;
            };
            let points_back = |back: &&Field<'_>| {
                back.arity == Arity::List
                    && back.kind == model.name
                    && relation(back) == relation(field)
                    && !std::ptr::eq(*back, field)
            };
            if !other.fields.iter().any(|back| points_back(&back)) {
                continue;
            }
            let (a, b) = if model.name <= other.name {
                (model, other)
            } else {
                (other, model)
            };
            let name =
                relation(field).map_or_else(|| format!("{}To{}", a.name, b.name), str::to_owned);
            let name = format!("_{name}");
            if made.insert(name.clone())
                && let (Some(a), Some(b)) = (
                    key_type(document, a, dialect)?,
                    key_type(document, b, dialect)?,
                )
            {
                let table = quoted(&name);
                let made = format!(
                    "CREATE TABLE {table} (\n    \"A\" {a} NOT NULL,\n    \"B\" {b} NOT NULL\n);\n\nCREATE UNIQUE INDEX {} ON {table} (\"A\", \"B\");\n\nCREATE INDEX {} ON {table} (\"B\");\n\n",
                    quoted(&format!("{name}_AB_unique")),
                    quoted(&format!("{name}_B_index"))
                );
                sql.push_str(&made);
            }
        }
    }
    Ok(sql)
}

fn relation<'a>(field: &Field<'a>) -> Option<&'a str> {
    field
        .attribute("relation")
        .and_then(|relation| relation.name_given("name"))
}

fn key_type(
    document: &Document<'_>,
    model: &Block<'_>,
    dialect: Dialect,
) -> Result<Option<String>, Mistake> {
    match model
        .fields
        .iter()
        .find(|field| field.attribute("id").is_some())
    {
        Some(key) => column_type(document, key, dialect),
        None => Ok(None),
    }
}
