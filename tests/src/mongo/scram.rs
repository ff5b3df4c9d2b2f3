//! Who asks: SCRAM-SHA-256 (RFC 5802, RFC 7677), the server's half of it.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::mongo::User;

/// A log-in that was begun.
#[derive(Clone, Debug)]
pub(super) struct Conversation {
    pub(super) user: User,
    client_first: String,
    pub(super) server_first: String,
    nonce: String,
    salted: [u8; 32],
    /// Whether the client has shown that it knows the password.
    pub(super) is_proved: bool,
    /// Whether it wants no empty message at the end.
    pub(super) is_short: bool,
}

impl Conversation {
    /// Begins one; nothing where nobody has this name, or the message is none.
    pub(super) fn begin(payload: &[u8], users: &[User], is_short: bool) -> Option<Self> {
        let message = std::str::from_utf8(payload).ok()?;
        let client_first = message.strip_prefix("n,,")?;
        let name = field(client_first, "n=")?;
        let user = users.iter().find(|user| user.name == name)?;
        let own = uuid::Uuid::new_v4().simple();
        let nonce = format!("{}{own}", field(client_first, "r=")?);
        let salt = uuid::Uuid::new_v4().into_bytes();
        let shown = BASE64_STANDARD.encode(salt);
        Some(Self {
            user: *user,
            client_first: client_first.to_owned(),
            server_first: format!("r={nonce},s={shown},i={ITERATIONS}"),
            nonce,
            salted: salted(user.password.as_bytes(), &salt),
            is_proved: false,
            is_short,
        })
    }

    /// What proves to the client that the server knows the password too; nothing where the client does not know it.
    pub(super) fn prove(&mut self, payload: &[u8]) -> Option<String> {
        let message = std::str::from_utf8(payload).ok()?;
        let (without_proof, proof) = message.rsplit_once(",p=")?;
        if field(without_proof, "r=")? != self.nonce {
            return None;
        }
        let proof = BASE64_STANDARD.decode(proof).ok()?;
        let signed = format!(
            "{},{},{without_proof}",
            self.client_first, self.server_first
        );
        let client_key = hmac(&self.salted, b"Client Key");
        let stored_key = Sha256::digest(client_key);
        let signature = hmac(&stored_key, signed.as_bytes());
        let expected = client_key
            .iter()
            .zip(signature)
            .map(|(key, sign)| key ^ sign);
        if !expected.eq(proof) {
            return None;
        }
        self.is_proved = true;
        let server_key = hmac(&self.salted, b"Server Key");
        let signature = hmac(&server_key, signed.as_bytes());
        Some(format!("v={}", BASE64_STANDARD.encode(signature)))
    }
}

/// The value of `n=` or `r=`.
fn field<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    let mut fields = message.split(',');
    fields.find_map(|field| field.strip_prefix(name))
}

/// `Hi()` of RFC 5802: PBKDF2 with one block.
fn salted(password: &[u8], salt: &[u8]) -> [u8; 32] {
    let first = [salt, &1_u32.to_be_bytes()].concat();
    let mut block = hmac(password, &first);
    let mut sum = block;
    for _ in 1..ITERATIONS {
        block = hmac(password, &block);
        sum.iter_mut()
            .zip(block)
            .for_each(|(sum, byte)| *sum ^= byte);
    }
    sum
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    // Keys of any length are taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return [0; 32];
    };
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Drivers take no less.
const ITERATIONS: u32 = 4096;
