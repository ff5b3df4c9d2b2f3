//! Statements about single rows, as both dialects write them.

use policy::contract::sql::Dialect;

use crate::configuration::contract::Held;

/// The table, with its schema.
pub(super) fn table(held: &Held) -> String {
    let name = held.table.name.quoted();
    match &held.dialect {
        Dialect::Postgres {
            schema: Some(schema),
        } => format!("{}.{name}", schema.quoted()),
        Dialect::Postgres { schema: None } | Dialect::Sqlite => name.to_string(),
    }
}

/// `"user_id" = 'u-17'`
pub(super) fn is_row(held: &Held, key: &str) -> String {
    format!("{} = {}", held.table.key().quoted(), literal(key))
}

/// A text.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
