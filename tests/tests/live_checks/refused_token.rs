//! A gate that does not believe those who log people in: `usher verify` says which rule the token breaks, by the gate's own files.

use serde_json::{Map, json};
use tests::world::Verification;
use tests::{World, WorldOptions};

use crate::config::wrangler_toml;
use crate::findings;

/// Where the gate's files are, if they are anywhere.
async fn verify_in_the_folder(world: &World, wrangler: Option<&str>) -> Verification {
    let folder = world.folder().join("deployment");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("wrangler.toml");
    match wrangler {
        Some(text) => std::fs::write(&path, text).unwrap(),
        None => std::fs::remove_file(&path).unwrap_or_default(),
    }
    let command = ["verify", "--report", "json"];
    world.run_usher_in(&folder, &command).await.unwrap()
}

#[tokio::test]
async fn a_token_that_the_gate_refuses_is_judged_by_its_files() {
    let issuers = json!([{
        "issuer": "https://id.example.com/",
        "audience": "https://app.example.com",
        "algorithm": "ES256",
        // The key of RFC 7517 appendix A.1.
        "jwks": { "keys": [{
            "kty": "EC", "crv": "P-256", "kid": "1", "alg": "ES256",
            "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
            "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
        }] },
    }]);
    let world = World::with(WorldOptions {
        vars: Map::from_iter([("USHER_ISSUERS".to_owned(), issuers)]),
        ..WorldOptions::default()
    });
    let world = world.await.unwrap_or_else(|error| panic!("{error}"));
    let right = wrangler_toml(&world);
    let issuer = format!("issuer = \"{}\"", world.stage.addresses().identity);
    let deployed = right.replace(&issuer, "issuer = \"https://id.example.com/\"");
    assert_ne!(right, deployed);

    let ended = verify_in_the_folder(&world, Some(&deployed)).await;
    assert_eq!(findings(&ended), ["token_refused"], "{ended:#?}");
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    assert!(ended.stdout.contains("Add the issuer"), "{ended:#?}");
    // By files that would let the token in, another gate answers.
    let ended = verify_in_the_folder(&world, Some(&right)).await;
    assert_eq!(findings(&ended), ["gate_unlike_files"], "{ended:#?}");
    // A file that cannot be read is no file, and is named.
    let ended = verify_in_the_folder(&world, Some("[vars\nUSHER_ISSUERS = 1")).await;
    assert_eq!(findings(&ended), [""; 0], "{ended:#?}");
    assert!(ended.stdout.contains("wrangler.toml:1"), "{ended:#?}");
    // Where nobody can look, that is said.
    let ended = verify_in_the_folder(&world, None).await;
    assert_eq!(findings(&ended), [""; 0], "{ended:#?}");
    assert!(ended.stdout.contains("USHER_ISSUERS"), "{ended:#?}");
    world.stop().await;
}
