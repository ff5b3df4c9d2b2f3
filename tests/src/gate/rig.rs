//! A rigged gate (`tests/rig.mjs`): its clock stands where a test says, its stores fail as a test says, and its calls are counted.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Gate, GateError};

/// What D1 says while another connection holds the database.
pub const BUSY: &str = "D1_ERROR: database is locked: SQLITE_BUSY";

/// What a store says when it cannot be reached.
pub const NETWORK_LOST: &str = "Network connection lost.";

/// What KV says to a read that it cannot answer.
pub const KV_INTERNAL_ERROR: &str = "KV GET failed: 500 Internal Server Error";

/// What KV says to the second write of a key within a second.
pub const KV_TOO_MANY_WRITES: &str = "KV PUT failed: 429 Too Many Requests";

/// What goes wrong in a rigged gate, at every location. One fault an operation; a later one takes the place of an earlier one.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// D1 does not do what it is asked.
    D1(Failure),
    /// D1 gives this in place of every column.
    D1Answers(Value),
    /// KV does not remove.
    KvDelete(Failure),
    /// KV does not read.
    KvGet(Failure),
    /// KV gives this in place of every value.
    KvGetAnswers(String),
    /// KV gives what it held when this fault was set, and misses what was not there: a location that has not heard of the writes.
    KvGetFromThePast,
    /// KV does not write.
    KvPut(Failure),
    /// KV refuses the second write of a key within a second, which is its limit.
    KvPutOnceASecond,
}

/// How an operation fails.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// It is never answered.
    Hangs,
    /// The next one is done at once, and its answer is held back until [`Gate::release`]; the others are not touched.
    HeldBack,
    /// It is done at once, and its answer arrives that much later, by the real clock.
    Late(Duration),
    /// It throws this.
    Throws(&'static str),
}

impl Fault {
    fn operation(&self) -> &'static str {
        match self {
            Self::D1(_) | Self::D1Answers(_) => "d1",
            Self::KvDelete(_) => "kv_delete",
            Self::KvGet(_) | Self::KvGetAnswers(_) | Self::KvGetFromThePast => "kv_get",
            Self::KvPut(_) | Self::KvPutOnceASecond => "kv_put",
        }
    }
}

impl Failure {
    fn setting(&self) -> Value {
        match self {
            Self::Hangs => json!({ "kind": "hangs" }),
            Self::HeldBack => json!({ "kind": "held" }),
            Self::Late(by) => json!({ "kind": "late", "millis": millis(*by) }),
            Self::Throws(message) => json!({ "kind": "throws", "message": message }),
        }
    }
}

/// What a gate asked of others.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
pub struct Calls {
    /// Statements put to D1, those of a batch each for itself.
    pub d1_statements: u64,
    /// Fetches, by the origin they went to.
    pub fetches: BTreeMap<String, u64>,
    /// Removals from KV.
    pub kv_deletes: u64,
    /// Reads of KV.
    pub kv_gets: u64,
    /// Writes to KV.
    pub kv_puts: u64,
}

impl Calls {
    /// How many there were: what Cloudflare counts as subrequests.
    pub fn total(&self) -> u64 {
        self.d1_statements
            + self.kv_deletes
            + self.kv_gets
            + self.kv_puts
            + self.fetches.values().sum::<u64>()
    }
}

/// How a gate is rigged at the moment; what a restarted one is told again.
#[derive(Debug)]
pub(super) struct Rig {
    /// The moment from which the clock is counted.
    start: SystemTime,
    setting: Mutex<Setting>,
}

#[derive(Clone, Debug, Default)]
struct Setting {
    clock: Option<u64>,
    faults: Map<String, Value>,
}

impl Rig {
    pub(super) fn new() -> Self {
        Self {
            start: SystemTime::now(),
            setting: Mutex::default(),
        }
    }

    fn change(&self, change: impl FnOnce(&mut Setting)) -> Setting {
        let mut setting = self.setting.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut setting);
        setting.clone()
    }
}

/// What a rig tells of its location.
#[derive(Debug, Deserialize)]
struct Told {
    calls: Calls,
    held: u64,
}

#[derive(Debug, Deserialize)]
struct ToldByAll {
    elsewhere: Told,
    here: Told,
}

