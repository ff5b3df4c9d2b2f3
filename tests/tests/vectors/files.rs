//! The folder of vectors beside the project: every case of it has its stated verdict. Who cloned only the project has no such
//! folder; in CI that is a failure.

use std::path::Path;

use tests::places;
use tests::vectors::{Folder, Runner, Workerd};

/// Says loudly that a file or folder of the vectors is not there.
pub(crate) fn missing(place: &Path, name: &str) {
    let said = format!("SKIPPED: there is no {name} in {}", place.display());
    assert!(
        std::env::var_os("CI").is_none(),
        "{said}, and in CI it must be there"
    );
    eprintln!("{said}");
}

/// Judges one file or folder of the vectors.
async fn has_its_stated_verdicts(name: &str) {
    let place = places::vectors();
    let folder = Folder::open(&place);
    let part = folder.as_ref().ok().and_then(|folder| {
        let mut parts = folder.parts().into_iter();
        parts.find(|(part, _)| part == name)
    });
    let (Ok(folder), Some((name, kind))) = (folder, part) else {
        return missing(&place, name);
    };
    let workerd = Workerd::start()
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let report = folder.put(&name, kind, &workerd).await;
    let report = report.unwrap_or_else(|error| panic!("{error}"));
    workerd.stop().await;
    assert!(report.faults.is_empty(), "\n{}", report.faults.join("\n"));
    let asked: usize = Runner::ALL
        .map(|runner| report.tally(runner).asked)
        .iter()
        .sum();
    assert!(asked > 0, "{name} has no case");
}

#[tokio::test]
async fn every_token_under_a_policy_makes_its_bearer_who_is_stated() {
    has_its_stated_verdicts("gate/jwt_policy_vectors.json").await;
}

#[tokio::test]
async fn every_answer_of_a_key_endpoint_gives_exactly_its_usable_keys() {
    has_its_stated_verdicts("gate/jwks_cases.json").await;
}

#[tokio::test]
async fn every_request_of_the_file_reaches_at_most_its_own_instance() {
    has_its_stated_verdicts("gate/http_request_cases.json").await;
}

#[tokio::test]
async fn no_two_people_share_a_storage_key() {
    has_its_stated_verdicts("gate/kv_key_pairs.json").await;
}

#[tokio::test]
async fn every_signed_text_of_wycheproof_has_its_stated_verdict() {
    has_its_stated_verdicts("wycheproof/json_web_signature_test.json").await;
}

#[tokio::test]
async fn every_web_key_of_wycheproof_has_its_stated_verdict() {
    has_its_stated_verdicts("wycheproof/json_web_key_test.json").await;
}

#[tokio::test]
async fn every_encrypted_text_is_refused() {
    has_its_stated_verdicts("wycheproof/json_web_encryption_test.json").await;
}

#[tokio::test]
async fn every_bare_signature_of_rs256_has_its_stated_verdict() {
    has_its_stated_verdicts("wycheproof/rsa_signature_2048_sha256_test.json").await;
}

#[tokio::test]
async fn every_bare_signature_of_es256_has_its_stated_verdict() {
    has_its_stated_verdicts("wycheproof/ecdsa_secp256r1_sha256_p1363_test.json").await;
}

#[tokio::test]
async fn every_bare_signature_of_eddsa_has_its_stated_verdict() {
    has_its_stated_verdicts("wycheproof/ed25519_test.json").await;
}

#[tokio::test]
async fn every_bare_tag_of_hs256_has_its_stated_verdict() {
    has_its_stated_verdicts("wycheproof/hmac_sha256_test.json").await;
}

#[tokio::test]
async fn the_examples_of_the_rfcs_verify_where_the_gate_allows_their_form() {
    has_its_stated_verdicts("rfc-cookbook/").await;
    has_its_stated_verdicts("rfc-latchset/").await;
}

#[tokio::test]
async fn keys_and_signatures_at_the_edges_of_ed25519_are_refused() {
    has_its_stated_verdicts("ed25519/speccheck_cases.json").await;
}

#[tokio::test]
async fn only_json_is_read_as_json() {
    has_its_stated_verdicts("json/jsontestsuite.json").await;
}

#[tokio::test]
async fn every_path_that_a_parser_would_change_is_ambiguous() {
    has_its_stated_verdicts("url/path_cases.json").await;
}

#[tokio::test]
async fn nobody_is_sent_elsewhere_after_logging_in() {
    has_its_stated_verdicts("url/return_to_cases.json").await;
}

#[tokio::test]
async fn no_hostile_text_admits_anybody_or_crashes() {
    has_its_stated_verdicts("strings/blns.json").await;
    has_its_stated_verdicts("strings/crlfinjection.txt").await;
    has_its_stated_verdicts("strings/directory_traversal.txt").await;
}
