//! The ways in which a world can be broken, each as a real platform was.

use std::fmt;

use crate::gate::{Gate, GateError};

/// One way to be broken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Incident {
    /// Somebody changed the registry's table of events by hand: log-ins are let in and not written down (incident I4).
    LostEvents,
    /// What stands behind the gate is broken.
    Stage(stage::Fault),
}

impl Incident {
    /// Every incident.
    pub const ALL: [Self; 12] = [
        Self::LostEvents,
        Self::Stage(stage::Fault::AppDown),
        Self::Stage(stage::Fault::AppForgetsVisitor),
        Self::Stage(stage::Fault::EmailMissing),
        Self::Stage(stage::Fault::EmailUnverified),
        Self::Stage(stage::Fault::LogInFails),
        Self::Stage(stage::Fault::LogInWithoutToken),
        Self::Stage(stage::Fault::LogOutFails),
        Self::Stage(stage::Fault::NeverMigrated),
        Self::Stage(stage::Fault::RemovalFails),
        Self::Stage(stage::Fault::SignUpLost),
        Self::Stage(stage::Fault::StuckActive),
    ];

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LostEvents => "lost-events",
            Self::Stage(fault) => fault.name(),
        }
    }

    /// What it does, in one clause.
    pub const fn what_it_does(self) -> &'static str {
        match self {
            Self::LostEvents => {
                "the registry's table of events takes no log-in any more, so log-ins are let in and not written down"
            }
            Self::Stage(fault) => fault.what_it_does(),
        }
    }

    /// Reads a name exactly as written.
    pub fn parse(name: &str) -> Result<Self, UnknownIncident> {
        Self::ALL
            .into_iter()
            .find(|incident| incident.name() == name)
            .ok_or_else(|| UnknownIncident(name.to_owned()))
    }

    /// What the stage has of it.
    pub(crate) const fn of_stage(self) -> Option<stage::Fault> {
        match self {
            Self::LostEvents => None,
            Self::Stage(fault) => Some(fault),
        }
    }

    /// Breaks what the gate has of it, with the gate running.
    pub(crate) async fn befall(self, gate: &Gate) -> Result<(), GateError> {
        match self {
            Self::LostEvents => gate.d1(REFUSE_LOG_INS, &[]).await.map(|_rows| ()),
            Self::Stage(_) => Ok(()),
        }
    }
}

/// As a CHECK would that was written by hand before the event had its name.
const REFUSE_LOG_INS: &str = "
    CREATE TRIGGER known_events BEFORE INSERT ON events WHEN new.event = 'login_success'
    BEGIN SELECT raise(ABORT, 'unknown event'); END";

/// A name that no incident has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnknownIncident(pub String);

impl fmt::Display for UnknownIncident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Incident::ALL.map(Incident::name).join(", ");
        write!(f, "unknown fault `{}`, expected one of: {names}", self.0)
    }
}

impl std::error::Error for UnknownIncident {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_the_stage_is_an_incident_and_every_name_reads_back() {
        for fault in stage::Fault::ALL {
            assert!(Incident::ALL.contains(&Incident::Stage(fault)));
        }
        for incident in Incident::ALL {
            assert_eq!(Incident::parse(incident.name()), Ok(incident));
        }
        let problem = Incident::parse("stuck").unwrap_err().to_string();
        assert_eq!(
            problem,
            "unknown fault `stuck`, expected one of: lost-events, app-down, app-forgets-visitor, email-missing, email-unverified, log-in-fails, log-in-without-token, log-out-fails, never-migrated, removal-fails, sign-up-lost, stuck-active"
        );
    }
}
