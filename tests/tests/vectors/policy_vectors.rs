//! `gate/jwt_policy_vectors.json`: tokens under a stated policy, and whom each makes its bearer.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use policy::admission::{Presented, Visitor};
use policy::issuer::{Algorithm, ClaimNames, Issuer};
use policy::jwks::KeySet;
use policy::provider::Provider;
use policy::refusal::Refusal;
use policy::standing::IssuerUrl;
use policy::time::Moment;
use serde_json::Value;
use verifier::signatures::{Keys, NativeSignatures};

use crate::folder;

fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items
        .map(|item| item.as_str().unwrap().to_owned())
        .collect()
}

/// The issuers of the file as ours, and their keys.
fn issuers(policy: &Value) -> (Vec<Issuer>, NativeSignatures) {
    let mut signatures = NativeSignatures::default();
    let mut issuers = Vec::new();
    for entry in policy["issuers"].as_array().unwrap() {
        let name = entry["iss"].as_str().unwrap();
        let algorithm = Algorithm::parse(entry["algs"][0].as_str().unwrap()).unwrap();
        let mut keys = Keys::default();
        if algorithm == Algorithm::Hs256 {
            let secret = URL_SAFE_NO_PAD.decode(entry["jwks"]["keys"][0]["k"].as_str().unwrap());
            keys.secrets.push(secret.unwrap());
        } else {
            keys.public = KeySet::read(entry["jwks"].to_string().as_bytes(), &[algorithm]).unwrap();
            assert!(keys.public.left_out.is_empty(), "{name}: {keys:?}");
        }
        signatures.add(name, keys);
        issuers.push(Issuer {
            name: IssuerUrl::new(name).unwrap(),
            audiences: texts(&entry["aud"]),
            authorized_parties: texts(&entry["azp"]),
            algorithms: vec![algorithm],
            claims: ClaimNames::default(),
            provider: Provider::Own,
            leeway: Duration::from_secs(policy["clock_skew_s"].as_u64().unwrap()),
        });
    }
    (issuers, signatures)
}

/// The token as a header would hand it over: a few are given as bytes, which the platform reads as Latin-1.
fn token(case: &Value) -> String {
    match (case["token"].as_str(), case["token_b64"].as_str()) {
        (Some(text), None) => text.to_owned(),
        (None, Some(bytes)) => STANDARD
            .decode(bytes)
            .unwrap()
            .into_iter()
            .map(char::from)
            .collect(),
        (_, _) => panic!("no token: {case}"),
    }
}

#[tokio::test]
async fn every_token_has_its_stated_verdict() {
    let Some(file) = folder::file("gate/jwt_policy_vectors.json") else {
        return;
    };
    let (issuers, signatures) = issuers(&file["policy"]);
    let now = Moment::from_unix_seconds(file["policy"]["now"].as_u64().unwrap());
    let mut wrong = Vec::new();
    for case in file["tests"].as_array().unwrap() {
        let token = token(case);
        let admitted: Result<Visitor, Refusal> = match Presented::read(&token, &issuers) {
            Ok(presented) => presented.admit(&signatures, now).await,
            Err(refusal) => Err(refusal),
        };
        let right = match (case["expect"].as_str().unwrap(), &admitted) {
            ("accept", Ok(visitor)) => {
                case["identity"]["iss"] == visitor.identity().issuer.as_str()
                    && case["identity"]["sub"] == visitor.identity().subject.as_str()
            }
            ("reject", Err(_)) | ("either", _) => true,
            _ => false,
        };
        if !right {
            wrong.push(format!("{} {}: {admitted:?}", case["id"], case["comment"]));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong verdicts:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
