//! An index, as the code declares it or as the server lists it.

use bson::{Bson, Document};

/// It. What the server fills in by itself is left out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Specification {
    pub(crate) name: String,
    /// Its fields in their order, each with a direction or a kind.
    pub(crate) key: Document,
    pub(crate) unique: bool,
    pub(crate) sparse: bool,
    pub(crate) partial: Option<Document>,
    pub(crate) collation: Option<Document>,
    pub(crate) expire_after_seconds: Option<i64>,
    /// As it stands there.
    pub(crate) written: Document,
}

impl Specification {
    /// Reads one that has a key; without a name it has the one that every driver gives it.
    pub(crate) fn of(written: &Document) -> Option<Self> {
        let key = written.get_document("key").ok()?.clone();
        let name = written.get_str("name");
        let part = |name: &str| written.get_document(name).ok().cloned();
        let collation = part("collation");
        let is_simple = |collation: &Document| {
            collation
                .get_str("locale")
                .is_ok_and(|locale| locale == "simple")
        };
        Some(Self {
            name: name.map_or_else(|_| usual_name(&key), str::to_owned),
            unique: is_true(written.get("unique")),
            sparse: is_true(written.get("sparse")),
            partial: part("partialFilterExpression"),
            collation: collation.filter(|collation| !is_simple(collation)),
            expire_after_seconds: written.get("expireAfterSeconds").and_then(whole),
            key,
            written: written.clone(),
        })
    }

    /// The index that every collection has: the server gives it its name, whatever it is called.
    pub(crate) fn is_of_ids(&self) -> bool {
        let mut fields = self.key.iter();
        matches!(fields.next(), Some((field, direction)) if field == "_id" && whole(direction) == Some(1))
            && fields.next().is_none()
    }

    /// Whether the server keeps its key otherwise than it is declared.
    pub(crate) fn is_of_text_or_wildcard(&self) -> bool {
        let is_text = |value: &Bson| value.as_str() == Some("text");
        self.key
            .iter()
            .any(|(field, value)| field.contains("$**") || is_text(value))
    }
}

/// `code_1_tenant_-1`
pub(crate) fn usual_name(key: &Document) -> String {
    let parts = key.iter().map(|(field, value)| {
        if let Some(kind) = value.as_str() {
            format!("{field}_{kind}")
        } else if let Some(number) = whole(value) {
            format!("{field}_{number}")
        } else {
            format!("{field}_{value}")
        }
    });
    parts.collect::<Vec<_>>().join("_")
}

/// A whole number, in any of the types in which clients send it.
pub(crate) fn whole(value: &Bson) -> Option<i64> {
    if let Some(number) = value.as_i32() {
        return Some(i64::from(number));
    }
    if let Some(number) = value.as_i64() {
        return Some(number);
    }
    let number = value.as_f64()?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "checked: it is whole and small"
    )]
    let truncated = number as i64;
    (number.fract() == 0.0 && number.abs() < 1e15).then_some(truncated)
}

fn is_true(value: Option<&Bson>) -> bool {
    let Some(value) = value else {
        return false;
    };
    value
        .as_bool()
        .unwrap_or_else(|| whole(value).is_some_and(|number| number != 0))
}

/// Whether two values are the same to the server: 1 and 1.0 are.
pub(crate) fn same(one: &Bson, other: &Bson) -> bool {
    if let (Some(one), Some(other)) = (one.as_document(), other.as_document()) {
        return same_documents(one, other);
    }
    if let (Some(one), Some(other)) = (one.as_array(), other.as_array()) {
        let pairs = || one.iter().zip(other);
        return one.len() == other.len() && pairs().all(|(one, other)| same(one, other));
    }
    match (whole(one), whole(other)) {
        (Some(one), Some(other)) => one == other,
        (Some(_) | None, None) | (None, Some(_)) => one == other,
    }
}

/// The same, in the same order.
pub(crate) fn same_documents(one: &Document, other: &Document) -> bool {
    one.keys().eq(other.keys())
        && one
            .values()
            .zip(other.values())
            .all(|(one, other)| same(one, other))
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    #[test]
    fn an_index_without_a_name_has_the_one_that_drivers_give_it() {
        let name = |key: Document| Specification::of(&doc! { "key": key }).unwrap().name;
        assert_eq!(name(doc! { "code": 1 }), "code_1");
        assert_eq!(name(doc! { "tenant": 1.0, "at": -1_i64 }), "tenant_1_at_-1");
        assert_eq!(name(doc! { "place": "2dsphere" }), "place_2dsphere");
    }

    #[test]
    fn a_simple_collation_is_none() {
        let index = doc! { "key": { "a": 1 }, "collation": { "locale": "simple" } };
        assert_eq!(Specification::of(&index).unwrap().collation, None);
    }
}
