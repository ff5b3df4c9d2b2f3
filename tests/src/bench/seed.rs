//! Who may come to every variant: their tokens, and what the registry and KV know of them.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::encoding::{AsBigEndian as _, EcPrivateKeyBin};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256,
};
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, AUTHORIZATION, CACHE_CONTROL, COOKIE, HOST, REFERER,
    USER_AGENT,
};
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use uuid::Uuid;

/// As many as come in turn.
pub(super) const VISITORS: usize = 10_000;

/// Whose tokens are believed.
pub(super) const ISSUER: &str = "https://id.bench.invalid/";
pub(super) const AUDIENCE: &str = "https://api.bench.invalid";

/// The host that requests name, whichever variant they are for.
const HOST_ASKED: &str = "app.localhost";
const REFERRER: &str = "http://app.localhost/items";

/// One of everybody.
pub(super) struct Seed {
    issuer_key: RsaKeyPair,
    /// Signs too, and nobody believes it.
    forger_key: RsaKeyPair,
    key_name: String,
    assertion_key: Value,
}

/// Somebody with a token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Who {
    /// Theirs was over two minutes ago.
    Expired,
    /// The token of the first visitor, signed with a key that nobody knows, by the name of the right one.
    Forged,
    /// No token at all, but in its place.
    Garbage,
    /// Whose instance is suspended.
    Suspended,
    /// One of many whose instance is ready.
    Visitor(usize),
}

