//! No header of a client is taken for the gate's word, however its name is spelled: every symbol that may stand in a name is tried
//! wherever servers read one sign for another.

use reqwest::Method;
use reqwest::header::HeaderName;
use serde_json::{Value, json};
use stage::KeepAt;

use crate::cast::{account, app, program, world};

/// What the gate tells an app, and what other gates and platforms tell theirs.
const SAID: [&str; 20] = [
    "usher-user",
    "usher-email",
    "usher-org",
    "usher-role",
    "usher-instance",
    "usher-assertion",
    "usher-request-id",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-user",
    "x-real-ip",
    "x-remote-user",
    "remote-user",
    "x-auth-request-email",
    "x-original-url",
    "x-rewrite-url",
    "cf-connecting-ip",
    "cf-access-jwt-assertion",
    "fly-client-ip",
];

/// Everything in a name that is neither a letter nor a digit (RFC 9110 section 5.6.2).
const SYMBOLS: &[u8] = b"!#$%&'*+-.^_`|~";

/// What a client says under these names.
const FORGED: &str = "forged";

/// Every name that becomes this one for who reads all symbols as `-`.
fn aliases(name: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for byte in name.bytes() {
        let choices: &[u8] = if byte == b'-' { SYMBOLS } else { &[byte] };
        let longer = |start: &String| {
            let start = start.clone();
            choices
                .iter()
                .map(move |choice| format!("{start}{}", char::from(*choice)))
        };
        found = found.iter().flat_map(longer).collect();
    }
    found
}

/// The names under which the app heard what a client said.
fn heard(echo: &Value) -> Vec<String> {
    let headers = echo["headers"].as_array().unwrap().iter();
    let forged = headers.filter(|header| header[1] == json!(FORGED));
    forged.map(|header| header[0].to_string()).collect()
}

#[tokio::test]
async fn no_spelling_with_any_symbol_of_any_name_that_tells_who_is_there_reaches_an_app() {
    let world = world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let visitor = program(&world, &guy);
    let mut names: Vec<_> = SAID.iter().flat_map(|name| aliases(name)).collect();
    // The platform's own word, which it sets itself; here nobody stands before the gate who would.
    names.retain(|name| name != "cf-connecting-ip");
    assert!(names.len() > 9_000, "{}", names.len());
    // What a server takes in one request: their names fill it up.
    for some in names.chunks(250) {
        let mut request = visitor.request(Method::GET, "/echo");
        for name in some {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            request = request.header(name, FORGED);
        }
        // One that must come through, or the test could not fail.
        let request = request.header("x-favourite-colour", FORGED);
        let echo = app(visitor.send(request).await).await;
        assert_eq!(heard(&echo), ["\"x-favourite-colour\""]);
    }
}
