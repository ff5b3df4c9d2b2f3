//! One action for one discrepancy: what it is, and doing it.

use std::error::Error;

use bytes::BytesMut;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use tokio_postgres::types::{Format, IsNull, ToSql, Type};

use crate::audit::discrepancy::{Class, Discrepancy};
use crate::configuration::audit::action::{ENTRY, KEY, TENANT, own_name};
use crate::configuration::audit::{Audit, Deed};
use crate::configuration::database::{NOT_SQL, Place};
use crate::configuration::name::{Name, Unfilled, Values, text_of_value};
use crate::configuration::template::json::JsonTemplate;
use crate::deployment::http::Http;
use crate::deployment::pages;
use crate::deployment::prepared::prepared;
use crate::memory::Memory;
use crate::sources::postgres::{PostgresError, connect};
use crate::sources::sqlite::BUSY_TIMEOUT;

/// What the names of an action stand for.
pub(super) fn values(audit: &Audit, found: &Discrepancy, entry: &str) -> Values {
    let mut values = audit.values.clone();
    let mut set = |name: &str, value: Value| {
        if let Ok(name) = Name::parse(name) {
            values.set(name, value);
        }
    };
    let key = || found.key.clone().map(Value::from);
    set(ENTRY, entry.into());
    if let Some(key) = key() {
        set(KEY, key);
    }
    if let Some(tenant) = &found.tenant {
        set(TENANT, tenant.as_str().into());
    }
    let of_row = match found.class {
        Class::Missing | Class::Mismatch | Class::Pending => &found.of_user,
        Class::Orphan | Class::Duplicate => &found.own,
    };
    for (name, value) in of_row {
        set(name, value.clone());
    }
    if found.class == Class::Mismatch {
        set("own_key", key().unwrap_or_default());
        for (name, value) in &found.own {
            if let Some(name) = Name::parse(name).ok().and_then(|name| own_name(&name)) {
                set(name.as_str(), value.clone());
            }
        }
    }
    values
}

/// What it would do, for a person: one line, and one for the body.
pub(super) fn shown(deed: &Deed, values: &Values) -> Result<String, Unfilled> {
    match deed {
        Deed::Request(call) => {
            let sent = prepared(&call.request, &values.clone().with_placeholders(), None)?;
            let body = sent
                .body
                .map(|body| format!("\n      {body}"))
                .unwrap_or_default();
            Ok(format!("{} {}{body}", sent.method, sent.url))
        }
        Deed::Sql {
            database,
            statement,
            parameters,
        } => {
            let parameters = parameters.iter().map(|parameter| parameter.fill(values));
            let parameters: Vec<Value> = parameters.collect::<Result<_, _>>()?;
            let statement: Vec<&str> = statement.split_whitespace().collect();
            Ok(format!(
                "on {}: {}\n      with {}",
                database.name,
                statement.join(" "),
                Value::from(parameters)
            ))
        }
    }
}

/// Does it; why not, if it was not.
pub(super) async fn perform(http: &Http<'_>, deed: &Deed, values: Values) -> Result<(), String> {
    match deed {
        Deed::Request(call) => {
            let memory = Memory::of(values);
            let sent = pages::call(http, &memory, call).await;
            sent.map(|_| ()).map_err(|error| error.to_string())
        }
        Deed::Sql {
            database,
            statement,
            parameters,
        } => {
            let filled = filled(parameters, &values).map_err(|error| error.to_string())?;
            match &database.place {
                Place::Mongodb(_) => Err(NOT_SQL.to_owned()),
                Place::Postgres { url, .. } => postgres(url, statement, filled).await,
                Place::Sqlite(path) => {
                    let (path, statement) = (path.clone(), statement.clone());
                    let doing = tokio::task::spawn_blocking(move || {
                        sqlite(&path, &statement, &filled).map_err(|error| error.to_string())
                    });
                    doing
                        .await
                        .unwrap_or_else(|_| Err("it was given up".to_owned()))
                }
            }
        }
    }
}

fn filled(parameters: &[JsonTemplate], values: &Values) -> Result<Vec<Value>, Unfilled> {
    parameters
        .iter()
        .map(|parameter| parameter.fill(values))
        .collect()
}

fn sqlite(path: &std::path::Path, statement: &str, parameters: &[Value]) -> rusqlite::Result<()> {
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    database.busy_timeout(BUSY_TIMEOUT)?;
    database.pragma_update(None, "foreign_keys", true)?;
    let mut statement = database.prepare(statement)?;
    for index in 1..=statement.parameter_count() {
        // `$2` is a name to SQLite, and the second parameter to whoever knows PostgreSQL.
        let name = statement
            .parameter_name(index)
            .map(|name| name.trim_start_matches(['$', '?', ':', '@']));
        let number: usize = name.and_then(|name| name.parse().ok()).unwrap_or(index);
        let Some(value) = number
            .checked_sub(1)
            .and_then(|number| parameters.get(number))
        else {
            return Err(rusqlite::Error::InvalidParameterCount(
                parameters.len(),
                number,
            ));
        };
        statement.raw_bind_parameter(index, cell(value))?;
    }
    statement.raw_execute().map(|_| ())
}

fn cell(value: &Value) -> rusqlite::types::Value {
    use rusqlite::types::Value as Cell;
    match value {
        Value::Null => Cell::Null,
        Value::Bool(truth) => Cell::Integer((*truth).into()),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => Cell::Integer(integer),
            (None, Some(real)) => Cell::Real(real),
            (None, None) => Cell::Text(number.to_string()),
        },
        Value::String(_) | Value::Array(_) | Value::Object(_) => Cell::Text(text_of_value(value)),
    }
}

async fn postgres(url: &str, statement: &str, parameters: Vec<Value>) -> Result<(), String> {
    let client = connect(url).await.map_err(|error| error.to_string())?;
    let parameters: Vec<AsText> = parameters.into_iter().map(AsText).collect();
    let parameters: Vec<&(dyn ToSql + Sync)> =
        parameters.iter().map(|parameter| parameter as _).collect();
    let done = client.execute(statement, &parameters).await;
    done.map(|_| ())
        .map_err(|error| PostgresError::Sql(error).to_string())
}

/// A value as it is written: the server reads it as whatever type stands there.
#[derive(Debug)]
struct AsText(Value);

impl ToSql for AsText {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        if self.0.is_null() {
            return Ok(IsNull::Yes);
        }
        out.extend_from_slice(text_of_value(&self.0).as_bytes());
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    fn to_sql_checked(
        &self,
        of: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        self.to_sql(of, out)
    }
}
