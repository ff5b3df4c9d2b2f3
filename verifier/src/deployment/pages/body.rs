//! The body of a page as JSON. Of a long list's rows only the members are made that somebody reads: the rest is passed by.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Map, Value};

use crate::configuration::value::JsonPointer;
use crate::steps::perform::{may_have_tokens, tokens_in};

/// What is wanted of a body.
#[derive(Clone, Debug)]
pub(super) struct Wanted(Arc<Rows>);

#[derive(Debug)]
struct Rows {
    /// The way to them.
    path: Vec<String>,
    /// All of them, unless it is said which.
    members: Option<BTreeSet<String>>,
}

impl Wanted {
    pub(super) fn everything(rows: &JsonPointer) -> Self {
        Self::of(rows, None)
    }

    pub(super) fn members(rows: &JsonPointer, members: BTreeSet<String>) -> Self {
        Self::of(rows, Some(members))
    }

    fn of(rows: &JsonPointer, members: Option<BTreeSet<String>>) -> Self {
        Self(Arc::new(Rows {
            path: rows.parts(),
            members,
        }))
    }
}

/// The body, if it is JSON, and every token that it tells, also where nobody wants it.
pub(super) fn read(text: &str, wanted: &Wanted) -> (Option<Value>, Vec<String>) {
    let whole = || serde_json::from_str::<Value>(text).ok();
    let Rows { path, members } = wanted.0.as_ref();
    let members = members.as_ref().filter(|_| !may_have_tokens(text));
    if let Some(members) = members {
        let mut reader = serde_json::Deserializer::from_str(text);
        let body = Body { path, members }.deserialize(&mut reader);
        if let (Ok(body), Ok(())) = (body, reader.end()) {
            return (Some(body), Vec::new());
        }
        // It is no such list, and whoever says so looks at all of it.
    }
    let body = whole();
    let tokens = body.as_ref().map(tokens_in).unwrap_or_default();
    let tokens = tokens.into_iter().map(str::to_owned).collect();
    (body, tokens)
}

/// An object on the way to the rows, or their list.
struct Body<'a> {
    path: &'a [String],
    members: &'a BTreeSet<String>,
}

impl<'de> DeserializeSeed<'de> for Body<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if self.path.is_empty() {
            deserializer.deserialize_seq(self)
        } else {
            deserializer.deserialize_map(self)
        }
    }
}

impl<'de> Visitor<'de> for Body<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = list.next_element_seed(Row(self.members))? {
            rows.push(row);
        }
        Ok(Value::Array(rows))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let Some((name, path)) = self.path.split_first() else {
            return Err(A::Error::custom("an object in place of the rows"));
        };
        let mut object = Map::new();
        while let Some(member) = members.next_key::<String>()? {
            let value = if member == *name {
                let members_of_rows = self.members;
                members.next_value_seed(Body {
                    path,
                    members: members_of_rows,
                })?
            } else {
                members.next_value()?
            };
            object.insert(member, value);
        }
        Ok(Value::Object(object))
    }
}

/// A row.
struct Row<'a>(&'a BTreeSet<String>);

impl<'de> DeserializeSeed<'de> for Row<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row that is an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut row = Map::new();
        while let Some(name) = members.next_key_seed(Name(self.0))? {
            match name {
                Some(name) => {
                    row.insert(name, members.next_value()?);
                }
                None => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Value::Object(row))
    }
}

/// The name of a member, if it is one of these.
struct Name<'a>(&'a BTreeSet<String>);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.get(name).cloned())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wanted(rows: &str) -> Wanted {
        let rows = JsonPointer::parse(rows.to_owned()).unwrap();
        Wanted::members(&rows, ["id".to_owned(), "a/b".to_owned()].into())
    }

    #[test]
    fn of_a_row_nothing_is_made_that_nobody_reads() {
        let rows = json!([{ "id": 1, "x": { "id": 2 }, "a/b": { "c": [3] } }, {}]);
        let kept = json!([{ "id": 1, "a/b": { "c": [3] } }, {}]);
        let (body, tokens) = read(&rows.to_string(), &wanted(""));
        assert_eq!((body, tokens), (Some(kept.clone()), Vec::new()));
        let page = json!({ "next": { "x": 4 }, "d/e": { "rows": rows, "x": 5 } });
        let (body, _) = read(&page.to_string(), &wanted("/d~1e/rows"));
        let body = body.unwrap();
        assert_eq!(body["d/e"], json!({ "rows": kept, "x": 5 }));
        assert_eq!(body["next"], page["next"], "the way to the next page");
    }

    #[test]
    fn a_token_is_found_also_where_nobody_reads() {
        for name in ["refresh_token", "Token", "to\\u006ben"] {
            let text = format!("[{{\"x\":[{{\"{name}\":\"0123456789abcdef\"}}],\"id\":1}}]");
            assert_eq!(read(&text, &wanted("")).1, ["0123456789abcdef"], "{name}");
        }
    }

    #[test]
    fn what_is_no_list_of_rows_is_what_it_is() {
        for body in [
            json!({ "error": 1 }),
            json!([1]),
            json!([{ "id": 1 }, null]),
        ] {
            let found = read(&body.to_string(), &wanted("")).0;
            assert_eq!(found, Some(body));
        }
        for broken in ["", "[{\"id\":1}", "[{\"id\":1}] x"] {
            assert_eq!(read(broken, &wanted("")).0, None, "{broken}");
        }
    }
}
