//! The stable names of causes.

use serde::{Serialize, Serializer};

use crate::configuration::suggestion::closest;

/// The stable name of a cause: what programs and documentation refer to.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Code {
    /// There is an account that is nobody's.
    AccountWithoutUser,
    /// The app behind the gate is not well.
    AppFailing,
    /// The app does not read who is there.
    AppIgnoresVisitor,
    /// The gate is not bound to what it stands on.
    BindingMissing,
    /// The file has no real ids of the gate's stores.
    BindingPlaceholder,
    /// Two clocks disagree.
    ClockSkew,
    /// A column is there and is not what the code expects.
    ColumnDiffers,
    /// The code reads columns that no migration made (incident I3).
    ColumnMissing,
    /// usher.toml and the gate's file speak of two gates.
    ConfigsDisagree,
    /// A deploy took what people had written (incident I5).
    DataLost,
    /// The database goes with its container (incident I5).
    DataOnNoVolume,
    /// The code runs against a database without its tables (incident I5).
    DatabaseNeverMigrated,
    /// The gate is deployed as on a developer's machine.
    DevelopmentDeployed,
    /// The issuer does not say whose the address is (incident I4).
    EmailNotVouched,
    /// Log-ins are let in and not written down (incident I4).
    EventsLost,
    /// Somebody gets in who has nothing to show.
    ForgeryAdmitted,
    /// The gate refuses everybody because its configuration is wrong.
    GateMisconfigured,
    /// Another gate answers than that of the files.
    GateUnlikeFiles,
    /// The service that people log in at is not well.
    IdentityFailing,
    /// Somebody can log in of whom there is no record (incident I2).
    IdentityWithoutUser,
    /// An index that the code declares cannot come there (incident I2).
    IndexConflict,
    /// An index or a unique constraint of the code is not there.
    IndexMissing,
    /// The sign-up created no instance (the shape of incident I2).
    InstanceMissing,
    /// An app is open to whoever knows its address.
    InstanceOpen,
    /// The status stays where nobody is admitted (incident I1).
    InstanceStuck,
    /// An issuer has no key of the kind that is expected.
    IssuerKeysLackAlgorithm,
    /// The keys of an issuer cannot be had.
    IssuerUnreachable,
    /// The gate knows somebody who is nobody.
    KnownToGateOnly,
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
    /// Several rows are there for one user.
    RecordDuplicated,
    /// Two records of one user disagree.
    RecordsDisagree,
    /// Somebody added something to the gate's registry by hand (incident I4).
    RegistryAltered,
    /// The gate stands before a part of its host only.
    RoutePartial,
    /// The gate is not told its secrets.
    SecretMissing,
    /// A secret stands in the code.
    SecretWrittenDown,
    /// Something takes headers away from the gate's pages.
    SecurityHeadersMissing,
    /// The gate is not told what it cannot do without.
    SettingMissing,
    /// The gate is told something under a name that it does not know.
    SettingUnknown,
    /// Some of the tables of the code are there and some are not.
    TableMissing,
    /// A log-in went well and gave nothing to show.
    TokenMissing,
    /// The gate does not believe those who log people in.
    TokenRefused,
    /// The gate does not know somebody whom it should.
    UnknownToGate,
    /// A user has no account where they need one (incident I2).
    UserWithoutAccount,
    /// There is a record of somebody who cannot log in.
    UserWithoutIdentity,
    /// Sign-ups were sent, and nobody took them (incident I2).
    WebhookDeliveryFailed,
    /// What carries sign-ups is off (incident I2).
    WebhookDisabled,
    /// Nobody is there to take a sign-up (incident I2).
    WebhookEndpointDead,
    /// The handler of sign-ups is not told what it needs (incident I2).
    WebhookEnvironmentMissing,
    /// Everything is sent but sign-ups (incident I2).
    WebhookFiltersOut,
    /// Nothing carries sign-ups (incident I2).
    WebhookMissing,
    /// Sign-ups are sent to another place (incident I2).
    WebhookWrongEndpoint,
}

