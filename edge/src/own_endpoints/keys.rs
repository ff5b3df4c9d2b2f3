//! `/.usher/jwks.json`: the keys with which an app checks the assertion.

use policy::assertion_key::AssertionKeys;

use crate::gate::Gate;
use crate::page::Answer;

/// Public, and the same for everybody. A gate that signs nothing has no key.
pub(super) fn answer(gate: &Gate<'_>) -> Answer {
    let keys = gate.configuration.assertion_keys.as_ref();
    let set = keys.map_or_else(|| r#"{"keys":[]}"#.to_owned(), AssertionKeys::public_set);
    Answer::json_text(set, &gate.incoming.id).cacheable(KEPT_SECONDS)
}

/// A new key is published this long before it signs.
const KEPT_SECONDS: u32 = 300;
