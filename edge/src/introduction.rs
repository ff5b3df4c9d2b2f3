//! What an app is told of its visitor, as the headers that say it: made once and said again, because saying it anew costs more than all the
//! rest of a request that is answered from memory.

use std::cell::RefCell;
use std::num::NonZeroUsize;

use js_sys::Array;
use policy::assertion::{self, Claims, Said};
use policy::decision::Permit;
use policy::storage_key::StorageKey;
use policy::time::Moment;
use wasm_bindgen::JsValue;

use crate::bounded::Bounded;

/// Names and values in turn, as `carry.js` reads them. It says nothing that is not in the [`assertion::Claims`] it was made for.
#[derive(Clone, Debug)]
pub(crate) struct Introduction {
    said: Array,
    /// How long the texts are.
    bytes: usize,
}

impl Introduction {
    /// Introduces whom a permit lets in, who came to the gate at this origin; with a signed assertion where this gate has a key.
    pub(crate) fn of(permit: &Permit<'_>, gate: &str, assertion: Option<&str>) -> Self {
        let said = Array::new();
        let mut bytes = 0;
        let mut say = |name: &str, value: &str| {
            bytes += name.len() + value.len();
            said.push(&JsValue::from_str(name));
            said.push(&JsValue::from_str(value));
        };
        let visitor = permit.visitor();
        say(
            "usher-user",
            &header_text(visitor.identity().subject.as_str()),
        );
        if let Some(email) = visitor.email() {
            say("usher-email", &header_text(email.as_str()));
        }
        if let Some(org) = permit.org() {
            say("usher-org", &header_text(org));
        }
        say("usher-role", permit.role().word());
        say("usher-instance", permit.instance().id.as_str());
        let (scheme, host) = gate.split_once("://").unwrap_or_default();
        say("x-forwarded-proto", scheme);
        say("x-forwarded-host", host);
        if let Some(assertion) = assertion {
            say(assertion::HEADER, assertion);
        }
        Self { said, bytes }
    }

    /// For the part of carrying that is done in JavaScript.
    pub(crate) fn as_array(&self) -> &Array {
        &self.said
    }
}

/// Most visitors whose introductions an isolate keeps.
const MAX_VISITORS: NonZeroUsize = NonZeroUsize::new(12_288).unwrap();

/// Most bytes of them: whoever is let in at several instances has as many introductions.
const MAX_BYTES: usize = 24 << 20;

/// What goes with one: what it was made for, which has most of its texts once more.
const BESIDE: usize = 768;

/// Most instances of one visitor whose introductions are kept; whoever has more open at once gets new ones.
const MOST_INSTANCES: usize = 4;

/// The introductions of an isolate.
pub(crate) struct Introductions(RefCell<Bounded<StorageKey, Vec<(Said, Introduction)>>>);

impl Introductions {
    pub(crate) fn new() -> Self {
        Self(RefCell::new(Bounded::new(MAX_VISITORS, MAX_BYTES)))
    }

    /// One that was made lately and says just this.
    pub(crate) fn known(
        &self,
        visitor: &StorageKey,
        claims: &Claims<'_>,
        now: Moment,
    ) -> Option<Introduction> {
        let mut kept = self.0.borrow_mut();
        let mut of_visitor = kept.get(visitor)?.iter();
        let (_, introduction) = of_visitor.find(|(said, _)| said.holds(claims, now))?;
        Some(introduction.clone())
    }

    /// Keeps one that was made at this moment.
    pub(crate) fn keep(
        &self,
        visitor: &StorageKey,
        claims: &Claims<'_>,
        introduction: Introduction,
        now: Moment,
    ) {
        let mut kept = self.0.borrow_mut();
        let mut of_visitor = kept.take(visitor).unwrap_or_default();
        of_visitor.retain(|(said, _)| !said.is_to(claims));
        of_visitor.truncate(MOST_INSTANCES - 1);
        of_visitor.insert(0, (Said::new(claims, now), introduction));
        let bytes = of_visitor.iter().map(|(_, kept)| kept.bytes + BESIDE).sum();
        kept.keep(visitor.clone(), of_visitor, bytes);
    }
}

/// A claim as a header value: visible ASCII as it is, anything else percent-encoded in UTF-8, so that no name can break out of
/// its header or be read in two ways.
fn header_text(claim: &str) -> String {
    let mut text = String::with_capacity(claim.len());
    for byte in claim.bytes() {
        match byte {
            b'!'..=b'$' | b'&'..=b'~' => text.push(char::from(byte)),
            0..=b' ' | b'%' | 127..=255 => {
                text.push('%');
                for half in [byte >> 4, byte & 15] {
                    text.push(
                        char::from_digit(u32::from(half), 16)
                            .unwrap_or('0')
                            .to_ascii_uppercase(),
                    );
                }
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::header_text;

    #[test]
    fn no_claim_breaks_out_of_its_header() {
        assert_eq!(header_text("auth0|guy"), "auth0|guy");
        assert_eq!(header_text("a\r\nx: y"), "a%0D%0Ax:%20y");
        assert_eq!(header_text("Gü%y"), "G%C3%BC%25y");
    }
}
