//! What a PostgreSQL database is like, out of its catalogue.

use tokio_postgres::{Client, Row};

use crate::schema::{Column, Dialect, Enum, Form, Given, Index, Schema, Table, postgres_type};
use crate::sources::postgres::PostgresError;

/// Everything but the tables of the server's own; those that the search path finds first, in its order.
pub(super) async fn schema(client: &Client) -> Result<Schema, PostgresError> {
    let mut schema = Schema {
        dialect: Dialect::Postgres,
        printed: true,
        tables: Vec::new(),
        enums: Vec::new(),
    };
    for row in ask(client, COLUMNS).await? {
        add_column(&mut schema, &row).map_err(PostgresError::Sql)?;
    }
    for row in ask(client, INDEXES).await? {
        add_index(&mut schema, &row).map_err(PostgresError::Sql)?;
    }
    for row in ask(client, ENUMS).await? {
        schema.enums.push(Enum {
            name: row.try_get(0).map_err(PostgresError::Sql)?,
            values: row.try_get(1).map_err(PostgresError::Sql)?,
        });
    }
    Ok(schema)
}

/// The names of all relations of the search path: an index cannot be called like any of them.
pub(super) async fn names(client: &Client) -> Result<Vec<String>, PostgresError> {
    let rows = ask(client, NAMES).await?;
    let names = rows.iter().map(|row| row.try_get(0));
    names.collect::<Result<_, _>>().map_err(PostgresError::Sql)
}

async fn ask(client: &Client, question: &str) -> Result<Vec<Row>, PostgresError> {
    client
        .query(question, &[])
        .await
        .map_err(PostgresError::Sql)
}

fn add_column(schema: &mut Schema, row: &Row) -> Result<(), tokio_postgres::Error> {
    let (within, table): (Option<String>, String) = (row.try_get(0)?, row.try_get(1)?);
    let is_new =
        (schema.tables.last()).is_none_or(|last| last.name != table || last.schema != within);
    if is_new {
        let mut table = Table::new(within, table);
        table.form = if row.try_get(2)? {
            Form::View
        } else {
            Form::Table
        };
        schema.tables.push(table);
    }
    // A table may have no columns.
    let (Some(name), Some(table)) = (row.try_get(3)?, schema.tables.last_mut()) else {
        return Ok(());
    };
    let default: Option<String> = row.try_get(6)?;
    let (identity, generated): (String, String) = (row.try_get(7)?, row.try_get(8)?);
    table.columns.push(Column {
        name,
        kind: postgres_type::normal(row.try_get(4)?),
        nullable: row.try_get(5)?,
        given: match default {
            _ if !identity.is_empty() => Given::Identity,
            Some(expression) if !generated.is_empty() => Given::Computed(expression),
            Some(expression) => given(expression),
            None => Given::Nothing,
        },
    });
    Ok(())
}

/// A default, or what `serial` made.
pub(super) fn given(expression: String) -> Given {
    let bare = expression.trim_start().to_ascii_lowercase();
    let bare = bare.strip_prefix("pg_catalog.").unwrap_or(&bare);
    if bare.starts_with("nextval(") {
        Given::Sequence
    } else {
        Given::Default(expression)
    }
}

fn add_index(schema: &mut Schema, row: &Row) -> Result<(), tokio_postgres::Error> {
    let (within, name): (Option<String>, String) = (row.try_get(0)?, row.try_get(1)?);
    let mut tables = schema.tables.iter_mut();
    let Some(table) = tables.find(|table| table.schema == within && table.name == name) else {
        return Ok(());
    };
    let columns: Vec<Option<String>> = row.try_get(5)?;
    let (is_special, definition): (bool, String) = (row.try_get(6)?, row.try_get(7)?);
    let special = is_special || columns.iter().any(Option::is_none);
    table.indexes.push(Index {
        name: Some(row.try_get(2)?),
        unique: row.try_get(3)?,
        primary: row.try_get(4)?,
        columns: columns.into_iter().flatten().collect(),
        special: special.then(|| after_the_table(&definition).to_owned()),
    });
    Ok(())
}

/// `CREATE INDEX name ON table USING …`, without the names.
fn after_the_table(definition: &str) -> &str {
    definition
        .find(" USING ")
        .and_then(|at| definition.get(at + 1..))
        .unwrap_or(definition)
}

/// A schema stands only with what the search path does not find.
const COLUMNS: &str = "
SELECT CASE WHEN pg_table_is_visible(c.oid) THEN NULL ELSE n.nspname::text END, c.relname::text, c.relkind IN ('v', 'm'),
       a.attname::text, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
       a.attidentity::text, a.attgenerated::text
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
ORDER BY n.nspname, c.relname, a.attnum";

/// Those that work: one that could not be built is there and invalid. The names of an index's columns are those of the table.
const INDEXES: &str = "
SELECT CASE WHEN pg_table_is_visible(t.oid) THEN NULL ELSE n.nspname::text END, t.relname::text, i.relname::text,
       x.indisunique, x.indisprimary,
       ARRAY(SELECT (SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = x.indkey[k - 1] AND a.attnum > 0)
             FROM generate_series(1, x.indnkeyatts) k ORDER BY k),
       x.indpred IS NOT NULL OR m.amname <> 'btree', pg_get_indexdef(x.indexrelid)
FROM pg_index x
JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_am m ON m.oid = i.relam
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE x.indisvalid AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
ORDER BY n.nspname, t.relname, i.relname";

const ENUMS: &str = "
SELECT t.typname::text, array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid
GROUP BY t.oid, t.typname ORDER BY t.typname";

const NAMES: &str = "
SELECT relname::text FROM pg_class WHERE relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname = ANY (current_schemas(false)))";
