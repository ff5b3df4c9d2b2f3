//! What does not belong together.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::configuration::audit::Acted;

/// One place where rows do not belong together.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Discrepancy {
    pub(crate) class: Class,
    /// The name of the source that lacks a row, or has one that is wrong.
    pub(crate) source: String,
    /// As its source writes it; nothing where the row has none.
    pub(crate) key: Option<String>,
    pub(crate) tenant: Option<String>,
    pub(crate) created_at_unix_seconds: Option<u64>,
    /// What the rows do not agree on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) differs: Vec<Difference>,
    /// How many rows have the key.
    #[serde(default, skip_serializing_if = "is_one")]
    pub(crate) rows: u64,
    /// What the source keeps of the row that this one belongs to, or would belong to.
    pub(crate) of_user: Map<String, Value>,
    /// What the source itself keeps of the row.
    pub(crate) own: Map<String, Value>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks with a reference"
)]
const fn is_one(rows: &u64) -> bool {
    *rows <= 1
}

impl Discrepancy {
    /// What it is called from one look to the next.
    pub(crate) fn id(&self) -> String {
        let key = self
            .key
            .clone()
            .unwrap_or_else(|| Value::from(self.own.clone()).to_string());
        format!("{} {} {key}", self.class.word(), self.source)
    }
}

/// Something that two rows of one user must both say, and do not.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Difference {
    pub(crate) field: String,
    pub(crate) of_user: Option<String>,
    pub(crate) own: Option<String>,
}

/// How rows can fail to belong together.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Class {
    Missing,
    Orphan,
    Mismatch,
    Duplicate,
    /// There is no row, and that is right for now.
    Pending,
}

impl Class {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Orphan => "orphan",
            Self::Mismatch => "mismatch",
            Self::Duplicate => "duplicate",
            Self::Pending => "pending",
        }
    }

    /// What an action calls it; nothing is done about what is right.
    pub(crate) const fn acted(self) -> Option<Acted> {
        match self {
            Self::Missing => Some(Acted::Missing),
            Self::Orphan => Some(Acted::Orphan),
            Self::Mismatch => Some(Acted::Mismatch),
            Self::Duplicate => Some(Acted::Duplicate),
            Self::Pending => None,
        }
    }
}
