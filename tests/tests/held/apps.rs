//! Two apps: one that is well, and one that answers that it is not.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::net::TcpListener;

/// Where the apps answer; `gone` refuses every connection.
pub(crate) struct Apps {
    pub(crate) well: String,
    pub(crate) ill: String,
    pub(crate) gone: String,
}

pub(crate) async fn apps() -> Apps {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    Apps {
        well: app(StatusCode::OK).await,
        ill: app(StatusCode::SERVICE_UNAVAILABLE).await,
        gone,
    }
}

async fn app(status: StatusCode) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/health", get(move || async move { status }));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}
