//! Headers that ask the gate to judge in another way than it is configured to.

use jsonwebtoken::{Algorithm as Name, EncodingKey};
use policy::issuer::Algorithm;
use serde_json::{Value, json};

use super::{Minted, have_their_verdicts, honest, hostile};
use crate::signer::{Signer, encode, library_name, signature};

#[tokio::test]
async fn no_other_algorithm_is_ever_allowed() {
    have_their_verdicts("alg").await;
}

pub(super) fn algorithms(signer: &Signer, _: &[Signer]) -> Vec<Minted> {
    let mut minted = Vec::new();
    let names = [
        "none",
        "None",
        "NONE",
        "nOnE",
        "none ",
        " none",
        "none\0",
        "",
        "HS384",
        "HS512",
        "RS384",
        "RS512",
        "PS256",
        "ES384",
        "ES256K",
        "HMACSHA256",
        "RS256,HS256",
        "A256GCM",
        "dir",
        "RSA1_5",
        "PBES2-HS256+A128KW",
    ];
    for name in names {
        let header = with(signer, "alg", json!(name));
        let unsigned = signer.unsigned(&header);
        minted.push(hostile(
            format!("alg {name:?} without a signature"),
            format!("{unsigned}."),
        ));
        minted.push(hostile(
            format!("alg {name:?} with an honest signature"),
            signer.sign(&unsigned),
        ));
    }
    let own = signer.algorithm.name();
    let values = [
        json!(own.to_lowercase() + " "),
        json!(format!("{own} ")),
        json!(format!("{own}\0")),
        json!([own]),
        json!({ "alg": own }),
        json!(0),
        json!(true),
        json!(null),
    ];
    for value in values {
        minted.push(hostile(
            format!("alg {value}"),
            signer.with_header("alg", value),
        ));
    }
    minted.extend(truly_signed_otherwise(signer));
    minted
}

/// The right key, used with an algorithm that is not configured.
fn truly_signed_otherwise(signer: &Signer) -> Vec<Minted> {
    let own = library_name(signer.algorithm);
    let others: &[Name] = match signer.algorithm {
        Algorithm::Hs256 => &[Name::HS384, Name::HS512],
        Algorithm::Rs256 => &[Name::RS384, Name::RS512, Name::PS256, Name::PS512],
        Algorithm::EdDsa | Algorithm::Es256 => &[],
    };
    let mint = |said: Name, used: Name| {
        let header = with(signer, "alg", json!(format!("{said:?}")));
        let unsigned = signer.unsigned(&header);
        let token = format!("{unsigned}.{}", signature(&unsigned, &signer.key, used));
        hostile(format!("says {said:?}, signed with {used:?}"), token)
    };
    let pairs = others
        .iter()
        .flat_map(|other| [(*other, *other), (own, *other), (*other, own)]);
    pairs.map(|(said, used)| mint(said, used)).collect()
}

fn with(signer: &Signer, name: &str, value: Value) -> Value {
    let mut header = signer.header();
    header[name] = value;
    header
}

#[tokio::test]
async fn a_public_key_is_never_a_secret() {
    have_their_verdicts("alg-confusion").await;
}

pub(super) fn confusions(signer: &Signer, signers: &[Signer]) -> Vec<Minted> {
    let mut minted = Vec::new();
    let mut secrets = vec![Vec::new(), vec![0; 32], b"secret".to_vec()];
    if let Ok(key) = &signer.public {
        secrets.push(key.to_string().into_bytes());
        secrets.push(json!({ "keys": [key] }).to_string().into_bytes());
        for part in ["n", "e", "x", "y"]
            .iter()
            .filter_map(|name| key.get(name)?.as_str())
        {
            secrets.push(part.as_bytes().to_vec());
            secrets.push(crate::signer::decode(part));
        }
    }
    for secret in secrets {
        let header = with(signer, "alg", json!("HS256"));
        let unsigned = signer.unsigned(&header);
        let key = EncodingKey::from_secret(&secret);
        let token = format!("{unsigned}.{}", signature(&unsigned, &key, Name::HS256));
        minted.push(hostile(
            format!("HS256 with {} bytes that are no secret", secret.len()),
            token,
        ));
    }
    for other in signers
        .iter()
        .filter(|other| other.algorithm != signer.algorithm)
    {
        // The neighbour's key and algorithm, our issuer's name; then the neighbour's algorithm only.
        let by = other.algorithm.name();
        minted.push(hostile(
            format!("signed by {by}"),
            other.token(&other.header(), &signer.claims()),
        ));
        minted.push(hostile(
            format!("says {by}"),
            signer.with_header("alg", json!(by)),
        ));
    }
    minted
}

#[tokio::test]
async fn a_key_is_never_taken_from_a_token() {
    have_their_verdicts("header-key").await;
}

