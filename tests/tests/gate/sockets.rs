//! A socket is carried both ways, and is closed when its visitor may not be here any more.

use std::time::Duration;

use axum::Router;
use axum::extract::ws::{CloseFrame, Message as AppMessage, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::any;
use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::Method;
use serde_json::{Value, json};
use tests::gate::rig::{BUSY, Failure, Fault};
use tests::{World, WorldOptions};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::cast::{clock_at, fault, operate, unix_seconds};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Generous: the gate asks once in a second of the real clock.
const PATIENCE: Duration = Duration::from_secs(30);

/// An app that says everything back, and ends with 4000 when it is told `end`.
async fn app() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let open = async |upgrade: WebSocketUpgrade| -> Response {
        upgrade.protocols(["chat"]).on_upgrade(say_back)
    };
    let router = Router::new().fallback(any(open));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    origin
}

async fn say_back(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        let answer = match message {
            AppMessage::Text(text) if text.as_str() == "end" => {
                AppMessage::Close(Some(CloseFrame {
                    code: 4000,
                    reason: "as you wish".into(),
                }))
            }
            AppMessage::Text(_) | AppMessage::Binary(_) => message,
            AppMessage::Close(_) => return,
            AppMessage::Ping(_) | AppMessage::Pong(_) => continue,
        };
        if socket.send(answer).await.is_err() {
            return;
        }
    }
}

/// A gate that looks at its sockets every second, and an instance of `guy`'s that is ready.
async fn world(vars: Value) -> World {
    let mut all = json!({ "USHER_FRESH_SECONDS": 1, "USHER_FRESH_WAITING_SECONDS": 1 });
    all.as_object_mut()
        .unwrap()
        .extend(vars.as_object().cloned().unwrap());
    let options = WorldOptions {
        rigged: true,
        vars: all.as_object().cloned().unwrap(),
        ..WorldOptions::default()
    };
    let world = World::with(options).await;
    let world = world.unwrap_or_else(|error| panic!("{error}"));
    clock_at(&world, 0).await;
    let standing = json!({
        "issuer": world.stage.addresses().identity, "subject": "guy", "membership": "member",
        "instance": { "id": "i-guy", "url": app().await },
    });
    assert_eq!(
        operate(&world, Method::PUT, "standings", standing)
            .await
            .status(),
        200
    );
    for status in ["active", "ready"] {
        set(&world, status).await;
    }
    world
}

async fn set(world: &World, status: &str) {
    let body = json!({ "status": status });
    let answer = operate(world, Method::PUT, "instances/i-guy/status", body).await;
    assert_eq!(answer.status(), 200);
}

fn token(world: &World, lasts: u64) -> String {
    let addresses = world.stage.addresses();
    world.stage.sign(&json!({
        "iss": addresses.identity, "aud": addresses.audience, "sub": "guy", "iat": unix_seconds(), "exp": unix_seconds() + lasts,
    }))
}

/// Opens a socket as a browser of this origin does.
async fn open(world: &World, token: &str) -> Socket {
    let address = world.gate.url.replacen("http", "ws", 1) + "/chat?room=1";
    let mut request = address.into_client_request().unwrap();
    let cookie = format!("{}={token}", tests::world::COOKIE);
    for (name, value) in [
        ("cookie", cookie.as_str()),
        ("origin", &world.gate.url),
        ("sec-websocket-protocol", "chat"),
    ] {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let (socket, answer) = tokio_tungstenite::connect_async(request).await.unwrap();
    assert_eq!(answer.headers()["sec-websocket-protocol"], "chat");
    socket
}

/// The next message, or the code and the reason with which the socket ends.
async fn next(socket: &mut Socket) -> Result<Message, (u16, String)> {
    loop {
        let message = tokio::time::timeout(PATIENCE, socket.next()).await.unwrap();
        match message {
            Some(Ok(Message::Close(frame))) => {
                let frame = frame.unwrap();
                return Err((frame.code.into(), frame.reason.to_string()));
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(message)) => return Ok(message),
            other => panic!("the socket broke: {other:?}"),
        }
    }
}

async fn says_back(socket: &mut Socket, message: Message) {
    socket.send(message.clone()).await.unwrap();
    assert_eq!(next(socket).await, Ok(message));
}

#[tokio::test]
async fn texts_and_bytes_go_both_ways_in_order_and_the_apps_end_is_the_visitors() {
    for vars in [json!({}), json!({ "USHER_SOCKETS": "passed" })] {
        let world = world(vars).await;
        let mut socket = open(&world, &token(&world, 600)).await;
        says_back(&mut socket, Message::text("hällo")).await;
        says_back(&mut socket, Message::binary(vec![7; 300_000])).await;
        for number in 0..200 {
            let message = if number % 2 == 0 {
                Message::text(number.to_string())
            } else {
                Message::binary(vec![number; 100])
            };
            socket.send(message).await.unwrap();
        }
        for number in 0..200_u8 {
            let message = next(&mut socket).await.unwrap().into_data();
            let expected = if number % 2 == 0 {
                number.to_string().into_bytes()
            } else {
                vec![number; 100]
            };
            assert_eq!(message, expected);
        }
        socket.send(Message::text("end")).await.unwrap();
        assert_eq!(
            next(&mut socket).await,
            Err((4000, "as you wish".to_owned()))
        );
    }
}

#[tokio::test]
async fn a_socket_of_whoever_is_suspended_is_closed_with_4403() {
    let world = world(json!({})).await;
    let mut socket = open(&world, &token(&world, 600)).await;
    says_back(&mut socket, Message::text("here")).await;
    set(&world, "suspended").await;
    let (code, _) = next(&mut socket).await.unwrap_err();
    assert_eq!(code, 4403);
}

#[tokio::test]
async fn a_socket_of_whoever_logs_out_is_closed_with_4401() {
    let world = world(json!({})).await;
    let token = token(&world, 600);
    let mut socket = open(&world, &token).await;
    says_back(&mut socket, Message::text("here")).await;
    let visitor = world.api().with_bearer(&token);
    let request = visitor.request(Method::POST, "/.usher/logout");
    assert_eq!(visitor.send(request).await.status(), 204);
    let (code, _) = next(&mut socket).await.unwrap_err();
    assert_eq!(code, 4401);
}

#[tokio::test]
async fn a_socket_ends_with_its_token_by_4401() {
    let world = world(json!({})).await;
    let mut socket = open(&world, &token(&world, 600)).await;
    says_back(&mut socket, Message::text("here")).await;
    // Beyond `exp` and what is forgiven of it.
    clock_at(&world, 661).await;
    let (code, _) = next(&mut socket).await.unwrap_err();
    assert_eq!(code, 4401);
}

#[tokio::test]
async fn an_outage_keeps_a_socket_open_up_to_grace_and_ends_it_as_unknown() {
    let world = world(json!({})).await;
    let mut socket = open(&world, &token(&world, 86_400)).await;
    says_back(&mut socket, Message::text("here")).await;
    fault(&world, Fault::D1(Failure::Throws(BUSY))).await;
    clock_at(&world, 600).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    says_back(&mut socket, Message::text("still here")).await;
    clock_at(&world, 1000).await;
    let (code, _) = next(&mut socket).await.unwrap_err();
    assert_eq!(code, 1013);
}

#[tokio::test]
async fn where_sockets_are_passed_on_nobody_looks_after_them() {
    let world = world(json!({ "USHER_SOCKETS": "passed" })).await;
    let mut socket = open(&world, &token(&world, 600)).await;
    set(&world, "suspended").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    says_back(&mut socket, Message::text("still here")).await;
}
