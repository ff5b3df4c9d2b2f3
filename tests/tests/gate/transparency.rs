//! What an app gets through the gate is what it would get without one, but for what docs/apps.md says; and so is what it answers. Tried
//! with thousands of generated requests, each sent both ways.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;
use tests::World;
use tests::world::COOKIE;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::cast::{guy_with, world_with};

/// A message of HTTP/1.1, taken apart; bodies without their framing.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Heard {
    /// The request line without its version, or the status.
    first: String,
    /// Names in lower case; several values of a name joined as the Fetch standard does.
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

const REQUESTS: u32 = 2000;

const PATIENCE: Duration = Duration::from_secs(20);

/// Bytes as text, one character each.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

async fn line(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = Vec::new();
    stream.read_until(b'\n', &mut line).await.ok()?;
    (!line.is_empty()).then(|| latin1(&line).trim_end_matches(['\r', '\n']).to_owned())
}

/// Reads one message. `bodyless`: an answer to HEAD, or one that has none by its status.
async fn hear(stream: &mut BufReader<TcpStream>, bodyless: bool) -> Option<Heard> {
    let mut heard = Heard {
        first: line(stream).await?,
        ..Heard::default()
    };
    loop {
        let line = line(stream).await?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        let (name, value) = (name.to_ascii_lowercase(), value.trim_matches([' ', '\t']));
        heard
            .headers
            .entry(name)
            .and_modify(|known| *known = format!("{known}, {value}"))
            .or_insert_with(|| value.to_owned());
    }
    let chunked = heard.headers.remove("transfer-encoding").is_some();
    let length = heard
        .headers
        .get("content-length")
        .map(|length| length.parse::<usize>().unwrap());
    if bodyless {
        return Some(heard);
    }
    if chunked {
        loop {
            let size = usize::from_str_radix(&line(stream).await?, 16).unwrap();
            let mut chunk = vec![0; size];
            stream.read_exact(&mut chunk).await.ok()?;
            line(stream).await?;
            if size == 0 {
                break;
            }
            heard.body.extend(chunk);
        }
    } else if let Some(length) = length {
        heard.body = vec![0; length];
        stream.read_exact(&mut heard.body).await.ok()?;
    }
    Some(heard)
}

