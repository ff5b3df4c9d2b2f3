//! The switches that break the stage in the ways real platforms broke.

use std::fmt;

/// One way to be broken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// The database in use was never migrated (incident I5).
    NeverMigrated,
    /// The provisioner stops at `active` (incident I1).
    StuckActive,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 2] = [Self::NeverMigrated, Self::StuckActive];

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NeverMigrated => "never-migrated",
            Self::StuckActive => "stuck-active",
        }
    }

    /// What it does, in one clause.
    pub const fn what_it_does(self) -> &'static str {
        match self {
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
            "unknown fault `stuck`, expected one of: never-migrated, stuck-active"
        );
    }
}
