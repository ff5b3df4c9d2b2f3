//! A call between the gate and a control plane, signed with a secret that both know.
//!
//! The header is `Usher-Signature: t=<seconds since the Unix epoch>,v1=<HMAC-SHA-256, hex>`, over the text
//! `t.METHOD.path?query.sha256hex(body)`: what is asked, what is sent and when. The host is not signed, because whoever forwards
//! a call may change it.

use alloc::format;
use alloc::string::String;
use core::fmt;
use core::fmt::Write as _;
use core::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::time::Moment;

/// The header that carries the signature.
pub const SIGNATURE_HEADER: &str = "usher-signature";

/// How far the two clocks may be apart, and for how long a signature that somebody copied can be sent again.
pub const TOLERANCE: Duration = Duration::from_mins(5);

/// What is signed of a call.
#[derive(Clone, Copy, Debug)]
pub struct SignedCall<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// Path and query, byte for byte as they are sent.
    pub target: &'a str,
    /// The body; empty where there is none.
    pub body: &'a [u8],
}

/// Why a signature is not believed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Distrust {
    /// It is not of the form `t=…,v1=…`.
    Malformed,
    /// It was made too long ago, or by a clock that is ahead.
    Untimely,
    /// No secret we know made it for this call.
    Wrong,
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => {
                "the signature is not of the form `t=<unix seconds>,v1=<64 hex digits>`"
            }
            Self::Untimely => {
                "the signature is older than five minutes or from the future; set the caller's clock"
            }
            Self::Wrong => {
                "the signature does not fit method, path, query and body; compare the shared secret of both sides"
            }
        })
    }
}

impl SignedCall<'_> {
    /// The value of [`SIGNATURE_HEADER`] for this call.
    pub fn sign(&self, secret: &str, now: Moment) -> String {
        let seconds = now.unix_seconds();
        let tag = self.mac(secret, seconds).finalize().into_bytes();
        format!("t={seconds},v1={}", hex(&tag))
    }

    /// When the call was signed, if it was with one of the secrets. Several are known while one replaces another.
    pub fn verify<'s>(
        &self,
        header: &str,
        secrets: impl IntoIterator<Item = &'s str>,
        now: Moment,
    ) -> Result<Moment, Distrust> {
        let (seconds, tag) = read(header).ok_or(Distrust::Malformed)?;
        let signed_at = Moment::from_unix_seconds(seconds);
        if now.since(signed_at).max(signed_at.since(now)) > TOLERANCE {
            return Err(Distrust::Untimely);
        }
        // `verify_slice` takes the same time wherever the two differ.
        let right = |secret| self.mac(secret, seconds).verify_slice(&tag).is_ok();
        if secrets.into_iter().any(right) {
            Ok(signed_at)
        } else {
            Err(Distrust::Wrong)
        }
    }

    #[expect(
        clippy::expect_used,
        reason = "never an error: HMAC takes keys of any length (RFC 2104 section 3)"
    )]
    fn mac(&self, secret: &str, seconds: u64) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
        let body = hex(&Sha256::digest(self.body));
        mac.update(format!("{seconds}.{}.{}.{body}", self.method, self.target).as_bytes());
        mac
    }
}

/// One spelling of each number and each tag: what is read is what [`SignedCall::sign`] writes.
fn read(header: &str) -> Option<(u64, [u8; 32])> {
    let (seconds, tag) = header.strip_prefix("t=")?.split_once(",v1=")?;
    let canonical = seconds.bytes().all(|byte| byte.is_ascii_digit())
        && (seconds == "0" || !seconds.starts_with('0'));
    let seconds = seconds.parse().ok().filter(|_| canonical)?;
    let mut bytes = [0; 32];
    if tag.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(tag.as_bytes().chunks_exact(2)) {
        let [high, low] = digits else { return None };
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some((seconds, bytes))
}

fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a text never fails.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;
    use alloc::vec::Vec;

    const SECRET: &str = "a secret of the tests, thirty-two characters";
    const NOW: Moment = Moment::from_unix_seconds(1_900_000_000);
    const CALL: SignedCall<'_> = SignedCall {
        method: "GET",
        target: "/standings?iss=https%3A%2F%2Fid.example&sub=guy",
        body: b"",
    };

    /// Made with another implementation: `hmac.new(secret, f"{t}.GET.{target}.{sha256(b'').hexdigest()}", "sha256")` of Python.
    #[test]
    fn a_signature_is_what_another_implementation_makes_of_the_same_text() {
        assert_eq!(CALL.sign(SECRET, NOW), WRITTEN);
        assert_eq!(CALL.verify(WRITTEN, [SECRET], NOW), Ok(NOW));
    }

    const WRITTEN: &str =
        "t=1900000000,v1=58a023d73bb5dbbebd0e79ea4f72f3a6cda814c702f9cca7c64943e689bf7bbe";

    #[test]
    fn a_signature_is_good_for_this_call_and_no_other() {
        let header = CALL.sign(SECRET, NOW);
        for other in [
            SignedCall {
                method: "PUT",
                ..CALL
            },
            SignedCall {
                target: "/standings?iss=https%3A%2F%2Fid.example&sub=eve",
                ..CALL
            },
            SignedCall {
                body: b"{}",
                ..CALL
            },
        ] {
            assert_eq!(other.verify(&header, [SECRET], NOW), Err(Distrust::Wrong));
        }
        assert_eq!(
            CALL.verify(&header, ["another secret"], NOW),
            Err(Distrust::Wrong)
        );
        assert_eq!(CALL.verify(&header, [], NOW), Err(Distrust::Wrong));
    }

    #[test]
    fn the_old_and_the_new_secret_are_good_while_one_replaces_the_other() {
        for secret in ["old", "new"] {
            let header = CALL.sign(secret, NOW);
            assert_eq!(CALL.verify(&header, ["new", "old"], NOW), Ok(NOW));
        }
    }

    #[test]
    fn a_signature_is_good_for_five_minutes_of_either_clock_and_not_a_second_longer() {
        let header = CALL.sign(SECRET, NOW);
        let second = Duration::from_secs(1);
        for now in [NOW.minus(TOLERANCE), NOW.plus(TOLERANCE)] {
            assert_eq!(CALL.verify(&header, [SECRET], now), Ok(NOW));
        }
        for now in [NOW.minus(TOLERANCE + second), NOW.plus(TOLERANCE + second)] {
            assert_eq!(CALL.verify(&header, [SECRET], now), Err(Distrust::Untimely));
        }
    }

    #[test]
    fn every_changed_character_makes_it_another_signature() {
        let header = CALL.sign(SECRET, NOW);
        for (position, character) in header.char_indices() {
            for other in "0a,=tv1 G".chars().filter(|other| *other != character) {
                let mut changed: Vec<char> = header.chars().collect();
                changed[position] = other;
                let changed: String = changed.into_iter().collect();
                assert!(CALL.verify(&changed, [SECRET], NOW).is_err(), "{changed}");
            }
        }
    }

    #[test]
    fn there_is_one_spelling_of_a_signature() {
        let header = CALL.sign(SECRET, NOW);
        for other in [
            header.to_uppercase(),
            header.replace("t=", "t=0"),
            header.replace("t=", "t=+"),
            header.replace(',', ", "),
            format!("{header},v1=00"),
            format!(" {header}"),
            header.replace("v1=", "v1=0x"),
            String::new(),
            "t=,v1=".to_string(),
        ] {
            assert_eq!(
                CALL.verify(&other, [SECRET], NOW),
                Err(Distrust::Malformed),
                "{other}"
            );
        }
    }
}
