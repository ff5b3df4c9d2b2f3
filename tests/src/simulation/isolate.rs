//! One isolate, doing for a request what the gate does, step by step: `fast_path`, `gate`, `sightings`, `sightings/copies`, `log_ins` and
//! `issuer_keys` of `edge/src`, without the waiting. Memory and circuit are the gate's own, the rules those of `policy`; what is written
//! here again is the order in which they are asked, for in `edge` that is bound to the Workers runtime.
//!
//! Every answer is there at once. Of a herd in one isolate one asks and the others wait for it (`Memory::is_asked`), so nothing is
//! counted otherwise by that.

use std::num::NonZeroUsize;
use std::rc::Rc;
use std::time::Duration;

use lru::LruCache;
use policy::decision::{Decision, Found, Place, decide};
use policy::door::Knock;
use policy::freshness::{Freshness, Jitter};
use policy::rule::Rule;
use policy::session::SessionKey;
use policy::sighting::Sighting;
use policy::time::Moment;

use super::gate::circuit::{Circuit, Outcome};
use super::gate::memory::Memory;
use super::person::Person;
use super::platform::{ACTIVITY, Asked, NoAnswer, Recorded, Shared};

/// As in `edge/src/issuer_keys/held.rs`.
const SET_FRESH: Duration = Duration::from_mins(5);
const SET_HARD: Duration = Duration::from_hours(24);

/// As in `edge/src/log_ins.rs`.
const MAX_NOTED: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

/// One isolate.
pub(crate) struct Isolate {
    memory: Memory,
    circuit: Circuit,
    seed: u32,
    keys_fetched_at: Option<Moment>,
    noted: LruCache<SessionKey, Moment>,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Answer {
    pub(crate) let_in: bool,
    pub(crate) rule: Rule,
}

enum FoundOwned {
    AuthorityFailed(Option<Rc<Sighting>>),
    Answered(Rc<Sighting>),
    Remembered(Rc<Sighting>),
}

impl Isolate {
    pub(crate) fn new(seed: u32) -> Self {
        Self {
            memory: Memory::new(),
            circuit: Circuit::default(),
            seed,
            keys_fetched_at: None,
            noted: LruCache::new(MAX_NOTED),
        }
    }

    /// One request.
    pub(crate) fn answer(
        &mut self,
        person: &Person,
        recorded: &mut Recorded,
        location: u16,
        now: Moment,
        shared: &mut Shared,
    ) -> Answer {
        shared.counts.requests += 1;
        let verified_now = self.memory.visitor(&person.token, now).is_none();
        if !verified_now
            && let Some(answer) = self.answer_from_memory(person, location, now, shared)
        {
            return answer;
        }
        if verified_now {
            shared.counts.verified += 1;
            self.bring_up_keys(location, now, shared);
            let visitor = Rc::clone(&person.visitor);
            self.memory.remember_visitor(&person.token, visitor, now);
        }
        let found = self.find(person, location, now, shared);
        let answer = judge(person, &found, now, shared);
        self.keep(person, &found, location, now, shared);
        if verified_now && answer.rule != Rule::SessionEnded {
            self.note_log_in(person, recorded, now, shared);
        }
        answer
    }

    /// `fast_path::answer`.
    fn answer_from_memory(
        &self,
        person: &Person,
        location: u16,
        now: Moment,
        shared: &mut Shared,
    ) -> Option<Answer> {
        let key = person.visitor.storage_key();
        let sighting = self.memory.sighting(key)?;
        let jitter = Jitter::of(key, self.seed);
        let freshness = shared.rules.freshness.judge(&sighting, jitter, now);
        if freshness == Freshness::TooOld {
            return None;
        }
        shared.counts.from_memory += 1;
        let answer = judge(person, &FoundOwned::Remembered(sighting), now, shared);
        if freshness == Freshness::Stale {
            self.refresh(person, location, now, shared);
        }
        Some(answer)
    }

    /// `Sightings::find`.
    fn find(&self, person: &Person, location: u16, now: Moment, shared: &mut Shared) -> FoundOwned {
        if let Some(sighting) = self.young(person, now, shared) {
            return FoundOwned::Remembered(sighting);
        }
        let key = person.visitor.storage_key();
        if let Some(stored) = stored(person, location, now, shared).map(Rc::new) {
            let counts = self.memory.remember_sighting(Rc::clone(&stored), now);
            if Rc::ptr_eq(&counts, &stored) {
                self.memory.note_copy(key, true);
            }
        }
        if let Some(sighting) = self.young(person, now, shared) {
            return FoundOwned::Remembered(sighting);
        }
        match self.ask(person, location, now, shared) {
            Ok(sighting) => FoundOwned::Answered(sighting),
            Err(NoAnswer) => FoundOwned::AuthorityFailed(self.memory.last_word(key)),
        }
    }

    fn young(&self, person: &Person, now: Moment, shared: &Shared) -> Option<Rc<Sighting>> {
        let sighting = self.memory.sighting(person.visitor.storage_key())?;
        let freshness = shared.rules.freshness.judge(&sighting, Jitter::NONE, now);
        (freshness != Freshness::TooOld).then_some(sighting)
    }