pub(super) fn keys(signer: &Signer, _: &[Signer]) -> Vec<Minted> {
    let attacker = Signer::new(signer.algorithm, &signer.key_id);
    let key = attacker
        .public
        .clone()
        .unwrap_or_else(|secret| json!({ "kty": "oct", "k": encode(&secret) }));
    let members = [
        ("jwk", key.clone()),
        ("jku", json!("https://attacker.example/jwks.json")),
        ("jku", json!("http://169.254.169.254/latest/meta-data/")),
        ("x5u", json!("file:///etc/passwd")),
        ("x5c", json!(["MIIB"])),
        ("keys", json!([key])),
    ];
    let mut minted: Vec<Minted> = Vec::new();
    for (name, value) in members {
        for named in [true, false] {
            let mut header = with(signer, name, value.clone());
            if !named {
                header.as_object_mut().expect("an object").remove("kid");
            }
            minted.push(hostile(
                format!("{name} {value}, kid: {named}"),
                attacker.token(&header, &signer.claims()),
            ));
        }
    }
    minted
}

#[tokio::test]
async fn a_key_name_is_only_ever_compared() {
    have_their_verdicts("kid").await;
}

pub(super) fn key_names(signer: &Signer, _: &[Signer]) -> Vec<Minted> {
    // One secret has no name, so any name may be given with it.
    let named = signer.algorithm != Algorithm::Hs256;
    let upper = signer.key_id.to_uppercase();
    let padded = format!("{} ", signer.key_id);
    let hostile_names = [
        "",
        "\0",
        "../../../../dev/null",
        "x' UNION SELECT 'secret' -- ",
        "| /bin/sh",
        "http://169.254.169.254/",
        "__proto__",
        "constructor",
        "*",
        "\r\nX-Injected: 1",
        &upper,
        &padded,
    ];
    let mut minted: Vec<Minted> = Vec::new();
    for name in hostile_names {
        let token = signer.with_header("kid", json!(name));
        let about = format!("kid {name:?}");
        minted.push(if named {
            hostile(about, token)
        } else {
            honest(signer, about, token)
        });
    }
    for value in [
        json!(1),
        json!(true),
        json!([signer.key_id]),
        json!({ "a": 1 }),
    ] {
        minted.push(hostile(
            format!("kid {value}"),
            signer.with_header("kid", value),
        ));
    }
    let empty = EncodingKey::from_secret(b"");
    for key in [empty, EncodingKey::from_secret(b"\0")] {
        let header = json!({ "alg": "HS256", "kid": "../../../../dev/null", "typ": "JWT" });
        let unsigned = signer.unsigned(&header);
        minted.push(hostile(
            "a file's content as secret",
            format!("{unsigned}.{}", signature(&unsigned, &key, Name::HS256)),
        ));
    }
    minted
}

#[tokio::test]
async fn what_would_change_the_reading_is_refused() {
    have_their_verdicts("crit, typ").await;
}

pub(super) fn readings(signer: &Signer, _: &[Signer]) -> Vec<Minted> {
    let members = [
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("crit", json!("exp")),
        ("crit", json!(["alg"])),
        ("crit", json!([1])),
        ("crit", json!(["x-unknown"])),
        ("crit", json!({ "b64": true })),
        ("b64", json!(false)),
        ("b64", json!(true)),
        ("zip", json!("DEF")),
        ("enc", json!("A256GCM")),
        ("cty", json!("JWT")),
        ("typ", json!("dpop+jwt")),
        ("typ", json!("logout+jwt")),
        ("typ", json!("secevent+jwt")),
        ("typ", json!("JWE")),
        ("typ", json!("JOSE+JSON")),
        ("typ", json!("application/json")),
        ("typ", json!("")),
        ("typ", json!(1)),
        ("typ", json!(["JWT"])),
    ];
    let members = members.into_iter();
    let mut minted: Vec<Minted> = members
        .map(|(name, value)| hostile(format!("{name} {value}"), signer.with_header(name, value)))
        .collect();
    let both = with(signer, "crit", json!(["x"]));
    let mut both = both;
    both["x"] = json!(1);
    minted.push(hostile(
        "crit and what it names",
        signer.token(&both, &signer.claims()),
    ));
    let nested = signer.seal(
        with(signer, "cty", json!("JWT")).to_string().as_bytes(),
        signer.good().as_bytes(),
    );
    minted.push(hostile("a token in a token", nested));
    // RFC 7797: the payload as it is.
    let header = encode(with(signer, "b64", json!(false)).to_string().as_bytes());
    minted.push(hostile(
        "an unencoded payload",
        signer.sign(&format!("{header}.{}", signer.claims())),
    ));
    minted
}
