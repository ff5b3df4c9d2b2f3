//! Four issuers with keys made a moment ago, one for each algorithm, and whatever they or somebody else could write.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use jsonwebtoken::EncodingKey;
use p256::SecretKey;
use p256::pkcs8::EncodePrivateKey as _;
use policy::issuer::Algorithm;
use rsa::RsaPrivateKey;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::traits::PublicKeyParts as _;
use serde_json::{Value, json};
use tests::vectors::Believed;

/// Any moment; the clock is an argument.
pub(crate) const NOW: u64 = 1_900_000_000;

/// How far the issuers' clocks may be off.
pub(crate) const LEEWAY: u64 = 60;

/// Who an honest token names.
pub(crate) const SUBJECT: &str = "guy";

/// An issuer that can sign.
pub(crate) struct Signer {
    pub(crate) algorithm: Algorithm,
    pub(crate) name: String,
    pub(crate) key_id: String,
    pub(crate) key: EncodingKey,
    /// The public key as a JWK; the secret of HS256 as bytes.
    pub(crate) public: Result<Value, Vec<u8>>,
}

impl Signer {
    /// An issuer with a fresh key.
    pub(crate) fn new(algorithm: Algorithm, key_id: &str) -> Self {
        let (key, public) = match algorithm {
            Algorithm::Hs256 => secret(),
            Algorithm::Rs256 => rsa_key(),
            Algorithm::Es256 => p256_key(),
            Algorithm::EdDsa => ed25519_key(),
        };
        let public = public.map(|mut key| {
            key["kid"] = json!(key_id);
            key
        });
        Self {
            algorithm,
            name: format!("https://{}.example/", algorithm.name().to_lowercase()),
            key_id: key_id.to_owned(),
            key,
            public,
        }
    }

    /// One for each algorithm.
    pub(crate) fn all() -> Vec<Self> {
        let algorithms = [
            Algorithm::Hs256,
            Algorithm::Rs256,
            Algorithm::Es256,
            Algorithm::EdDsa,
        ];
        algorithms
            .map(|algorithm| Self::new(algorithm, "key-1"))
            .into()
    }

    /// What the gate is configured with.
    pub(crate) fn believed(&self) -> Believed {
        let (secrets, key_set) = match &self.public {
            Ok(key) => (Vec::new(), Some(json!({ "keys": [key] }).to_string())),
            Err(secret) => (vec![secret.clone()], None),
        };
        // The one that signs with EdDSA is like Clerk: it says `azp` and no `aud`.
        let party = self.algorithm == Algorithm::EdDsa;
        Believed {
            name: self.name.clone(),
            audiences: if party {
                Vec::new()
            } else {
                vec!["usher".to_owned()]
            },
            authorized_parties: if party {
                vec!["https://app.example".to_owned()]
            } else {
                Vec::new()
            },
            algorithms: vec![self.algorithm.name().to_owned()],
            key_set,
            secrets,
            leeway_seconds: LEEWAY,
            ..Believed::default()
        }
    }

    /// The header of an honest token.
    pub(crate) fn header(&self) -> Value {
        json!({ "alg": self.algorithm.name(), "kid": self.key_id, "typ": "JWT" })
    }

    /// The claims of an honest token.
    pub(crate) fn claims(&self) -> Value {
        let mut claims =
            json!({ "iss": self.name, "sub": SUBJECT, "iat": NOW - 60, "exp": NOW + 600 });
        if self.algorithm == Algorithm::EdDsa {
            claims["azp"] = json!("https://app.example");
        } else {
            claims["aud"] = json!("usher");
        }
        claims
    }

    /// An honest token.
    pub(crate) fn good(&self) -> String {
        self.token(&self.header(), &self.claims())
    }

    /// A token with an honest signature over this header and these claims.
    pub(crate) fn token(&self, header: &Value, claims: &Value) -> String {
        self.seal(header.to_string().as_bytes(), claims.to_string().as_bytes())
    }

    /// Honest claims under this header, not signed yet.
    pub(crate) fn unsigned(&self, header: &Value) -> String {
        let [header, claims] =
            [header, &self.claims()].map(|part| encode(part.to_string().as_bytes()));
        format!("{header}.{claims}")
    }

    /// A token over any bytes.
    pub(crate) fn seal(&self, header: &[u8], payload: &[u8]) -> String {
        self.sign(&format!("{}.{}", encode(header), encode(payload)))
    }

    /// The text with an honest signature after it.
    pub(crate) fn sign(&self, signed: &str) -> String {
        format!(
            "{signed}.{}",
            signature(signed, &self.key, library_name(self.algorithm))
        )
    }

    /// An honest token with one member of its header changed; `null` takes it out.
    pub(crate) fn with_header(&self, name: &str, value: Value) -> String {
        self.token(&changed(self.header(), name, value), &self.claims())
    }

    /// An honest token with one claim changed; `null` takes it out.
    pub(crate) fn with_claim(&self, name: &str, value: Value) -> String {
        self.token(&self.header(), &changed(self.claims(), name, value))
    }
}

/// The algorithm as the signing library calls it.
pub(crate) const fn library_name(algorithm: Algorithm) -> jsonwebtoken::Algorithm {
    match algorithm {
        Algorithm::EdDsa => jsonwebtoken::Algorithm::EdDSA,
        Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
        Algorithm::Hs256 => jsonwebtoken::Algorithm::HS256,
        Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
    }
}

/// A signature in base64url.
pub(crate) fn signature(
    signed: &str,
    key: &EncodingKey,
    algorithm: jsonwebtoken::Algorithm,
) -> String {
    jsonwebtoken::crypto::sign(signed.as_bytes(), key, algorithm).expect("a key of the algorithm")
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("base64url of our own")
}

fn changed(mut object: Value, name: &str, value: Value) -> Value {
    let members = object.as_object_mut().expect("an object");
    if value.is_null() {
        members.remove(name);
    } else {
        members.insert(name.to_owned(), value);
    }
    object
}

type KeyPair = (EncodingKey, Result<Value, Vec<u8>>);

/// A text, as the secret of a Worker is one.
fn secret() -> KeyPair {
    let secret = encode(&rand::random::<[u8; 32]>()).into_bytes();
    (EncodingKey::from_secret(&secret), Err(secret))
}

fn rsa_key() -> KeyPair {
    let private = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).expect("a fresh key");
    let [n, e] = [private.n(), private.e()].map(|number| encode(&number.to_bytes_be()));
    let der = private.to_pkcs1_der().expect("a fresh key");
    (
        EncodingKey::from_rsa_der(der.as_bytes()),
        Ok(json!({ "kty": "RSA", "n": n, "e": e })),
    )
}

fn p256_key() -> KeyPair {
    let private = SecretKey::from_slice(&rand::random::<[u8; 32]>()).expect("nearly every number");
    let point = private.public_key().to_sec1_bytes();
    let (x, y) = point[1..].split_at(32);
    let public = json!({ "kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y) });
    let der = private.to_pkcs8_der().expect("a fresh key");
    (EncodingKey::from_ec_der(der.as_bytes()), Ok(public))
}

fn ed25519_key() -> KeyPair {
    let seed = rand::random::<[u8; 32]>();
    let public = SigningKey::from_bytes(&seed).verifying_key();
    let public = json!({ "kty": "OKP", "crv": "Ed25519", "x": encode(public.as_bytes()) });
    // RFC 8410 section 7: the wrapping of a private key is always the same.
    let wrapping = [
        0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
    ];
    (
        EncodingKey::from_ed_der(&[wrapping.as_slice(), &seed].concat()),
        Ok(public),
    )
}
