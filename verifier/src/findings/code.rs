//! The catalogue of causes: the stable name of each, what it means, how it is known, and what it takes to mend it. `docs/findings.md`
//! is made of it.

mod audit;

use serde::{Serialize, Serializer};

use crate::configuration::suggestion::closest;

/// The stable name of a cause: what programs and documentation refer to.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Code {
    /// There is an account that is nobody's.
    AccountWithoutUser,
    /// Two clocks disagree.
    ClockSkew,
    /// The code runs against a database without its tables (incident I5).
    DatabaseNeverMigrated,
    /// Log-ins are let in and not written down (incident I4).
    EventsLost,
    /// Somebody gets in who has nothing to show.
    ForgeryAdmitted,
    /// The gate refuses everybody because its configuration is wrong.
    GateMisconfigured,
    /// Somebody can log in of whom there is no record (incident I2).
    IdentityWithoutUser,
    /// The sign-up created no instance (the shape of incident I2).
    InstanceMissing,
    /// An app is open to whoever knows its address.
    InstanceOpen,
    /// The status stays where nobody is admitted (incident I1).
    InstanceStuck,
    /// The gate knows somebody who is nobody.
    KnownToGateOnly,
    /// People are sent where nobody answers.
    LinkDead,
    /// People read what is not the case (incidents I1, I4).
    MessageContradictsState,
    /// Tokens can travel in the open.
    NotEncrypted,
    /// Several rows are there for one user.
    RecordDuplicated,
    /// Two records of one user disagree.
    RecordsDisagree,
    /// Something takes headers away from the gate's pages.
    SecurityHeadersMissing,
    /// The gate does not know somebody whom it should.
    UnknownToGate,
    /// A user has no account where they need one (incident I2).
    UserWithoutAccount,
    /// There is a record of somebody who cannot log in.
    UserWithoutIdentity,
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
        Self::AccountWithoutUser,
        Self::ClockSkew,
        Self::DatabaseNeverMigrated,
        Self::EventsLost,
        Self::ForgeryAdmitted,
        Self::GateMisconfigured,
        Self::IdentityWithoutUser,
        Self::InstanceMissing,
        Self::InstanceOpen,
        Self::InstanceStuck,
        Self::KnownToGateOnly,
        Self::LinkDead,
        Self::MessageContradictsState,
        Self::NotEncrypted,
        Self::RecordDuplicated,
        Self::RecordsDisagree,
        Self::SecurityHeadersMissing,
        Self::UnknownToGate,
        Self::UserWithoutAccount,
        Self::UserWithoutIdentity,
    ];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::AccountWithoutUser => "account_without_user",
            Self::ClockSkew => "clock_skew",
            Self::DatabaseNeverMigrated => "database_never_migrated",
            Self::EventsLost => "events_lost",
            Self::ForgeryAdmitted => "forgery_admitted",
            Self::GateMisconfigured => "gate_misconfigured",
            Self::IdentityWithoutUser => "identity_without_user",
            Self::InstanceMissing => "instance_missing",
            Self::InstanceOpen => "instance_open",
            Self::InstanceStuck => "instance_stuck",
            Self::KnownToGateOnly => "known_to_gate_only",
            Self::LinkDead => "link_dead",
            Self::MessageContradictsState => "message_contradicts_state",
            Self::NotEncrypted => "not_encrypted",
            Self::RecordDuplicated => "record_duplicated",
            Self::RecordsDisagree => "records_disagree",
            Self::SecurityHeadersMissing => "security_headers_missing",
            Self::UnknownToGate => "unknown_to_gate",
            Self::UserWithoutAccount => "user_without_account",
            Self::UserWithoutIdentity => "user_without_identity",
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
            Self::AccountWithoutUser => audit::ACCOUNT_WITHOUT_USER,
            Self::ClockSkew => Entry {
                meaning: "The clock of the gate and the clock of whoever runs `usher` are apart by more than tokens are allowed to be.",
                known_by: "The `date` of an answer of the gate, held against the clock here before and after it.",
                cure: "Let both follow a time server; it says nothing of which of the two is wrong.",
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
            Self::IdentityWithoutUser => audit::IDENTITY_WITHOUT_USER,
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
            Self::KnownToGateOnly => audit::KNOWN_TO_GATE_ONLY,
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
            Self::NotEncrypted => Entry {
                meaning: "Passwords and tokens can travel unencrypted.",
                known_by: "An address of the configuration begins with `http:`, or the gate's host serves whoever comes unencrypted.",
                cure: "Give the service a certificate, and let `http:` lead to `https:`.",
            },
            Self::RecordDuplicated => audit::RECORD_DUPLICATED,
            Self::RecordsDisagree => audit::RECORDS_DISAGREE,
            Self::SecurityHeadersMissing => Entry {
                meaning: "The gate's pages reach browsers without the headers that keep them safe.",
                known_by: "A page of the gate lacks a header that the gate sends with it.",
                cure: "Find what stands before the gate and removes or replaces headers of its answers.",
            },
            Self::UnknownToGate => audit::UNKNOWN_TO_GATE,
            Self::UserWithoutAccount => audit::USER_WITHOUT_ACCOUNT,
            Self::UserWithoutIdentity => audit::USER_WITHOUT_IDENTITY,
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
