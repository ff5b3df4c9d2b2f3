//! Bytes as the platform hands them over.

use policy::credential::{self, Headers, Offer};

use crate::cookie::NAME;

/// What two headers offer where no provider stands in front of the gate.
pub(crate) fn offered<'a>(authorization: Option<&'a str>, cookies: Option<&'a str>) -> Offer<'a> {
    let headers = Headers {
        authorization,
        provider: None,
        cookies,
    };
    credential::offered(headers, NAME)
}

/// The bytes of a header as text: the platform reads each as one character (Fetch standard, "isomorphic decode").
pub(crate) fn header(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Two texts from one input, separated by a line feed, which no header and no JSON text can hold unescaped.
pub(crate) fn two(data: &[u8]) -> (&[u8], Option<&[u8]>) {
    let mut parts = data.splitn(2, |byte| *byte == b'\n');
    (parts.next().unwrap_or_default(), parts.next())
}

/// Where a part lies inside of a whole, if it does.
pub(crate) fn place_of(part: &str, whole: &str) -> Option<std::ops::Range<usize>> {
    let start = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
    let range = start..start + part.len();
    (whole.get(range.clone()) == Some(part)).then_some(range)
}
