//! Defects of this program itself: a panic is kept from taking the clean-up with it, and what it says leaves through the outlet like
//! everything else.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};

use futures_util::FutureExt as _;

use crate::outlet::Outlet;
use crate::redaction::Secrets;

/// What a panic said.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Defect(String);

impl std::fmt::Display for Defect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a defect of usher itself: {}", self.0)
    }
}

/// From now on panics are written without secrets. The runtime's own words would show whatever the message holds.
pub(crate) fn say_without_secrets(secrets: &'static Secrets) {
    panic::set_hook(Box::new(|defect| {
        let at = defect.location().map(ToString::to_string);
        let (said, at) = (said(defect.payload()), at.unwrap_or_default());
        let text = format!(
            "\nusher itself has a defect, at {at}: {said}\nit says nothing of the deploy; please report it with this line\n"
        );
        // Whoever panics while secrets are looked at would wait for itself.
        if secrets.are_at_rest() {
            Outlet::new(secrets).talk(&text);
        }
    }));
}

/// Does this to its end, or to the panic in it. What it was doing is given up as a whole.
pub(crate) async fn contained<T>(act: impl Future<Output = T>) -> Result<T, Defect> {
    let ended = AssertUnwindSafe(act).catch_unwind().await;
    ended.map_err(|payload| Defect(said(&*payload)))
}

fn said(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("without a word").to_owned()
}

/// In builds for tests: the step that `USHER_TEST_PANIC` names has a defect that says the rest, as in `log_in=words`.
#[cfg(debug_assertions)]
#[expect(
    clippy::panic,
    reason = "it is a panic whose containment is tested; no released program has it"
)]
pub(crate) fn on_purpose(step: &str) {
    let wanted = std::env::var("USHER_TEST_PANIC").unwrap_or_default();
    if let Some((name, words)) = wanted.split_once('=')
        && name == step
    {
        panic::panic_any(words.to_owned());
    }
}
