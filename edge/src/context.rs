//! What goes on after an answer: the runtime keeps the request alive for it.

use futures_util::FutureExt as _;

/// The context of one request.
pub(crate) struct Context(worker::Context);

impl Context {
    pub(crate) fn new(context: worker::worker_sys::Context) -> Self {
        Self(worker::Context::new(context))
    }

    /// Goes on with this after the answer. In a box, because what JavaScript waits for has a scheduler, and each kind of future would bring
    /// one of its own into the WebAssembly.
    pub(crate) fn wait_until(&self, work: impl Future<Output = ()> + 'static) {
        self.0.wait_until(work.boxed_local());
    }
}
