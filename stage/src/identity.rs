//! The identity service: register, log in, log out, and the keys with which its tokens are verified.

pub(crate) mod keys;
pub(crate) mod login_page;
pub(crate) mod routes;
pub(crate) mod users;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::json;

use crate::provisioner::Provisioner;
use crate::{Addresses, Fault};
use keys::Keys;
use users::{UserError, Users};

/// A running identity service.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) keys: Keys,
    pub(crate) users: Users,
    pub(crate) provisioner: Arc<Provisioner>,
    pub(crate) fault: Option<Fault>,
}

impl Identity {
    pub(crate) async fn open(
        addresses: &Addresses,
        fault: Option<Fault>,
        provisioner: Arc<Provisioner>,
    ) -> Result<Self, UserError> {
        let migrate = fault != Some(Fault::NeverMigrated);
        Ok(Self {
            issuer: addresses.identity.clone(),
            audience: addresses.audience.clone(),
            keys: Keys::generate(),
            users: Users::open(addresses.database.clone(), migrate).await?,
            provisioner,
            fault,
        })
    }

    /// The token a log-in gives.
    pub(crate) fn access_token(&self, subject: &str, email: &str) -> String {
        let now = unix_seconds();
        let mut claims = json!({
            "iss": self.issuer,
            "aud": self.audience,
            "sub": subject,
            "email": email,
            "email_verified": self.fault != Some(Fault::EmailUnverified),
            "iat": now,
            "exp": now.saturating_add_unsigned(ACCESS_TOKEN_LIFETIME.as_secs()),
        });
        if let (Some(Fault::EmailMissing), Some(claims)) = (self.fault, claims.as_object_mut()) {
            claims.remove("email");
        }
        self.keys.sign(&claims)
    }
}

/// Seconds since the Unix epoch, signed as SQLite's integers are.
pub(crate) fn unix_seconds() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs().cast_signed())
}

/// How long an access token lasts.
pub(crate) const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_hours(1);
