//! How long each part of a request took: finding the address, connecting, securing the connection, the first byte, all of it.
//!
//! The client opens connections within the task that needs one, so what is measured there belongs to the request of that task. Where
//! connecting ends and TLS begins is said by TLS itself (`tls.rs`).

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use serde::Serialize;
use tower_layer::Layer;
use tower_service::Service;

/// The parts of a request, in microseconds. What a kept connection saved is missing.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub(crate) struct Timing {
    /// Finding the address of the name.
    pub(crate) dns: Option<u64>,
    /// TCP, and the way through a proxy where there is one.
    pub(crate) connect: Option<u64>,
    /// From the first hello of TLS until the connection was secure, or was given up.
    pub(crate) tls: Option<u64>,
    /// Until the headers of the answer were there, from the beginning on.
    pub(crate) first_byte: Option<u64>,
    /// Until the body was there as well, or until it was given up.
    pub(crate) total: u64,
}

impl Timing {
    /// For a person: `61 ms (name 1 ms, connection 21 ms, TLS 30 ms, first byte after 61 ms)`.
    pub(crate) fn said(&self) -> String {
        let millis = |micros: u64| format!("{} ms", micros.saturating_add(500) / 1000);
        let parts = [
            ("name", self.dns),
            ("connection", self.connect),
            ("TLS", self.tls),
            ("first byte after", self.first_byte),
        ];
        let said = |(name, span): (&str, Option<u64>)| Some(format!("{name} {}", millis(span?)));
        let parts: Vec<_> = parts.into_iter().filter_map(said).collect();
        let total = millis(self.total);
        if parts.is_empty() {
            total
        } else {
            format!("{total} ({})", parts.join(", "))
        }
    }
}

/// What is measured of the request of this task.
#[derive(Clone, Copy, Debug, Default)]
struct Spans {
    /// When the connection was begun that is opened now.
    connects_since: Option<Instant>,
    /// When its TLS was begun.
    secures_since: Option<Instant>,
    dns: Option<Duration>,
    connect: Option<Duration>,
    tls: Option<Duration>,
    first_byte: Option<Duration>,
}

impl Spans {
    /// A new connection; of another one before it, which came to nothing, nothing is told.
    fn connects(&mut self) {
        *self = Self {
            connects_since: Some(Instant::now()),
            ..Self::default()
        };
    }

    /// The way to the server is open. A proxy that is spoken to by TLS is a part of the way, so the last hello counts.
    fn secures(&mut self) {
        self.connect = self.connects_since.map(|since| since.elapsed());
        self.secures_since = Some(Instant::now());
    }

    /// The connection is there, or will not be.
    fn connected(&mut self) {
        match self.secures_since {
            Some(since) => self.tls = Some(since.elapsed()),
            None => self.connect = self.connects_since.map(|since| since.elapsed()),
        }
    }
}

tokio::task_local! {
    static SPANS: Cell<Spans>;
}

/// Measures one request, and every part of it that notes itself.
pub(crate) async fn measured<T>(request: impl Future<Output = T>) -> (T, Timing) {
    let began = Instant::now();
    let with_spans = async {
        let done = request.await;
        (done, SPANS.with(Cell::get))
    };
    let (done, spans) = SPANS.scope(Cell::default(), with_spans).await;
    let timing = Timing {
        dns: spans.dns.map(micros),
        // The name is looked up as a part of connecting.
        connect: (spans.connect)
            .map(|connect| micros(connect.saturating_sub(spans.dns.unwrap_or_default()))),
        tls: spans.tls.map(micros),
        first_byte: spans.first_byte.map(micros),
        total: micros(began.elapsed()),
    };
    (done, timing)
}

/// Notes that the headers of the answer are there.
pub(crate) fn first_byte(since: Instant) {
    note(|spans| spans.first_byte = Some(since.elapsed()));
}

/// Notes that TLS begins on the connection that is opened now.
pub(super) fn secures() {
    note(Spans::secures);
}

fn note(change: impl FnOnce(&mut Spans)) {
    // A connection that is opened in advance belongs to no request.
    let _no_request = SPANS.try_with(|cell| {
        let mut spans = cell.get();
        change(&mut spans);
        cell.set(spans);
    });
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// The system's resolver, timed.
#[derive(Debug)]
pub(crate) struct TimedResolver;

impl Resolve for TimedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let began = Instant::now();
            // The port is the address's own.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await;
            note(|spans| spans.dns = Some(began.elapsed()));
            let found: Vec<_> = found?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Times the opening of connections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimedConnections;

impl<S> Layer<S> for TimedConnections {
    type Service = TimedConnector<S>;

    fn layer(&self, inner: S) -> Self::Service {
        TimedConnector { inner }
    }
}

/// A connector whose connections are timed.
#[derive(Clone, Debug)]
pub(crate) struct TimedConnector<S> {
    inner: S,
}

impl<S, R> Service<R> for TimedConnector<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let connecting = self.inner.call(request);
        Box::pin(async move {
            note(Spans::connects);
            let connected = connecting.await;
            note(Spans::connected);
            connected
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn a_kept_connection_costs_no_connection_and_an_address_no_name() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let router = axum::Router::new().fallback(async || "here");
        tokio::spawn(async move { axum::serve(listener, router).await });
        let client = reqwest::Client::builder()
            .dns_resolver(Arc::new(TimedResolver))
            .connector_layer(TimedConnections)
            .build()
            .unwrap();
        let timing = async |url: String| {
            let began = Instant::now();
            let (body, timing) = measured(async {
                let answer = client.get(url).send().await.unwrap();
                first_byte(began);
                answer.text().await.unwrap()
            })
            .await;
            assert_eq!(body, "here");
            assert!(timing.first_byte.unwrap() <= timing.total, "{timing:?}");
            assert_eq!(timing.tls, None, "nothing is secured here");
            (timing.dns.is_some(), timing.connect.is_some())
        };
        let by_name = format!("http://localhost:{port}/");
        assert_eq!(timing(by_name.clone()).await, (true, true));
        assert_eq!(timing(by_name).await, (false, false));
        assert_eq!(
            timing(format!("http://127.0.0.1:{port}/")).await,
            (false, true)
        );
    }

    #[test]
    fn what_was_not_needed_is_not_said() {
        let timing = Timing {
            first_byte: Some(61_000),
            total: 61_600,
            ..Timing::default()
        };
        assert_eq!(timing.said(), "62 ms (first byte after 61 ms)");
        assert_eq!(Timing::default().said(), "0 ms");
    }
}
