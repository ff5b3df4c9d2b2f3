//! The D1 database, as far as the registry needs it: an answer is one text, a failure one sentence. The bindings of the crate `worker`
//! bring a reader for rows of any shape and an error with every failure of the platform, each of them into every question.

use std::fmt;

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::fetching;

#[wasm_bindgen]
extern "C" {
    /// A D1 database.
    #[wasm_bindgen(js_name = D1Database)]
    pub(crate) type Database;

    /// SQL whose values are not given yet.
    #[wasm_bindgen(js_name = D1PreparedStatement)]
    pub(crate) type Prepared;

    /// SQL with its values. Nothing of it is looked at before it is run.
    #[wasm_bindgen(js_name = D1PreparedStatement)]
    pub(crate) type Statement;

    #[wasm_bindgen(method)]
    pub(crate) fn prepare(this: &Database, sql: &str) -> Prepared;

    #[wasm_bindgen(method, variadic, js_name = bind)]
    fn bind_all(this: &Prepared, values: &[JsValue]) -> Statement;

    #[wasm_bindgen(method, catch, js_name = batch)]
    fn start_batch(this: &Database, statements: Vec<Statement>) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = first)]
    fn start_first(this: &Statement, column: &str) -> Result<Promise, JsValue>;
}

/// What D1 says of a failure.
#[derive(Debug)]
pub(crate) struct DatabaseFailed(String);

impl DatabaseFailed {
    /// Whether the database refused it because a rule of its tables would be broken.
    pub(crate) fn is_constraint(&self) -> bool {
        self.0.contains("constraint failed")
    }
}

impl fmt::Display for DatabaseFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a parameter of SQL stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    Null,
    /// Below 2^53, as are milliseconds of our time: it is JavaScript's number on its way there.
    Number(u64),
    Text(&'a str),
}

impl From<&Value<'_>> for JsValue {
    #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
    fn from(value: &Value<'_>) -> Self {
        match *value {
            Value::Null => Self::NULL,
            Value::Number(number) => Self::from_f64(number as f64),
            Value::Text(text) => Self::from_str(text),
        }
    }
}

impl Prepared {
    /// Gives it the values of `?1`, `?2` and so on.
    pub(crate) fn bind(&self, values: &[Value<'_>]) -> Statement {
        let values: Vec<_> = values.iter().map(JsValue::from).collect();
        self.bind_all(&values)
    }
}

impl Database {
    /// Runs all of them as one transaction.
    pub(crate) async fn batch(&self, statements: Vec<Statement>) -> Result<(), DatabaseFailed> {
        let results = answer(self.start_batch(statements)).await?;
        if Array::is_array(&results) {
            Ok(())
        } else {
            Err(DatabaseFailed("a batch was answered by no list".to_owned()))
        }
    }
}

impl Statement {
    /// A text of the first row; nothing where there is no row, or null in it. What is no text is a failure: it must not be taken for nothing.
    pub(crate) async fn first(&self, column: &str) -> Result<Option<String>, DatabaseFailed> {
        let value = answer(self.start_first(column)).await?;
        if value.is_null() || value.is_undefined() {
            return Ok(None);
        }
        let text = value.as_string().map(Some);
        text.ok_or_else(|| DatabaseFailed(format!("`{column}` is no text")))
    }
}

async fn answer(started: Result<Promise, JsValue>) -> Result<JsValue, DatabaseFailed> {
    let answer = match started {
        Ok(promise) => JsFuture::from(promise).await,
        Err(problem) => Err(problem),
    };
    answer.map_err(|problem| DatabaseFailed(fetching::text(&problem)))
}
