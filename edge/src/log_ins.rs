//! What is written down about log-ins, after the answer. What cannot be written is never lost silently: it is a line of the log and
//! counted, and `/.usher/ready` says so (incident I4: events were lost while the log said only "failed to log").

use std::cell::{Cell, RefCell};
use std::num::NonZeroUsize;
use std::rc::Rc;
use std::time::Duration;

use lru::LruCache;
use policy::admission::Visitor;
use policy::door::Knock;
use policy::refusal::Refusal;
use policy::session::SessionKey;
use policy::time::Moment;
use worker::Env;

use crate::authority::registry::audit::Occasion;
use crate::authority::registry::{ACTIVITY, Registry};
use crate::clock;
use crate::configuration::{Bindings, Configuration};
use crate::events;
use crate::gate::Gate;
use crate::incoming::Incoming;
use crate::isolate::Isolate;

/// Where a request came from, as far as it says.
pub(crate) struct Scene {
    request_id: String,
    ip: Option<String>,
    user_agent: Option<String>,
}

/// Longest name of a browser that is kept.
const MAX_USER_AGENT_BYTES: usize = 256;

impl Scene {
    pub(crate) fn of(incoming: &Incoming) -> Self {
        let user_agent = incoming.header("user-agent").map(|mut name| {
            let end = name.floor_char_boundary(MAX_USER_AGENT_BYTES);
            name.truncate(end);
            name
        });
        Self {
            request_id: incoming.id.clone(),
            // Set by the platform; what a client sends under that name does not arrive.
            ip: incoming.header("cf-connecting-ip"),
            user_agent,
        }
    }

    /// As something a visitor did.
    pub(crate) fn occasion(&self, at: Moment) -> Occasion<'_> {
        Occasion {
            at,
            request_id: &self.request_id,
            ip: self.ip.as_deref(),
            user_agent: self.user_agent.as_deref(),
            actor: None,
            why: None,
        }
    }
}

/// Most sessions an isolate remembers to have noted, at about 100 bytes each.
const MAX_NOTED: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

/// What one isolate has written down lately, and what it could not.
pub(crate) struct LogIns {
    /// When each session was noted: an issuer that renews its tokens every minute is no reason to write every minute.
    noted: RefCell<LruCache<SessionKey, Moment>>,
    lost: Cell<u64>,
    last_problem: RefCell<Option<String>>,
    minute: Cell<Option<Moment>>,
    written: Cell<u32>,
    left_out: Cell<u32>,
}

/// Failed log-ins cost an attacker nothing and us a write each: so many a minute and isolate are written, and of the rest their number.
const MOST_FAILED_A_MINUTE: u32 = 60;

impl LogIns {
    pub(crate) fn new() -> Self {
        Self {
            noted: RefCell::new(LruCache::new(MAX_NOTED)),
            lost: Cell::default(),
            last_problem: RefCell::default(),
            minute: Cell::default(),
            written: Cell::default(),
            left_out: Cell::default(),
        }
    }

    /// Whether the activity of a session is to be noted now; then it counts as noted.
    fn is_due(&self, session: &SessionKey, now: Moment) -> bool {
        let mut noted = self.noted.borrow_mut();
        let lately = noted
            .get(session)
            .is_some_and(|at| now.is_within(ACTIVITY, *at));
        if !lately {
            noted.put(session.clone(), now);
        }
        !lately
    }

    /// How many events were lost, and why the last one was.
    pub(crate) fn lost(&self) -> (u64, Option<String>) {
        (self.lost.get(), self.last_problem.borrow().clone())
    }

    pub(crate) fn lose(&self, problem: String) {
        self.lost.set(self.lost.get() + 1);
        events::alarm("event_lost", &problem);
        self.last_problem.replace(Some(problem));
    }

    /// Whether one more failed log-in is written; then also how many were left out before it.
    fn may_write(&self, now: Moment) -> Option<u32> {
        let same_minute = (self.minute.get())
            .is_some_and(|began| now.since(began) < Duration::from_mins(1) && now >= began);
        if !same_minute {
            self.minute.set(Some(now));
            self.written.set(0);
        }
        if self.written.get() >= MOST_FAILED_A_MINUTE {
            self.left_out.set(self.left_out.get() + 1);
            return None;
        }
        self.written.set(self.written.get() + 1);
        Some(self.left_out.replace(0))
    }
}

