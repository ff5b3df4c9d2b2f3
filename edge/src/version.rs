//! Which upload of the gate answers (developers.cloudflare.com/workers/runtime-apis/bindings/version-metadata). A check after a deploy has to
//! know: while an override is not there yet, the platform falls back to the old version without a word.

use js_sys::Reflect;
use policy::contract::{VERSION_HEADER, VERSION_TAG_HEADER};
use wasm_bindgen::JsValue;
use worker::Env;

/// The upload of which this isolate is; where the platform says nothing of it, nothing is said.
#[derive(Debug, Default)]
pub(crate) struct Version {
    id: Option<String>,
    tag: Option<String>,
}

impl Version {
    pub(crate) fn of(env: &Env) -> Self {
        let metadata = member(env, BINDING);
        let text = |name: &str| {
            let text = metadata
                .as_ref()
                .and_then(|metadata| member(metadata, name));
            text.and_then(|text| text.as_string())
                .filter(|text| is_plain(text))
        };
        Self {
            id: text("id"),
            tag: text("tag"),
        }
    }

    /// What an answer of ours says of it.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [
            (VERSION_HEADER, self.id.as_deref()),
            (VERSION_TAG_HEADER, self.tag.as_deref()),
        ];
        all.into_iter()
            .filter_map(|(name, text)| Some((name, text?)))
    }
}

const BINDING: &str = "CF_VERSION_METADATA";

fn member(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(object, &JsValue::from_str(name)).ok()?;
    value.is_truthy().then_some(value)
}

/// What a header can hold: a tag is whatever somebody wrote after `--tag`.
fn is_plain(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
