//! One run: visitors come and go, isolates live and die, statuses change, the authority fails; one event after the other.

mod watch;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::time::Duration;

use policy::time::Moment;

use super::Problem;
use super::assumptions::{Assumptions, Size};
use super::chance::Chance;
use super::crowd::Crowd;
use super::figures::{Counts, Figures, Outage, Staleness};
use super::isolate::{Answer, Isolate};
use super::person::Person;
use super::plan::Plan;
use super::platform::{Asked, Recorded, Shared};
use watch::Suspended;

/// What happens, in the order of time.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Event {
    /// Somebody comes.
    Session,
    /// A request of a session.
    Request(usize),
    /// An instance is suspended.
    Suspend,
    /// An instance is as it was before.
    Resume(u32),
    /// What costs is counted from here.
    SteadyBegins,
    /// And to here.
    SteadyEnds,
    /// Nobody is suspended any more.
    SuspendingEnds,
    /// What nobody can read any more goes.
    Sweep,
}

struct Session {
    person: Person,
    recorded: Recorded,
    began: Moment,
    location: u16,
    isolate: usize,
    views: u64,
    requests: u64,
}

/// An isolate, until it dies.
struct Slot {
    isolate: Isolate,
    dies_at: Moment,
    last_used: Moment,
}

struct Run<'a> {
    assumptions: &'a Assumptions,
    plan: Plan,
    shared: Shared,
    crowd: Crowd,
    chance: Chance,
    slots: Vec<Vec<Option<Slot>>>,
    sessions: Vec<Option<Session>>,
    free: Vec<usize>,
    ahead: BinaryHeap<Reverse<(Moment, u64, Event)>>,
    events: u64,
    began: u64,
    suspended: HashMap<u32, Suspended>,
    stale: Vec<Duration>,
    outage: Outage,
    steady: Counts,
    before: u64,
}

/// How often is swept.
const SWEEP: Duration = Duration::from_mins(5);

/// Simulates a size with this authority. The same seed gives the same figures.
pub fn run(
    assumptions: &Assumptions,
    size: Size,
    asked: Asked,
    seed: u64,
) -> Result<Figures, Problem> {
    let plan = Plan::of(assumptions, size, asked);
    let mut run = Run::new(assumptions, plan, asked, seed)?;
    run.begin()?;
    while let Some(Reverse((now, _, event))) = run.ahead.pop() {
        if now >= run.plan.end {
            break;
        }
        run.happen(event, now)?;
    }
    let Run { plan, .. } = &run;
    Ok(Figures {
        size,
        locations: u64::from(plan.locations),
        isolates: plan.isolates,
        steady: plan.steady_until.since(plan.steady_from),
        counts: run.steady,
        simulated: run.before + run.shared.counts.requests,
        staleness: Staleness::of(run.stale),
        outage: run.outage,
    })
}

impl<'a> Run<'a> {
    fn new(
        assumptions: &'a Assumptions,
        plan: Plan,
        asked: Asked,
        seed: u64,
    ) -> Result<Self, Problem> {
        let isolates = usize::try_from(plan.isolates).unwrap_or(1);
        let location = || (0..isolates).map(|_| None).collect();
        Ok(Self {
            assumptions,
            shared: Shared::new(assumptions, asked, plan.outages, seed ^ 0x5eed)?,
            crowd: Crowd::new(&assumptions.traffic, plan.visitors, plan.locations),
            chance: Chance::new(seed),
            slots: (0..plan.locations).map(|_| location()).collect(),
            sessions: Vec::new(),
            free: Vec::new(),
            ahead: BinaryHeap::new(),
            events: 0,
            began: 0,
            suspended: HashMap::new(),
            stale: Vec::new(),
            outage: Outage::default(),
            steady: Counts::default(),
            before: 0,
            plan,
        })
    }

    /// Puts down what is known ahead, and those who are there already: how a session goes on does not depend on how long it has.
    fn begin(&mut self) -> Result<(), Problem> {
        let Plan {
            start,
            steady_from,
            steady_until,
            suspending_until,
            ..
        } = self.plan;
        for (at, event) in [
            (steady_from, Event::SteadyBegins),
            (steady_until, Event::SteadyEnds),
            (suspending_until, Event::SuspendingEnds),
            (start.plus(SWEEP), Event::Sweep),
        ] {
            self.put(at, event);
        }
        for nth in 0..self.plan.suspensions {
            let after = self.plan.between_suspensions * u32::try_from(nth).unwrap_or(u32::MAX);
            self.put(steady_until.plus(after), Event::Suspend);
        }
        if let Some(between) = self.plan.between_sessions {
            for _ in 0..self.plan.at_once {
                let first = self.chance.wait(self.assumptions.traffic.between_views);
                self.come(start, Some(start), first)?;
            }
            let first = self.chance.wait(between);
            self.put(start.plus(first), Event::Session);
        }
        Ok(())
    }

