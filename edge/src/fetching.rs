//! Small answers from servers we do not trust with our time or memory: key sets today.

use std::time::Duration;

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, ReadableStreamDefaultReader, Response};

#[wasm_bindgen::prelude::wasm_bindgen]
extern "C" {
    #[wasm_bindgen::prelude::wasm_bindgen(js_name = fetch)]
    fn global_fetch(url: &str, init: &JsValue) -> js_sys::Promise;
}

/// The body of a 200 answer of at most `limit` bytes within `time`, headers and body together. Redirects are a failure: an
/// endpoint that moves is a change of configuration (workerd has no `redirect: "error"`, so 3xx is seen and refused).
pub(crate) async fn small_body(url: &str, limit: usize, time: Duration) -> Result<Vec<u8>, String> {
    let init = js_sys::Object::new();
    let millis = u32::try_from(time.as_millis()).unwrap_or(u32::MAX);
    let signal = AbortSignal::timeout_with_u32(millis);
    for (name, value) in [
        ("redirect", JsValue::from_str("manual")),
        ("signal", signal.into()),
    ] {
        Reflect::set(&init, &JsValue::from_str(name), &value).map_err(|problem| text(&problem))?;
    }
    let response = JsFuture::from(global_fetch(url, &init))
        .await
        .map_err(|problem| text(&problem))?;
    let response: Response = response.unchecked_into();
    if response.status() != 200 {
        return Err(format!("answered {}", response.status()));
    }
    let Some(body) = response.body() else {
        return Ok(Vec::new());
    };
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let mut bytes = Vec::new();
    loop {
        let chunk = JsFuture::from(reader.read())
            .await
            .map_err(|problem| text(&problem))?;
        let done =
            Reflect::get(&chunk, &JsValue::from_str("done")).is_ok_and(|done| done.is_truthy());
        if done {
            return Ok(bytes);
        }
        let value =
            Reflect::get(&chunk, &JsValue::from_str("value")).map_err(|problem| text(&problem))?;
        bytes.extend(value.unchecked_into::<Uint8Array>().to_vec());
        if bytes.len() > limit {
            // An unread body holds one of the six connections of a request.
            let _ = JsFuture::from(reader.cancel()).await;
            return Err(format!("answered more than {limit} bytes"));
        }
    }
}

/// What a JavaScript error says.
pub(crate) fn text(problem: &JsValue) -> String {
    let message = Reflect::get(problem, &JsValue::from_str("message"))
        .ok()
        .and_then(|message| message.as_string());
    message
        .or_else(|| problem.as_string())
        .unwrap_or_else(|| format!("{problem:?}"))
}