impl Seed {
    #[expect(
        clippy::expect_used,
        reason = "fresh keys of these kinds can always be made"
    )]
    pub(super) fn new() -> Self {
        let rsa = || RsaKeyPair::generate(KeySize::Rsa2048).expect("an RSA key");
        Self {
            issuer_key: rsa(),
            forger_key: rsa(),
            key_name: Uuid::new_v4().to_string(),
            assertion_key: assertion_key(),
        }
    }

    /// The issuer's keys (RFC 7517).
    pub(super) fn key_set(&self) -> Value {
        let public = self.issuer_key.public_key();
        let [n, e] = [public.modulus(), public.exponent()]
            .map(|number| URL_SAFE_NO_PAD.encode(number.big_endian_without_leading_zero()));
        json!({ "keys": [
            { "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.key_name, "n": n, "e": e },
        ] })
    }

    /// What the gate signs its assertions with: a private JWK.
    pub(super) fn assertion_key(&self) -> &Value {
        &self.assertion_key
    }

    /// What one sends: nine headers, as a program of a page's makes them.
    #[expect(clippy::expect_used, reason = "all of them are visible ASCII")]
    pub(super) fn headers(&self, who: Who) -> HeaderMap {
        let value =
            |text: &str| HeaderValue::from_str(text).expect("a value that a header may have");
        [
            (HOST, HOST_ASKED),
            (
                USER_AGENT,
                "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
            ),
            (ACCEPT, "application/json"),
            (ACCEPT_LANGUAGE, "en-GB,en;q=0.9,de;q=0.8"),
            (ACCEPT_ENCODING, "gzip, br"),
            (CACHE_CONTROL, "no-cache"),
            (REFERER, REFERRER),
            (COOKIE, "theme=dark; sidebar=open"),
            (AUTHORIZATION, &format!("Bearer {}", self.token(who))),
        ]
        .into_iter()
        .map(|(name, text)| (name, value(text)))
        .collect()
    }

    /// The headers of many, each with a token of their own.
    pub(super) fn crowd(&self, who: impl Iterator<Item = Who>) -> Arc<Vec<HeaderMap>> {
        Arc::new(who.map(|who| self.headers(who)).collect())
    }

    fn token(&self, who: Who) -> String {
        let (key, lifetime) = match who {
            Who::Expired => (&self.issuer_key, -120),
            Who::Forged => (&self.forger_key, 36_000),
            Who::Garbage => return "xxxxxxxx".repeat(96),
            Who::Suspended | Who::Visitor(_) => (&self.issuer_key, 36_000),
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = i64::try_from(now.unwrap_or(Duration::ZERO).as_secs()).unwrap_or_default();
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": self.key_name });
        let name = who.name();
        let claims = json!({
            "iss": ISSUER, "aud": [AUDIENCE], "sub": who.subject(), "iat": now - 300, "exp": now + lifetime,
            "email": format!("{name}@bench.invalid"), "email_verified": true, "name": name, "scope": "openid profile email",
        });
        let [header, claims] =
            [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let signed = format!("{header}.{claims}");
        let signature = sign(key, signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// The statements that make them known to a registry, whose instances are at this address.
    pub(super) fn registry(instance: &str) -> Vec<String> {
        let number = "printf('%05d', i)";
        let each = format!(
            "WITH RECURSIVE numbers (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i < {}),
             everybody (name) AS (SELECT 'visitor-' || {number} FROM numbers UNION ALL SELECT 'suspended')",
            VISITORS - 1
        );
        let mut statements = vec![
            "INSERT INTO orgs (id, name, created_at) VALUES ('acme', 'Acme', 1)".to_owned(),
            format!(
                "{each} INSERT INTO users (id, email, org, version, created_at)
                 SELECT 'u-' || name, name || '@bench.invalid', 'acme', 1, 1 FROM everybody"
            ),
            format!(
                "{each} INSERT INTO identities (issuer, subject, user_id)
                 SELECT '{ISSUER}', 'auth0|' || name, 'u-' || name FROM everybody"
            ),
            format!(
                "{each} INSERT INTO members (org_id, user_id, role, since)
                 SELECT 'acme', 'u-' || name, 'member', 1 FROM everybody"
            ),
            format!(
                "{each} INSERT INTO instances (id, user_id, url, status, since, version)
                 SELECT 'i-' || name, 'u-' || name, '{instance}', 'provisioning', 1, 1 FROM everybody"
            ),
        ];
        // No status is ever skipped (0003_status.sql).
        for status in ["active", "ready"] {
            statements.push(format!("UPDATE instances SET status = '{status}'"));
        }
        statements.push(
            "UPDATE instances SET status = 'suspended', suspended_from = 'ready' WHERE id = 'i-suspended'"
                .to_owned(),
        );
        statements
    }

    /// What KV knows of somebody where their status is read from it each time: the key, and the value.
    pub(super) fn in_kv(who: Who, instance: &str) -> (String, String) {
        let status = match who {
            Who::Suspended => "suspended",
            Who::Expired | Who::Forged | Who::Garbage | Who::Visitor(_) => "ready",
        };
        let key = format!("standing:{}", who.subject());
        (
            key,
            json!({ "status": status, "url": instance }).to_string(),
        )
    }
}

impl Who {
    fn name(self) -> String {
        match self {
            Self::Suspended => "suspended".to_owned(),
            Self::Expired | Self::Forged | Self::Garbage => Self::Visitor(0).name(),
            Self::Visitor(number) => format!("visitor-{number:05}"),
        }
    }

    pub(super) fn subject(self) -> String {
        format!("auth0|{}", self.name())
    }
}

#[expect(clippy::expect_used, reason = "a key of this kind always signs")]
fn sign(key: &RsaKeyPair, signed: &[u8]) -> Vec<u8> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        signed,
        &mut signature,
    )
    .expect("a signature");
    signature
}

#[expect(
    clippy::expect_used,
    reason = "a fresh key on P-256 can always be made"
)]
fn assertion_key() -> Value {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
    let secret: EcPrivateKeyBin<'_> = pair.private_key().as_be_bytes().expect("its number");
    // The uncompressed point (SEC 1 section 2.3.3): 04, then 32 bytes of x, then 32 bytes of y.
    let point = pair.public_key().as_ref().get(1..).expect("a point");
    let (x, y) = point.split_at(32);
    let [x, y, d] = [x, y, secret.as_ref()].map(|number| URL_SAFE_NO_PAD.encode(number));
    json!({ "kty": "EC", "crv": "P-256", "kid": "bench", "x": x, "y": y, "d": d })
}

/// What one of these tokens is like, in words.
pub(super) fn token_in_words(seed: &Seed) -> String {
    let mut words = String::new();
    let headers = seed.headers(Who::Visitor(0));
    let token = headers.get(AUTHORIZATION).map_or(0, HeaderValue::len);
    // Writing into a text does not fail.
    let _ = write!(
        words,
        "RS256, {} bytes, {} headers",
        token.saturating_sub("Bearer ".len()),
        headers.len()
    );
    words
}
