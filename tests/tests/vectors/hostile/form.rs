//! Texts that are no compact JWS, or are one in a second spelling.

use serde_json::{Value, json};

use super::{Minted, have_their_verdicts, honest, hostile};
use crate::signer::{Signer, encode};

#[tokio::test]
async fn an_honest_token_is_admitted_as_exactly_its_subject() {
    have_their_verdicts("valid").await;
}

pub(super) fn valid(signer: &Signer, _: &[Signer]) -> Vec<Minted> {
    let spaced = signer.header().to_string().replace(',', " ,\n ");
    let escaped = signer.header().to_string().replace("alg", "\\u0061lg");
    let claims = signer.claims().to_string();
    vec![
        honest(signer, "plain", signer.good()),
        honest(
            signer,
            "white space in the JSON",
            signer.seal(spaced.as_bytes(), claims.as_bytes()),
        ),
        honest(
            signer,
            "an escaped member name",
            signer.seal(escaped.as_bytes(), claims.as_bytes()),
        ),
        honest(
            signer,
            "typ at+jwt",
            signer.with_header("typ", json!("at+jwt")),
        ),
        honest(
            signer,
            "typ with its prefix",
            signer.with_header("typ", json!("application/AT+JWT")),
        ),
        honest(signer, "no typ", signer.with_header("typ", json!(null))),
        honest(
            signer,
            "an unknown header member",
            signer.with_header("x-unknown", json!([1, { "a": null }])),
        ),
        honest(
            signer,
            "an unknown claim",
            signer.with_claim("feature", json!({ "a": [true] })),
        ),
        honest(
            signer,
            "nested 20 deep",
            signer.with_claim("deep", nested(20)),
        ),
    ]
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(json!(0), |inner, _| json!([inner]))
}

#[tokio::test]
async fn what_is_no_compact_jws_is_refused() {
    have_their_verdicts("structure").await;
}

pub(super) fn structure(signer: &Signer, _: &[Signer]) -> Vec<Minted> {
    let good = signer.good();
    let parts: Vec<&str> = good.split('.').collect();
    let (header, payload, signature) = (parts[0], parts[1], parts[2]);
    let mut texts: Vec<String> = ["", ".", "..", "...", "null", "undefined"]
        .map(str::to_owned)
        .into();
    texts.extend([
        header.to_owned(),
        format!("{header}.{payload}"),
        format!("{header}.{payload}."),
        format!(".{payload}.{signature}"),
        format!("{header}..{signature}"),
        format!("{good}."),
        format!(".{good}"),
        format!("{good}.{signature}"),
        format!("{good}.a.b"),
        format!(" {good}"),
        format!("{good} "),
        format!("{good}\n"),
        format!("{header}.\n{payload}.{signature}"),
        format!("{header}. {payload}.{signature}"),
        format!("{header}%2E{payload}%2E{signature}"),
        format!("{header}\u{ff0e}{payload}\u{ff0e}{signature}"),
        format!("\"{good}\""),
        format!("{good};"),
        format!("{good}#x"),
        format!("{header},{payload},{signature}"),
        format!("{good}\0"),
        format!("{good}\u{ff}"),
        ".".repeat(2000),
        json!({ "payload": payload, "protected": header, "signature": signature }).to_string(),
        json!({ "payload": payload, "signatures": [{ "protected": header, "signature": signature }] }).to_string(),
        json!({ good.clone(): 1, "payload": payload, "protected": header, "signature": signature }).to_string(),
    ]);
    texts
        .into_iter()
        .map(|text| hostile(text.escape_debug().to_string(), text))
        .collect()
}

#[tokio::test]
async fn one_token_has_one_spelling() {
    have_their_verdicts("base64").await;
}

pub(super) fn spellings(signer: &Signer, _: &[Signer]) -> Vec<Minted> {
    let good = signer.good();
    let parts: Vec<&str> = good.split('.').collect();
    // Wherever the text can be signed as it is written, it is.
    let claims = changed_alphabet(signer);
    let (begin, end) = parts[1].split_at(8);
    vec![
        hostile(
            "padded header",
            signer.sign(&format!("{}.{}", padded(&signer.header()), parts[1])),
        ),
        hostile(
            "padded payload",
            signer.sign(&format!("{}.{}", parts[0], padded(&signer.claims()))),
        ),
        hostile("padded signature", format!("{good}=")),
        hostile("percent-encoded padding", format!("{good}%3D")),
        hostile(
            "the other alphabet",
            signer.sign(&format!("{}.{claims}", parts[0])),
        ),
        hostile(
            "a length that no bytes have",
            signer.sign(&format!("{}.{}", parts[0], "A".repeat(9))),
        ),
        hostile(
            "a line break in the payload",
            signer.sign(&format!("{}.{begin}\n{end}", parts[0])),
        ),
        hostile(
            "trailing bits in the header",
            signer.sign(&format!("{}.{}", loose(&signer.header()), parts[1])),
        ),
        hostile(
            "trailing bits in the payload",
            signer.sign(&format!("{}.{}", parts[0], loose(&signer.claims()))),
        ),
        hostile(
            "trailing bits in the signature",
            format!("{}.{}.{}", parts[0], parts[1], with_trailing_bit(parts[2])),
        ),
    ]
}

