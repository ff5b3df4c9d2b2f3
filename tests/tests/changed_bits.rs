//! Real signatures of every algorithm: a token counts as it is, and with any single bit of it changed it does not.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test program: what is wrong here fails a test"
)]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{EncodingKey, Header};
use policy::admission::Presented;
use policy::issuer::{Algorithm, ClaimNames, Issuer};
use policy::jwks::KeySet;
use policy::provider::Provider;
use policy::standing::IssuerUrl;
use policy::time::Moment;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::traits::PublicKeyParts as _;
use serde_json::{Value, json};
use verifier::signatures::{Keys, NativeSignatures};

const NAME: &str = "https://id.example";
const NOW: Moment = Moment::from_unix_seconds(1_900_000_000);

/// The token as it is must be admitted; none of those that differ from it in one bit may be.
async fn no_bit_can_be_changed(
    algorithm: Algorithm,
    signing: (jsonwebtoken::Algorithm, EncodingKey),
    keys: Keys,
) {
    let issuers = [Issuer {
        name: IssuerUrl::new(NAME).unwrap(),
        provider: Provider::Own,
        audiences: vec!["usher".to_owned()],
        authorized_parties: Vec::new(),
        algorithms: vec![algorithm],
        claims: ClaimNames::default(),
        leeway: Issuer::DEFAULT_LEEWAY,
    }];
    let mut signatures = NativeSignatures::default();
    signatures.add(NAME, keys);
    let claims = json!({ "iss": NAME, "sub": "guy", "aud": "usher", "exp": 1_900_003_600 });
    let good = jsonwebtoken::encode(&Header::new(signing.0), &claims, &signing.1).unwrap();
    let admitted = async |text: &str| match Presented::read(text, &issuers) {
        Ok(presented) => presented.admit(&signatures, NOW).await.is_ok(),
        Err(_) => false,
    };
    assert!(admitted(&good).await, "{}", algorithm.name());
    let mut tried = 0;
    for position in 0..good.len() {
        for bit in 0..8 {
            let mut bytes = good.clone().into_bytes();
            bytes[position] ^= 1 << bit;
            // As the platform reads the bytes of a header.
            let changed: String = bytes.into_iter().map(char::from).collect();
            assert!(!admitted(&changed).await, "bit {bit} of byte {position}");
            tried += 1;
        }
    }
    assert!(tried > 1000, "only {tried} bits");
}

fn public(key: &Value, algorithm: Algorithm) -> Keys {
    let set = json!({ "keys": [key] }).to_string();
    Keys {
        public: KeySet::read(set.as_bytes(), &[algorithm]).unwrap(),
        secrets: Vec::new(),
    }
}

#[tokio::test]
async fn an_hs256_token_with_one_bit_changed_is_refused() {
    let secret = b"a secret of at least thirty-two bytes";
    let keys = Keys {
        secrets: vec![secret.to_vec()],
        ..Keys::default()
    };
    let signing = (
        jsonwebtoken::Algorithm::HS256,
        EncodingKey::from_secret(secret),
    );
    no_bit_can_be_changed(Algorithm::Hs256, signing, keys).await;
}

#[tokio::test]
async fn an_es256_token_with_one_bit_changed_is_refused() {
    // The key of RFC 7515 appendix A.3, in the form of RFC 5915 inside of PKCS #8.
    let before = "MEECAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcEJzAlAgEBBCA";
    let mut der = base64::engine::general_purpose::STANDARD_NO_PAD
        .decode(before)
        .unwrap();
    der.extend(
        URL_SAFE_NO_PAD
            .decode("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI")
            .unwrap(),
    );
    let key = json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    });
    let signing = (
        jsonwebtoken::Algorithm::ES256,
        EncodingKey::from_ec_der(&der),
    );
    no_bit_can_be_changed(Algorithm::Es256, signing, public(&key, Algorithm::Es256)).await;
}

#[tokio::test]
async fn an_eddsa_token_with_one_bit_changed_is_refused() {
    // The key of RFC 8037 appendix A.
    let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----";
    let key = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
    let signing = EncodingKey::from_ed_pem(pem.as_bytes()).unwrap();
    let signing = (jsonwebtoken::Algorithm::EdDSA, signing);
    no_bit_can_be_changed(Algorithm::EdDsa, signing, public(&key, Algorithm::EdDsa)).await;
}

#[tokio::test]
async fn an_rs256_token_with_one_bit_changed_is_refused() {
    let private = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
    let [n, e] =
        [private.n(), private.e()].map(|number| URL_SAFE_NO_PAD.encode(number.to_bytes_be()));
    let signing = EncodingKey::from_rsa_der(private.to_pkcs1_der().unwrap().as_bytes());
    let key = json!({ "kty": "RSA", "n": n, "e": e });
    let signing = (jsonwebtoken::Algorithm::RS256, signing);
    no_bit_can_be_changed(Algorithm::Rs256, signing, public(&key, Algorithm::Rs256)).await;
}
