//! Claims that are not of this issuer, for this gate, of this time or of one person.

use policy::issuer::Algorithm;
use serde_json::{Value, json};

use super::{Minted, have_their_verdicts, honest, hostile};
use crate::signer::{LEEWAY, NOW, Signer};

fn each(signer: &Signer, name: &str, values: impl IntoIterator<Item = Value>) -> Vec<Minted> {
    let values = values.into_iter();
    values
        .map(|value| hostile(format!("{name} {value}"), signer.with_claim(name, value)))
        .collect()
}

/// `null` as a value, which taking the claim out is not.
fn with_null(signer: &Signer, name: &str) -> Minted {
    let mut claims = signer.claims();
    claims[name] = Value::Null;
    hostile(
        format!("{name} null"),
        signer.token(&signer.header(), &claims),
    )
}

fn wrong_types() -> [Value; 6] {
    [
        json!(true),
        json!(false),
        json!([]),
        json!({}),
        json!([[]]),
        json!({ "a": 1 }),
    ]
}

#[tokio::test]
async fn no_token_is_admitted_outside_its_time() {
    have_their_verdicts("exp, nbf, iat").await;
}

pub(super) fn times(signer: &Signer, _: &[Signer]) -> Vec<Minted> {
    let texts = ["", "never", "4102444800"].map(|text| json!(text));
    let mut minted = each(
        signer,
        "exp",
        wrong_types().into_iter().chain(texts.clone()),
    );
    minted.extend(each(
        signer,
        "nbf",
        wrong_types().into_iter().chain(texts.clone()),
    ));
    minted.extend(each(signer, "iat", texts));
    let past = [
        json!(NOW - LEEWAY - 1),
        json!(NOW - LEEWAY),
        json!(1),
        json!(0),
        json!(-1),
        json!(-1e300),
        json!(null),
    ];
    minted.extend(each(signer, "exp", past));
    minted.extend(each(
        signer,
        "nbf",
        [json!(NOW + LEEWAY + 5), json!(4_102_444_800_u64)],
    ));
    minted.extend(
        each(signer, "Exp", [json!(NOW)])
            .into_iter()
            .map(|case| honest(signer, case.about, case.token)),
    );
    minted.push(with_null(signer, "exp"));
    for (about, name, value) in [
        ("exp inside the leeway", "exp", json!(NOW - LEEWAY + 1)),
        ("exp with a fraction", "exp", json!(1_900_000_010.5)),
        ("exp of 10^308", "exp", json!(1e308)),
        ("nbf inside the leeway", "nbf", json!(NOW + LEEWAY - 1)),
        ("no iat", "iat", json!(null)),
    ] {
        minted.push(honest(signer, about, signer.with_claim(name, value)));
    }
    minted
}

#[tokio::test]
async fn no_token_is_admitted_under_another_issuers_name() {
    have_their_verdicts("iss, issuer-binding").await;
}

pub(super) fn issuers(signer: &Signer, signers: &[Signer]) -> Vec<Minted> {
    let name = &signer.name;
    let names = [
        String::new(),
        name.trim_end_matches('/').to_owned(),
        format!("{name}/"),
        format!("{name} "),
        format!(" {name}"),
        name.to_uppercase(),
        name.replace("https", "http"),
        name.replace("https", "HTTPS"),
        format!("{name}?a"),
        format!("{name}#a"),
        format!("{name}.."),
        format!("{name}\0"),
        name.replace(".example", ".example.evil.example"),
        name.replace("https://", "https://user@"),
        name.replace(".example", ".example:443"),
        name.replace('a', "\u{430}"),
        "https://unknown.example/".to_owned(),
    ];
    let names = names
        .into_iter()
        .filter(|other| other != name)
        .map(Value::String);
    let mut minted = each(
        signer,
        "iss",
        names
            .chain(wrong_types())
            .chain([json!([name]), json!(1), json!(null)]),
    );
    minted.push(with_null(signer, "iss"));
    for other in signers
        .iter()
        .filter(|other| other.algorithm != signer.algorithm)
    {
        let mut claims = other.claims();
        minted.push(hostile(
            format!("as {}", other.name),
            signer.token(&signer.header(), &claims),
        ));
        claims["iss"] = json!(name);
        minted.push(hostile(
            format!("by {}", other.name),
            other.token(&other.header(), &claims),
        ));
    }
    minted
}

#[tokio::test]
async fn no_token_for_somebody_else_is_admitted() {
    have_their_verdicts("aud, azp").await;
}

pub(super) fn addressees(signer: &Signer, _: &[Signer]) -> Vec<Minted> {
    if signer.algorithm == Algorithm::EdDsa {
        let others =
            ["https://evil.example", "https://app.example/", "", "null"].map(|party| json!(party));
        let mut minted = each(signer, "azp", others.into_iter().chain(wrong_types()));
        minted.push(with_null(signer, "azp"));
        minted.extend(each(
            signer,
            "azp",
            [json!(null), json!(["https://app.example"])],
        ));
        // This issuer is configured without an audience: a token with one is for somebody.
        minted.extend(each(
            signer,
            "aud",
            [json!("another"), json!(["another"]), json!(1)],
        ));
        return minted;
    }
    let others = [
        "",
        "other",
        "ushe",
        "usher/",
        "USHER",
        "usher other",
        "usher,other",
        "*",
    ]
    .map(|audience| json!(audience));
    let mut minted = each(signer, "aud", others.into_iter().chain(wrong_types()));
    minted.extend(each(
        signer,
        "aud",
        [
            json!(null),
            json!(1),
            json!([""]),
            json!(["other"]),
            json!([["usher"]]),
            json!(["*"]),
        ],
    ));
    minted.push(with_null(signer, "aud"));
    for audiences in [
        json!(["usher"]),
        json!(["other", "usher"]),
        json!(["usher", "usher"]),
    ] {
        minted.push(honest(
            signer,
            format!("aud {audiences}"),
            signer.with_claim("aud", audiences),
        ));
    }
    minted
}

#[tokio::test]
async fn nobody_without_one_clear_name_is_admitted() {
    have_their_verdicts("sub, binding").await;
}

pub(super) fn subjects(signer: &Signer, _: &[Signer]) -> Vec<Minted> {
    let long = ["a".repeat(256), "a".repeat(600), "\u{1f600}".repeat(64)].map(Value::String);
    let control =
        ["", "a\0", "\0", "a\r\nX-User: b", "a\n", "a\tb", "a\u{7f}"].map(|text| json!(text));
    let mut minted = each(
        signer,
        "sub",
        wrong_types().into_iter().chain(long).chain(control),
    );
    minted.extend(each(signer, "sub", [json!(null), json!(1)]));
    minted.push(with_null(signer, "sub"));
    // Bound to a key (RFC 9449), and a message about somebody (OpenID back-channel logout).
    minted.extend(each(signer, "cnf", [json!({ "jkt": "x" })]));
    minted.extend(each(
        signer,
        "events",
        [json!({ "http://schemas.openid.net/event/backchannel-logout": {} })],
    ));
    minted
}
