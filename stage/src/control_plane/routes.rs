//! `GET /standings?iss=…&sub=…`, for callers with the shared secret.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use policy::contract::ControlPlaneStanding;
use policy::signed_call::{SIGNATURE_HEADER, SignedCall};
use serde::Deserialize;
use serde_json::json;

use super::{ControlPlane, now};

pub(crate) fn router(control_plane: Arc<ControlPlane>) -> Router {
    Router::new()
        .route("/standings", get(standing))
        .with_state(control_plane)
}

#[derive(Deserialize)]
struct Asked {
    iss: String,
    sub: String,
    address: Option<String>,
}

async fn standing(
    State(control_plane): State<Arc<ControlPlane>>,
    Query(asked): Query<Asked>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let signature = headers.get(SIGNATURE_HEADER);
    let signature = signature.and_then(|value| value.to_str().ok());
    let call = SignedCall {
        method: "GET",
        target: uri.path_and_query().map_or("", |target| target.as_str()),
        body: b"",
    };
    let verified = call.verify(
        signature.unwrap_or_default(),
        [control_plane.secret()],
        now(),
    );
    if let Err(distrust) = verified {
        return told(StatusCode::UNAUTHORIZED, &distrust.to_string());
    }
    let standing = control_plane.standing(&asked.iss, &asked.sub).await;
    let there = |standing: ControlPlaneStanding| at(standing, asked.address.as_deref());
    match standing.map(|standing| standing.map(there)) {
        Ok(Some(standing)) => Json(standing).into_response(),
        Ok(None) => told(StatusCode::NOT_FOUND, "nobody of this name is known"),
        Err(problem) => told(StatusCode::INTERNAL_SERVER_ERROR, &problem.to_string()),
    }
}

/// An instance's one address is its id, and only its owner goes in there.
fn at(mut standing: ControlPlaneStanding, address: Option<&str>) -> ControlPlaneStanding {
    if let Some(address) = address {
        standing.instance = standing.instance.filter(|instance| instance.id == address);
        standing.address = Some(address.to_owned());
    }
    standing
}

fn told(status: StatusCode, detail: &str) -> Response {
    (status, Json(json!({ "detail": detail }))).into_response()
}
