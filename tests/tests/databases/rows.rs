//! A row as the marker of `usher check persistence`, in real databases under deploys that keep it and deploys that do not.

use rusqlite::Connection;
use tests::Postgres;

use crate::place::{Checked, Place};

const SQLITE: &str = r#"
[[databases]]
name = "identity"
kind = "sqlite"
path = "idp.db"
"#;

const POSTGRES: &str = r#"
[[databases]]
name = "platform"
kind = "postgres"
url_env = "DATABASE_URL"
"#;

const USERS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT); INSERT INTO users VALUES (1, 'guy@example.com');";

/// A folder with databases of which the file tells nothing but where they are.
fn place(databases: &[&str]) -> Place {
    let place = Place::new();
    place.write("usher.toml", &databases.concat());
    database(&place, "idp.db", USERS);
    place
}

fn database(place: &Place, name: &str, sql: &str) {
    let made = Connection::open(place.path(name)).and_then(|file| file.execute_batch(sql));
    made.unwrap_or_else(|error| panic!("{error}"));
}

/// Every table of the file with the number of its rows.
fn tables(place: &Place) -> Vec<(String, i64)> {
    let read = || -> rusqlite::Result<_> {
        let file = Connection::open(place.path("idp.db"))?;
        let mut names = file.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?;
        let names: Vec<String> = names
            .query_map((), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let count = |name: String| {
            let query = format!("SELECT count(*) FROM {name}");
            let rows = file.query_row(&query, (), |row| row.get(0))?;
            Ok((name, rows))
        };
        names.into_iter().map(count).collect()
    };
    read().unwrap_or_else(|error| panic!("{error}"))
}

fn check(place: &Place, more: &[&str], code: i32, findings: &[&str]) -> Checked {
    let arguments = [&["check", "persistence", "--report", "json"], more].concat();
    let checked = place.usher(&arguments);
    // In a container the folder for temporary files is on no volume.
    let mut found = checked.codes();
    found.retain(|code| code != "data_on_no_volume");
    assert_eq!(found, findings, "{more:?}: {}", checked.said);
    if found.len() == checked.codes().len() {
        assert_eq!(checked.code, Some(code), "{more:?}: {}", checked.said);
    }
    checked
}

fn kept(place: &Place) -> usize {
    std::fs::read_dir(place.path("state/marker-rows")).map_or(0, Iterator::count)
}

#[test]
fn a_row_that_a_deploy_keeps_is_found_and_nothing_of_it_is_left() {
    let place = place(&[SQLITE]);
    let users = [("users".to_owned(), 1)];
    let around = [
        "--around",
        "cp idp.db copy && mv copy idp.db",
        "--table",
        "usher_markers",
    ];
    check(&place, &around, 0, &[]);
    assert_eq!((tables(&place), kept(&place)), (users.to_vec(), 0));
    // Two at once are told apart, and the table goes with the last one.
    let [before, after] =
        ["--before", "--after"].map(|moment| [moment, "--table", "usher_markers"]);
    check(&place, &before, 0, &[]);
    check(&place, &before, 0, &[]);
    assert_eq!((tables(&place).len(), kept(&place)), (2, 2));
    check(&place, &["--after", "--table", "others"], 2, &[]);
    check(&place, &after, 0, &[]);
    assert_eq!((tables(&place), kept(&place)), (users.to_vec(), 0));
    check(&place, &after, 2, &[]);
}

#[test]
fn incident_i5_a_row_that_a_deploy_takes_away_is_lost_data() {
    for deploy in ["cp empty.db idp.db", "rm idp.db", "cp other.db idp.db"] {
        let place = place(&[SQLITE]);
        database(&place, "empty.db", "");
        let other = "CREATE TABLE usher_markers (usher_marker TEXT PRIMARY KEY, written_at BIGINT)";
        database(&place, "other.db", other);
        let around = ["--around", deploy, "--table", "usher_markers"];
        check(&place, &around, 1, &["data_lost"]);
        assert_eq!(kept(&place), 0, "{deploy}");
    }
}

#[test]
fn a_table_of_somebody_else_is_left_alone() {
    let place = place(&[SQLITE]);
    let before = std::fs::read(place.path("idp.db")).unwrap_or_default();
    let refused = check(&place, &["--around", "false", "--table", "users"], 3, &[]);
    assert!(refused.said.contains("usher_marker"), "{}", refused.said);
    assert!(!refused.said.contains("command failed"), "{}", refused.said);
    assert_eq!(kept(&place), 0);
    let after = std::fs::read(place.path("idp.db")).unwrap_or_default();
    assert_eq!(tables(&place), [("users".to_owned(), 1)]);
    assert!(before == after, "the file was changed");
}

#[tokio::test]
async fn a_row_in_postgresql_is_found_lost_and_left_alone_as_in_a_file() {
    let server = Postgres::start_or_skip("A MARKER ROW").await;
    let Some(server) = server.unwrap_or_else(|error| panic!("{error}")) else {
        return;
    };
    let (client, connection) = tokio_postgres::connect(server.url(), tokio_postgres::NoTls)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let _carrying = tokio::spawn(connection);
    let sql = async |sql: &str| {
        let done = client.simple_query(sql).await;
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    };
    sql("CREATE SCHEMA app; CREATE TABLE app.users (id INTEGER)").await;
    let place = place(&[SQLITE, POSTGRES]).with("DATABASE_URL", server.url());
    let table = ["--table", "app.usher_markers", "--database", "platform"];
    let [before, after] =
        ["--before", "--after"].map(|moment| [&[moment], table.as_slice()].concat());
    let count = "SELECT count(*) FROM pg_tables WHERE schemaname = 'app'";
    let tables = async || -> i64 {
        let row = client.query_one(count, &[]).await;
        row.unwrap_or_else(|error| panic!("{error}")).get(0)
    };
    check(&place, &before, 0, &[]);
    assert_eq!(tables().await, 2);
    check(&place, &after, 0, &[]);
    assert_eq!((tables().await, kept(&place)), (1, 0));
    for deploy in [
        "DELETE FROM app.usher_markers",
        "DROP TABLE app.usher_markers",
        "DROP SCHEMA app CASCADE",
    ] {
        check(&place, &before, 0, &[]);
        sql(deploy).await;
        check(&place, &after, 1, &["data_lost"]);
    }
    // Whom nothing is known of is asked for nothing, and whoever cannot write says why.
    let refused = check(&place, &before, 3, &[]);
    assert!(
        refused.said.contains("schema \\\"app\\\" does not exist"),
        "{}",
        refused.said
    );
    server.stop().await;
}
