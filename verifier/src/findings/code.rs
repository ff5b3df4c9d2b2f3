//! The catalogue of causes: the stable name of each, what it means, how it is known, and what it takes to mend it. `docs/findings.md`
//! is made of it.

use serde::{Serialize, Serializer};

use crate::configuration::suggestion::closest;

/// The stable name of a cause: what programs and documentation refer to.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Code {
    /// Two clocks disagree.
    ClockSkew,
    /// A column is there and is not what the code expects.
    ColumnDiffers,
    /// The code reads columns that no migration made (incident I3).
    ColumnMissing,
    /// The code runs against a database without its tables (incident I5).
    DatabaseNeverMigrated,
    /// Log-ins are let in and not written down (incident I4).
    EventsLost,
    /// Somebody gets in who has nothing to show.
    ForgeryAdmitted,
    /// The gate refuses everybody because its configuration is wrong.
    GateMisconfigured,
    /// An index or a unique constraint of the code is not there.
    IndexMissing,
    /// The sign-up created no instance (the shape of incident I2).
    InstanceMissing,
    /// An app is open to whoever knows its address.
    InstanceOpen,
    /// The status stays where nobody is admitted (incident I1).
    InstanceStuck,
    /// Tokens can travel in the open.
    NotEncrypted,
    /// Something takes headers away from the gate's pages.
    SecurityHeadersMissing,
    /// Some of the tables of the code are there and some are not.
    TableMissing,
}

/// What the catalogue says of a cause.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// What is the case.
    pub(crate) meaning: &'static str,
    /// What has to be seen for it to be said, and by whom.
    pub(crate) known_by: &'static str,
    /// What it takes to mend it.
    pub(crate) cure: &'static str,
}

