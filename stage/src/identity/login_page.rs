//! The log-in page, and the hand-over of the token to the gate.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;
use url::Url;

use super::Identity;

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    return_to: &'a str,
    email: &'a str,
    problem: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "hand_over.html")]
struct HandOver<'a> {
    session: &'a str,
    token: &'a str,
    return_to: &'a str,
}

#[derive(Deserialize)]
pub(crate) struct Place {
    #[serde(default)]
    return_to: String,
}

#[derive(Deserialize)]
pub(crate) struct LogInForm {
    email: String,
    password: String,
    return_to: String,
}

pub(crate) async fn show(
    State(identity): State<Arc<Identity>>,
    Query(place): Query<Place>,
) -> Response {
    match gate_of(&identity, &place.return_to) {
        Some(_) => form(StatusCode::OK, &place.return_to, "", None),
        None => foreign(),
    }
}

pub(crate) async fn submit(
    State(identity): State<Arc<Identity>>,
    Form(sent): Form<LogInForm>,
) -> Response {
    let Some(gate) = gate_of(&identity, &sent.return_to) else {
        return foreign();
    };
    match identity.users.log_in(&sent.email, &sent.password).await {
        Ok(Some((user, _refresh_token))) => page(
            StatusCode::OK,
            &HandOver {
                session: &format!("{gate}/.usher/session"),
                token: &identity.access_token(&user.id, &user.email),
                return_to: &sent.return_to,
            },
        ),
        Ok(None) => {
            let problem = Some("Wrong e-mail address or password.");
            form(
                StatusCode::UNAUTHORIZED,
                &sent.return_to,
                &sent.email,
                problem,
            )
        }
        Err(problem) => form(
            StatusCode::INTERNAL_SERVER_ERROR,
            &sent.return_to,
            &sent.email,
            Some(&problem.to_string()),
        ),
    }
}

/// A token is handed to the connected gate only; anybody else could ask for one with a link.
fn gate_of(identity: &Identity, return_to: &str) -> Option<String> {
    let origin = Url::parse(return_to).ok()?.origin();
    let is_gate = identity.provisioner.is_gate(&origin);
    is_gate.then(|| origin.ascii_serialization())
}

fn form(status: StatusCode, return_to: &str, email: &str, problem: Option<&str>) -> Response {
    page(
        status,
        &LoginPage {
            return_to,
            email,
            problem,
        },
    )
}

fn foreign() -> Response {
    let sentence = "This page was opened with a return address that is not our gate's. Open your app's address instead; it sends you here.";
    (StatusCode::BAD_REQUEST, sentence).into_response()
}

fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        // The page may carry a token, which no cache keeps.
        Ok(html) => (status, [(CACHE_CONTROL, "no-store")], Html(html)).into_response(),
        Err(problem) => (StatusCode::INTERNAL_SERVER_ERROR, problem.to_string()).into_response(),
    }
}
