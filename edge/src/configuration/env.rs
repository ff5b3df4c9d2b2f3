//! From the Worker's environment, a JavaScript object, to values and bindings.

use js_sys::{Array, JSON, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use worker::Env;

use crate::database::Database;
use crate::store::Namespace;

use super::surroundings::{Given, Surroundings};
use super::{Configuration, Mistakes};

impl Configuration {
    /// Reads everything whose name begins with `USHER_`, and the secrets that issuers refer to by any name.
    pub(crate) fn from_env(env: &Env) -> Result<Self, Mistakes> {
        let names = Object::keys(env.unchecked_ref::<Object>());
        let given = names
            .iter()
            .filter_map(|name| name.as_string())
            .filter_map(|name| {
                let value = Reflect::get(env, &JsValue::from_str(&name)).ok()?;
                Some((name, to_given(&value)))
            });
        // One by one: a collection sorts first, and is written for this place alone.
        let mut surroundings = Surroundings::default();
        surroundings.0.extend(given);
        Self::read(&surroundings)
    }
}

/// Plain data is what `[vars]` gives; an object of any class of its own is a binding.
fn to_given(value: &JsValue) -> Given {
    if let Some(text) = value.as_string() {
        return Given::Text(text);
    }
    let plain = !value.is_object()
        || Array::is_array(value)
        || value
            .dyn_ref::<Object>()
            .is_some_and(|object| object.constructor().name() == "Object");
    let json = if plain {
        JSON::stringify(value)
            .ok()
            .and_then(|json| json.as_string())
    } else {
        None
    };
    json.and_then(|json| serde_json::from_slice(json.as_bytes()).ok())
        .map_or(Given::Binding, Given::Json)
}

/// Tells the operator, once an isolate.
pub(crate) fn log_mistakes(Mistakes(mistakes): &Mistakes) {
    for mistake in mistakes {
        web_sys::console::error_1(&JsValue::from_str(&format!("misconfigured: {mistake}")));
    }
}

/// The bindings the gate asks. Their presence was checked with the rest of the configuration.
pub(crate) struct Bindings<'a>(pub(crate) &'a Env);

impl Bindings<'_> {
    pub(crate) fn registry(&self) -> Result<Database, String> {
        self.with("USHER_DB", "prepare")
    }

    /// The Worker that is the control plane. It is asked in the way of `fetch`, so it stays the JavaScript object it is.
    pub(crate) fn control_plane(&self) -> Result<JsValue, String> {
        Reflect::get(self.0, &JsValue::from_str("USHER_CONTROL_PLANE"))
            .ok()
            .filter(JsValue::is_object)
            .ok_or_else(|| "the service binding USHER_CONTROL_PLANE is gone".to_owned())
    }

    /// The KV namespace.
    pub(crate) fn store(&self) -> Result<Namespace, String> {
        self.with("USHER_KV", "getWithMetadata")
    }

    /// A binding that has a method of this name, by which its kind is known.
    fn with<T: JsCast>(&self, name: &str, method: &str) -> Result<T, String> {
        Reflect::get(self.0, &JsValue::from_str(name))
            .ok()
            .filter(|binding| {
                Reflect::get(binding, &JsValue::from_str(method)).is_ok_and(|it| it.is_function())
            })
            .map(JsCast::unchecked_into)
            .ok_or_else(|| {
                format!("the binding {name} has no method `{method}`: it is of another kind")
            })
    }
}
