//! `usher key`: a fresh key for `USHER_ASSERTION_KEY`, as `wrangler secret put` takes it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::SecretKey;
use serde_json::json;

use crate::outcome::ExitCode;
use crate::outlet::Outlet;

/// Writes one private JWK (RFC 7517) to standard output, and nothing else.
pub(crate) fn print(outlet: &Outlet<'_>) -> Result<ExitCode, KeyError> {
    let secret = random()?;
    // The uncompressed point (SEC 1 section 2.3.3): 04, then 32 bytes of x, then 32 bytes of y.
    let point = secret.public_key().to_sec1_bytes();
    let (x, y) = match point.split_first() {
        Some((4, numbers)) if numbers.len() == 64 => numbers.split_at(32),
        Some(_) | None => return Err(KeyError),
    };
    let [x, y, d] =
        [x, y, secret.to_bytes().as_slice()].map(|number| URL_SAFE_NO_PAD.encode(number));
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "d": d });
    outlet.report(&format!("{jwk}\n"));
    Ok(ExitCode::Passed)
}

/// A number from the system's generator that is a key on P-256: one in 2^32 is none, and then the next is taken.
fn random() -> Result<SecretKey, KeyError> {
    let keys = std::iter::repeat_with(|| SecretKey::from_slice(&rand::random::<[u8; 32]>()));
    keys.take(8).find_map(Result::ok).ok_or(KeyError)
}

/// No key came of the system's generator.
#[derive(Debug)]
pub(crate) struct KeyError;

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the system's random numbers gave no key on P-256; run it again")
    }
}
