//! What cannot be looked at is said, with its place and its cure; it is never in order.

use crate::bench::{Bench, server};

async fn refused(bench: &Bench, configuration: &str, arguments: &[&str], said: &[&str]) {
    let all = [&["check", "schema"], arguments].concat();
    let ended = bench.usher(configuration, &all).await;
    assert_eq!(ended.code, Some(2), "{ended:#?}");
    for words in said {
        assert!(ended.stderr.contains(words), "{words}\n{}", ended.stderr);
    }
}

#[tokio::test]
async fn every_mistake_is_named_with_its_cure() {
    let bench = Bench::sqlite();
    bench.run(&["CREATE TABLE t (x)"]).await;
    let good = bench.expect("good.sql", "CREATE TABLE t (x);");
    let text = bench.configuration(&good);
    let none = bench.configuration(&bench.path("none.sql"));
    refused(
        &bench,
        &none,
        &[],
        &["none.sql`: No such file", "give `schema`"],
    )
    .await;
    refused(
        &bench,
        &text,
        &["--database", "shup"],
        &[
            "no [[databases]] with the name `shup`",
            "did you mean `shop`?",
        ],
    )
    .await;
    let unsaid = text
        .lines()
        .filter(|line| !line.starts_with("schema"))
        .collect::<Vec<_>>()
        .join("\n");
    refused(
        &bench,
        &unsaid,
        &[],
        &["nothing says what is expected of a database; give `schema = \"PATH\"`"],
    )
    .await;
    let without = unsaid.split("[[databases]]").next().unwrap();
    refused(
        &bench,
        without,
        &[],
        &["names no database; add a [[databases]] table"],
    )
    .await;
    let two = format!("{text}\n[[databases]]\nname = \"b\"\nkind = \"sqlite\"\npath = \"b.db\"\n");
    let expect = good.display().to_string();
    refused(
        &bench,
        &two,
        &["--expect", &expect],
        &["say which with --database: `shop`, `b`"],
    )
    .await;
    let wrong = bench.expect("wrong.sql", "CREATE TABLE t (x);\nCREATE TABEL u (y);\n");
    refused(
        &bench,
        &bench.configuration(&wrong),
        &[],
        &[
            "wrong.sql:2:8: SQLite does not take this: near \"TABEL\"",
            " 2 | CREATE TABEL u (y);",
            "hint: ",
        ],
    )
    .await;
    let open = bench.expect("open.sql", "CREATE TABLE t (x DEFAULT 'a);\n");
    refused(
        &bench,
        &bench.configuration(&open),
        &[],
        &["open.sql:1:27: this text has no end"],
    )
    .await;
    let nothing = bench.expect("nothing.sql", "-- nothing\n");
    refused(
        &bench,
        &bench.configuration(&nothing),
        &[],
        &["makes no table"],
    )
    .await;
    bench.expect("alembic/versions.py", "");
    refused(
        &bench,
        &bench.configuration(&bench.path("alembic")),
        &[],
        &[
            "has neither migrations in SQL nor .prisma files",
            "alembic upgrade head --sql",
        ],
    )
    .await;
    let other = bench.expect("models.py", "");
    refused(
        &bench,
        &bench.configuration(&other),
        &[],
        &["is neither SQL (.sql) nor a Prisma schema"],
    )
    .await;
    let scratch = format!("{text}scratch_env = \"NOWHERE\"\n");
    refused(&bench, &scratch, &[], &["`scratch_env` is for PostgreSQL"]).await;
}

#[tokio::test]
async fn a_database_that_is_not_there_is_never_in_order() {
    let Some(server) = server().await else { return };
    let bench = Bench::postgres(&server, false).await;
    let schema = bench.expect("schema.sql", "CREATE TABLE t (x int);");
    server.stop().await;
    let ended = bench.check(&schema).await;
    assert_eq!(ended.code, Some(3), "{ended:#?}");
    assert_eq!(
        ended.report["could_not_look"][0]["at"], "the database `shop` ($LIVE_URL)",
        "{ended:#?}"
    );
    // Of SQLite, a file that is not there is what was never migrated.
    let bench = Bench::sqlite();
    let ended = bench
        .check(&bench.expect("schema.sql", "CREATE TABLE t (x);"))
        .await;
    assert_eq!(ended.codes(), ["database_never_migrated"], "{ended:#?}");
    assert!(!bench.path("live.db").exists());
}

#[tokio::test]
async fn what_only_a_server_could_tell_is_said_and_the_rest_is_looked_at() {
    let Some(server) = server().await else { return };
    let bench = Bench::postgres(&server, false).await;
    bench.run(&["CREATE TABLE t (x int)"]).await;
    let schema = bench.expect(
        "schema.sql",
        "CREATE TABLE t (x int);\nDO $$ BEGIN ALTER TABLE t ADD y int; END $$;\n",
    );
    let ended = bench.check(&schema).await;
    assert_eq!((ended.code, ended.codes()), (Some(3), vec![]), "{ended:#?}");
    let why = ended.report["could_not_look"][0]["why"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(
        why.contains("schema.sql:2: `DO $$ BEGIN ALTER TABLE t …`") && why.contains("scratch_env"),
        "{why}"
    );
    let bench = Bench::postgres(&server, true).await;
    bench.run(&["CREATE TABLE t (x int)"]).await;
    let ended = bench
        .check(&bench.expect(
            "schema.sql",
            "CREATE TABLE t (x int);\nDO $$ BEGIN ALTER TABLE t ADD y int; END $$;\n",
        ))
        .await;
    assert_eq!(ended.codes(), ["column_missing"], "{ended:#?}");
}