/// Honest claims in the alphabet of RFC 4648 section 4, which differs in two letters.
fn changed_alphabet(signer: &Signer) -> String {
    let mut claims = signer.claims();
    claims["x"] = json!("???>>>".repeat(3));
    let part = encode(claims.to_string().as_bytes());
    assert!(part.contains(['-', '_']), "{part}");
    part.replace('-', "+").replace('_', "/")
}

/// The object in base64url, with as much white space before its end as leaves bits over.
fn with_bits_left(object: &Value) -> String {
    let text = object.to_string();
    let inside = text.trim_end_matches('}');
    let more = if text.len().is_multiple_of(3) {
        " "
    } else {
        ""
    };
    encode(format!("{inside}{more}}}").as_bytes())
}

fn padded(object: &Value) -> String {
    let part = with_bits_left(object);
    let missing = "=".repeat(4 - part.len() % 4);
    part + &missing
}

fn loose(object: &Value) -> String {
    with_trailing_bit(&with_bits_left(object))
}

/// The part with a bit set that no byte has.
fn with_trailing_bit(part: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    assert!(
        !part.len().is_multiple_of(4),
        "no bits are left over in {part}"
    );
    let (rest, last) = part.split_at(part.len() - 1);
    let position = ALPHABET
        .iter()
        .position(|letter| [*letter] == last.as_bytes());
    let position = position.expect("base64url of our own");
    format!("{rest}{}", char::from(ALPHABET[position | 1]))
}

#[tokio::test]
async fn only_one_json_object_without_duplicates_is_read() {
    have_their_verdicts("json").await;
}

pub(super) fn texts(signer: &Signer, _: &[Signer]) -> Vec<Minted> {
    let (header, claims) = (signer.header().to_string(), signer.claims().to_string());
    let mut minted = Vec::new();
    let inside = |text: &str, more: &str| text.replacen('{', &format!("{{{more},"), 1);
    let broken = [
        "",
        "null",
        "[]",
        "\"x\"",
        "1",
        "true",
        "{",
        "{}{}",
        "{} x",
        "{,}",
        "{'a':1}",
        "\u{feff}{}",
    ];
    for text in broken {
        minted.push(hostile(
            format!("payload {text:?}"),
            signer.seal(header.as_bytes(), text.as_bytes()),
        ));
        minted.push(hostile(
            format!("header {text:?}"),
            signer.seal(text.as_bytes(), claims.as_bytes()),
        ));
    }
    let members = [
        r#""sub":"admin""#,
        r#""\u0073ub":"admin""#,
        r#""exp":1"#,
        r#""a":NaN"#,
        r#""a":0x1"#,
        r#""a":01"#,
        r#""a":"\ud800""#,
        r#""a":"\x""#,
        "\"a\":\"\n\"",
        r#""a":Infinity"#,
        r#""a":1,"#,
    ];
    for more in members {
        minted.push(hostile(
            format!("payload with {more:?}"),
            signer.seal(header.as_bytes(), inside(&claims, more).as_bytes()),
        ));
    }
    for more in [
        r#""alg":"none""#,
        r#""kid":"other""#,
        r#""\u0061lg":"none""#,
    ] {
        minted.push(hostile(
            format!("header with {more:?}"),
            signer.seal(inside(&header, more).as_bytes(), claims.as_bytes()),
        ));
    }
    let deep = format!(r#""a":{}{}"#, "[".repeat(1500), "]".repeat(1500));
    minted.push(hostile(
        "deep payload",
        signer.seal(header.as_bytes(), inside(&claims, &deep).as_bytes()),
    ));
    let not_utf8 = [claims.trim_end_matches('}').as_bytes(), b",\"a\":\"\xff\"}"].concat();
    minted.push(hostile(
        "bytes that are no UTF-8",
        signer.seal(header.as_bytes(), &not_utf8),
    ));
    let overlong = [
        claims.trim_end_matches('}').as_bytes(),
        b",\"a\":\"\xc0\xaf\"}",
    ]
    .concat();
    minted.push(hostile(
        "overlong UTF-8",
        signer.seal(header.as_bytes(), &overlong),
    ));
    minted
}

#[tokio::test]
async fn a_token_is_admitted_up_to_its_longest_length_and_no_further() {
    have_their_verdicts("limits").await;
}

pub(super) fn lengths(signer: &Signer, _: &[Signer]) -> Vec<Minted> {
    let of_length = |wanted: usize| {
        let fill = |bytes: usize| signer.with_claim("x", json!("y".repeat(bytes)));
        let missing = wanted - fill(0).len();
        // Four letters of base64url for three bytes.
        fill(missing / 4 * 3)
    };
    let most = policy::envelope::MAX_TOKEN_BYTES;
    let (short, long) = (of_length(most - 8), of_length(most + 8));
    assert!(
        short.len() <= most && long.len() > most,
        "{} {}",
        short.len(),
        long.len()
    );
    vec![
        honest(signer, "just short enough", short),
        hostile("just too long", long),
    ]
}
