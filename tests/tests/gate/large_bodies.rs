//! A gigabyte passes through the gate in either direction, and the gate's memory does not grow by it.

use std::fs;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::{get, post};
use futures_util::{Stream, StreamExt as _, stream};
use reqwest::{Client, Response};
use tests::World;

use crate::cast::{guy_with, print, world};

/// One gigabyte.
const SIZE: u64 = 1 << 30;
const CHUNK: u64 = 1 << 16;

/// What the peak may grow by: an eighth of what passes through.
const MOST_GROWTH: u64 = SIZE / 8;

/// So many bytes, none of them computed twice.
fn bytes(size: u64) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static {
    let chunk = Bytes::from(vec![b'u'; usize::try_from(CHUNK).unwrap()]);
    stream::iter(0..size / CHUNK).map(move |_| Ok(chunk.clone()))
}

/// How many bytes there were.
async fn count<E: std::fmt::Debug>(
    mut chunks: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> u64 {
    let mut counted = 0;
    while let Some(chunk) = chunks.next().await {
        counted += chunk.unwrap().len() as u64;
    }
    counted
}

/// An app that sends a gigabyte, and counts what it is sent.
async fn app() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/down", get(async || Body::from_stream(bytes(SIZE))))
        .route(
            "/up",
            post(async |body: Body| count(body.into_data_stream()).await.to_string()),
        );
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

/// The process of workerd that is this gate, on a system that can say how much memory one has used at most.
fn workerd(world: &World) -> Option<u32> {
    let parent = world.gate.process_id()?;
    let processes = fs::read_dir("/proc").ok()?.filter_map(Result::ok);
    let mut numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.find(|number: &u32| {
        let status = fs::read_to_string(format!("/proc/{number}/status")).unwrap_or_default();
        status.starts_with("Name:\tworkerd\n") && status.contains(&format!("\nPPid:\t{parent}\n"))
    })
}

/// The most memory it has used since [`forget_peak`], in bytes.
fn peak(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes: u64 = (line.unwrap().split_whitespace().nth(1))
        .unwrap()
        .parse()
        .unwrap();
    kilobytes * 1024
}

/// proc(5): 5 resets the peak to what is used now.
fn forget_peak(process: u32) {
    fs::write(format!("/proc/{process}/clear_refs"), "5").unwrap();
}

async fn down(client: &Client, gate: &str, token: &str) -> u64 {
    let request = client.get(format!("{gate}/down")).bearer_auth(token);
    let answer: Response = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    count(Box::pin(answer.bytes_stream())).await
}

async fn up(client: &Client, gate: &str, token: &str, size: u64) -> u64 {
    let body = reqwest::Body::wrap_stream(bytes(size));
    let request = client.post(format!("{gate}/up")).bearer_auth(token);
    let answer: Response = request.body(body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.text().await.unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_gigabyte_passes_in_either_direction_and_none_of_it_is_kept() {
    let world = world().await;
    let token = guy_with(&world, &app().await).await;
    let client = Client::builder()
        .timeout(Duration::from_mins(5))
        .build()
        .unwrap();
    // To workerd itself: what stands before it here is Node.js, which production does not have.
    let gate = &world.gate.direct;
    let process = workerd(&world);
    if process.is_none() {
        assert!(
            std::env::var_os("CI").is_none(),
            "no /proc tells how much memory workerd uses"
        );
        print(
            "SKIPPED: WHETHER MEMORY STAYS FLAT WAS NOT MEASURED: there is no /proc; the bytes are counted all the same",
        );
    }
    up(&client, gate, &token, 1 << 24).await;
    for direction in ["up", "down"] {
        process.inspect(|process| forget_peak(*process));
        let before = process.map_or(0, peak);
        let passed = match direction {
            "up" => up(&client, gate, &token, SIZE).await,
            _ => down(&client, gate, &token).await,
        };
        assert_eq!(passed, SIZE, "{direction}");
        let growth = process.map_or(0, peak).saturating_sub(before);
        print(&format!(
            "1 GB {direction}: the peak of workerd's memory grew by {} KB",
            growth / 1024
        ));
        assert!(growth < MOST_GROWTH, "{direction}: {growth} bytes more");
    }
}
