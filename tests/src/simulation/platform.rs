//! What all isolates share: the authority, KV, and the count of what is asked of them.

use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use policy::decision::Rules;
use policy::instance_url::HostRule;
use policy::issuer::Issuer;
use policy::standing::Standing;
use policy::status::Status;
use policy::time::Moment;

use super::Problem;
use super::assumptions::Assumptions;
use super::chance::Chance;
use super::figures::Counts;
use super::kv::Kv;
use super::person::{DOMAIN, Person, issuer};

/// Who knows where everybody stands. A control plane over HTTP is asked as the registry is, and costs no rows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Asked {
    /// A database, or a control plane: it says what is so now.
    Registry,
    /// KV itself.
    Kv,
}

/// Rows of D1, as workerd's D1 counts them for the statements of `edge/src/authority/registry` (`meta.rows_read`,
/// `meta.rows_written`), with indexes.
pub(crate) mod rows {
    /// To read a standing.
    pub(crate) const STANDING: u64 = 5;
    /// To read in the batch that notes a log-in.
    pub(crate) const LOG_IN_READ: u64 = 9;
    /// To write where a session begins, and to delete its two rows when they are too old.
    pub(crate) const SESSION_BEGINS: u64 = 9 + 2;
    /// To read in order to delete these two rows.
    pub(crate) const SESSION_GOES_READ: u64 = 8;
    /// To write where the last activity moves.
    pub(crate) const ACTIVITY_MOVES: u64 = 2;
}

/// When the authority does not answer: from the first moment on, for so long, and again after a while.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outages {
    pub(crate) first: Moment,
    pub(crate) lasts: Duration,
    pub(crate) every: Duration,
    pub(crate) times: u64,
}

impl Outages {
    /// The outage of this moment, or the one before it: when it began.
    pub(crate) fn latest(&self, now: Moment) -> Option<Moment> {
        if now < self.first || self.times == 0 {
            return None;
        }
        let every = u64::try_from(self.every.as_millis())
            .unwrap_or(u64::MAX)
            .max(1);
        let since = u64::try_from(now.since(self.first).as_millis()).unwrap_or(u64::MAX);
        let nth = (since / every).min(self.times - 1);
        Some(self.first.plus(Duration::from_millis(nth * every)))
    }

    fn is_out(&self, now: Moment) -> bool {
        self.latest(now)
            .is_some_and(|began| now.is_within(self.lasts, began))
    }
}

/// What all isolates share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) asked: Asked,
    pub(crate) rules: Rules,
    pub(crate) kv_rewrite: Duration,
    pub(crate) hosts: Vec<HostRule>,
    pub(crate) issuers: Vec<Issuer>,
    pub(crate) outages: Outages,
    pub(crate) chance: Chance,
    pub(crate) counts: Counts,
    /// The copies of sightings, in their stored form.
    pub(crate) copies: Kv<Rc<[u8]>>,
    /// When the set of the issuer's keys was fetched that KV holds.
    pub(crate) key_sets: Kv<Moment>,
    /// The records where KV is the authority.
    records: Kv<(Status, u64)>,
    /// Whoever is or was suspended.
    changed: HashMap<u32, (Status, u64)>,
    /// When the authority last said of somebody that they are ready, to any isolate: what outages are judged by.
    pub(crate) said_ready: HashMap<u32, Moment>,
}

/// The authority did not answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoAnswer;

impl Shared {
    pub(crate) fn new(
        assumptions: &Assumptions,
        asked: Asked,
        outages: Outages,
        seed: u64,
    ) -> Result<Self, Problem> {
        let platform = &assumptions.platform;
        Ok(Self {
            asked,
            rules: Rules {
                freshness: assumptions.freshness,
                ..Rules::default()
            },
            kv_rewrite: (assumptions.kv_rewrite)
                .unwrap_or_else(|| assumptions.freshness.copied_anew_after()),
            hosts: vec![HostRule::parse(&format!("*.{DOMAIN}")).ok_or(Problem::Name)?],
            issuers: vec![issuer()?],
            outages,
            chance: Chance::new(seed),
            counts: Counts::default(),
            copies: Kv::new(platform, seed ^ 1),
            key_sets: Kv::new(platform, seed ^ 2),
            records: Kv::new(platform, seed ^ 3),
            changed: HashMap::new(),
            said_ready: HashMap::new(),
        })
    }

    /// What the authority says of somebody.
    pub(crate) fn standing(
        &mut self,
        person: &Person,
        location: u16,
        now: Moment,
    ) -> Result<Standing, NoAnswer> {
        if self.outages.is_out(now) {
            self.counts.asked_in_vain += 1;
            return Err(NoAnswer);
        }
        self.counts.authority_reads += 1;
        let (status, version) = match self.asked {
            Asked::Registry => {
                self.counts.rows_read += rows::STANDING;
                self.changed.get(&person.number).copied()
            }
            Asked::Kv => {
                self.counts.kv_reads += 1;
                self.records.get(person.number, location, now)
            }
        }
        .unwrap_or((Status::Ready, 1));
        if status == Status::Ready {
            self.said_ready.insert(person.number, now);
        }
        Ok(person.standing(status, version))
    }

    /// Changes a status where the truth is, and tells nobody: no isolate is the one the change came through.
    pub(crate) fn change(&mut self, number: u32, status: Status, now: Moment) {
        let version = self.changed.get(&number).map_or(1, |(_, version)| *version) + 1;
        self.changed.insert(number, (status, version));
        if self.asked == Asked::Kv {
            self.records
                .put(number, OPERATOR, Some((status, version)), None, now);
        }
    }

    /// Whether they were suspended at any time.
    pub(crate) fn was_suspended(&self, number: u32) -> bool {
        self.changed.contains_key(&number)
    }

    /// The batch that notes a log-in.
    pub(crate) fn note_log_in(&mut self, session: &mut Recorded, now: Moment) {
        if self.asked == Asked::Kv {
            return;
        }
        if self.outages.is_out(now) {
            self.counts.log_ins_lost += 1;
            return;
        }
        self.counts.log_in_batches += 1;
        self.counts.rows_read += rows::LOG_IN_READ;
        match session.last_activity {
            None => {
                self.counts.log_ins += 1;
                self.counts.rows_read += rows::SESSION_GOES_READ;
                self.counts.rows_written += rows::SESSION_BEGINS;
                session.last_activity = Some(now);
            }
            Some(last) if now.since(last) >= ACTIVITY => {
                self.counts.rows_written += rows::ACTIVITY_MOVES;
                session.last_activity = Some(now);
            }
            Some(_) => {}
        }
    }

    pub(crate) fn sweep(&mut self, now: Moment) {
        let grace = self.rules.freshness.grace;
        self.copies.sweep(now);
        self.key_sets.sweep(now);
        self.records.sweep(now);
        self.said_ready
            .retain(|_, said| now.is_within(grace * 4, *said));
    }
}

/// What the registry has of a session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recorded {
    pub(crate) last_activity: Option<Moment>,
}

/// As `ACTIVITY` in `edge/src/authority/registry/sessions.rs`.
pub(crate) const ACTIVITY: Duration = Duration::from_mins(5);

/// Operators are at a location of their own, where no visitor is: the worst case for whoever waits for their change.
const OPERATOR: u16 = u16::MAX;
