//! What a deploy may do to a database, done to a real one under a real service.

use std::path::PathBuf;

use rusqlite::Connection;

use crate::place::Place;
use crate::platform;

/// A service whose file is made and thrown away by shell commands, as deploys do it.
async fn deployed() -> Place {
    let place = Place::new();
    fresh(&place, "idp.db");
    let app = platform::serve(place.path("idp.db")).await;
    place.write(
        "usher.toml",
        &format!(
            "{}[budget]\nready_seconds = 2\n",
            platform::configuration(&app)
        ),
    );
    place
}

fn fresh(place: &Place, name: &str) -> PathBuf {
    let path = place.path(name);
    let database = Connection::open(&path).unwrap_or_else(|error| panic!("{error}"));
    let made = database.execute_batch(&platform::TABLES.join(";"));
    made.unwrap_or_else(|error| panic!("{error}"));
    path
}

fn users(place: &Place) -> i64 {
    let database = Connection::open(place.path("idp.db")).unwrap_or_else(|error| panic!("{error}"));
    let count = database.query_row("SELECT count(*) FROM users", (), |row| row.get(0));
    count.unwrap_or_else(|error| panic!("{error}"))
}

fn check(place: &Place, more: &[&str], code: i32, findings: &[&str]) {
    let arguments = [&["check", "persistence", "--report", "json"], more].concat();
    let checked = place.usher(&arguments);
    assert_eq!(checked.code, Some(code), "{more:?}: {}", checked.said);
    assert_eq!(checked.codes(), findings, "{more:?}: {}", checked.said);
    assert!(!checked.said.contains("Us3r!"), "{}", checked.said);
}

fn markers(place: &Place) -> usize {
    std::fs::read_dir(place.path("state/markers")).map_or(0, Iterator::count)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deploy_that_keeps_the_data_is_in_order_and_leaves_nobody_behind() {
    let place = deployed().await;
    check(
        &place,
        &["--around", "cp idp.db copy && mv copy idp.db"],
        0,
        &[],
    );
    assert_eq!((users(&place), markers(&place)), (0, 0));
    check(&place, &["--before"], 0, &[]);
    assert_eq!((users(&place), markers(&place)), (1, 1));
    // What runs leave behind is swept up; the marker is none of it.
    let swept = place.usher(&["cleanup", "--yes"]);
    assert_eq!((users(&place), swept.code), (1, Some(0)), "{}", swept.said);
    check(&place, &["--after"], 0, &[]);
    assert_eq!((users(&place), markers(&place)), (0, 0));
    check(&place, &["--after"], 2, &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn incident_i5_a_deploy_that_makes_the_database_anew_has_lost_the_data() {
    let place = deployed().await;
    fresh(&place, "empty.db");
    check(
        &place,
        &["--around", "cp empty.db idp.db"],
        1,
        &["data_lost"],
    );
    assert_eq!((users(&place), markers(&place)), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_in_that_is_broken_for_everybody_says_nothing_of_the_data() {
    let place = deployed().await;
    check(&place, &["--before"], 0, &[]);
    place.done("mv idp.db away.db");
    check(&place, &["--after"], 3, &[]);
    assert_eq!(markers(&place), 1);
    place.done("mv away.db idp.db");
    check(&place, &["--after"], 0, &[]);
    // Whatever the deploy kept, one that failed is not in order.
    check(&place, &["--around", "exit 7"], 3, &[]);
    assert_eq!((users(&place), markers(&place)), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_signs_are_named_without_a_deploy() {
    let place = deployed().await;
    let of = |path: &str| {
        let app = "http://127.0.0.1:9";
        let database = format!(
            "[[databases]]\nname = \"identity\"\nkind = \"sqlite\"\npath = \"{path}\"\napp_env_file = \".env\"\n"
        );
        place.write(
            "usher.toml",
            &format!("{}{database}", platform::configuration(app)),
        );
    };
    of("idp.db");
    let codes = || {
        let checked = place.usher(&["check", "persistence", "--report", "json"]);
        // In a container the folder for temporary files is on no volume either.
        let mut codes = checked.codes();
        codes.retain(|code| code != "data_on_no_volume");
        (codes, checked.said)
    };
    place.write(".env", "DATABASE_URL=sqlite:///idp.db\n");
    assert_eq!(codes().0, Vec::<String>::new());
    place.write(
        ".env",
        "DATABASE_URL=\"postgresql://app:hunter2@db:5432/app\"\n",
    );
    let (found, said) = codes();
    assert_eq!(found, ["other_database_in_use"]);
    assert!(!said.contains("hunter2"), "{said}");
    place.write(".env", "OTHER=1\n");
    assert!(codes().1.contains("no such variable"));
    // Memory, where this machine has some that is a folder.
    let memory = tempfile::tempdir_in("/dev/shm");
    if let Ok(memory) = memory {
        of(&memory.path().join("idp.db").to_string_lossy());
        let checked = place.usher(&["check", "persistence", "--report", "json"]);
        assert!(
            checked.codes().contains(&"data_on_no_volume".to_owned()),
            "{}",
            checked.said
        );
    }
}
