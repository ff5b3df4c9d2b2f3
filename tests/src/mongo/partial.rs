//! Whether two partial filters say the same: the server takes `$and` apart and does not mind the order.

use bson::{Bson, Document};

use crate::mongo::Refusal;
use crate::mongo::value::same;

/// Two filters of which one says more than plain comparisons are the same only if they are written alike; if they are not, who knows.
pub(super) fn is_equivalent(one: &Document, other: &Document) -> Result<bool, Refusal> {
    if same(&one.into(), &other.into())? {
        return Ok(true);
    }
    let (Some(some), Some(mut others)) = (parts(one), parts(other)) else {
        return Err(Refusal::beyond("whether two partial filters are one"));
    };
    if some.len() != others.len() {
        return Ok(false);
    }
    for part in some {
        let mut found = None;
        for (place, other) in others.iter().enumerate() {
            if part.is_same(other)? {
                found = Some(place);
            }
        }
        let Some(place) = found else {
            return Ok(false);
        };
        others.swap_remove(place);
    }
    Ok(true)
}

/// One comparison.
struct Part {
    path: String,
    operator: String,
    operand: Bson,
}

impl Part {
    fn is_same(&self, other: &Self) -> Result<bool, Refusal> {
        if (&self.path, &self.operator) != (&other.path, &other.operator) {
            return Ok(false);
        }
        same(&self.operand, &other.operand)
    }
}

fn parts(filter: &Document) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    for (key, value) in filter {
        match (key.as_str(), value) {
            ("$and", Bson::Array(filters)) => {
                for filter in filters {
                    parts.extend(self::parts(filter.as_document()?)?);
                }
            }
            (operator, _) if operator.starts_with('$') => return None,
            (path, Bson::Document(operators))
                if operators.keys().any(|key| key.starts_with('$')) =>
            {
                parts.extend(operators.iter().map(|(operator, operand)| Part {
                    path: path.to_owned(),
                    operator: operator.clone(),
                    operand: operand.clone(),
                }));
            }
            (path, value) => parts.push(Part {
                path: path.to_owned(),
                operator: "$eq".to_owned(),
                operand: value.clone(),
            }),
        }
    }
    Some(parts)
}
