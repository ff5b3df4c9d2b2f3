//! What can be had before anything is sent: a file to begin with, its schema, and the plan of a run.

use std::fs;
use std::net::TcpListener;

use crate::assert_snapshot;
use crate::shop::{API_KEY, Flaw, Shop};
use crate::usher::{Usher, configuration, run};

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_sends_nothing_and_shows_no_secret() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let usher = Usher::configured(&configuration(&address));
    let ended = usher.verify(&["--plan"]).await;
    let nobody_came = listener.accept().unwrap_err();
    assert_eq!(nobody_came.kind(), std::io::ErrorKind::WouldBlock);
    assert!(usher.journals().is_empty());
    assert_snapshot("plan", &ended);
    assert!(!ended.stdout.contains(crate::deployment::ADMIN_SECRET));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_shows_captures_as_the_names_they_will_have() {
    let shop = Shop::start(Flaw::None).await;
    let usher = Usher::configured(&shop.configuration()).with("SHOP_API_KEY", API_KEY);
    let ended = usher.verify(&["--plan"]).await;
    assert_snapshot("plan_of_the_shop", &ended);
    assert!(shop.requests().is_empty());
    assert!(!ended.stdout.contains(API_KEY));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_begun_can_be_planned_at_once_and_is_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let begin = ["init", "--preset", "own", "--app", "http://127.0.0.1:9"];
    let ended = run(folder.path(), &begin, "").await;
    assert_snapshot("init", &ended);
    let text = fs::read_to_string(folder.path().join("usher.toml")).unwrap();
    assert!(text.starts_with("#:schema ./usher.schema.json\n"), "{text}");
    let plan = run(folder.path(), &["verify", "--plan"], "").await;
    assert_eq!(plan.code, 0, "{}", plan.stderr);
    let again = run(folder.path(), &begin, "").await;
    assert_snapshot("init_again", &again);
    assert_eq!(
        fs::read_to_string(folder.path().join("usher.toml")).unwrap(),
        text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_can_be_asked_a_preset_must_be_named() {
    let folder = tempfile::tempdir().unwrap();
    let ended = run(folder.path(), &["init"], "own\n").await;
    assert_snapshot("init_without_a_preset", &ended);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// The one beside the example is what is printed.
#[tokio::test(flavor = "multi_thread")]
async fn the_schema_that_is_shipped_is_the_one_that_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let ended = run(folder.path(), &["config", "schema"], "").await;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/usher.schema.json");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(path, &ended.stdout).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap_or_default(), ended.stdout);
}
