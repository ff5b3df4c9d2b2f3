//! Where a visitor stands: the isolate's memory is asked first, then KV, then the authority.
//!
//! A miss is a question for the next one, never an answer: KV remembers misses too, and for as long as hits.

mod copies;

use std::rc::Rc;
use std::time::Duration;

use policy::decision::Found;
use policy::door::Knock;
use policy::freshness::{Freshness, Jitter};
use policy::sighting::{Sighting, Unreadable};
use policy::standing::Standing;
use policy::storage_key::StorageKey;
use policy::time::Moment;
use worker::{Delay, Env};

use crate::authority::{Authority as _, AuthorityFailure, Configured};
use crate::circuit::Outcome;
use crate::clock;
use crate::configuration::{AuthoritySetting, Configuration};
use crate::events;
use crate::isolate::{Isolate, random_u32};
use crate::time_limit::{self, within};

/// How often a request looks whether another one's question was answered.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// What was found, owned, and where.
pub(crate) struct Finding {
    pub(crate) result: FoundOwned,
    pub(crate) source: Source,
    /// The moment at which its age was judged; the decision is made for the same one.
    pub(crate) found_at: Moment,
}

/// [`Found`], owning what it refers to.
pub(crate) enum FoundOwned {
    AuthorityFailed(Option<Rc<Sighting>>),
    Answered(Rc<Sighting>),
    Remembered(Rc<Sighting>),
    Unreadable(Unreadable),
}

/// Who answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Source {
    Authority,
    Kv,
    Memory,
}

impl Source {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::Kv => "kv",
            Self::Memory => "memory",
        }
    }
}

impl Finding {
    pub(crate) fn found(&self) -> Found<'_> {
        match &self.result {
            FoundOwned::AuthorityFailed(last) => Found::AuthorityFailed(last.as_deref()),
            FoundOwned::Answered(sighting) => Found::Answered(sighting),
            FoundOwned::Remembered(sighting) => Found::Remembered(sighting),
            FoundOwned::Unreadable(unreadable) => Found::Unreadable(unreadable),
        }
    }

    /// The sighting, whatever it allows.
    pub(crate) fn sighting(&self) -> Option<&Sighting> {
        match &self.result {
            FoundOwned::AuthorityFailed(last) => last.as_deref(),
            FoundOwned::Answered(sighting) | FoundOwned::Remembered(sighting) => Some(sighting),
            FoundOwned::Unreadable(_) => None,
        }
    }

    fn remembered(sighting: Rc<Sighting>, source: Source, found_at: Moment) -> Self {
        Self {
            result: FoundOwned::Remembered(sighting),
            source,
            found_at,
        }
    }
}

/// The stores a sighting may be in.
#[derive(Clone, Copy)]
pub(crate) struct Sightings<'a> {
    pub(crate) configuration: &'a Configuration,
    pub(crate) isolate: &'a Isolate,
    pub(crate) env: &'a Env,
}

/// What was to be remembered is older than what is known.
pub(crate) struct KnownIsNewer {
    /// The version that is known.
    pub(crate) version: u64,
}

