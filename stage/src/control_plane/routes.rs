//! `GET /standings?iss=…&sub=…`, for callers with the shared secret.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
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
    match control_plane.standing(&asked.iss, &asked.sub).await {
        Ok(Some(standing)) => Json(standing).into_response(),
        Ok(None) => told(StatusCode::NOT_FOUND, "nobody of this name is known"),
        Err(problem) => told(StatusCode::INTERNAL_SERVER_ERROR, &problem.to_string()),
    }
}

fn told(status: StatusCode, detail: &str) -> Response {
    (status, Json(json!({ "detail": detail }))).into_response()
}
