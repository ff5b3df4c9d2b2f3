//! Small answers from servers we do not trust with our time or memory: key sets, and standings of a control plane.

use std::time::Duration;

use js_sys::{Function, Promise, Reflect, Uint8Array};
use policy::time::millis;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, ReadableStream, ReadableStreamDefaultReader, Response};

use crate::time_limit::within;

#[wasm_bindgen::prelude::wasm_bindgen]
extern "C" {
    #[wasm_bindgen::prelude::wasm_bindgen(js_name = fetch)]
    fn global_fetch(url: &str, init: &JsValue) -> Promise;
}

/// A question whose answer is small: a GET, or a POST where it has a body.
pub(crate) struct Question<'a> {
    pub(crate) url: &'a str,
    pub(crate) headers: &'a [(&'a str, &'a str)],
    /// What is sent, as JSON.
    pub(crate) body: Option<&'a str>,
    /// Most bytes of the body.
    pub(crate) limit: usize,
    /// For headers and body together.
    pub(crate) time: Duration,
    /// The service binding that is asked in place of the internet.
    pub(crate) through: Option<&'a JsValue>,
}

/// What was answered.
pub(crate) struct Answered {
    pub(crate) status: u16,
    /// Read only of a 200.
    pub(crate) body: Vec<u8>,
    headers: Headers,
}

impl Answered {
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).ok().flatten()
    }

    /// `application/json`, or a kind of it such as `application/problem+json` (RFC 6839 section 3.1).
    pub(crate) fn is_json(&self) -> bool {
        let kind = self.header("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        let kind = kind.to_ascii_lowercase();
        kind == "application/json" || kind.starts_with("application/") && kind.ends_with("+json")
    }
}

/// Asks, and reads a 200 to its end. Redirects are not followed: an endpoint that moves is a change of configuration, and what we
/// send is for nobody else (workerd has no `redirect: "error"`, so 3xx is seen and refused by the caller).
pub(crate) async fn ask(question: &Question<'_>) -> Result<Answered, String> {
    // The signal ends the connection; the race ends the waiting, also where a body stops in the middle.
    let answer = within(question.time, answered(question)).await;
    answer.map_err(|late| late.to_string())?
}

/// The body of a 200 answer of at most `limit` bytes within `time`.
pub(crate) async fn small_body(url: &str, limit: usize, time: Duration) -> Result<Vec<u8>, String> {
    let answer = ask(&Question {
        url,
        headers: &[],
        body: None,
        limit,
        time,
        through: None,
    })
    .await?;
    if answer.status == 200 {
        Ok(answer.body)
    } else {
        Err(format!("answered {}", answer.status))
    }
}

async fn answered(question: &Question<'_>) -> Result<Answered, String> {
    let response = JsFuture::from(sent(question).map_err(|problem| text(&problem))?)
        .await
        .map_err(|problem| text(&problem))?;
    let response: Response = response.unchecked_into();
    let status = response.status();
    let body = match response.body() {
        None => Vec::new(),
        Some(body) if status == 200 => whole(&body, question.limit).await?,
        Some(body) => {
            // An unread body holds one of the six connections of a request.
            let _ = JsFuture::from(body.cancel()).await;
            Vec::new()
        }
    };
    Ok(Answered {
        status,
        body,
        headers: response.headers(),
    })
}

fn sent(question: &Question<'_>) -> Result<Promise, JsValue> {
    let init = js_sys::Object::new();
    let millis = u32::try_from(millis(question.time)).unwrap_or(u32::MAX);
    let headers = Headers::new()?;
    for (name, value) in question.headers {
        headers.set(name, value)?;
    }
    if question.body.is_some() {
        headers.set("content-type", "application/json")?;
    }
    for (name, value) in [
        ("headers", headers.into()),
        ("redirect", JsValue::from_str("manual")),
        ("signal", AbortSignal::timeout_with_u32(millis).into()),
    ] {
        Reflect::set(&init, &JsValue::from_str(name), &value)?;
    }
    if let Some(body) = question.body {
        for (name, value) in [("method", "POST"), ("body", body)] {
            Reflect::set(&init, &JsValue::from_str(name), &JsValue::from_str(value))?;
        }
    }
    match question.through {
        None => Ok(global_fetch(question.url, &init)),
        Some(binding) => {
            let fetch: Function = Reflect::get(binding, &JsValue::from_str("fetch"))?.dyn_into()?;
            let promise = fetch.call2(binding, &JsValue::from_str(question.url), &init)?;
            Ok(Promise::resolve(&promise))
        }
    }
}

async fn whole(body: &ReadableStream, limit: usize) -> Result<Vec<u8>, String> {
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
