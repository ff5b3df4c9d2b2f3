//! What memory alone can answer, without a Rust future on the way: awaiting one promise of JavaScript from WebAssembly costs
//! as much as all the rest of a request that is answered from memory.
//!
//! The same rules as in `gate`, from the same functions; only the waiting is missing. Whatever cannot be answered here goes on
//! to `gate`, so nothing is decided by the absence of a memory.

use std::borrow::Cow;

use policy::admission::Presented;
use policy::decision::{Decision, Found, Rejected, decide};
use policy::door::Door;
use policy::freshness::Freshness;
use policy::storage_key::StorageKey;
use wasm_bindgen::JsValue;

use crate::clock;
use crate::events::{self, Case};
use crate::gate::Gate;
use crate::outcome::Beside;
use crate::sightings::Source;

/// The answer, if memory has everything it needs.
pub(crate) fn answer(gate: &Gate<'_>) -> Option<JsValue> {
    let now = clock::now();
    let headers = gate.incoming.credential_headers(gate.configuration);
    let (text, carrier) = match gate.offered(&headers) {
        Ok(offered) => offered,
        Err(rejected) => return Some(gate.turn_away(&rejected, &headers)),
    };
    let Some(visitor) = gate.isolate.memory.visitor(text, now) else {
        // Neither what is remembered to be over needs keys to be refused, nor what cannot be a token of ours.
        let known = gate.isolate.memory.over(text, now);
        let refusal = match known {
            Some(over) => over,
            None => Presented::read(text, &gate.configuration.issuers).err()?,
        };
        return Some(gate.turn_away(&Rejected::Refused(refusal), &headers));
    };
    if let Err(refusal) = visitor.still_valid(now) {
        return Some(gate.turn_away(&Rejected::Refused(refusal), &headers));
    }
    // They are told where their request waited, so it takes the way on which that is noted.
    if visitor.is_operator() {
        return None;
    }
    let key = match &gate.door {
        Door::Own => Cow::Borrowed(visitor.storage_key()),
        door @ Door::At(_) => Cow::Owned(StorageKey::at(visitor.identity(), door)),
    };
    let sighting = gate.isolate.memory.sighting(&key)?;
    let jitter = gate.isolate.jitter(&key);
    let freshness = &gate.configuration.rules.freshness;
    match freshness.judge(&sighting, jitter, now) {
        Freshness::Fresh => {}
        Freshness::Stale => gate.refresh(&key, &sighting, now),
        Freshness::TooOld => return None,
    }
    let judgement = decide(
        &visitor,
        Found::Remembered(&sighting),
        gate.place(),
        &gate.configuration.rules,
        now,
    );
    let introduction = match &judgement.decision {
        Decision::LetIn(permit) => Some(gate.vouched(permit)?),
        Decision::LogIn { .. } | Decision::Tell(_) | Decision::ToAdmin => None,
    };
    let case = Case {
        visitor: Some(&visitor),
        refusal: None,
        source: Some(Source::Memory),
        seen_at: Some(sighting.seen_at),
    };
    events::record(gate.incoming, &judgement, case, now);
    let beside = Beside {
        introduction,
        timing: None,
    };
    Some(gate.carry_out(&judgement, &headers, carrier, &beside))
}