    fn put(&mut self, at: Moment, event: Event) {
        self.events += 1;
        self.ahead.push(Reverse((at, self.events, event)));
    }

    fn happen(&mut self, event: Event, now: Moment) -> Result<(), Problem> {
        match event {
            Event::Session => {
                let recorded = (!self.chance.happens(self.assumptions.traffic.log_ins))
                    .then_some(A_DAY_BEFORE);
                self.come(now, recorded, Duration::ZERO)?;
                if let Some(between) = self.plan.between_sessions {
                    let next = self.chance.wait(between);
                    self.put(now.plus(next), Event::Session);
                }
            }
            Event::Request(session) => self.request(session, now),
            Event::Suspend => self.suspend(now),
            Event::Resume(number) => self.resume(number, now),
            Event::SteadyBegins => {
                self.before = self.shared.counts.requests;
                self.shared.counts = Counts::default();
            }
            Event::SteadyEnds => self.steady = self.shared.counts,
            Event::SuspendingEnds => {
                let mut all: Vec<u32> = self.suspended.keys().copied().collect();
                all.sort_unstable();
                for number in all {
                    self.resume(number, now);
                }
            }
            Event::Sweep => {
                self.shared.sweep(now);
                self.put(now.plus(SWEEP), Event::Sweep);
            }
        }
        Ok(())
    }

    /// Somebody comes, and their first request after this time.
    fn come(
        &mut self,
        now: Moment,
        last_activity: Option<Moment>,
        first: Duration,
    ) -> Result<(), Problem> {
        let traffic = &self.assumptions.traffic;
        let Some((number, location)) = self.crowd.somebody(traffic.away, &mut self.chance) else {
            return Ok(());
        };
        self.began += 1;
        let session = Session {
            person: Person::come(number, self.began, &self.shared.issuers, now)?,
            recorded: Recorded { last_activity },
            began: now,
            location,
            isolate: self.chance.below(self.slots.first().map_or(1, Vec::len)),
            views: self.chance.how_many(traffic.views),
            requests: traffic.requests,
        };
        let place = self.free.pop().unwrap_or_else(|| {
            self.sessions.push(None);
            self.sessions.len() - 1
        });
        if let Some(free) = self.sessions.get_mut(place) {
            *free = Some(session);
        }
        self.put(now.plus(first), Event::Request(place));
        Ok(())
    }

    fn request(&mut self, place: usize, now: Moment) {
        let Some(mut session) = self.sessions.get_mut(place).and_then(Option::take) else {
            return;
        };
        if let Some(answer) = self.answer(&mut session, now) {
            self.note(&session, answer, now);
        }
        let traffic = &self.assumptions.traffic;
        session.requests -= 1;
        let next = if session.requests > 0 {
            traffic.between_requests
        } else {
            session.views -= 1;
            session.requests = traffic.requests;
            // Another connection, which may come to another isolate of the location.
            session.isolate = self.chance.below(self.slots.first().map_or(1, Vec::len));
            self.chance.wait(traffic.between_views)
        };
        if session.views == 0 {
            self.free.push(place);
            return;
        }
        if let Some(free) = self.sessions.get_mut(place) {
            *free = Some(session);
        }
        self.put(now.plus(next), Event::Request(place));
    }

    fn answer(&mut self, session: &mut Session, now: Moment) -> Option<Answer> {
        let platform = &self.assumptions.platform;
        let slot = self
            .slots
            .get_mut(usize::from(session.location))?
            .get_mut(session.isolate)?;
        let alive = slot.take().filter(|slot| {
            now < slot.dies_at && now.is_within(platform.isolate_waits, slot.last_used)
        });
        let slot = slot.insert(alive.unwrap_or_else(|| Slot {
            isolate: Isolate::new(self.chance.seed()),
            dies_at: now.plus(self.chance.wait(platform.isolate_lives)),
            last_used: now,
        }));
        slot.last_used = now;
        Some(slot.isolate.answer(
            &session.person,
            &mut session.recorded,
            session.location,
            now,
            &mut self.shared,
        ))
    }
}

/// The last activity of a session whose token is of an earlier day.
const A_DAY_BEFORE: Moment = Moment::from_unix_seconds(1_899_900_000);
