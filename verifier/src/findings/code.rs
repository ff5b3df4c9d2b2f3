//! The catalogue of causes: the stable name of each, what it means, how it is known, and what it takes to mend it. `docs/findings.md`
//! is made of it.

use serde::{Serialize, Serializer};

use crate::configuration::suggestion::closest;

/// The stable name of a cause: what programs and documentation refer to.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Code {
    /// Two clocks disagree.
    ClockSkew,
    /// A deploy took what people had written (incident I5).
    DataLost,
    /// The database goes with its container (incident I5).
    DataOnNoVolume,
    /// The code runs against a database without its tables (incident I5).
    DatabaseNeverMigrated,
    /// Log-ins are let in and not written down (incident I4).
    EventsLost,
    /// Somebody gets in who has nothing to show.
    ForgeryAdmitted,
    /// The gate refuses everybody because its configuration is wrong.
    GateMisconfigured,
    /// The sign-up created no instance (the shape of incident I2).
    InstanceMissing,
    /// An app is open to whoever knows its address.
    InstanceOpen,
    /// The status stays where nobody is admitted (incident I1).
    InstanceStuck,
    /// People are sent where nobody answers.
    LinkDead,
    /// People read what is not the case (incidents I1, I4).
    MessageContradictsState,
    /// A migration is another one than when it was applied.
    MigrationEdited,
    /// A migration was begun and not finished (incident I3).
    MigrationFailed,
    /// The code is newer than the database.
    MigrationPending,
    /// The database is newer than the code.
    MigrationUnknown,
    /// Database and code have gone different ways.
    MigrationsDiverged,
    /// Tokens can travel in the open.
    NotEncrypted,
    /// The app uses another database than everybody thinks (incident I5).
    OtherDatabaseInUse,
    /// Something takes headers away from the gate's pages.
    SecurityHeadersMissing,
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
    pub(crate) const ALL: [Self; 20] = [
        Self::ClockSkew,
        Self::DataLost,
        Self::DataOnNoVolume,
        Self::DatabaseNeverMigrated,
        Self::EventsLost,
        Self::ForgeryAdmitted,
        Self::GateMisconfigured,
        Self::InstanceMissing,
        Self::InstanceOpen,
        Self::InstanceStuck,
        Self::LinkDead,
        Self::MessageContradictsState,
        Self::MigrationEdited,
        Self::MigrationFailed,
        Self::MigrationPending,
        Self::MigrationUnknown,
        Self::MigrationsDiverged,
        Self::NotEncrypted,
        Self::OtherDatabaseInUse,
        Self::SecurityHeadersMissing,
    ];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::ClockSkew => "clock_skew",
            Self::DataLost => "data_lost",
            Self::DataOnNoVolume => "data_on_no_volume",
            Self::DatabaseNeverMigrated => "database_never_migrated",
            Self::EventsLost => "events_lost",
            Self::ForgeryAdmitted => "forgery_admitted",
            Self::GateMisconfigured => "gate_misconfigured",
            Self::InstanceMissing => "instance_missing",
            Self::InstanceOpen => "instance_open",
            Self::InstanceStuck => "instance_stuck",
            Self::LinkDead => "link_dead",
            Self::MessageContradictsState => "message_contradicts_state",
            Self::MigrationEdited => "migration_edited",
            Self::MigrationFailed => "migration_failed",
            Self::MigrationPending => "migration_pending",
            Self::MigrationUnknown => "migration_unknown",
            Self::MigrationsDiverged => "migrations_diverged",
            Self::NotEncrypted => "not_encrypted",
            Self::OtherDatabaseInUse => "other_database_in_use",
            Self::SecurityHeadersMissing => "security_headers_missing",
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
            Self::DataLost => Entry {
                meaning: "What was written before a deploy is not there after it.",
                known_by: "`usher check persistence`: the user that it created before the deploy cannot log in after it, and one that is created now can.",
                cure: "Put the database on a volume, or on a server of its own, and bring the data back from a backup.",
            },
            Self::DataOnNoVolume => Entry {
                meaning: "The file of the database is in the container itself or in memory, so the next deploy takes it away.",
                known_by: "`usher check persistence`, run where the app runs: the file system that holds the file is an overlay or a tmpfs.",
                cure: "Mount a volume at the folder of the file, and copy the file to it before the container is made anew.",
            },
            Self::DatabaseNeverMigrated => Entry {
                meaning: "The deployed code runs against a database that has not got its tables.",
                known_by: "A sign-up or a log-in failed, and a table of `tables` in [[databases]], or the file itself, is not there.",
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
            Self::LinkDead => Entry {
                meaning: "The gate sends people where nobody answers.",
                known_by: "`usher check messages` followed a link of the gate's pages, such as to the support, and it led nowhere.",
                cure: "Mend the address where it is configured, and deploy the gate again.",
            },
            Self::MessageContradictsState => Entry {
                meaning: "People are told what is not the case in their state, or not what to do next.",
                known_by: "A message of the gate, in the state in which it is read, has a phrase that is untrue there, no next step, or nobody to ask.",
                cure: "Find what rewrites the gate's answers, or deploy the same version of the gate and of `usher`.",
            },
            Self::MigrationEdited => Entry {
                meaning: "A migration is not what it was when it was applied.",
                known_by: "The checksum that the tool wrote down (Prisma, sqlx, Flyway) is not that of the file.",
                cure: "Put the file back as it was, and the difference into a new migration.",
            },
            Self::MigrationFailed => Entry {
                meaning: "A migration failed halfway, and the tool applies nothing behind it.",
                known_by: "The history of the tool says so (Prisma, sqlx, Flyway); its log is quoted where it keeps one.",
                cure: "Mend what the log names, take the failure out of the history by the tool's own command, and apply again.",
            },
            Self::MigrationPending => Entry {
                meaning: "The code brings migrations that the database in use has not seen.",
                known_by: "The folder of `migrations` in [[databases]] held against the history in the database.",
                cure: "Apply them to the very database that the report names, and on every deploy.",
            },
            Self::MigrationUnknown => Entry {
                meaning: "Migrations are applied that the code does not have: the database is ahead of it.",
                known_by: "The history in the database names what the folder has not got.",
                cure: "Deploy the code that has them, or bring their files back.",
            },
            Self::MigrationsDiverged => Entry {
                meaning: "Some migrations are applied that the code does not have, and others of the code are not applied; or the folder itself branches.",
                known_by: "The folder held against the history, and the graph of Alembic's revisions for its heads.",
                cure: "Check that it is the right database; bring the branches together before anything is applied.",
            },
            Self::NotEncrypted => Entry {
                meaning: "Passwords and tokens can travel unencrypted.",
                known_by: "An address of the configuration begins with `http:`, or the gate's host serves whoever comes unencrypted.",
                cure: "Give the service a certificate, and let `http:` lead to `https:`.",
            },
            Self::OtherDatabaseInUse => Entry {
                meaning: "The app is given another database than the one that is looked after.",
                known_by: "`usher check persistence`: the variable in `app_env_file` leads to another place than its [[databases]] table does.",
                cure: "Give the app this database, or name in usher.toml the one that it has.",
            },
            Self::SecurityHeadersMissing => Entry {
                meaning: "The gate's pages reach browsers without the headers that keep them safe.",
                known_by: "A page of the gate lacks a header that the gate sends with it.",
                cure: "Find what stands before the gate and removes or replaces headers of its answers.",
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
