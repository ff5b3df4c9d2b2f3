//! Ctrl-C and SIGTERM: the first asks for the end with a clean-up, the second for the end.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// How often the operator has asked for the end.
#[derive(Clone, Debug)]
pub(crate) struct Interruption(watch::Receiver<u8>);

impl Interruption {
    /// Listens from now on.
    pub(crate) fn listen() -> io::Result<Self> {
        let (mut interrupt, mut terminate) = (
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
        );
        let (count, counted) = watch::channel(0_u8);
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                count.send_modify(|count| *count = count.saturating_add(1));
            }
        });
        Ok(Self(counted))
    }

    pub(crate) fn has_happened(&self) -> bool {
        *self.0.borrow() > 0
    }

    /// Returns when the operator has asked at least once.
    pub(crate) async fn first(&self) {
        self.reached(1).await;
    }

    /// Returns when the operator has asked again.
    pub(crate) async fn second(&self) {
        self.reached(2).await;
    }

    async fn reached(&self, wanted: u8) {
        if self
            .0
            .clone()
            .wait_for(|count| *count >= wanted)
            .await
            .is_err()
        {
            // Nobody listens any more, so nobody will ever ask.
            std::future::pending::<()>().await;
        }
    }
}
