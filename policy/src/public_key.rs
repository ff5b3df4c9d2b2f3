//! One public key: from a JWK (RFC 7517) or from PEM (RFC 7468), with numbers known to be possible.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use spki::der::asn1::{AnyRef, BitStringRef, UintRef};
use spki::der::{Decode as _, Reader as _, SliceReader};
use spki::{ObjectIdentifier, SubjectPublicKeyInfo};

use crate::ed25519_point;
use crate::issuer::Algorithm;
use crate::strict_json::{Object, TextMember, Value};

/// A public key and the name tokens use for it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PublicKey {
    /// What tokens call it.
    pub name: KeyName,
    /// The key's numbers.
    pub material: KeyMaterial,
}

/// What tokens call a key in their `kid`, an opaque text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum KeyName {
    /// Anything: somebody wrote the key down and knows no name.
    Any,
    /// Exactly this.
    Is(String),
    /// It has none, so only tokens that name none can mean it.
    None,
}

/// The numbers of a key, each base64url as it was served and known to have a possible length.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum KeyMaterial {
    /// A point on Ed25519.
    Ed25519 {
        /// The point, 32 bytes.
        x: String,
    },
    /// A point on P-256.
    P256 {
        /// The x coordinate, 32 bytes.
        x: String,
        /// The y coordinate, 32 bytes.
        y: String,
    },
    /// An RSA key.
    Rsa {
        /// The modulus, 2048 to 8192 bits.
        n: String,
        /// The public exponent, odd, above one, below 2^32.
        e: String,
    },
}

/// The longest RSA modulus in bits: a longer one makes a check slow enough to be an attack.
pub const MAX_RSA_BITS: usize = 8192;

/// Why a key of a set is not used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BadKey {
    /// It is for encryption, or for signing instead of verifying.
    NotForVerifying,
    /// It is of another kind than any algorithm of the issuer needs; an HMAC secret from the network is never used.
    OtherKind,
    /// It holds private parts, which a published set must not.
    Private,
    /// A member is missing or has an impossible value.
    Unusable,
}

impl fmt::Display for BadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotForVerifying => "it is not for checking signatures",
            Self::OtherKind => "it is of a kind or for an algorithm that is not configured",
            Self::Private => "it holds private parts; replace it, it is known to the world",
            Self::Unusable => "a member is missing or has an impossible value",
        })
    }
}

impl KeyMaterial {
    /// The one algorithm such a key is used with.
    pub const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Ed25519 { .. } => Algorithm::EdDsa,
            Self::P256 { .. } => Algorithm::Es256,
            Self::Rsa { .. } => Algorithm::Rs256,
        }
    }
}

impl PublicKey {
    /// A key of a set, for an issuer that signs with these algorithms.
    pub(crate) fn from_jwk(entry: &Value, algorithms: &[Algorithm]) -> Result<Self, BadKey> {
        let Value::Object(entry) = entry else {
            return Err(BadKey::Unusable);
        };
        if ["d", "k", "p", "q"]
            .iter()
            .any(|private| entry.member(private).is_some())
        {
            return Err(BadKey::Private);
        }
        for_verifying(entry)?;
        let material = match (text(entry, "kty")?, text(entry, "crv")?) {
            (Some("OKP"), Some("Ed25519")) => ed25519(&number(entry, "x")?),
            (Some("EC"), Some("P-256")) => p256(&number(entry, "x")?, &number(entry, "y")?),
            (Some("RSA"), None) => rsa(&number(entry, "n")?, &number(entry, "e")?),
            // Also every secret: no HMAC key is ever taken from the network.
            (Some(_), _) => Err(BadKey::OtherKind),
            (None, _) => Err(BadKey::Unusable),
        }?;
        let algorithm = material.algorithm();
        // The issuer says what a key is for, the configuration says what is allowed, the token says neither (CVE-2026-22818).
        let meant = text(entry, "alg")?.is_none_or(|name| name == algorithm.name());
        if !meant || !algorithms.contains(&algorithm) {
            return Err(BadKey::OtherKind);
        }
        Ok(Self {
            name: text(entry, "kid")?.map_or(KeyName::None, |name| KeyName::Is(name.into())),
            material,
        })
    }

