//! `usher contract …`: what is printed goes into other programs as it is.

use serde_json::Value;
use tempfile::TempDir;

use crate::assert_snapshot;
use crate::usher::{Ended, run};

async fn contract(arguments: &str) -> Ended {
    let folder = TempDir::new().unwrap();
    let arguments: Vec<_> = arguments.split(' ').collect();
    run(
        folder.path(),
        &[&["contract"], arguments.as_slice()].concat(),
        "",
    )
    .await
}

#[tokio::test]
async fn the_contract_is_printed_and_nothing_else() {
    for wanted in [
        "sql --dialect sqlite",
        "sql --dialect postgres",
        "json-schema",
        "typescript",
        "markdown",
    ] {
        let ended = contract(wanted).await;
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{wanted}");
        for word in ["provisioning", "active", "ready", "suspended"] {
            assert!(ended.stdout.contains(word), "{wanted}");
        }
    }
    let schema = contract("json-schema").await.stdout;
    assert!(serde_json::from_str::<Value>(&schema).is_ok());
}

#[tokio::test]
async fn a_table_and_its_columns_are_called_what_the_operator_calls_them() {
    let named = "--key-column user_id --status-column state --suspended-from-column state_before --any-first-status";
    let sqlite = format!("sql --dialect sqlite --table user_instances {named}");
    assert_snapshot("contract_sqlite", &contract(&sqlite).await);
    let postgres = format!("sql --dialect postgres --table fleet.user_instances {named}");
    assert_snapshot("contract_postgres", &contract(&postgres).await);
}

#[tokio::test]
async fn a_wrong_name_is_a_mistake_of_usage_and_prints_no_sql() {
    for (options, sentence) in [
        ("--dialect sqlite --table a;b", "`a;b` is no plain name"),
        ("--dialect postgres --table a.b.c", "`b.c` is no plain name"),
        (
            "--dialect postgres --key-column 1st",
            "`1st` is no plain name",
        ),
        (
            "--dialect sqlite --status-column o'clock",
            "`o'clock` is no plain name",
        ),
        (
            "--dialect sqlite --suspended-from-column \"x\"",
            "`\"x\"` is no plain name",
        ),
        (
            "--dialect sqlite --table main.instances",
            "leave `main.` out of --table",
        ),
        (
            "--dialect postgres --status-column ID",
            "the column `id` is named twice",
        ),
        ("--dialect oracle", "[possible values: postgres, sqlite]"),
        ("--table instances", "--dialect <DIALECT>"),
    ] {
        let ended = contract(&format!("sql {options}")).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{options}");
        assert!(
            ended.stderr.contains(sentence),
            "{options}: {}",
            ended.stderr
        );
    }
}
