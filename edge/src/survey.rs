//! What every store says of a person, side by side, and which of them a request would go by. Looking changes nothing: who looks
//! for what is wrong must not mend it by looking.

use std::rc::Rc;
use std::time::Duration;

use policy::decision::Found;
use policy::door::Knock;
use policy::sighting::Sighting;
use policy::storage_key::StorageKey;
use policy::time::Moment;

use crate::authority::AuthorityFailure;
use crate::clock;
use crate::sightings::{Sightings, Source, newest};
use crate::time_limit::{self, within};

/// What every store says.
pub(crate) struct Survey {
    pub(crate) memory: Said<Option<Rc<Sighting>>>,
    pub(crate) kv: Said<Result<Option<Rc<Sighting>>, String>>,
    pub(crate) authority: Said<Result<Rc<Sighting>, AuthorityFailure>>,
    /// Whether this isolate asks the authority for nobody at present, because it failed again and again.
    pub(crate) rests: bool,
    /// What would be gone by if the authority failed.
    last_word: Option<Rc<Sighting>>,
    /// When the last answer was there.
    pub(crate) at: Moment,
}

/// What one store says, and how long it took.
pub(crate) struct Said<T> {
    pub(crate) what: T,
    pub(crate) took: Duration,
}

impl Sightings<'_> {
    /// Asks all of them.
    pub(crate) async fn survey(&self, knock: &Knock) -> Survey {
        let key = StorageKey::at(&knock.identity, &knock.door);
        let began = clock::now();
        let memory = self.isolate.memory.sighting(&key);
        let remembered = self.isolate.memory.last_word(&key);
        let kv = self.copy(knock).await;
        let asked_at = clock::now();
        let answer = within(time_limit::AUTHORITY, self.authority_says(knock)).await;
        let at = clock::now();
        let kv = kv.map(|copy| copy.map(Rc::new));
        let copy = kv.as_ref().ok().cloned().flatten();
        let answer = answer.unwrap_or_else(|late| Err(late.into()));
        Survey {
            last_word: newest(remembered, copy, at),
            memory: Said {
                what: memory,
                took: Duration::ZERO,
            },
            kv: Said {
                what: kv.map_err(|problem| problem.to_string()),
                took: asked_at.since(began),
            },
            authority: Said {
                what: answer.map(|standing| {
                    Rc::new(Sighting {
                        standing,
                        seen_at: asked_at,
                    })
                }),
                took: at.since(asked_at),
            },
            rests: self.isolate.circuit.rests(at),
            at,
        }
    }

    /// What a request would go by, as [`Sightings::find`] does.
    pub(crate) fn weigh<'s>(&self, survey: &'s Survey) -> (Found<'s>, Source) {
        let memory = survey.memory.what.as_ref();
        if let Some(sighting) = memory.filter(|sighting| self.is_young(sighting, survey.at)) {
            return (Found::Remembered(sighting), Source::Memory);
        }
        let copy = survey.kv.what.as_ref().ok().and_then(Option::as_ref);
        // Memory's is too old to be used, and may yet say that KV's is older.
        let counts = |copy: &&Rc<Sighting>| {
            !memory.is_some_and(|known| known.is_newer_than(copy, survey.at))
                && self.is_young(copy, survey.at)
        };
        if let Some(sighting) = copy.filter(counts) {
            return (Found::Remembered(sighting), Source::Kv);
        }
        let found = match &survey.authority.what {
            _ if survey.rests => Found::AuthorityFailed(survey.last_word.as_deref()),
            Ok(sighting) => Found::Answered(sighting),
            Err(AuthorityFailure::Unreadable(unreadable)) => Found::Unreadable(unreadable),
            Err(
                AuthorityFailure::Busy(..)
                | AuthorityFailure::CredentialRefused(_)
                | AuthorityFailure::NotAsked
                | AuthorityFailure::Unreachable(_),
            ) => Found::AuthorityFailed(survey.last_word.as_deref()),
        };
        (found, Source::Authority)
    }
}
