//! The catalogue of causes: what each means, how it is known, and what it takes to mend it. `docs/findings.md` is made of it.

use crate::findings::code::Code;

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
    #[expect(clippy::too_many_lines, reason = "a catalogue: one entry a cause")]
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
            Self::TableMissing => Entry {
                meaning: "Some tables of the deployed code are not in the database, and others are: a migration is missing or failed.",
                known_by: "`schema` of [[databases]], and its `tables`, held against the live database.",
                cure: "Apply the migrations that are missing, or run the CREATE TABLE statements of the report.",
            },
        }
    }
}
