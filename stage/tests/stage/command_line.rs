//! The real program.

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::world::{answer, client};

#[tokio::test]
async fn it_prints_one_line_of_json_and_ends_when_standard_input_closes() {
    let (mut program, mut stdout, addresses) = running(&["--until-stdin-closes"]).await;
    let identity = addresses["identity"].as_str().unwrap();
    let database = addresses["database"].as_str().unwrap();
    assert_eq!(
        addresses,
        json!({
            "identity": identity,
            "audience": "usher",
            "jwks_url": format!("{identity}/.well-known/jwks.json"),
            "login_url": format!("{identity}/login"),
            "database": database,
        })
    );
    assert_eq!(
        answer(client().get(format!("{identity}/health"))).await.0,
        200
    );
    assert!(Path::new(database).exists());

    drop(program.stdin.take());
    assert!(
        timeout(PATIENCE, program.wait())
            .await
            .unwrap()
            .unwrap()
            .success()
    );
    let mut more = String::new();
    stdout.read_line(&mut more).await.unwrap();
    assert_eq!(more, "");
    assert!(
        !Path::new(database).exists(),
        "a temporary file goes with its program"
    );
}

#[tokio::test]
async fn it_ends_at_an_interrupt_and_removes_its_temporary_file() {
    let (mut program, _stdout, addresses) = running(&[]).await;
    drop(program.stdin.take());
    let stays = timeout(Duration::from_millis(200), program.wait()).await;
    assert!(
        stays.is_err(),
        "without --until-stdin-closes, standard input means nothing"
    );
    let pid = program.id().unwrap().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .await
            .unwrap()
            .success()
    );
    assert!(
        timeout(PATIENCE, program.wait())
            .await
            .unwrap()
            .unwrap()
            .success()
    );
    assert!(!Path::new(addresses["database"].as_str().unwrap()).exists());
}

#[tokio::test]
async fn a_database_of_ones_own_stays() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("mine.db");
    let path = database.to_str().unwrap();
    let (mut program, _stdout, addresses) =
        running(&["--until-stdin-closes", "--database", path]).await;
    assert_eq!(addresses["database"], path);
    drop(program.stdin.take());
    assert!(
        timeout(PATIENCE, program.wait())
            .await
            .unwrap()
            .unwrap()
            .success()
    );
    assert!(database.exists());
}

#[tokio::test]
async fn an_unknown_fault_is_a_usage_error_that_lists_the_names() {
    assert_ended(
        &["--fault", "stuck"],
        2,
        "unknown fault `stuck`, expected one of: app-down, ",
    )
    .await;
}

#[tokio::test]
async fn what_is_no_duration_or_no_origin_is_a_usage_error() {
    assert_ended(&["--setup", "soon"], 2, "give a number of seconds").await;
    assert_ended(&["--provisioning=-1"], 2, "negative").await;
    assert_ended(&["--gate", "127.0.0.1:8787"], 2, "give an origin").await;
}

#[tokio::test]
async fn a_gate_without_its_secret_is_told_by_name() {
    assert_ended(
        &["--gate", "http://127.0.0.1:8787/"],
        1,
        "USHER_ADMIN_SECRET",
    )
    .await;
}

async fn assert_ended(arguments: &[&str], code: i32, sentence: &str) {
    let Output {
        status,
        stdout,
        stderr,
    } = timeout(PATIENCE, stage(arguments).output())
        .await
        .unwrap()
        .unwrap();
    let told = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(code), "{told}");
    assert!(told.contains(sentence), "{told}");
    assert_eq!(stdout, b"");
}

/// The program, and the addresses on its first line.
async fn running(arguments: &[&str]) -> (Child, BufReader<ChildStdout>, Value) {
    let mut program = stage(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(program.stdout.take().unwrap());
    let mut line = String::new();
    timeout(PATIENCE, stdout.read_line(&mut line))
        .await
        .unwrap()
        .unwrap();
    (program, stdout, serde_json::from_str(&line).unwrap())
}

fn stage(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stage"));
    command
        .args(arguments)
        .env_remove("USHER_ADMIN_SECRET")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

const PATIENCE: Duration = Duration::from_secs(10);
