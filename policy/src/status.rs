//! The platform's word for an instance: every status, its meaning, what may follow it, and what it allows.
//!
//! This is the only place where a status is defined (incident I1: the provisioner wrote `active`, the login admitted only
//! `ready`, and nobody had agreed on either). Decisions are made on the [`Availability`], never on the word.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Where an instance stands in its life. The order of the variants is the legal order.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Status {
    /// The app is being created.
    Provisioning,
    /// The app is deployed, its set-up is not finished.
    Active,
    /// Fully operational; the only status that admits a visitor.
    Ready,
    /// Disabled for now; may come back to where it was.
    Suspended,
}

/// What a status allows. Four words become three cases here and nowhere else.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Availability {
    /// A visitor may enter.
    Open,
    /// Nobody may enter, and no operator was involved.
    Suspended,
    /// A visitor may enter later, without anybody doing anything.
    Waiting,
}

impl Availability {
    /// Every case.
    pub const ALL: [Self; 3] = [Self::Open, Self::Suspended, Self::Waiting];

    /// The case as the contract names it to other languages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Suspended => "suspended",
            Self::Waiting => "waiting",
        }
    }
}

impl Status {
    /// Every status, in the legal order.
    pub const ALL: [Self; 4] = [
        Self::Provisioning,
        Self::Active,
        Self::Ready,
        Self::Suspended,
    ];

    /// What a new instance begins as.
    pub const FIRST: Self = Self::Provisioning;

    /// The word as it stands in databases, in JSON and on pages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Provisioning => "provisioning",
            Self::Active => "active",
            Self::Ready => "ready",
            Self::Suspended => "suspended",
        }
    }

    /// What the word means, in one clause.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Provisioning => "the app is being created",
            Self::Active => "the app is deployed, its set-up is not finished",
            Self::Ready => "fully operational, the only status that admits a visitor",
            Self::Suspended => "disabled for now",
        }
    }

    /// What the status allows.
    pub const fn availability(self) -> Availability {
        match self {
            Self::Provisioning | Self::Active => Availability::Waiting,
            Self::Ready => Availability::Open,
            Self::Suspended => Availability::Suspended,
        }
    }

    /// Reads a word exactly as written: no trimming, no case folding, no synonym.
    pub fn parse(word: &str) -> Result<Self, UnknownStatus> {
        Self::ALL
            .into_iter()
            .find(|status| status.word() == word)
            .ok_or_else(|| UnknownStatus(word.to_owned()))
    }

    /// What may follow: the next status or `suspended`, and from `suspended` only back to where it was.
    ///
    /// `suspended_from` is the status an instance had when it was suspended; it matters only for [`Status::Suspended`].
    pub fn successors(self, suspended_from: Option<Self>) -> Vec<Self> {
        match self {
            Self::Provisioning => [Self::Active, Self::Suspended].into(),
            Self::Active => [Self::Ready, Self::Suspended].into(),
            Self::Ready => [Self::Suspended].into(),
            Self::Suspended => suspended_from
                .into_iter()
                .filter(|from| *from != Self::Suspended)
                .collect(),
        }
    }

    /// Every status an instance can be suspended in, and so every one it may return to.
    pub fn suspendable() -> impl Iterator<Item = Self> {
        Self::ALL
            .into_iter()
            .filter(|status| status.successors(None).contains(&Self::Suspended))
    }

    /// Whether `next` may follow; the error names what may.
    pub fn step(self, suspended_from: Option<Self>, next: Self) -> Result<Self, IllegalTransition> {
        let allowed = self.successors(suspended_from);
        if allowed.contains(&next) {
            Ok(next)
        } else {
            Err(IllegalTransition {
                from: self,
                to: next,
                allowed,
            })
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::parse(&word).map_err(serde::de::Error::custom)
    }
}

/// A word that is no status. It admits nobody and is never guessed at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnknownStatus(pub String);

impl fmt::Display for UnknownStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown status word `{}`, expected ", self.0)?;
        write_words(f, &Status::ALL)
    }
}

/// A change of status that skips a step or goes back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IllegalTransition {
    /// The status before the change.
    pub from: Status,
    /// The status that was asked for.
    pub to: Status,
    /// What would have been legal.
    pub allowed: Vec<Status>,
}

impl fmt::Display for IllegalTransition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "an instance that is `{}` cannot become `{}`; legal next: ",
            self.from, self.to
        )?;
        write_words(f, &self.allowed)
    }
}

fn write_words(f: &mut fmt::Formatter<'_>, statuses: &[Status]) -> fmt::Result {
    for (position, status) in statuses.iter().enumerate() {
        let separator = if position == 0 { "" } else { ", " };
        write!(f, "{separator}`{status}`")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back_as_its_status() {
        for status in Status::ALL {
            assert_eq!(Status::parse(status.word()), Ok(status));
        }
    }

    #[test]
    fn near_misses_of_a_word_are_unknown() {
        for word in [
            "Ready", " ready", "ready ", "running", "", "READY", "ready\n",
        ] {
            assert_eq!(Status::parse(word), Err(UnknownStatus(word.to_owned())));
        }
    }

    #[test]
    fn automation_never_skips_a_status() {
        assert!(Status::Provisioning.step(None, Status::Ready).is_err());
        assert_eq!(
            Status::Provisioning.step(None, Status::Active),
            Ok(Status::Active)
        );
        assert_eq!(Status::Active.step(None, Status::Ready), Ok(Status::Ready));
    }

    #[test]
    fn a_suspended_instance_returns_only_to_where_it_was() {
        for before in [Status::Provisioning, Status::Active, Status::Ready] {
            for next in Status::ALL {
                assert_eq!(
                    Status::Suspended.step(Some(before), next).is_ok(),
                    next == before
                );
            }
        }
        assert!(Status::Suspended.successors(None).is_empty());
    }

    #[test]
    fn whatever_can_be_suspended_can_be_returned_to() {
        let suspendable: Vec<_> = Status::suspendable().collect();
        for from in Status::ALL {
            assert_eq!(
                suspendable.contains(&from),
                !Status::Suspended.successors(Some(from)).is_empty()
            );
        }
    }

    #[test]
    fn only_ready_is_open() {
        for status in Status::ALL {
            assert_eq!(
                status.availability() == Availability::Open,
                status == Status::Ready
            );
        }
    }
}