/// Of a rigged gate only ([`super::GateOptions::rigged`]); any other refuses.
impl Gate {
    /// From now on the gate's clock stands at this much after the gate's start. It moves only when it is set again, so that an age
    /// is exact on the slowest machine.
    pub async fn clock_ahead(&self, by: Duration) -> Result<(), GateError> {
        self.clock_at(self.rig()?.start + by).await
    }

    /// From now on the gate's clock stands at this much before the gate's start.
    pub async fn clock_behind(&self, by: Duration) -> Result<(), GateError> {
        self.clock_at(self.rig()?.start - by).await
    }

    /// From now on the gate's clock stands at this moment.
    pub async fn clock_at(&self, at: SystemTime) -> Result<(), GateError> {
        let at = millis(
            at.duration_since(SystemTime::UNIX_EPOCH)
                .unwrap_or_default(),
        );
        self.rig()?.change(|rigged| rigged.clock = Some(at));
        self.tell(json!({ "clock": at })).await.map(|_told| ())
    }

    /// Sets a fault.
    pub async fn fault(&self, fault: Fault) -> Result<(), GateError> {
        let operation = fault.operation();
        let setting = match fault {
            Fault::D1(failure)
            | Fault::KvDelete(failure)
            | Fault::KvGet(failure)
            | Fault::KvPut(failure) => failure.setting(),
            Fault::D1Answers(answer) => json!({ "kind": "answers", "answer": answer }),
            Fault::KvGetAnswers(answer) => json!({ "kind": "answers", "answer": answer }),
            Fault::KvGetFromThePast => json!({ "kind": "past", "values": self.kv_all().await? }),
            Fault::KvPutOnceASecond => {
                json!({ "kind": "once_a_second", "message": KV_TOO_MANY_WRITES })
            }
        };
        let changed = self.rig()?.change(|rigged| {
            rigged.faults.insert(operation.to_owned(), setting);
        });
        self.tell(json!({ "faults": changed.faults })).await?;
        // Held back is one answer only, which a later setting must not ask for again.
        self.rig()?.change(|rigged| {
            rigged
                .faults
                .retain(|_operation, setting| setting["kind"] != "held");
        });
        Ok(())
    }

    /// Ends every fault. What hangs goes on hanging, what is held back goes on being held back.
    pub async fn healthy(&self) -> Result<(), GateError> {
        self.rig()?.change(|rigged| rigged.faults.clear());
        self.tell(json!({ "faults": {} })).await.map(|_told| ())
    }

    /// Waits until an answer is held back.
    pub async fn held_back(&self) -> Result<(), GateError> {
        loop {
            let told = self.tell(json!({})).await?;
            if told.here.held + told.elsewhere.held > 0 {
                return Ok(());
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Lets go what is held back.
    pub async fn release(&self) -> Result<(), GateError> {
        self.tell(json!({ "release": true })).await.map(|_told| ())
    }

    /// What the gate asked of others since this was last asked; also what is done after an answer, once it was begun.
    pub async fn calls(&self) -> Result<Calls, GateError> {
        Ok(self.tell(json!({ "count": true })).await?.here.calls)
    }

    /// Tells a fresh isolate what its predecessor was told.
    pub(super) async fn rig_again(&self) -> Result<(), GateError> {
        let Some(rig) = &self.rig else { return Ok(()) };
        let Setting { clock, faults } = rig.change(|_nothing| {});
        self.tell(json!({ "clock": clock, "faults": faults }))
            .await
            .map(|_told| ())
    }

    async fn tell(&self, setting: Value) -> Result<ToldByAll, GateError> {
        self.rig()?;
        let told = self.ask(json!({ "rig": setting })).await?;
        serde_json::from_value(told).map_err(GateError::RigNotUnderstood)
    }

    async fn kv_all(&self) -> Result<Map<String, Value>, GateError> {
        let mut all = Map::new();
        for key in self.kv_list().await? {
            let value = self.kv_get(&key).await?;
            all.insert(key, value.into());
        }
        Ok(all)
    }

    fn rig(&self) -> Result<&Rig, GateError> {
        self.rig.as_ref().ok_or(GateError::NotRigged)
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

const LOOK_AGAIN: Duration = Duration::from_millis(10);
