//! Target `claims`: header and payload as JSON, one line each, put into a well-formed envelope here, so that no mutation is lost
//! in base64.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::outcome::Outcome;
use crate::{admitted, carried_text};

pub(crate) const WORDS: &[&str] = &[
    "\"alg\":\"ES256\"",
    "\"alg\":\"RS256\"",
    "\"alg\":\"HS256\"",
    "\"alg\":\"EdDSA\"",
    "\"none\"",
    "\"typ\":\"JWT\"",
    "\"typ\":\"application/at+jwt\"",
    "\"kid\":\"k1\"",
    "\"crit\":[]",
    "\"b64\":",
    "\"zip\":",
    "\"enc\":",
    "\"cty\":",
    "\"iss\":\"https://login.platform.test\"",
    "\"iss\":\"https://acme.eu.auth-zero-like.test/\"",
    "\"iss\":\"https://abcd.supabase-like.test/auth/v1\"",
    "\"iss\":\"https://clerk-like.test\"",
    "\"iss\":\"id\"",
    "\"sub\":\"a\"",
    "\"uid\":\"a\"",
    "\"email\":\"a@b\"",
    "\"mail\":\"a@b\"",
    "\"aud\":\"gate\"",
    "\"aud\":[\"gate\"]",
    "\"aud\":\"authenticated\"",
    "\"aud\":\"https://api.gate.test\"",
    "\"azp\":\"https://app.gate.test\"",
    "\"azp\":\"a\"",
    "\"exp\":1767226200",
    "\"nbf\":",
    "\"iat\":1767225540",
    "\"cnf\":{}",
    "\"events\":{}",
    "\\u0073ub",
    "null",
    "1e400",
    "1767225600.5",
    "1767225660",
    "1767225540",
    "18446744073709551615",
    "-0.0",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\n",
];

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        r#"{"alg":"HS256","typ":"JWT","kid":"k1"}
{"iss":"https://login.platform.test","sub":"guy","aud":"gate","exp":1767226200,"iat":1767225540,"nbf":1767225540,"email":"guy@example.com"}"#,
        r#"{"alg":"RS256"}
{"iss":"https://acme.eu.auth-zero-like.test/","sub":"auth0|5","aud":["x","https://api.gate.test"],"exp":1767225600.5}"#,
        r#"{"alg":"ES256","typ":"at+jwt"}
{"iss":"https://abcd.supabase-like.test/auth/v1","sub":"5","aud":"authenticated","exp":1767225541}"#,
        r#"{"alg":"EdDSA"}
{"iss":"https://clerk-like.test","sub":"user_1","azp":"https://app.gate.test","exp":1767226200,"nbf":1767225660}"#,
        r#"{"alg":"ES256"}
{"iss":"id","uid":"u","aud":"gate","azp":"b","exp":1767225601,"mail":"m"}"#,
        r#"{"alg":"ES256"}
{"iss":"id","uid":"u","aud":["gate"],"exp":1767225600}"#,
        r#"{"alg":"ES256"}
{"iss":"id","uid":"u","aud":["gate"],"azp":"c","exp":1767226200}"#,
    ];
    texts.map(Into::into).to_vec()
}

/// The token with this header and payload, and a signature of the length that the header asks for.
pub(crate) fn token(data: &[u8]) -> String {
    let (header, payload) = carried_text::two(data);
    let says = |name: &str| {
        header
            .windows(name.len())
            .any(|part| part == name.as_bytes())
    };
    let signature = if says("HS256") {
        32
    } else if says("RS256") {
        256
    } else {
        64
    };
    let parts = [header, payload.unwrap_or_default(), &vec![b's'; signature]];
    parts.map(|part| URL_SAFE_NO_PAD.encode(part)).join(".")
}

pub(crate) fn law(data: &[u8]) -> Outcome {
    admitted::law(&token(data))
}
