//! Asking the gate whether it knows the bearer of a token, and changing tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use tests::{World, WorldOptions};

/// A world whose gate has these values in place of the usual ones.
pub(crate) async fn world_with(vars: Value) -> World {
    let Value::Object(vars) = vars else {
        panic!("a table of values")
    };
    let options = WorldOptions {
        vars,
        ..WorldOptions::default()
    };
    let world = World::with(options).await;
    world.unwrap_or_else(|error| panic!("{error}"))
}

/// What the gate says to the bearer: the status and the reason.
pub(crate) async fn answer(world: &World, token: &str) -> (u16, String) {
    let response = world.api().with_bearer(token).get("/").await;
    let reason = response.headers().get("usher-reason");
    let reason = reason.map_or("", |reason| reason.to_str().unwrap());
    (response.status().as_u16(), reason.to_owned())
}

/// The gate knows who it is: it says that they have no app, which it says to nobody else.
pub(crate) async fn assert_admitted(world: &World, token: &str, whose: &str) {
    let known = (403, "no_instance".to_owned());
    assert_eq!(answer(world, token).await, known, "{whose}");
}

pub(crate) async fn assert_refused(world: &World, token: &str, whose: &str) {
    let refused = (401, "token_invalid".to_owned());
    assert_eq!(answer(world, token).await, refused, "{whose}");
}

/// The token with one bit changed: at the beginning, in the middle and at the end of each of its parts. The text stays canonical,
/// so that only the signature can tell.
pub(crate) fn changed(token: &str) -> Vec<(String, String)> {
    let parts: Vec<Vec<u8>> = token
        .split('.')
        .map(|part| URL_SAFE_NO_PAD.decode(part).unwrap())
        .collect();
    let mut tokens = Vec::new();
    for (part, name) in ["header", "payload", "signature"].into_iter().enumerate() {
        let length = parts[part].len();
        for (byte, bit) in [(0, 0), (length / 2, 3), (length - 1, 5)] {
            let mut parts = parts.clone();
            parts[part][byte] ^= 1 << bit;
            let parts = parts.iter().map(|part| URL_SAFE_NO_PAD.encode(part));
            let token = parts.collect::<Vec<_>>().join(".");
            tokens.push((token, format!("bit {bit} of byte {byte} of the {name}")));
        }
    }
    tokens
}
