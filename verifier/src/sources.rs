//! Places outside of HTTP where the truth about a deployment is kept.

pub(crate) mod mongodb;
pub(crate) mod postgres;
pub(crate) mod row;
pub(crate) mod sqlite;
