//! Endpoints that make the gate trap, for the proof that the shim recovers (edge/shim.mjs). Never deployed: feature `trap`.
//!
//! `/.usher/trap` panics at once · `?later` panics after an await · `?abort` traps without a panic, after an await ·
//! `?wait` answers after a while, so that it is in flight when another request traps · `?calm` answers soon.

use std::time::Duration;

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;
use worker::Delay;

/// The answer of these endpoints, or `None` for any other request.
pub(crate) fn answer(request: &web_sys::Request) -> Option<JsValue> {
    let url = request.url();
    let (_, query) = url.split_once("/.usher/trap")?;
    let trap: fn() -> Result<JsValue, JsValue> = match query {
        "?later" => panic_now,
        "?abort" => || std::process::abort(),
        "?calm" | "?wait" => {
            || web_sys::Response::new_with_opt_str(Some("no trap")).map(JsValue::from)
        }
        _ => return panic_now().ok(),
    };
    let pause = if query == "?wait" { WAIT } else { SHORTLY };
    Some(JsValue::from(future_to_promise(async move {
        Delay::from(pause).await;
        trap()
    })))
}

#[expect(clippy::panic, reason = "panicking is what these endpoints are for")]
fn panic_now() -> Result<JsValue, JsValue> {
    panic!("asked to trap")
}

const SHORTLY: Duration = Duration::from_millis(10);

/// Longer than a test needs to make another request trap, shorter than anyone would wait for a test.
const WAIT: Duration = Duration::from_secs(2);
