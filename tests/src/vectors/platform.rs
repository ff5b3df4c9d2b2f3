//! A whole platform for the cases that only a running gate can answer: stage, gate, and users whose instances are elsewhere.

use std::fmt;
use std::io;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::gate::GateError;
use crate::world::{World, WorldError, WorldOptions};

/// A running platform.
#[derive(Debug)]
pub(super) struct Platform {
    pub(super) world: World,
}

impl Platform {
    /// Starts it, its gate with these values in place of the usual ones.
    pub(super) async fn start(vars: Value) -> Result<Self, PlatformError> {
        let vars = match vars {
            Value::Object(vars) => vars,
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => Map::new(),
        };
        let options = WorldOptions {
            vars,
            ..WorldOptions::default()
        };
        let world = World::with(options).await.map_err(PlatformError::World)?;
        Ok(Self { world })
    }

    /// Makes somebody a member with a ready instance at this address.
    pub(super) async fn move_in(&self, subject: &str, url: &str) -> Result<(), PlatformError> {
        let standing = json!({
            "issuer": self.world.stage.addresses().identity, "subject": subject, "membership": "member",
            "email": format!("{subject}@visitors.example"), "instance": { "id": subject, "url": url },
        });
        self.operate("standings", &standing).await?;
        for status in ["active", "ready"] {
            self.operate(
                &format!("instances/{subject}/status"),
                &json!({ "status": status }),
            )
            .await?;
        }
        Ok(())
    }

    /// A token of the stage for somebody, that ends after so many seconds from now.
    pub(super) fn token(&self, subject: &str, seconds: i64) -> String {
        let issuer = self.world.stage.addresses().identity.clone();
        self.token_of(&issuer, subject, seconds)
    }

    /// The same, said to be of another issuer.
    pub(super) fn token_of(&self, issuer: &str, subject: &str, seconds: i64) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_or(0, |since| since.as_secs().cast_signed());
        self.world.stage.sign(&json!({
            "iss": issuer, "aud": self.world.stage.addresses().audience, "sub": subject,
            "iat": now + seconds.min(0) - 60, "exp": now + seconds,
        }))
    }

    /// The key set with which the stage's tokens are checked.
    pub(super) async fn keys(&self) -> Result<String, PlatformError> {
        let address = &self.world.stage.addresses().jwks_url;
        let answer = reqwest::get(address).await.map_err(PlatformError::Keys)?;
        answer.text().await.map_err(PlatformError::Keys)
    }

    /// Makes the key sets that the gate has stored older than they are, and the gate forget what else it knows of them.
    pub(super) async fn grow_old(
        &mut self,
        sets: usize,
        by: Duration,
    ) -> Result<(), PlatformError> {
        let gate = &mut self.world.gate;
        // They are stored after the answers.
        let deadline = Instant::now() + Duration::from_secs(20);
        let names = loop {
            let names = gate.kv_list().await.map_err(PlatformError::Gate)?;
            let names: Vec<_> = names
                .into_iter()
                .filter(|name| name.starts_with("v1:jwks:"))
                .collect();
            if names.len() >= sets || Instant::now() > deadline {
                break names;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        for name in names {
            let stored = gate.kv_get(&name).await.map_err(PlatformError::Gate)?;
            let mut stored: Value =
                serde_json::from_str(&stored.unwrap_or_default()).unwrap_or_default();
            let then = stored
                .get("fetched_at")
                .and_then(Value::as_u64)
                .unwrap_or_default();
            let millis = u64::try_from(by.as_millis()).unwrap_or_default();
            if let Some(place) = stored.get_mut("fetched_at") {
                *place = json!(then.saturating_sub(millis));
            }
            gate.kv_put(&name, &stored.to_string())
                .await
                .map_err(PlatformError::Gate)?;
        }
        gate.restart().await.map_err(PlatformError::Gate)
    }

    async fn operate(&self, path: &str, body: &Value) -> Result<(), PlatformError> {
        let operator = self.world.api().with_bearer(&self.world.gate.admin_secret);
        let request = operator.request(Method::PUT, &format!("/.usher/admin/v1/{path}"));
        let response = operator.send(request.json(body)).await;
        if response.status().is_success() {
            return Ok(());
        }
        Err(PlatformError::Refused(format!(
            "{path}: {}",
            response.status()
        )))
    }
}

/// Why there is no platform.
#[derive(Debug)]
pub(super) enum PlatformError {
    Gate(GateError),
    Keys(reqwest::Error),
    Listen(io::Error),
    Refused(String),
    World(WorldError),
}

impl fmt::Display for PlatformError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gate(error) => error.fmt(f),
            Self::Keys(error) => write!(f, "the stage does not serve its keys: {error}"),
            Self::Listen(error) => write!(f, "no port of 127.0.0.1 can be listened on: {error}"),
            Self::Refused(what) => write!(f, "the gate refused what its operator asked: {what}"),
            Self::World(error) => error.fmt(f),
        }
    }
}
