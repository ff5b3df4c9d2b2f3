//! A log-in page of the operator's own that does as a test says: whatever somebody does there, they are sent back like this.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Query, State};
use axum::http::header::{HeaderValue, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use serde::Deserialize;
use tests::world::COOKIE;
use tokio::net::TcpListener;
use url::Url;

/// How somebody is sent back.
#[derive(Clone)]
pub(crate) enum SentBack {
    /// As they came.
    AsTheyCame,
    /// With this in the gate's cookie, as a provider does whose cookie is for all hosts of a domain.
    HoldingCookie(&'static str),
    /// With this token, by the form that the gate asks for.
    HandingOver(String),
}

/// A running page.
pub(crate) struct LogInPage {
    /// Where it is.
    pub(crate) url: String,
    does: Shared,
}

type Shared = Arc<Mutex<SentBack>>;

#[derive(Deserialize)]
struct Place {
    return_to: String,
}

impl LogInPage {
    pub(crate) async fn start(does: SentBack) -> Self {
        let does = Arc::new(Mutex::new(does));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/login", listener.local_addr().unwrap());
        let router = Router::new().route("/login", get(send_back));
        let router = router.with_state(Arc::clone(&does));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, does }
    }

    /// From now on.
    pub(crate) fn sends_back(&self, how: SentBack) {
        *self.does.lock().unwrap_or_else(PoisonError::into_inner) = how;
    }
}

async fn send_back(
    State(does): State<Shared>,
    Query(Place { return_to }): Query<Place>,
) -> Response {
    let does = does.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut back = HeaderMap::from_iter([(LOCATION, HeaderValue::try_from(&return_to).unwrap())]);
    match does {
        SentBack::AsTheyCame => {}
        SentBack::HoldingCookie(value) => {
            let cookie = format!("{COOKIE}={value}; Path=/; HttpOnly");
            back.insert(SET_COOKIE, HeaderValue::try_from(cookie).unwrap());
        }
        SentBack::HandingOver(token) => return hand_over(&token, &return_to),
    }
    (StatusCode::SEE_OTHER, back).into_response()
}

fn hand_over(token: &str, return_to: &str) -> Response {
    let gate = Url::parse(return_to)
        .unwrap()
        .origin()
        .ascii_serialization();
    let return_to = return_to.replace('&', "&amp;");
    Html(format!(
        "<form method=post action='{gate}/.usher/session'><input type=hidden name=token value='{token}'>\
         <input type=hidden name=return_to value='{return_to}'></form><script>document.forms[0].submit()</script>"
    ))
    .into_response()
}
