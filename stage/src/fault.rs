//! The switches that break the stage in the ways real platforms broke.

use std::fmt;

/// One way to be broken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// The apps are broken, and their health check is not.
    AppDown,
    /// The apps do not read who is there.
    AppForgetsVisitor,
    /// The tokens do not say whose address it is.
    EmailMissing,
    /// The tokens say that nobody has shown the address to be theirs.
    EmailUnverified,
    /// Nobody can log in.
    LogInFails,
    /// A log-in gives no token.
    LogInWithoutToken,
    /// Nobody can log out.
    LogOutFails,
    /// The database in use was never migrated (incident I5).
    NeverMigrated,
    /// Nobody can be removed.
    RemovalFails,
    /// Signing up creates an identity and nothing else (incident I2).
    SignUpLost,
    /// The provisioner stops at `active` (incident I1).
    StuckActive,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 11] = [
        Self::AppDown,
        Self::AppForgetsVisitor,
        Self::EmailMissing,
        Self::EmailUnverified,
        Self::LogInFails,
        Self::LogInWithoutToken,
        Self::LogOutFails,
        Self::NeverMigrated,
        Self::RemovalFails,
        Self::SignUpLost,
        Self::StuckActive,
    ];

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NeverMigrated => "never-migrated",
            Self::AppDown => "app-down",
            Self::AppForgetsVisitor => "app-forgets-visitor",
            Self::EmailMissing => "email-missing",
            Self::EmailUnverified => "email-unverified",
            Self::LogInFails => "log-in-fails",
            Self::LogInWithoutToken => "log-in-without-token",
            Self::LogOutFails => "log-out-fails",
            Self::RemovalFails => "removal-fails",
            Self::SignUpLost => "sign-up-lost",
            Self::StuckActive => "stuck-active",
        }
    }

    /// What it does, in one clause.
    pub const fn what_it_does(self) -> &'static str {
        match self {
            Self::AppDown => {
                "every page of every app answers 500, although the app says that it is well"
            }
            Self::AppForgetsVisitor => "the app shows a page, and not who is there",
            Self::EmailMissing => "a token has no `email`",
            Self::EmailUnverified => {
                "a token says `email_verified: false`, also for who has confirmed the address"
            }
            Self::LogInFails => "the identity service answers every log-in with 500",
            Self::LogInWithoutToken => "a log-in is answered with 200 and without a token",
            Self::LogOutFails => "the identity service answers every log-out with 500",
            Self::RemovalFails => "no user can be removed",
            Self::SignUpLost => {
                "the event of a sign-up is lost, so there is an identity and nothing behind it (incident I2)"
            }
            Self::NeverMigrated => {
                "no migration is applied to the identity database, so there is no `users` table"
            }
            Self::StuckActive => {
                "the provisioner writes `active` and never `ready`, although the app answers"
            }
        }
    }

    /// Reads a name exactly as written.
    pub fn parse(name: &str) -> Result<Self, UnknownFault> {
        Self::ALL
            .into_iter()
            .find(|fault| fault.name() == name)
            .ok_or_else(|| UnknownFault(name.to_owned()))
    }
}

/// A name that no fault has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnknownFault(pub String);

impl fmt::Display for UnknownFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Fault::ALL.map(Fault::name).join(", ");
        write!(f, "unknown fault `{}`, expected one of: {names}", self.0)
    }
}

impl std::error::Error for UnknownFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_and_a_wrong_one_lists_them() {
        for fault in Fault::ALL {
            assert_eq!(Fault::parse(fault.name()), Ok(fault));
        }
        let problem = Fault::parse("stuck").unwrap_err().to_string();
        assert_eq!(
            problem,
            "unknown fault `stuck`, expected one of: app-down, app-forgets-visitor, email-missing, email-unverified, log-in-fails, log-in-without-token, log-out-fails, never-migrated, removal-fails, sign-up-lost, stuck-active"
        );
    }
}
