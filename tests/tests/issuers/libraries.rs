//! Tokens as libraries mint them: `jose` of npm, `PyJWT` of Python.

use std::path::Path;

use serde_json::{Value, json};
use tests::{World, places};
use tokio::process::Command;

use crate::asking::{assert_admitted, assert_refused, changed, world_with};
use crate::script::{Script, python};

const ALGORITHMS: [&str; 4] = ["ES256", "RS256", "EdDSA", "HS256"];

/// An issuer whose tokens a library mints, and the secret that it shares with the gate.
struct Library {
    name: &'static str,
    script: Script,
    jwks: Value,
    secret: String,
}

impl Library {
    async fn start(program: &Path, script: &str, name: &'static str) -> Self {
        let (script, said) = Script::start(program, script).await;
        Self {
            name,
            script,
            jwks: said["jwks"].clone(),
            secret: format!("a secret of {name}, longer than thirty-two characters"),
        }
    }

    async fn jose(name: &'static str) -> Self {
        Self::start(&places::node(), "jose.mjs", name).await
    }

    async fn pyjwt(name: &'static str) -> Option<Self> {
        Some(Self::start(&python()?, "pyjwt.py", name).await)
    }

    fn entry(&self, secret: &str) -> Value {
        json!({ "issuer": self.name, "audience": "usher", "algorithm": ALGORITHMS, "jwks": self.jwks, "secret": secret })
    }

    /// A token that says it is of this issuer, and is signed with this library's keys.
    async fn mint(&mut self, algorithm: &str, issuer: &str) -> String {
        let question = json!({ "mint": algorithm, "issuer": issuer, "audience": "usher", "subject": "guy", "secret": self.secret });
        let answer = self.script.ask(&question).await;
        answer["token"].as_str().unwrap().to_owned()
    }
}

/// A gate that believes both, and in the world's folder the same configuration for `usher`.
async fn world_of(one: &Library, other: &Library) -> World {
    let issuers = json!([one.entry("ONE"), other.entry("OTHER")]);
    let world =
        world_with(json!({ "USHER_ISSUERS": issuers, "ONE": one.secret, "OTHER": other.secret }))
            .await;
    let wrangler = toml::to_string(&json!({ "vars": { "USHER_ISSUERS": issuers } })).unwrap();
    let secrets = format!("ONE=\"{}\"\nOTHER=\"{}\"\n", one.secret, other.secret);
    std::fs::write(world.folder().join("wrangler.toml"), wrangler).unwrap();
    std::fs::write(world.folder().join(".dev.vars"), secrets).unwrap();
    world
}

/// The exit code of `usher check tokens`.
async fn usher_says(world: &World, token: &str) -> Option<i32> {
    let mut usher = Command::new(places::usher());
    let usher = usher
        .args(["check", "tokens", token])
        .current_dir(world.folder());
    usher.output().await.unwrap().status.code()
}

/// What must be true of any library: each algorithm admits, one bit less does not, nobody speaks for another issuer, and `usher`
/// says the same.
async fn assert_right(mut one: Library, mut other: Library) {
    let world = world_of(&one, &other).await;
    for algorithm in ALGORITHMS {
        let token = one.mint(algorithm, one.name).await;
        assert_admitted(&world, &token, algorithm).await;
        assert_eq!(usher_says(&world, &token).await, Some(0), "{algorithm}");
        for (token, how) in changed(&token) {
            assert_refused(&world, &token, &format!("{algorithm}, {how}")).await;
            assert_eq!(usher_says(&world, &token).await, Some(1), "{how}");
        }
        // The keys of both have the same names.
        let under_another_name = one.mint(algorithm, other.name).await;
        assert_refused(&world, &under_another_name, algorithm).await;
        let of_the_other = other.mint(algorithm, other.name).await;
        assert_admitted(&world, &of_the_other, algorithm).await;
    }
}

#[tokio::test]
async fn tokens_of_jose_are_admitted_whole_and_under_their_own_name_only() {
    let (one, other) = tokio::join!(
        Library::jose("https://jose.example"),
        Library::jose("https://jose.example/")
    );
    assert_right(one, other).await;
}

#[tokio::test]
async fn tokens_of_pyjwt_are_admitted_whole_and_under_their_own_name_only() {
    let Some(one) = Library::pyjwt("https://pyjwt.example").await else {
        return;
    };
    assert_right(one, Library::jose("https://jose.example").await).await;
}
