//! Whether two partial filters say the same: the server takes `$and` apart, and the order does not count.

use bson::{Bson, Document};

use crate::indexes::specification::{same, same_documents};

/// Nothing where it cannot be told without the server.
pub(super) fn is_equivalent(one: &Document, other: &Document) -> Option<bool> {
    if same_documents(one, other) {
        return Some(true);
    }
    let (some, mut others) = (comparisons(one)?, comparisons(other)?);
    for comparison in &some {
        let place = others.iter().position(|other| comparison.is(other));
        let Some(place) = place else {
            return Some(false);
        };
        others.swap_remove(place);
    }
    Some(others.is_empty())
}

struct Comparison<'a> {
    field: &'a str,
    operator: &'a str,
    with: &'a Bson,
}

impl Comparison<'_> {
    fn is(&self, other: &Self) -> bool {
        (self.field, self.operator) == (other.field, other.operator) && same(self.with, other.with)
    }
}

/// Nothing where a filter is more than comparisons that must all hold.
fn comparisons(filter: &Document) -> Option<Vec<Comparison<'_>>> {
    let mut all = Vec::new();
    for (field, value) in filter {
        if let Some(parts) = value.as_array().filter(|_| field == "$and") {
            for part in parts {
                all.extend(comparisons(part.as_document()?)?);
            }
        } else if field.starts_with('$') {
            return None;
        } else if let Some(operators) = value.as_document().filter(|value| has_operators(value)) {
            all.extend(operators.iter().map(|(operator, with)| Comparison {
                field,
                operator,
                with,
            }));
        } else {
            all.push(Comparison {
                field,
                operator: "$eq",
                with: value,
            });
        }
    }
    Some(all)
}

fn has_operators(value: &Document) -> bool {
    value.keys().any(|key| key.starts_with('$'))
}
