//! The identity service's addresses, shaped as in incident I5.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use policy::email::Email;
use serde::Deserialize;
use serde_json::{Value, json};

use super::users::{User, UserError};
use super::{ACCESS_TOKEN_LIFETIME, Identity, login_page};
use crate::Fault;
use crate::provisioner::Owner;

pub(crate) fn router(identity: Arc<Identity>) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/.well-known/jwks.json", get(jwks))
        .route("/.well-known/openid-configuration", get(configuration))
        .route("/api/v1/auth/register", post(register))
        .route("/api/v1/auth/login", post(log_in))
        .route("/api/v1/auth/logout", post(log_out))
        .route("/api/v1/users/me", get(me).delete(remove))
        .route("/login", get(login_page::show).post(login_page::submit))
        .with_state(identity)
}

/// Says `ok` also over a database that was never migrated: that is how incident I5 went unseen.
async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

async fn jwks(State(identity): State<Arc<Identity>>) -> impl IntoResponse {
    ([(CACHE_CONTROL, "max-age=300")], Json(identity.keys.jwks()))
}

async fn configuration(State(identity): State<Arc<Identity>>) -> Json<Value> {
    let issuer = &identity.issuer;
    Json(json!({
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "id_token_signing_alg_values_supported": ["ES256"],
    }))
}

#[derive(Deserialize)]
struct Registration {
    email: String,
    username: String,
    password: String,
}

impl Registration {
    fn parse(body: &str) -> Result<Self, Refused> {
        let registration: Self = parse(body)?;
        let problem = if !is_email(&registration.email) {
            format!(
                "`{}` is no e-mail address; give one like `name@example.com`",
                registration.email
            )
        } else if registration.username.trim().is_empty() {
            "the username is empty; give a name".to_owned()
        } else if registration.password.chars().count() < MIN_PASSWORD_CHARACTERS {
            format!("the password is too short; give at least {MIN_PASSWORD_CHARACTERS} characters")
        } else {
            return Ok(registration);
        };
        Err(Refused::Invalid(problem))
    }
}

/// Only what a slip of the pen looks like: whether an address exists, nobody knows before a mail came back.
fn is_email(address: &str) -> bool {
    let (name, domain) = address.split_once('@').unwrap_or_default();
    !name.is_empty() && domain.contains('.') && Email::new(address).is_some()
}

async fn register(
    State(identity): State<Arc<Identity>>,
    body: String,
) -> Result<(StatusCode, Json<User>), Refused> {
    let Registration {
        email,
        username,
        password,
    } = Registration::parse(&body)?;
    let user = identity
        .users
        .register(&email, &username, &password)
        .await?;
    identity
        .provisioner
        .begin(Owner {
            issuer: identity.issuer.clone(),
            subject: user.id.clone(),
            email,
        })
        .await;
    Ok((StatusCode::CREATED, Json(user)))
}

#[derive(Deserialize)]
struct LogIn {
    email: String,
    password: String,
}

async fn log_in(
    State(identity): State<Arc<Identity>>,
    body: String,
) -> Result<impl IntoResponse, Refused> {
    identity.refuse_if(Fault::LogInFails)?;
    let LogIn { email, password } = parse(&body)?;
    let (user, refresh_token) = identity
        .users
        .log_in(&email, &password)
        .await?
        .ok_or(Refused::WrongPassword)?;
    let token = identity.access_token(&user.id, &user.email);
    let tokens = json!({
        "access_token": (identity.fault != Some(Fault::LogInWithoutToken)).then_some(token),
        "refresh_token": refresh_token,
        "token_type": "bearer",
        "expires_in": ACCESS_TOKEN_LIFETIME.as_secs(),
    });
    // RFC 6749 section 5.1: no cache keeps a token.
    Ok(([(CACHE_CONTROL, "no-store")], Json(tokens)))
}

/// Ends the refresh tokens. Access tokens stay good until `exp`, as everywhere where nobody is asked about each of them; that
/// is also what lets a verifier remove its user after logging out.
async fn log_out(
    State(identity): State<Arc<Identity>>,
    headers: HeaderMap,
) -> Result<StatusCode, Refused> {
    identity.refuse_if(Fault::LogOutFails)?;
    let user = bearer(&identity, &headers).await?;
    identity.users.log_out(&user.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn me(
    State(identity): State<Arc<Identity>>,
    headers: HeaderMap,
) -> Result<Json<User>, Refused> {
    Ok(Json(bearer(&identity, &headers).await?))
}

async fn remove(
    State(identity): State<Arc<Identity>>,
    headers: HeaderMap,
) -> Result<StatusCode, Refused> {
    identity.refuse_if(Fault::RemovalFails)?;
    let user = bearer(&identity, &headers).await?;
    // The standing first: if the gate cannot be told, the user stays and can be removed again.
    let removed = identity
        .provisioner
        .remove(&identity.issuer, &user.id)
        .await;
    removed.map_err(|problem| Refused::Failed(problem.to_string()))?;
    identity.users.remove(&user.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Identity {
    /// Fails as this fault does, if it is the one.
    fn refuse_if(&self, fault: Fault) -> Result<(), Refused> {
        if self.fault == Some(fault) {
            return Err(Refused::Failed(fault.what_it_does().to_owned()));
        }
        Ok(())
    }
}

async fn bearer(identity: &Identity, headers: &HeaderMap) -> Result<User, Refused> {
    let header = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let (_, token) = header
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .ok_or(Refused::NoToken)?;
    let claims = identity
        .keys
        .verify(token, &identity.issuer, &identity.audience)
        .ok_or(Refused::NoToken)?;
    identity
        .users
        .find(&claims.sub)
        .await?
        .ok_or(Refused::NoToken)
}

fn parse<'b, T: Deserialize<'b>>(body: &'b str) -> Result<T, Refused> {
    serde_json::from_str(body)
        .map_err(|problem| Refused::Invalid(format!("the body cannot be read: {problem}")))
}

/// Why a call was refused.
enum Refused {
    Failed(String),
    Invalid(String),
    NoToken,
    Taken,
    WrongPassword,
}

impl From<UserError> for Refused {
    fn from(problem: UserError) -> Self {
        match problem {
            UserError::EmailTaken => Self::Taken,
            UserError::Hash(_) | UserError::Sqlite(_) | UserError::Stopping => {
                Self::Failed(problem.to_string())
            }
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, detail) = match self {
            Self::Failed(problem) => (StatusCode::INTERNAL_SERVER_ERROR, problem),
            Self::Invalid(problem) => (StatusCode::UNPROCESSABLE_ENTITY, problem),
            Self::NoToken => (
                StatusCode::UNAUTHORIZED,
                "a bearer token of this service is needed".to_owned(),
            ),
            Self::Taken => (
                StatusCode::CONFLICT,
                "the e-mail address is taken".to_owned(),
            ),
            Self::WrongPassword => (
                StatusCode::UNAUTHORIZED,
                "wrong e-mail address or password".to_owned(),
            ),
        };
        (status, Json(json!({ "detail": detail }))).into_response()
    }
}

/// What NIST SP 800-63B section 3.1.1.2 asks at least.
const MIN_PASSWORD_CHARACTERS: usize = 8;
