//! Target `token`: the whole text, as a header hands it over.

use crate::outcome::Outcome;
use crate::{admitted, carried_text, claims};

pub(crate) const WORDS: &[&str] = &[
    ".",
    "..",
    "=",
    "+",
    "/",
    "eyJhbGciOiJFUzI1NiJ9",
    "eyJhbGciOiJub25lIn0",
    "eyJ",
    "fQ",
    "In0",
    "%2E",
    " ",
    "\n",
    "A",
    "_",
    "-",
];

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let texts = ["", "...", "a.b.c", "{\"payload\":\"a\",\"signatures\":[]}"];
    let enveloped = claims::seeds()
        .into_iter()
        .map(|seed| claims::token(&seed).into_bytes());
    enveloped.chain(texts.map(Into::into)).collect()
}

pub(crate) fn law(data: &[u8]) -> Outcome {
    admitted::law(&carried_text::header(data))
}