/// An app that tells what it heard, and answers by the number in the address.
async fn app() -> (String, mpsc::UnboundedReceiver<Heard>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (tell, told) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let tell = tell.clone();
            tokio::spawn(async move {
                let mut stream = BufReader::new(stream);
                while let Some(heard) = hear(&mut stream, false).await {
                    let answer = answer_to(&heard.first);
                    let _gone = tell.send(heard);
                    if stream.get_mut().write_all(&answer).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    (address, told)
}

fn answer_to(first: &str) -> Vec<u8> {
    let number = first
        .split('/')
        .nth(1)
        .and_then(|number| number.parse::<u64>().ok());
    let mut random = StdRng::seed_from_u64(number.unwrap_or_default() ^ 0xa115_3e55);
    let status = one_of(
        &mut random,
        &[
            200, 200, 201, 202, 203, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404,
            409, 418, 422, 429, 451, 500, 501, 503, 599,
        ],
    );
    let mut head = format!("HTTP/1.1 {status} Whatever\r\n");
    for _ in 0..random.random_range(0..8) {
        let name = one_of(
            &mut random,
            &[
                "Set-Cookie",
                "X-App",
                "x-app-2",
                "Server",
                "ETag",
                "Last-Modified",
                "Content-Language",
                "WWW-Authenticate",
                "Link",
                "Retry-After",
                "Content-Security-Policy",
                "X-Frame-Options",
                "Strict-Transport-Security",
                "Accept-Ranges",
                "Age",
                "Warning",
            ],
        );
        write!(head, "{name}: {}\r\n", value(&mut random)).unwrap();
    }
    if random.random_bool(0.5) {
        head += "Cache-Control: private, max-age=3\r\n";
    }
    let bodyless = first.starts_with("HEAD") || matches!(status, 204 | 304);
    let size = random.random_range(0..3000);
    let body: Vec<u8> = (0..size).map(|_| random.random()).collect();
    let mut answer = bytes(&head);
    if bodyless {
        answer.extend(b"\r\n");
    } else if random.random_bool(0.5) {
        answer.extend(format!("Content-Length: {size}\r\n\r\n").bytes());
        answer.extend(body);
    } else {
        answer.extend(b"Transfer-Encoding: chunked\r\n\r\n");
        for chunk in body.chunks(700) {
            answer.extend(format!("{:x}\r\n", chunk.len()).bytes());
            answer.extend(chunk);
            answer.extend(b"\r\n");
        }
        answer.extend(b"0\r\n\r\n");
    }
    answer
}

fn one_of<T: Copy>(random: &mut StdRng, choices: &[T]) -> T {
    choices[random.random_range(0..choices.len())]
}

/// Text of a header, one byte a character, blanks inside and all; never empty, for workerd leaves out some headers that say nothing.
/// Some hold bytes beyond ASCII, which may be no UTF-8 (RFC 9110 section 5.5, `obs-text`).
fn value(random: &mut StdRng) -> String {
    let length = random.random_range(0..30);
    let most = one_of(random, &[0x7e, 0x7e, 0xff]);
    let byte = |_| Some(random.random_range(0x20..=most)).filter(|byte| *byte != 0x7f);
    let text: String = (0..length).filter_map(byte).map(char::from).collect();
    format!("={}", text.trim_matches([' ', '\t']))
}

/// A character each as one byte.
fn bytes(text: &str) -> Vec<u8> {
    text.chars().map(|one| u8::try_from(one).unwrap()).collect()
}

/// A request target of characters that one may have (RFC 3986; workerd refuses others), whose path nobody reads in two ways.
fn target(random: &mut StdRng, number: u32) -> String {
    let parts = [
        "a",
        "B",
        "%20",
        "%2F",
        "%2f",
        "%C3%BC",
        "%00",
        "%25",
        "~",
        "-",
        "_",
        ";p=1",
        "@",
        ":",
        "!",
        "$",
        "'",
        "(",
        ")",
        "*",
        "+",
        ",",
        "=",
        "&",
        "//",
        "...",
        "a.b",
        "%2e%2e%2e",
    ];
    let mut target = format!("/{number}/");
    for _ in 0..random.random_range(0..8) {
        target += one_of(random, &parts);
    }
    if random.random_bool(0.6) {
        target.push('?');
        for _ in 0..random.random_range(0..8) {
            target += one_of(random, &parts);
            target += one_of(random, &["?", "/", "..", "x=y", ""]);
        }
    }
    target
}

struct Sent {
    method: &'static str,
    target: String,
    /// Header lines and an empty one.
    headers: String,
    body: Vec<u8>,
}

fn request(random: &mut StdRng, number: u32) -> Sent {
    let method = one_of(
        random,
        &[
            "GET", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "REPORT",
        ],
    );
    let mut headers = String::new();
    for _ in 0..random.random_range(0..10) {
        let name = one_of(
            random,
            &[
                "Accept",
                "Accept-Language",
                "Content-Type",
                "X-Custom",
                "x-custom",
                "X-Trace",
                "If-None-Match",
                "If-Modified-Since",
                "Range",
                "Origin",
                "Referer",
                "User-Agent",
                "X-Requested-With",
                "DNT",
                "Priority",
                "Sec-CH-UA",
                "Cookie2",
                "Traceparent",
                "X-Unauthorised",
                "Via-App",
                "!weird",
                "a#b$c%d&e'f*g+h^i_j`k|l~m",
                "Idempotency-Key",
                "X-HTTP-Method-Override",
                "Prefer",
                "Depth",
                "Destination",
            ],
        );
        write!(headers, "{name}: {}\r\n", value(random)).unwrap();
    }
    let body = if matches!(method, "GET" | "HEAD" | "OPTIONS") {
        Vec::new()
    } else {
        (0..random.random_range(0..3000))
            .map(|_| random.random())
            .collect()
    };
    if !matches!(method, "GET" | "HEAD" | "OPTIONS") {
        write!(headers, "Content-Length: {}\r\n", body.len()).unwrap();
    }
    Sent {
        method,
        target: target(random, number),
        headers,
        body,
    }
}

/// Sends a request to this address and gives the answer.
async fn exchange(address: &str, sent: &Sent, more: &str) -> Heard {
    let stream = TcpStream::connect(address).await.unwrap();
    let mut stream = BufReader::new(stream);
    let head = format!(
        "{} {} HTTP/1.1\r\nHost: {address}\r\n{more}{}Connection: close\r\n\r\n",
        sent.method, sent.target, sent.headers
    );
    stream.get_mut().write_all(&bytes(&head)).await.unwrap();
    stream.get_mut().write_all(&sent.body).await.unwrap();
    let mut bodyless = sent.method == "HEAD";
    let first = stream.fill_buf().await.unwrap();
    let status = latin1(first.get(9..12).unwrap_or_default());
    bodyless |= matches!(status.as_str(), "204" | "304");
    let mut answer = hear(&mut stream, bodyless)
        .await
        .unwrap_or_else(|| panic!("no answer to {} {}", sent.method, sent.target));
    answer.first = status;
    answer
}

/// What docs/apps.md says the gate adds to a request and takes from it, what the platform adds (`CF-Worker`), and what framing and
/// connection are.
fn of_the_gate(name: &str) -> bool {
    name.starts_with("usher-")
        || matches!(
            name,
            "cf-worker"
                | "x-forwarded-host"
                | "x-forwarded-proto"
                | "authorization"
                | "host"
                | "connection"
                | "content-length"
        )
}

/// The platform's own reading of an address writes `'` in a query as `%27` (URL standard, special-query percent-encode set).
fn as_the_platform_writes(first: &str) -> String {
    match first.split_once('?') {
        Some((path, query)) => format!("{path}?{}", query.replace('\'', "%27")),
        None => first.to_owned(),
    }
}

fn without(mut heard: Heard, is_left_out: impl Fn(&str) -> bool) -> Heard {
    heard.headers.retain(|name, _| !is_left_out(name));
    heard
}

/// Fails with the request where there is no answer.
async fn soon(answer: impl Future<Output = Heard>, sent: &Sent) -> Heard {
    let answer = tokio::time::timeout(PATIENCE, answer).await;
    let Sent {
        method,
        target,
        headers,
        ..
    } = sent;
    answer.unwrap_or_else(|_| panic!("no answer to {method} {target}\n{headers}"))
}

async fn platform() -> (World, String, String, mpsc::UnboundedReceiver<Heard>) {
    let (app, told) = app().await;
    let world = world_with(json!({})).await;
    let token = guy_with(&world, &format!("http://{app}")).await;
    (
        world,
        app,
        format!("Authorization: Bearer {token}\r\n"),
        told,
    )
}

#[tokio::test]
async fn an_app_hears_and_is_heard_through_the_gate_as_it_would_be_without_one() {
    let (world, app, credential, mut told) = platform().await;
    let gate = world.gate.direct.strip_prefix("http://").unwrap();
    let mut random = StdRng::seed_from_u64(0x0000_5e15_4e57);
    for number in 0..REQUESTS {
        let sent = request(&mut random, number);
        // The gate's own cookie stands beside the app's, and is all that is missing there. To take it away the gate reads them, which on this
        // platform only UTF-8 survives.
        let cookies = random
            .random_bool(0.5)
            .then(|| latin1(value(&mut random).as_bytes()));
        let (apps, all) = match &cookies {
            Some(cookies) => (
                format!("Cookie: a{cookies}\r\n"),
                format!("Cookie: a{cookies}; {COOKIE}=token\r\n{credential}"),
            ),
            None => (String::new(), credential.clone()),
        };
        let plain = soon(exchange(&app, &sent, &apps), &sent).await;
        let mut plainly = told.recv().await.unwrap();
        plainly.first = as_the_platform_writes(&plainly.first);
        let carried = soon(exchange(gate, &sent, &all), &sent).await;
        assert_eq!(
            carried.headers.get("usher-response"),
            None,
            "{} {}: {carried:?}",
            sent.method,
            sent.target
        );
        let through = told.recv().await.unwrap();
        assert_eq!(
            without(through, of_the_gate),
            without(plainly, of_the_gate),
            "request {number}"
        );
        let of_an_answer =
            |name: &str| matches!(name, "connection" | "content-length" | "cache-control");
        assert_eq!(
            without(carried, of_an_answer),
            without(plain, of_an_answer),
            "answer {number} to {}",
            sent.method
        );
    }
}
