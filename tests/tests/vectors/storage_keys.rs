//! `gate/kv_key_pairs.json`: pairs of people who must never share a storage key.

use policy::standing::{Identity, IssuerUrl, Subject};
use policy::storage_key::StorageKey;
use serde_json::Value;

use crate::folder;

fn key(person: &Value) -> Option<StorageKey> {
    let identity = Identity {
        issuer: IssuerUrl::new(person["iss"].as_str()?)?,
        subject: Subject::new(person["sub"].as_str()?)?,
    };
    Some(StorageKey::of(&identity))
}

#[test]
fn no_two_people_share_a_storage_key() {
    let Some(file) = folder::file("gate/kv_key_pairs.json") else {
        return;
    };
    let mut compared = 0;
    for case in file["tests"].as_array().unwrap() {
        // Who cannot even be a subject has no key to share.
        let (Some(one), Some(other)) = (key(&case["a"]), key(&case["b"])) else {
            continue;
        };
        compared += 1;
        assert_ne!(one, other, "{case}");
        assert!(one.as_str().len() < 512);
    }
    assert!(compared > 10, "only {compared} pairs were compared");
}
