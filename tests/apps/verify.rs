// cargo add jsonwebtoken --features rust_crypto && cargo add reqwest --features json && cargo add serde --features derive
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, TokenData, Validation, decode, decode_header};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub struct Visitor {
    pub sub: String,
    pub identity_issuer: String,
    pub email: Option<String>,
    pub org: Option<String>,
    pub role: String,
}

/// The gate's keys. Keep them for some minutes, and fetch them anew when an assertion names one that is not among them.
pub async fn keys(gate: &str) -> reqwest::Result<JwkSet> {
    reqwest::get(format!("{gate}/.usher/jwks.json"))
        .await?
        .json()
        .await
}

/// Who is there, or `None`: then answer 401. `gate` is `https://app.example.com`, where your visitors' requests come to;
/// `instance` is the id that your platform gave this instance.
pub fn visitor(assertion: &str, keys: &JwkSet, gate: &str, instance: &str) -> Option<Visitor> {
    let header = decode_header(assertion).ok()?;
    if header.typ.as_deref() != Some("usher-assertion+jwt") {
        return None;
    }
    let key = DecodingKey::from_jwk(keys.find(header.kid.as_deref()?)?).ok()?;
    let mut rules = Validation::new(Algorithm::ES256);
    rules.leeway = 0;
    rules.validate_nbf = true;
    rules.set_audience(&[instance]);
    rules.set_issuer(&[gate]);
    rules.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
    let token: TokenData<Visitor> = decode(assertion, &key, &rules).ok()?;
    Some(token.claims)
}