    /// `Sightings::ask`.
    fn ask(
        &self,
        person: &Person,
        location: u16,
        now: Moment,
        shared: &mut Shared,
    ) -> Result<Rc<Sighting>, NoAnswer> {
        let leave = self.circuit.leave(now).ok_or(NoAnswer)?;
        let answer = shared.standing(person, location, now);
        let outcome = match &answer {
            Ok(_) => Outcome::Answered,
            Err(NoAnswer) => Outcome::Failed,
        };
        let luck = shared.chance.seed();
        let _rests = self.circuit.note(leave, outcome, now, luck);
        let sighting = Sighting {
            standing: answer?,
            seen_at: now,
        };
        Ok(self.memory.remember_sighting(Rc::new(sighting), now))
    }

    /// `Gate::keep`.
    fn keep(
        &self,
        person: &Person,
        found: &FoundOwned,
        location: u16,
        now: Moment,
        shared: &mut Shared,
    ) {
        match found {
            FoundOwned::Answered(sighting) => self.store(person, sighting, location, now, shared),
            FoundOwned::Remembered(sighting) => {
                let jitter = Jitter::of(person.visitor.storage_key(), self.seed);
                match shared.rules.freshness.judge(sighting, jitter, now) {
                    Freshness::Fresh => {}
                    Freshness::Stale | Freshness::TooOld => {
                        self.refresh(person, location, now, shared);
                    }
                }
            }
            FoundOwned::AuthorityFailed(_) => {}
        }
    }

    /// `Gate::refresh` and `Sightings::refresh`.
    fn refresh(&self, person: &Person, location: u16, now: Moment, shared: &mut Shared) {
        if !self.memory.begin_refresh(person.visitor.storage_key(), now) {
            return;
        }
        if let Ok(sighting) = self.ask(person, location, now, shared) {
            self.store(person, &sighting, location, now, shared);
        }
    }

    /// `Sightings::store` and `put`: everybody here has an instance.
    fn store(
        &self,
        person: &Person,
        sighting: &Sighting,
        location: u16,
        now: Moment,
        shared: &mut Shared,
    ) {
        let (key, version) = (person.visitor.storage_key(), sighting.standing.version);
        if shared.asked == Asked::Kv
            || self.memory.knows_newer(sighting, now)
            || self
                .memory
                .stored_within(key, version, shared.kv_rewrite, now)
        {
            return;
        }
        let Some(bytes) = sighting.store() else {
            return;
        };
        self.memory.note_stored(key, version, now);
        shared.counts.kv_writes += 1;
        let keep = Some(shared.rules.freshness.grace);
        shared
            .copies
            .put(person.number, location, Some(bytes.into()), keep, now);
    }

    /// `IssuerKeys::bring_up`: whether before the answer or after it, what is asked is the same.
    fn bring_up_keys(&mut self, location: u16, now: Moment, shared: &mut Shared) {
        let young = |at: Moment| now.is_within(SET_FRESH, at);
        if self.keys_fetched_at.is_some_and(young) {
            return;
        }
        shared.counts.kv_reads += 1;
        let stored = shared.key_sets.get(KEY_SET, location, now);
        if let Some(fetched_at) = stored.filter(|at| young(*at)) {
            self.keys_fetched_at = Some(fetched_at);
            return;
        }
        shared.counts.key_fetches += 1;
        shared.counts.kv_writes += 1;
        shared.counts.key_writes += 1;
        shared
            .key_sets
            .put(KEY_SET, location, Some(now), Some(SET_HARD), now);
        self.keys_fetched_at = Some(now);
    }

    /// `LogIns::is_due` and `Writer::log_in`.
    fn note_log_in(
        &mut self,
        person: &Person,
        recorded: &mut Recorded,
        now: Moment,
        shared: &mut Shared,
    ) {
        let session = person.visitor.session();
        let lately = self
            .noted
            .get(session)
            .is_some_and(|at| now.is_within(ACTIVITY, *at));
        if !lately {
            self.noted.put(session.clone(), now);
            shared.note_log_in(recorded, now);
        }
    }
}

/// There is one issuer, and so one set.
const KEY_SET: u32 = 0;

/// `Sightings::stored`.
fn stored(person: &Person, location: u16, now: Moment, shared: &mut Shared) -> Option<Sighting> {
    if shared.asked == Asked::Kv {
        return None;
    }
    shared.counts.kv_reads += 1;
    let bytes = shared.copies.get(person.number, location, now)?;
    let knock = Knock::own(person.visitor.identity().clone());
    Sighting::restore(&bytes, &knock, &shared.hosts).ok()
}

fn judge(person: &Person, found: &FoundOwned, now: Moment, shared: &Shared) -> Answer {
    let found = match found {
        FoundOwned::AuthorityFailed(last) => Found::AuthorityFailed(last.as_deref()),
        FoundOwned::Answered(sighting) => Found::Answered(sighting),
        FoundOwned::Remembered(sighting) => Found::Remembered(sighting),
    };
    let judgement = decide(&person.visitor, found, Place::App, &shared.rules, now);
    let let_in = match judgement.decision {
        Decision::LetIn(_) => true,
        Decision::LogIn { .. } | Decision::Tell(_) | Decision::ToAdmin => false,
    };
    Answer {
        let_in,
        rule: judgement.rule,
    }
}
