//! The identity service's key: made at the start, published as a key set.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use p256::SecretKey;
use p256::pkcs8::{EncodePrivateKey as _, LineEnding};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// The key pair of one identity service.
pub(crate) struct Keys {
    id: String,
    signing: EncodingKey,
    verifying: DecodingKey,
    x: String,
    y: String,
}

/// What the service itself reads from its tokens.
#[derive(Debug, Deserialize)]
pub(crate) struct OwnClaims {
    pub(crate) sub: String,
}

impl Keys {
    #[expect(
        clippy::expect_used,
        reason = "a fresh key of the right curve always encodes"
    )]
    pub(crate) fn generate() -> Self {
        let secret = random_key();
        let pem = secret
            .to_pkcs8_pem(LineEnding::LF)
            .expect("a P-256 key has a PKCS #8 form");
        // The uncompressed point (SEC 1 section 2.3.3): 04, then 32 bytes of x, then 32 bytes of y.
        let point = secret.public_key().to_sec1_bytes();
        let (x, y) = point.get(1..).expect("a point is 65 bytes").split_at(32);
        let [x, y] = [x, y].map(|coordinate| URL_SAFE_NO_PAD.encode(coordinate));
        Self {
            id: Uuid::new_v4().to_string(),
            signing: EncodingKey::from_ec_pem(pem.as_bytes()).expect("the form jsonwebtoken reads"),
            verifying: DecodingKey::from_ec_components(&x, &y).expect("both are base64url"),
            x,
            y,
        }
    }

    /// A token with exactly these claims.
    #[expect(
        clippy::expect_used,
        reason = "a JSON value and a P-256 key always sign"
    )]
    pub(crate) fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.id.clone());
        jsonwebtoken::encode(&header, claims, &self.signing).expect("claims are JSON")
    }

    /// What one of our own tokens says, if it is one and still good.
    pub(crate) fn verify(&self, token: &str, issuer: &str, audience: &str) -> Option<OwnClaims> {
        let mut rules = Validation::new(Algorithm::ES256);
        rules.set_issuer(&[issuer]);
        rules.set_audience(&[audience]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        jsonwebtoken::decode(token, &self.verifying, &rules)
            .ok()
            .map(|token| token.claims)
    }

    /// The key set (RFC 7517).
    pub(crate) fn jwks(&self) -> Value {
        json!({ "keys": [{
            "kty": "EC", "crv": "P-256", "kid": self.id, "alg": "ES256", "use": "sig", "x": self.x, "y": self.y,
        }] })
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Almost every 32 bytes are a key; the few that are not are drawn again.
fn random_key() -> SecretKey {
    loop {
        if let Ok(key) = SecretKey::from_slice(&rand::random::<[u8; 32]>()) {
            return key;
        }
    }
}
