//! An address on 127.0.0.1, and a server behind it that ends when it is told to.

use std::io;

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// A port that is taken: nobody else can have it, and whoever connects is served once a router is there.
#[derive(Debug)]
pub(crate) struct Loopback {
    listener: TcpListener,
    /// The origin, `http://127.0.0.1:4000`.
    pub(crate) origin: String,
}

impl Loopback {
    /// Takes a port; 0 takes any free one.
    pub(crate) async fn bind(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let origin = format!("http://{}", listener.local_addr()?);
        Ok(Self { listener, origin })
    }

    /// Serves in the background. At the end idle connections close as well, which a merely aborted `axum::serve` would keep
    /// answering: a gate that pools its connections would still reach an app that is gone.
    pub(crate) fn serve(self, router: Router, end: CancellationToken) {
        tokio::spawn(async move {
            let serving = axum::serve(self.listener, router);
            // Without an error of its own: it accepts again after a failed accept.
            let _ = serving.with_graceful_shutdown(end.cancelled_owned()).await;
        });
    }
}