    /// A key as `openssl pkey -pubout` writes it: `-----BEGIN PUBLIC KEY-----`. It has no name, and only its kind says with
    /// which algorithm it is used.
    pub fn from_pem(pem: &str) -> Result<Self, BadKey> {
        let der = pem_body(pem)?;
        let info = SubjectPublicKeyInfo::<AnyRef<'_>, BitStringRef<'_>>::from_der(&der)
            .map_err(|_| BadKey::Unusable)?;
        let bytes = info.subject_public_key.as_bytes().ok_or(BadKey::Unusable)?;
        let material = match info.algorithm.oid {
            ID_ED25519 => ed25519(bytes),
            RSA_ENCRYPTION => {
                let (n, e) = rsa_numbers(bytes).map_err(|_| BadKey::Unusable)?;
                rsa(n.as_bytes(), e.as_bytes())
            }
            ID_EC_PUBLIC_KEY if info.algorithm.parameters_oid() == Ok(PRIME256V1) => {
                // SEC 1 section 2.3.3: 4, then both coordinates.
                match bytes.split_first() {
                    Some((4, point)) if point.len() == 64 => {
                        let (x, y) = point.split_at(32);
                        p256(x, y)
                    }
                    Some(_) | None => Err(BadKey::Unusable),
                }
            }
            _ => Err(BadKey::OtherKind),
        }?;
        Ok(Self {
            name: KeyName::Any,
            material,
        })
    }
}

// RFC 8410 section 3, RFC 8017 appendix C, RFC 5480 section 2.1.
const ID_ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ID_EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const PRIME256V1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");

/// What stands between the lines of RFC 7468. The DER library reads this form too, with a second base64 decoder of 10 KB of
/// WebAssembly.
fn pem_body(pem: &str) -> Result<Vec<u8>, BadKey> {
    let inside = pem.trim_ascii().strip_prefix("-----BEGIN ");
    let inside = inside.and_then(|rest| rest.strip_suffix("-----"));
    let (label, rest) = inside
        .and_then(|inside| inside.split_once("-----"))
        .ok_or(BadKey::Unusable)?;
    if label.contains("PRIVATE") {
        return Err(BadKey::Private);
    }
    if label != "PUBLIC KEY" {
        return Err(BadKey::OtherKind);
    }
    let body = rest.strip_suffix("-----END PUBLIC KEY");
    let lines: String = body
        .ok_or(BadKey::Unusable)?
        .split_ascii_whitespace()
        .collect();
    STANDARD.decode(lines).map_err(|_| BadKey::Unusable)
}

/// RFC 8017 appendix A.1.1: a sequence of modulus and exponent.
fn rsa_numbers(bytes: &[u8]) -> Result<(UintRef<'_>, UintRef<'_>), spki::der::Error> {
    let mut reader = SliceReader::new(bytes)?;
    let numbers = reader.sequence(|inside| -> Result<_, spki::der::Error> {
        Ok((UintRef::decode(inside)?, UintRef::decode(inside)?))
    })?;
    reader.finish()?;
    Ok(numbers)
}

fn for_verifying(entry: &Object) -> Result<(), BadKey> {
    if text(entry, "use")?.is_some_and(|purpose| purpose != "sig") {
        return Err(BadKey::NotForVerifying);
    }
    match entry.member("key_ops") {
        None => Ok(()),
        Some(Value::List(operations)) if operations.contains(&Value::Text("verify".into())) => {
            Ok(())
        }
        Some(
            Value::Bool(_)
            | Value::List(_)
            | Value::Null
            | Value::Number(_)
            | Value::Object(_)
            | Value::Text(_),
        ) => Err(BadKey::NotForVerifying),
    }
}

/// Neither a point of small order, for which anybody can make signatures, nor a second spelling of one, nor what is no point:
/// `WebCrypto` takes all of them.
fn ed25519(point: &[u8]) -> Result<KeyMaterial, BadKey> {
    let x = coordinate(point)?;
    if ed25519_point::is_strict(point) {
        Ok(KeyMaterial::Ed25519 { x })
    } else {
        Err(BadKey::Unusable)
    }
}

fn p256(x: &[u8], y: &[u8]) -> Result<KeyMaterial, BadKey> {
    Ok(KeyMaterial::P256 {
        x: coordinate(x)?,
        y: coordinate(y)?,
    })
}

/// RFC 7518 section 6.2.1.2, RFC 8037 section 2: always the whole 32 bytes.
fn coordinate(bytes: &[u8]) -> Result<String, BadKey> {
    if bytes.len() == 32 {
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    } else {
        Err(BadKey::Unusable)
    }
}

