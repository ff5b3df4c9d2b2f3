//! The contract in real SQLite.

use policy::contract::sql::table::Table;
use policy::contract::sql::{self, Dialect, FirstStatus};
use rusqlite::Connection;

use crate::database::{Database, Instances};
use crate::laws;
use crate::model::Row;

struct Sqlite(Connection);

impl Database for Sqlite {
    const FILLS: bool = false;

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn run(&mut self, statement: &str) -> Result<(), String> {
        self.0
            .execute_batch(statement)
            .map_err(|error| error.to_string())
    }

    async fn row(&mut self, query: &str) -> Option<Row> {
        let mut query = self.0.prepare(query).unwrap();
        let row = query.query_row((), |row| {
            Ok(Row {
                status: row.get(0)?,
                from: row.get(1)?,
            })
        });
        row.ok()
    }
}

async fn instances(declaration: &str) -> Instances<Sqlite> {
    Instances::create(Sqlite(Connection::open_in_memory().unwrap()), declaration).await
}

#[tokio::test]
async fn sqlite_judges_every_change_as_step_says_whatever_the_column_forgives() {
    for declaration in [
        "TEXT",
        "",
        "TEXT COLLATE NOCASE",
        "VARCHAR(20) COLLATE RTRIM",
    ] {
        laws::every_change_is_judged_as_step_says(instances(declaration).await).await;
    }
}

#[tokio::test]
async fn sqlite_names_an_illegal_step_with_the_legal_ones() {
    laws::an_illegal_step_is_named_with_the_legal_ones(instances("TEXT").await).await;
}

#[tokio::test]
async fn sqlite_begins_a_row_where_it_may() {
    for declaration in ["TEXT", "TEXT COLLATE NOCASE"] {
        laws::a_new_row_begins_where_it_may(instances(declaration).await).await;
    }
}

#[tokio::test]
async fn sqlite_judges_an_upsert_by_what_it_does() {
    laws::an_upsert_is_judged_by_what_it_does(instances("TEXT").await).await;
}

#[tokio::test]
async fn sqlite_ends_every_walk_where_the_model_does() {
    laws::walks_end_where_the_model_does(instances("TEXT").await).await;
}

#[tokio::test]
async fn a_writer_of_sqlite_who_forgets_what_it_was_is_told() {
    let mut instances = instances("TEXT").await;
    instances.hold(FirstStatus::Any).await;
    let mut run = async |statement: &str| instances.database.run(statement).await;
    run(r#"INSERT INTO "Instances" VALUES ('guy', 'ready', NULL, 'x')"#)
        .await
        .unwrap();
    let said = run(r#"UPDATE "Instances" SET "select" = 'suspended'"#)
        .await
        .unwrap_err();
    assert_eq!(
        said,
        "Instances.From must be `ready` where select goes from `ready` to `suspended`"
    );
    run(r#"UPDATE "Instances" SET "select" = 'suspended', "From" = 'ready'"#)
        .await
        .unwrap();
    let said = run(r#"UPDATE "Instances" SET "select" = 'ready'"#)
        .await
        .unwrap_err();
    assert_eq!(
        said,
        "Instances.From must be one of `provisioning`, `active`, `ready` while select is `suspended`, and NULL otherwise"
    );
}

#[tokio::test]
async fn no_way_of_writing_of_sqlite_is_forgotten() {
    let mut instances = instances("TEXT").await;
    instances.hold(FirstStatus::First).await;
    let mut run = async |statement: &str| instances.database.run(statement).await;
    run(r#"INSERT INTO "Instances" VALUES ('guy', 'provisioning', NULL, 'x')"#)
        .await
        .unwrap();
    for statement in [
        r#"UPDATE OR IGNORE "Instances" SET "select" = 'ready'"#,
        r#"UPDATE OR REPLACE "Instances" SET "select" = 'ready'"#,
        r#"INSERT OR IGNORE INTO "Instances" VALUES ('new', 'ready', NULL, 'x')"#,
        r#"REPLACE INTO "Instances" VALUES ('guy', 'ready', NULL, 'x')"#,
        r#"UPDATE "Instances" SET "select" = x'616374697665'"#,
        r#"UPDATE "Instances" SET "select" = 'active' || char(0)"#,
        r#"UPDATE "Instances" SET rowid = 9, "select" = 'ready'"#,
    ] {
        assert!(run(statement).await.is_err(), "{statement}");
    }
    // Another trigger's change is a change, too.
    run(r#"CREATE TRIGGER impatient AFTER UPDATE OF url ON "Instances" BEGIN UPDATE "Instances" SET "select" = 'ready'; END"#)
        .await
        .unwrap();
    let said = run(r#"UPDATE "Instances" SET url = 'y'"#)
        .await
        .unwrap_err();
    assert!(
        said.contains("cannot go from `provisioning` to `ready`"),
        "{said}"
    );
}

#[tokio::test]
async fn a_table_of_sqlite_without_the_column_is_refused_at_once() {
    let database = Connection::open_in_memory().unwrap();
    database
        .execute_batch("CREATE TABLE instances (id TEXT, status TEXT)")
        .unwrap();
    let script = sql::script(&Dialect::Sqlite, &Table::of_the_registry());
    let said = database.execute_batch(&script).unwrap_err().to_string();
    assert!(
        said.contains("no such column: instances.suspended_from"),
        "{said}"
    );
    database
        .execute_batch("INSERT INTO instances VALUES ('guy', 'ready')")
        .unwrap();
    database
        .execute_batch("ALTER TABLE instances ADD COLUMN suspended_from TEXT")
        .unwrap();
    database.execute_batch(&script).unwrap();
    database.execute_batch(&script).unwrap();
    assert!(
        database
            .execute_batch("UPDATE instances SET status = 'active'")
            .is_err()
    );
}

fn migrations() -> std::path::PathBuf {
    tests::places::workspace().join("edge/migrations")
}

#[test]
fn the_registry_holds_its_own_statuses_by_the_generated_contract() {
    let table = Table::of_the_registry();
    let migration = std::fs::read_to_string(migrations().join("0003_status.sql")).unwrap();
    assert_eq!(migration, sql::script(&Dialect::Sqlite, &table));
}
