//! In which form a table says since when a row has its status, and how this moment is written in that form: whoever changes a status
//! writes both, or the row would look as old as the status it had before.

use policy::contract::sql::Dialect;

/// The form of one value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    /// Text, with a `T` between date and time.
    Iso,
    /// A timestamp without time zone; it is read as UTC.
    Local,
    /// Milliseconds since the Unix epoch.
    Millis,
    /// Seconds since the Unix epoch.
    Seconds,
    /// A timestamp with time zone, or a date.
    Stamp,
    /// Text, with a blank between date and time.
    Text,
}

impl Form {
    const ALL: [Self; 6] = [
        Self::Iso,
        Self::Local,
        Self::Millis,
        Self::Seconds,
        Self::Stamp,
        Self::Text,
    ];

    /// The word by which a query tells it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Iso => "iso",
            Self::Local => "local",
            Self::Millis => "millis",
            Self::Seconds => "seconds",
            Self::Stamp => "stamp",
            Self::Text => "text",
        }
    }

    pub(super) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.word() == word)
    }

    /// This moment as an expression, to be copied into any client.
    pub(super) const fn now(self, dialect: &Dialect) -> &'static str {
        match (dialect, self) {
            (Dialect::Postgres { .. }, Self::Iso) => {
                "to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
            }
            (Dialect::Postgres { .. }, Self::Local) => "now() AT TIME ZONE 'UTC'",
            (Dialect::Postgres { .. }, Self::Millis) => {
                "(EXTRACT(EPOCH FROM now()) * 1000)::bigint"
            }
            (Dialect::Postgres { .. }, Self::Seconds) => "EXTRACT(EPOCH FROM now())::bigint",
            (Dialect::Postgres { .. }, Self::Stamp) => "now()",
            (Dialect::Postgres { .. }, Self::Text) => {
                "to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
            }
            (Dialect::Sqlite, Self::Iso) => "strftime('%Y-%m-%dT%H:%M:%SZ')",
            (Dialect::Sqlite, Self::Millis) => "unixepoch() * 1000",
            (Dialect::Sqlite, Self::Seconds) => "unixepoch()",
            (Dialect::Sqlite, Self::Local | Self::Stamp | Self::Text) => "datetime()",
        }
    }
}

/// A number that is greater counts milliseconds: as seconds it would be a year after 5000.
pub(super) const MOST_SECONDS: u64 = 100_000_000_000;