impl Sightings<'_> {
    /// Finds where the visitor stands. A stale finding is to be refreshed after the answer ([`Sightings::refresh`]).
    pub(crate) async fn find(&self, knock: &Knock) -> Finding {
        let memory = &self.isolate.memory;
        let key = &StorageKey::at(&knock.identity, &knock.door);
        let now = clock::now();
        if let Some(sighting) = self.young(key, now) {
            return Finding::remembered(sighting, Source::Memory, now);
        }
        let stored = self.stored(knock).await;
        let now = clock::now();
        if let Some(stored) = &stored {
            let counts = memory.remember_sighting(Rc::clone(stored), now);
            // KV may go on giving for a while what was removed there: that is no copy to remove once more.
            if Rc::ptr_eq(&counts, stored) {
                memory.note_copy(key, true);
            }
        }
        // Not simply what KV holds: memory may know something newer, also since KV was asked.
        if let Some(sighting) = self.young(key, now) {
            let from_kv = stored.is_some_and(|stored| Rc::ptr_eq(&stored, &sighting));
            let source = if from_kv { Source::Kv } else { Source::Memory };
            return Finding::remembered(sighting, source, now);
        }
        // Of a herd, one asks and the others look whether it was answered: a promise of another request cannot be awaited here. Who
        // finds that it failed asks for itself.
        if memory.is_asked(key, now) {
            while memory.is_asked(key, clock::now()) {
                Delay::from(LOOK_AGAIN).await;
            }
            let now = clock::now();
            if let Some(sighting) = self.young(key, now) {
                return Finding::remembered(sighting, Source::Memory, now);
            }
        }
        memory.note_question(key, clock::now());
        let answer = self.ask(knock).await;
        memory.note_answer(key);
        let result = match answer {
            Ok(sighting) => FoundOwned::Answered(sighting),
            Err(AuthorityFailure::Unreadable(unreadable)) => FoundOwned::Unreadable(unreadable),
            Err(
                AuthorityFailure::Busy(..)
                | AuthorityFailure::CredentialRefused(_)
                | AuthorityFailure::NotAsked
                | AuthorityFailure::Unreachable(_),
            ) => FoundOwned::AuthorityFailed(memory.last_word(key)),
        };
        Finding {
            result,
            source: Source::Authority,
            found_at: clock::now(),
        }
    }

    /// Asks the authority, unless it failed just now, and remembers its answer. The time of a sighting is the time of the question,
    /// so that a slow answer is not taken for a fresh one. Where something newer was learned meanwhile, that counts and not the answer.
    async fn ask(&self, knock: &Knock) -> Result<Rc<Sighting>, AuthorityFailure> {
        let asked_at = clock::now();
        let circuit = &self.isolate.circuit;
        let leave = circuit.leave(asked_at).ok_or(AuthorityFailure::NotAsked)?;
        let answer = within(time_limit::AUTHORITY, self.authority_says(knock)).await;
        let answer = answer.unwrap_or_else(|late| Err(late.into()));
        let outcome = match &answer {
            Ok(_) => Outcome::Answered,
            Err(failure) => failure.outcome(),
        };
        if circuit.note(leave, outcome, clock::now(), random_u32()) {
            let why = match &outcome {
                Outcome::Later(later) => {
                    format!("it asked not to be asked for {} s", later.as_secs())
                }
                Outcome::Answered | Outcome::Failed => {
                    "it failed again and again, so this isolate does not ask it for some seconds"
                        .to_owned()
                }
            };
            events::alarm("authority_rests", &why);
        }
        match answer {
            Ok(standing) => {
                self.note_version(&standing);
                let sighting = Rc::new(Sighting {
                    standing,
                    seen_at: asked_at,
                });
                Ok(self
                    .isolate
                    .memory
                    .remember_sighting(sighting, clock::now()))
            }
            Err(failure) => {
                if let Some(alarm) = failure.alarm() {
                    let key = StorageKey::of(&knock.identity);
                    events::alarm(alarm, &format!("visitor {}: {failure}", key.log_name()));
                }
                if let AuthorityFailure::Unreadable(_) = failure {
                    let key = StorageKey::at(&knock.identity, &knock.door);
                    self.isolate.memory.contradict(&key, asked_at);
                }
                Err(failure)
            }
        }
    }

    /// A control plane's version that goes back is not obeyed at once, and its operator should know why. The registry's own does where
    /// something was removed, and 0 is somebody nobody knows.
    fn note_version(&self, standing: &Standing) {
        match &self.configuration.authority {
            AuthoritySetting::ControlPlane(_) if standing.version > 0 => {}
            AuthoritySetting::ControlPlane(_)
            | AuthoritySetting::Kv
            | AuthoritySetting::Registry => return,
        }
        let key = StorageKey::at(&standing.identity, &standing.door);
        let known = self.isolate.memory.sighting(&key);
        if let Some(known) = known.filter(|known| known.standing.version > standing.version) {
            let (was, is) = (known.standing.version, standing.version);
            events::alarm(
                "version_went_back",
                &format!(
                    "visitor {}: the control plane said version {was}, and now {is}; a version grows with every change (docs/authorities.md)",
                    StorageKey::of(&standing.identity).log_name()
                ),
            );
        }
    }

    pub(crate) async fn authority_says(&self, knock: &Knock) -> Result<Standing, AuthorityFailure> {
        let authority = Configured::of(self.configuration, self.env);
        let authority = authority.map_err(AuthorityFailure::Unreachable)?;
        authority.standing(knock).await
    }

    /// Asks the authority anew after the answer was given, and keeps the result for other isolates. Says whether there was an answer.
    pub(crate) async fn refresh(&self, knock: &Knock) -> bool {
        let Ok(sighting) = self.ask(knock).await else {
            return false;
        };
        self.store(&sighting).await;
        true
    }

    /// Makes a change that the authority took visible at the next request at this location, and soon elsewhere.
    pub(crate) async fn show(&self, knocks: &[Knock]) {
        for knock in knocks {
            self.isolate.memory.forget(knock);
            // It took the change and then did not say what is so now: at least nobody reads in KV what was so before.
            if !self.refresh(knock).await {
                self.remove(knock).await;
            }
        }
    }

    /// Takes what the authority says unasked: the next request at this location sees it, unless something newer is known here.
    pub(crate) async fn learn(&self, sighting: Sighting) -> Result<(), KnownIsNewer> {
        let knock = sighting.standing.knock();
        let key = StorageKey::at(&knock.identity, &knock.door);
        let stored = self.stored(&knock).await;
        let known = newest(self.isolate.memory.sighting(&key), stored, clock::now());
        if let Some(known) =
            known.filter(|known| known.standing.version > sighting.standing.version)
        {
            return Err(KnownIsNewer {
                version: known.standing.version,
            });
        }
        // What is pushed is younger than what is known at the same version, whichever clock says otherwise.
        let sighting = Rc::new(sighting);
        self.isolate.memory.forget(&knock);
        self.isolate
            .memory
            .remember_sighting(Rc::clone(&sighting), clock::now());
        if !self.keeps_copies() {
            return Ok(());
        }
        if sighting.standing.instance.is_some() {
            self.put(&key, &sighting).await;
        } else {
            self.remove(&knock).await;
        }
        Ok(())
    }

    /// What the isolate remembers of a person, if it may be used.
    fn young(&self, key: &StorageKey, now: Moment) -> Option<Rc<Sighting>> {
        let sighting = self.isolate.memory.sighting(key);
        sighting.filter(|sighting| self.is_young(sighting, now))
    }

    /// Whether a sighting may be used.
    pub(crate) fn is_young(&self, sighting: &Sighting, now: Moment) -> bool {
        match (self.configuration.rules.freshness).judge(sighting, Jitter::NONE, now) {
            Freshness::Fresh | Freshness::Stale => true,
            Freshness::TooOld => false,
        }
    }
}

/// The one of two that says the last word.
pub(crate) fn newest(
    one: Option<Rc<Sighting>>,
    other: Option<Rc<Sighting>>,
    now: Moment,
) -> Option<Rc<Sighting>> {
    match (one, other) {
        (Some(one), Some(other)) if other.is_newer_than(&one, now) => Some(other),
        (Some(one), _) => Some(one),
        (None, other) => other,
    }
}