impl Code {
    /// Every code, in alphabetical order of their words.
    pub(crate) const ALL: [Self; 59] = [
        Self::AccountWithoutUser,
        Self::AppFailing,
        Self::AppIgnoresVisitor,
        Self::BindingMissing,
        Self::BindingPlaceholder,
        Self::ClockSkew,
        Self::ColumnDiffers,
        Self::ColumnMissing,
        Self::ConfigsDisagree,
        Self::DataLost,
        Self::DataOnNoVolume,
        Self::DatabaseNeverMigrated,
        Self::DevelopmentDeployed,
        Self::EmailNotVouched,
        Self::EventsLost,
        Self::ForgeryAdmitted,
        Self::GateMisconfigured,
        Self::GateUnlikeFiles,
        Self::IdentityFailing,
        Self::IdentityWithoutUser,
        Self::IndexConflict,
        Self::IndexMissing,
        Self::InstanceMissing,
        Self::InstanceOpen,
        Self::InstanceStuck,
        Self::IssuerKeysLackAlgorithm,
        Self::IssuerUnreachable,
        Self::KnownToGateOnly,
        Self::LinkDead,
        Self::MessageContradictsState,
        Self::MigrationEdited,
        Self::MigrationFailed,
        Self::MigrationPending,
        Self::MigrationUnknown,
        Self::MigrationsDiverged,
        Self::NotEncrypted,
        Self::OtherDatabaseInUse,
        Self::RecordDuplicated,
        Self::RecordsDisagree,
        Self::RegistryAltered,
        Self::RoutePartial,
        Self::SecretMissing,
        Self::SecretWrittenDown,
        Self::SecurityHeadersMissing,
        Self::SettingMissing,
        Self::SettingUnknown,
        Self::TableMissing,
        Self::TokenMissing,
        Self::TokenRefused,
        Self::UnknownToGate,
        Self::UserWithoutAccount,
        Self::UserWithoutIdentity,
        Self::WebhookDeliveryFailed,
        Self::WebhookDisabled,
        Self::WebhookEndpointDead,
        Self::WebhookEnvironmentMissing,
        Self::WebhookFiltersOut,
        Self::WebhookMissing,
        Self::WebhookWrongEndpoint,
    ];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::AccountWithoutUser => "account_without_user",
            Self::AppFailing => "app_failing",
            Self::AppIgnoresVisitor => "app_ignores_visitor",
            Self::BindingMissing => "binding_missing",
            Self::BindingPlaceholder => "binding_placeholder",
            Self::ClockSkew => "clock_skew",
            Self::ColumnDiffers => "column_differs",
            Self::ColumnMissing => "column_missing",
            Self::ConfigsDisagree => "configs_disagree",
            Self::DataLost => "data_lost",
            Self::DataOnNoVolume => "data_on_no_volume",
            Self::DatabaseNeverMigrated => "database_never_migrated",
            Self::DevelopmentDeployed => "development_deployed",
            Self::EmailNotVouched => "email_not_vouched",
            Self::EventsLost => "events_lost",
            Self::ForgeryAdmitted => "forgery_admitted",
            Self::GateMisconfigured => "gate_misconfigured",
            Self::GateUnlikeFiles => "gate_unlike_files",
            Self::IdentityFailing => "identity_failing",
            Self::IdentityWithoutUser => "identity_without_user",
            Self::IndexConflict => "index_conflict",
            Self::IndexMissing => "index_missing",
            Self::InstanceMissing => "instance_missing",
            Self::InstanceOpen => "instance_open",
            Self::InstanceStuck => "instance_stuck",
            Self::IssuerKeysLackAlgorithm => "issuer_keys_lack_algorithm",
            Self::IssuerUnreachable => "issuer_unreachable",
            Self::KnownToGateOnly => "known_to_gate_only",
            Self::LinkDead => "link_dead",
            Self::MessageContradictsState => "message_contradicts_state",
            Self::MigrationEdited => "migration_edited",
            Self::MigrationFailed => "migration_failed",
            Self::MigrationPending => "migration_pending",
            Self::MigrationUnknown => "migration_unknown",
            Self::MigrationsDiverged => "migrations_diverged",
            Self::NotEncrypted => "not_encrypted",
            Self::OtherDatabaseInUse => "other_database_in_use",
            Self::RecordDuplicated => "record_duplicated",
            Self::RecordsDisagree => "records_disagree",
            Self::RegistryAltered => "registry_altered",
            Self::RoutePartial => "route_partial",
            Self::SecretMissing => "secret_missing",
            Self::SecretWrittenDown => "secret_written_down",
            Self::SecurityHeadersMissing => "security_headers_missing",
            Self::SettingMissing => "setting_missing",
            Self::SettingUnknown => "setting_unknown",
            Self::TableMissing => "table_missing",
            Self::TokenMissing => "token_missing",
            Self::TokenRefused => "token_refused",
            Self::UnknownToGate => "unknown_to_gate",
            Self::UserWithoutAccount => "user_without_account",
            Self::UserWithoutIdentity => "user_without_identity",
            Self::WebhookDeliveryFailed => "webhook_delivery_failed",
            Self::WebhookDisabled => "webhook_disabled",
            Self::WebhookEndpointDead => "webhook_endpoint_dead",
            Self::WebhookEnvironmentMissing => "webhook_environment_missing",
            Self::WebhookFiltersOut => "webhook_filters_out",
            Self::WebhookMissing => "webhook_missing",
            Self::WebhookWrongEndpoint => "webhook_wrong_endpoint",
        }
    }

    /// Reads a name; where there is none like it, the closest one.
    pub(crate) fn parse(word: &str) -> Result<Self, Option<&'static str>> {
        let mut all = Self::ALL.into_iter();
        all.find(|code| code.word() == word)
            .ok_or_else(|| closest(word, Self::ALL.map(Self::word)))
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