impl Code {
    /// Every code, in alphabetical order of their words.
    pub(crate) const ALL: [Self; 14] = [
        Self::ClockSkew,
        Self::ColumnDiffers,
        Self::ColumnMissing,
        Self::DatabaseNeverMigrated,
        Self::EventsLost,
        Self::ForgeryAdmitted,
        Self::GateMisconfigured,
        Self::IndexMissing,
        Self::InstanceMissing,
        Self::InstanceOpen,
        Self::InstanceStuck,
        Self::NotEncrypted,
        Self::SecurityHeadersMissing,
        Self::TableMissing,
    ];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::ClockSkew => "clock_skew",
            Self::ColumnDiffers => "column_differs",
            Self::ColumnMissing => "column_missing",
            Self::DatabaseNeverMigrated => "database_never_migrated",
            Self::EventsLost => "events_lost",
            Self::ForgeryAdmitted => "forgery_admitted",
            Self::GateMisconfigured => "gate_misconfigured",
            Self::IndexMissing => "index_missing",
            Self::InstanceMissing => "instance_missing",
            Self::InstanceOpen => "instance_open",
            Self::InstanceStuck => "instance_stuck",
            Self::NotEncrypted => "not_encrypted",
            Self::SecurityHeadersMissing => "security_headers_missing",
            Self::TableMissing => "table_missing",
        }
    }

    /// Reads a name; where there is none like it, the closest one.
    pub(crate) fn parse(word: &str) -> Result<Self, Option<&'static str>> {
        let mut all = Self::ALL.into_iter();
        all.find(|code| code.word() == word)
            .ok_or_else(|| closest(word, Self::ALL.map(Self::word)))
    }

    pub(crate) const fn entry(self) -> Entry {
        match self {
            Self::ClockSkew => Entry {
                meaning: "The clock of the gate and the clock of whoever runs `usher` are apart by more than tokens are allowed to be.",
                known_by: "The `date` of an answer of the gate, held against the clock here before and after it.",
                cure: "Let both follow a time server; it says nothing of which of the two is wrong.",
            },
            Self::ColumnDiffers => Entry {
                meaning: "A column is there and has another type, another default, or allows NULL where the deployed code does not, or the other way round.",
                known_by: "`schema` of [[databases]] held against the live database; spellings that mean the same are no difference.",
                cure: "Run the SQL of the report, which changes the column to what is expected.",
            },
            Self::ColumnMissing => Entry {
                meaning: "The deployed code uses columns that the database has not got: every statement that names one fails.",
                known_by: "`schema` of [[databases]] held against the live database, by `usher check schema` or after a step that needs a database failed.",
                cure: "Run the ALTER TABLE statements of the report, and find the migration that forgot them or failed.",
            },
            Self::DatabaseNeverMigrated => Entry {
                meaning: "The deployed code runs against a database that has not got its tables.",
                known_by: "A sign-up or a log-in failed, and a table of `tables` in [[databases]], or the file itself, is not there; or not one table of `schema` is.",
                cure: "Apply the migrations to the very database that the report names, and on every deploy.",
            },
            Self::EventsLost => Entry {
                meaning: "Log-ins are let in and not written down.",
                known_by: "The gate's events have no record of the log-in of the run, and the gate counts events that it could not write.",
                cure: "Apply the gate's migrations to its registry; the report names what its log says.",
            },
            Self::ForgeryAdmitted => Entry {
                meaning: "Somebody who shows nothing, or something that nobody signed, gets past the gate.",
                known_by: "`usher check security` asked with forged tokens and headers, and something else than a refusal of the gate came back.",
                cure: "Let nothing answer at the platform's host but the gate; if it is the gate that answers, take it out of service.",
            },
            Self::GateMisconfigured => Entry {
                meaning: "The gate refuses everybody, because its own configuration is wrong or what it stands on is not there.",
                known_by: "The gate says `misconfigured`, or that it is not ready, and names its mistakes.",
                cure: "Mend the values that the report names, and deploy the gate again.",
            },
            Self::IndexMissing => Entry {
                meaning: "An index of the deployed code is not there. Without a unique one, what must be there once can be there twice.",
                known_by: "`schema` of [[databases]] held against the live database: no index has these columns, whatever it is called.",
                cure: "Run the CREATE INDEX statements of the report; a unique one fails for as long as there are duplicates.",
            },
            Self::InstanceMissing => Entry {
                meaning: "The sign-up made an identity and nothing behind it.",
                known_by: "The gate knows who the user is, and its registry has no instance of theirs for as long as the run waited.",
                cure: "Find the event of the sign-up where the provisioner takes it; the report has the command that makes the instance by hand.",
            },
            Self::InstanceOpen => Entry {
                meaning: "An app shows itself to whoever asks at its own address, so nobody needs the gate to get in.",
                known_by: "`usher check security` asked apps of the registry at their own addresses, without anything to show.",
                cure: "Let the apps check the assertion that the gate signs (docs/apps.md), or close their addresses to everybody else.",
            },
            Self::InstanceStuck => Entry {
                meaning: "The instance stays in a status in which nobody is let in.",
                known_by: "The status stood still for half of the wait or longer; the registry and the app itself are asked.",
                cure: "Let whoever creates instances write `ready`; the report has the legal steps for those that are there.",
            },
            Self::NotEncrypted => Entry {
                meaning: "Passwords and tokens can travel unencrypted.",
                known_by: "An address of the configuration begins with `http:`, or the gate's host serves whoever comes unencrypted.",
                cure: "Give the service a certificate, and let `http:` lead to `https:`.",
            },
            Self::SecurityHeadersMissing => Entry {
                meaning: "The gate's pages reach browsers without the headers that keep them safe.",
                known_by: "A page of the gate lacks a header that the gate sends with it.",
                cure: "Find what stands before the gate and removes or replaces headers of its answers.",
            },
            Self::TableMissing => Entry {
                meaning: "Some tables of the deployed code are not in the database, and others are: a migration is missing or failed.",
                known_by: "`schema` of [[databases]], and its `tables`, held against the live database.",
                cure: "Apply the migrations that are missing, or run the CREATE TABLE statements of the report.",
            },
        }
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_in_the_list_once_and_in_its_place() {
        let words = Code::ALL.map(Code::word);
        assert!(words.is_sorted_by(|one, next| one < next), "{words:?}");
    }
}
