//! Who is suspended, who is served while the authority is gone, and what was seen of both.

use policy::rule::Rule;
use policy::status::Status;
use policy::time::Moment;

use super::{Event, Run, Session};
use crate::simulation::isolate::Answer;
use crate::simulation::plan::{RECOVERY, SUSPENDED_FOR};

/// Somebody who is suspended, and what was seen of them since.
pub(super) struct Suspended {
    at: Moment,
    last_let_in: Option<Moment>,
    came: bool,
}

impl Run<'_> {
    /// What an answer says about suspensions and outages.
    pub(super) fn note(&mut self, session: &Session, answer: Answer, now: Moment) {
        let number = session.person.number;
        if let Some(suspended) = self.suspended.get_mut(&number) {
            suspended.came = true;
            if answer.let_in {
                suspended.last_let_in = Some(now);
            }
        }
        let outages = self.plan.outages;
        let Some(began) = outages.latest(now) else {
            return;
        };
        // Of them something else may be remembered than that they are ready: many were suspended here, and few are elsewhere.
        if self.shared.was_suspended(number) {
            return;
        }
        let refused = answer.rule == Rule::AuthorityUnavailable;
        let outage = &mut self.outage;
        if now.is_within(outages.lasts, began) {
            let served = if !now.is_within(self.assumptions.freshness.grace, began) {
                &mut outage.late
            } else if session.began < began {
                &mut outage.there
            } else {
                &mut outage.came
            };
            if answer.let_in || refused {
                served.note(answer.let_in);
            }
            if answer.let_in {
                match self.shared.said_ready.get(&number) {
                    Some(said) => outage.oldest = outage.oldest.max(Some(now.since(*said))),
                    None => outage.unknown_let_in = true,
                }
            }
        } else if refused && now.is_within(outages.lasts + RECOVERY, began) {
            let after = now.since(began.plus(outages.lasts));
            outage.refused_after = outage.refused_after.max(after);
        }
    }

    /// Suspends somebody who is there.
    pub(super) fn suspend(&mut self, now: Moment) {
        for _ in 0..100 {
            let place = self.chance.below(self.sessions.len());
            let Some(Some(session)) = self.sessions.get(place) else {
                continue;
            };
            let number = session.person.number;
            if self.suspended.contains_key(&number) {
                continue;
            }
            self.suspended.insert(
                number,
                Suspended {
                    at: now,
                    last_let_in: None,
                    came: false,
                },
            );
            self.shared.change(number, Status::Suspended, now);
            self.put(now.plus(SUSPENDED_FOR), Event::Resume(number));
            return;
        }
    }

    pub(super) fn resume(&mut self, number: u32, now: Moment) {
        let Some(suspended) = self.suspended.remove(&number) else {
            return;
        };
        self.shared.change(number, Status::Ready, now);
        if suspended.came {
            let last = suspended.last_let_in.unwrap_or(suspended.at);
            self.stale.push(last.since(suspended.at));
        }
    }
}
