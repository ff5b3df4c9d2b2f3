//! Every page of the gate, also those that no visitor can be brought to in a test: made natively by the gate's own code and
//! served with the headers it gives them.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use edge::gallery::{Circumstances, Gallery, Shown};
use policy::email::Email;
use policy::language::Language;
use policy::message::Message;
use policy::negotiation::Audience;
use policy::reason::Reason;
use policy::time::Moment;
use tokio::net::TcpListener;

/// A running server of pages.
pub(crate) struct Server {
    /// Its origin.
    pub(crate) url: String,
}

impl Server {
    /// Shows the pages of a gate with these variables.
    pub(crate) async fn start(variables: &[(&str, &str)]) -> Self {
        let gallery = Gallery::new(variables).unwrap_or_else(|error| panic!("{error}"));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(show).with_state(Arc::new(gallery));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url }
    }

    /// Where one page is.
    pub(crate) fn page(&self, reason: Reason, language: Language) -> String {
        format!("{}/{}/{}", self.url, language.tag(), reason.code())
    }
}

async fn show(State(gallery): State<Arc<Gallery>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let page = path.strip_prefix('/').and_then(|rest| {
        let (tag, code) = rest.split_once('/')?;
        let language = Language::ALL.into_iter().find(|one| one.tag() == tag)?;
        let reason = Reason::ALL.into_iter().find(|one| one.code() == code)?;
        Some((reason, language))
    });
    let Some((reason, language)) = page else {
        return StatusCode::NO_CONTENT.into_response();
    };
    respond(gallery.show(
        &message(reason),
        Circumstances {
            audience: Audience::Browser,
            language,
            now: NOW,
            url: "https://app.example/reports?year=2026",
        },
    ))
}

/// An answer of the gate's as HTTP.
pub(crate) fn respond(shown: Shown) -> Response {
    let mut response = Response::builder().status(shown.status);
    for (name, value) in shown.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(shown.html)).unwrap()
}

/// What is said to somebody whom the gate knows where it can know them.
pub(crate) fn message(reason: Reason) -> Message {
    let email = Email::new("guy.de.maupassant@visitors.example");
    let minutes = |minutes: u64| Some(Moment::from_unix_seconds(NOW.unix_seconds() - minutes * 60));
    let (email, since) = match reason {
        Reason::InstanceActive | Reason::InstanceProvisioning => (email, minutes(2)),
        Reason::InstanceOverdue => (email, minutes(90)),
        Reason::InstanceSuspended => (email, minutes(3 * 24 * 60)),
        Reason::AuthorityUnavailable
        | Reason::InvitationRequired
        | Reason::NoInstance
        | Reason::StandingUnreadable => (email, None),
        Reason::BadRequest
        | Reason::Conflict
        | Reason::CookieNotKept
        | Reason::CredentialAmbiguous
        | Reason::CrossSiteRequest
        | Reason::IllegalTransition
        | Reason::InstanceTimedOut
        | Reason::InstanceUnreachable
        | Reason::InstanceWaking
        | Reason::InternalError
        | Reason::IssuerUnavailable
        | Reason::LoggedOut
        | Reason::LoginLoop
        | Reason::LoginRequired
        | Reason::LogoutUnconfirmed
        | Reason::MethodNotAllowed
        | Reason::Misconfigured
        | Reason::NotFound
        | Reason::OperatorRequired
        | Reason::PathAmbiguous
        | Reason::SessionEnded
        | Reason::SessionsNotEnded
        | Reason::TokenExpired
        | Reason::TokenInvalid => (None, None),
    };
    Message {
        reason,
        email,
        since,
    }
}

/// 2026-11-21, half past ten.
const NOW: Moment = Moment::from_unix_seconds(1_795_257_000);
