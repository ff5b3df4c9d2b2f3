//! No report shows what it must not.

use jsonwebtoken::{EncodingKey, Header};

use super::cast::{FILE, Gate, NOW, SECRET, claims, signed, with};
use crate::usher::run;

/// The token as an argument too: nothing of it, of its subject's address or of a secret is in either report.
#[tokio::test]
async fn neither_report_shows_a_token_or_a_part_of_it() {
    let good = signed("key-1", &claims());
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let shared = jsonwebtoken::encode(&Header::default(), &claims(), &key).unwrap();
    let cases = [
        (Gate::with_file(), good.clone()),
        (Gate::with_file(), signed("key-2", &with("exp", 5))),
        (Gate::with_file(), format!("{good}.{good}")),
        (Gate::with_file(), format!("\"{good}\"")),
        (
            Gate::with_file(),
            "canary-opaque-token-of-one-part".to_owned(),
        ),
        (Gate::with_secret(), shared),
    ];
    for (gate, token) in cases {
        std::fs::write(
            gate.folder().join(".dev.vars"),
            format!("LOGIN_SECRET={SECRET}\n"),
        )
        .unwrap();
        for format in ["human", "json"] {
            let ended = {
                let now = NOW.to_string();
                let mut arguments =
                    vec!["check", "tokens", &token, "--at", &now, "--report", format];
                if gate.folder().join("keys.json").exists() {
                    arguments.extend(FILE);
                }
                run(gate.folder(), &arguments, "").await
            };
            let said: String = (ended.stdout + &ended.stderr).split_whitespace().collect();
            let parts = token.split(['.', '"']).chain(good.split('.'));
            let pieces = parts.filter(|part| part.len() > 20).flat_map(|part| {
                // Also the beginning and the end of a part: a report that cut it would show those.
                let (begin, end) = (part.get(..20), part.get(part.len() - 20..));
                [Some(part), begin, end].into_iter().flatten()
            });
            for piece in pieces.chain([
                SECRET,
                "canary-secret",
                "canary.guy",
                "canary-subject",
                "canary-opaque",
            ]) {
                assert!(!said.contains(piece), "{format}: {piece} in {said}");
            }
        }
    }
}