/// What is needed to write something down, also after the answer.
struct Writer {
    isolate: &'static Isolate,
    configuration: &'static Configuration,
    env: Env,
    scene: Scene,
}

impl Writer {
    fn registry(&self) -> Result<Registry<'_>, String> {
        Ok(Registry {
            database: Bindings(&self.env).registry()?,
            hosts: &self.configuration.instance_hosts,
        })
    }

    async fn log_in(&self, visitor: &Visitor, always: bool) -> Result<(), String> {
        let now = clock::now();
        if !self.configuration.authority.keeps_records()
            || !(self.isolate.log_ins.is_due(visitor.session(), now) || always)
        {
            return Ok(());
        }
        let occasion = self.scene.occasion(now);
        self.registry()?
            .note_log_in(visitor, always, self.configuration.records_kept, &occasion)
            .await
    }

    async fn log_out(&self, visitor: &Visitor) -> Result<Vec<Knock>, String> {
        let occasion = self.scene.occasion(clock::now());
        let ended = self.registry()?.log_out(visitor, &occasion).await;
        ended.map_err(|refused| refused.to_string())
    }

    async fn failed(&self, refusal: &Refusal) -> Result<(), String> {
        if !self.configuration.authority.keeps_records() {
            return Ok(());
        }
        let now = clock::now();
        let Some(left_out) = self.isolate.log_ins.may_write(now) else {
            return Ok(());
        };
        let details = serde_json::json!({
            "refusal": refusal.to_string(),
            "left_out_before": left_out,
        });
        let occasion = self.scene.occasion(now);
        self.registry()?
            .note_failed_log_in(
                refusal.reason().code(),
                Some(&details.to_string()),
                &occasion,
            )
            .await
    }
}

impl Gate<'_> {
    /// Writes down that a log-in was used: a session begins, or its last activity moves. `always`: it was handed over for a
    /// session, which is a log-in also of somebody who has no record.
    pub(crate) fn note_log_in(&self, visitor: Rc<Visitor>, always: bool) {
        let writer = self.writer();
        self.incoming.context.wait_until(async move {
            if let Err(problem) = writer.log_in(&visitor, always).await {
                writer.isolate.log_ins.lose(problem);
            }
        });
    }

    /// Writes down that what was handed over for a session was not accepted.
    pub(crate) fn note_failed_log_in(&self, refusal: Refusal) {
        let writer = self.writer();
        self.incoming.context.wait_until(async move {
            if let Err(problem) = writer.failed(&refusal).await {
                writer.isolate.log_ins.lose(problem);
            }
        });
    }

    /// Writes down in the registry that all sessions of a visitor are over; gives everybody they are known as.
    pub(crate) async fn end_sessions(&self, visitor: &Visitor) -> Result<Vec<Knock>, String> {
        self.writer().log_out(visitor).await
    }

    fn writer(&self) -> Writer {
        Writer {
            isolate: self.isolate,
            configuration: self.configuration,
            env: self.env.clone(),
            scene: Scene::of(self.incoming),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_noted_now_and_then_and_not_with_every_renewed_token() {
        let log_ins = LogIns::new();
        let now = Moment::from_unix_seconds(1_900_000_000);
        let session = SessionKey::parse("abcdefghijklmnopqrstuv").unwrap();
        assert!(log_ins.is_due(&session, now));
        let later = |seconds| now.plus(Duration::from_secs(seconds));
        assert!(!log_ins.is_due(&session, later(60)));
        assert!(log_ins.is_due(&session, later(ACTIVITY.as_secs())));
    }

    #[test]
    fn a_flood_of_failed_log_ins_is_counted_and_not_written() {
        let log_ins = LogIns::new();
        let now = Moment::from_unix_seconds(1_900_000_000);
        let written = (0..1000).filter(|_| log_ins.may_write(now).is_some());
        assert_eq!(written.count(), MOST_FAILED_A_MINUTE as usize);
        let later = now.plus(Duration::from_mins(1));
        assert_eq!(log_ins.may_write(later), Some(1000 - MOST_FAILED_A_MINUTE));
        assert_eq!(log_ins.may_write(later), Some(0));
    }
}