/// A modulus below 2048 bits can be factored (NIST SP 800-131A), one above [`MAX_RSA_BITS`] is slow; an even one, or an exponent of
/// one, makes forging trivial. RFC 7518 section 6.3.1.1 forbids a zero byte before the modulus; encoders that think it is signed
/// write one, and nothing is gained by locking out everybody with such a log-in.
fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<KeyMaterial, BadKey> {
    let modulus = modulus.strip_prefix(&[0]).unwrap_or(modulus);
    let odd = |bytes: &[u8]| bytes.last().is_some_and(|last| last % 2 == 1);
    let bits = |bytes: &[u8]| {
        bytes.len() * 8
            - bytes
                .first()
                .map_or(0, |first| first.leading_zeros() as usize)
    };
    let modulus_possible =
        (2048..=MAX_RSA_BITS).contains(&bits(modulus)) && modulus.first() != Some(&0);
    let exponent_possible =
        (1..=4).contains(&exponent.len()) && exponent != [1] && exponent.first() != Some(&0);
    if modulus_possible && odd(modulus) && exponent_possible && odd(exponent) {
        Ok(KeyMaterial::Rsa {
            n: URL_SAFE_NO_PAD.encode(modulus),
            e: URL_SAFE_NO_PAD.encode(exponent),
        })
    } else {
        Err(BadKey::Unusable)
    }
}

fn number(entry: &Object, name: &str) -> Result<Vec<u8>, BadKey> {
    let encoded = text(entry, name)?.ok_or(BadKey::Unusable)?;
    URL_SAFE_NO_PAD
        .decode(encoded)
        .map_err(|_| BadKey::Unusable)
}

fn text<'o>(entry: &'o Object, name: &str) -> Result<Option<&'o str>, BadKey> {
    match entry.text(name) {
        TextMember::Absent => Ok(None),
        TextMember::Text(text) => Ok(Some(text)),
        TextMember::OtherType => Err(BadKey::Unusable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const P256: &str = include_str!("../tests/keys/p256.pem");
    const RSA: &str = include_str!("../tests/keys/rsa.pem");
    const ED25519: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----";

    #[test]
    fn pem_of_each_kind_gives_the_key_of_its_algorithm() {
        for (pem, algorithm) in [
            (P256, Algorithm::Es256),
            (RSA, Algorithm::Rs256),
            (ED25519, Algorithm::EdDsa),
        ] {
            let key = PublicKey::from_pem(pem).unwrap();
            assert_eq!(key.material.algorithm(), algorithm);
        }
        // RFC 8037 appendix A.2: the same key as JWK and as PEM.
        let jwk = Object::read(
            br#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
        );
        let jwk = PublicKey::from_jwk(&Value::Object(jwk.unwrap()), &[Algorithm::EdDsa]).unwrap();
        assert_eq!(PublicKey::from_pem(ED25519).unwrap().material, jwk.material);
    }

    #[test]
    fn what_is_no_public_key_is_refused() {
        assert_eq!(PublicKey::from_pem(""), Err(BadKey::Unusable));
        assert_eq!(
            PublicKey::from_pem(&P256.replace("PUBLIC", "PRIVATE")),
            Err(BadKey::Private)
        );
        assert_eq!(
            PublicKey::from_pem(&RSA.replace("PUBLIC KEY", "CERTIFICATE")),
            Err(BadKey::OtherKind)
        );
        assert_eq!(
            PublicKey::from_pem(&P256.replacen("MFkw", "MFkx", 1)),
            Err(BadKey::Unusable)
        );
    }

    #[test]
    fn a_weak_rsa_key_is_refused() {
        let odd = |bytes: usize| [[1].repeat(bytes - 1), [1].to_vec()].concat();
        let good = rsa(&[[255].as_slice(), &odd(255)].concat(), &[1, 0, 1]);
        assert!(good.is_ok());
        assert_eq!(
            rsa(&[[0, 255].as_slice(), &odd(255)].concat(), &[1, 0, 1]),
            good
        );
        for (n, e) in [
            (odd(128), [1, 0, 1].as_slice()),
            ([[255].as_slice(), &odd(254), &[2]].concat(), &[1, 0, 1]),
            ([[0, 0, 255].as_slice(), &odd(255)].concat(), &[1, 0, 1]),
            ([[255].as_slice(), &odd(2047)].concat(), &[1, 0, 1]),
            ([[255].as_slice(), &odd(255)].concat(), &[1]),
            ([[255].as_slice(), &odd(255)].concat(), &[2]),
            ([[255].as_slice(), &odd(255)].concat(), &[1, 0, 0, 0, 1]),
            ([[255].as_slice(), &odd(255)].concat(), &[]),
        ] {
            assert_eq!(rsa(&n, e), Err(BadKey::Unusable), "{e:?}");
        }
    }
}
