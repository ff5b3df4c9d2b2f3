//! Tools that are not run here: their tables as they document them, written by hand.
//!
//! sqlx: `sqlx-postgres/src/migrate.rs`. Flyway: "Flyway schema history table" of its documentation. Rails:
//! `activerecord/lib/active_record/schema_migration.rb`.

use rusqlite::Connection;
use tests::Postgres;

use crate::place::Place;

fn sqlite(place: &Place, sql: &str) {
    let database = Connection::open(place.path("platform.db"));
    let database = database.unwrap_or_else(|error| panic!("{error}"));
    database
        .execute_batch(sql)
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
}

fn of_sqlite(more: &str) -> Place {
    let place = Place::new();
    place.write(
        "usher.toml",
        &format!("[[databases]]\nname = \"platform\"\nkind = \"sqlite\"\npath = \"platform.db\"\nmigrations = \"db\"\n{more}"),
    );
    place
}

#[test]
fn flyways_history_is_read_as_flyway_means_it() {
    let place = of_sqlite("");
    place.write(
        "db/V1__users.sql",
        "CREATE TABLE users (id INTEGER PRIMARY KEY);\n",
    );
    sqlite(&place, "CREATE TABLE other (x)");
    place.finds("Flyway × never migrated", &["database_never_migrated"]);
    sqlite(
        &place,
        "CREATE TABLE flyway_schema_history (installed_rank INT PRIMARY KEY, version VARCHAR(50), description VARCHAR(200), type VARCHAR(20), \
         script VARCHAR(1000), checksum INT, installed_by VARCHAR(100), installed_on TIMESTAMP, execution_time INT, success BOOLEAN);
         INSERT INTO flyway_schema_history VALUES (0, NULL, '<< Flyway Schema Creation >>', 'SCHEMA', '\"public\"', NULL, 'me', '2026-01-01', 0, 1);",
    );
    place.finds("Flyway × pending", &["migration_pending"]);
    // CRC-32 as Python's zlib has it.
    sqlite(
        &place,
        "INSERT INTO flyway_schema_history VALUES (1, '1', 'users', 'SQL', 'V1__users.sql', -7233374, 'me', '2026-01-02', 3, 1)",
    );
    place.finds("Flyway × healthy", &[]);
    place.write(
        "db/R__everybody.sql",
        "CREATE VIEW everybody AS SELECT id FROM users;\n",
    );
    place.finds("Flyway × repeatable, new", &["migration_pending"]);
    sqlite(
        &place,
        "INSERT INTO flyway_schema_history VALUES (2, NULL, 'everybody', 'SQL', 'R__everybody.sql', 1199025267, 'me', '2026-01-03', 3, 1)",
    );
    place.finds("Flyway × repeatable", &[]);
    sqlite(
        &place,
        "INSERT INTO flyway_schema_history VALUES (3, '3', 'late', 'SQL', 'V3__late.sql', 0, 'me', '2026-01-04', 3, 0)",
    );
    place.write("db/V3__late.sql", "");
    let failed = place.finds("Flyway × failed", &["migration_failed"]);
    assert_eq!(failed.commands(), ["flyway repair", "flyway migrate"]);
    sqlite(
        &place,
        "UPDATE flyway_schema_history SET success = 1 WHERE version = '3'",
    );
    place.write("db/V2__between.sql", "SELECT 2;");
    let late = place.finds("Flyway × out of order", &["migration_pending"]);
    assert_eq!(late.commands(), ["flyway -outOfOrder=true migrate"]);
    place.done("rm db/V2__between.sql");
    place.write(
        "db/V1__users.sql",
        "CREATE TABLE people (id INTEGER PRIMARY KEY);\n",
    );
    place.finds("Flyway × edited", &["migration_edited"]);
    place.done("rm db/V1__users.sql");
    place.finds("Flyway × ahead", &["migration_unknown"]);
    sqlite(
        &place,
        "INSERT INTO flyway_schema_history VALUES (4, '1', 'users', 'UNDO_SQL', 'U1__users.sql', 7, 'me', '2026-01-05', 3, 1)",
    );
    place.finds("Flyway × taken back", &[]);
}

#[test]
fn rails_has_versions_and_nothing_else() {
    let place = of_sqlite("");
    place.write("db/20250101000000_create_users.rb", "");
    sqlite(&place, "CREATE TABLE users (id)");
    place.finds("Rails × never migrated", &["database_never_migrated"]);
    sqlite(
        &place,
        "CREATE TABLE schema_migrations (version varchar NOT NULL PRIMARY KEY)",
    );
    let pending = place.finds("Rails × pending", &["migration_pending"]);
    assert_eq!(pending.commands(), ["bin/rails db:migrate"]);
    sqlite(
        &place,
        "INSERT INTO schema_migrations VALUES ('20250101000000')",
    );
    place.finds("Rails × healthy", &[]);
    sqlite(
        &place,
        "INSERT INTO schema_migrations VALUES ('20250102000000')",
    );
    place.finds("Rails × ahead", &["migration_unknown"]);
    place.write("db/20250103000000_more.rb", "");
    place.finds("Rails × diverged", &["migrations_diverged"]);
}

#[test]
fn plain_files_are_held_against_the_column_that_is_named() {
    let place = of_sqlite("tool = \"plain\"\nhistory = \"applied.file\"\n");
    place.write("db/1.sql", "");
    sqlite(&place, "CREATE TABLE applied (file TEXT)");
    place.finds("plain × pending", &["migration_pending"]);
    sqlite(&place, "INSERT INTO applied VALUES ('db/1.sql')");
    place.finds("plain × healthy", &[]);
    sqlite(&place, "INSERT INTO applied VALUES ('2.sql')");
    place.finds("plain × ahead", &["migration_unknown"]);
    // Another table of the same name says nothing of what is applied.
    sqlite(
        &place,
        "DROP TABLE applied; CREATE TABLE applied (name TEXT); INSERT INTO applied VALUES ('1.sql')",
    );
    let unread = place.check_migrations();
    assert_eq!(
        (unread.code, unread.codes().len()),
        (Some(3), 0),
        "{}",
        unread.said
    );
    let unnamed = place.usher(&["check", "migrations", "--folder", "db", "--tool", "plain"]);
    assert_eq!(unnamed.code, Some(2), "{}", unnamed.said);
}

#[tokio::test]
async fn sqlxs_history_has_what_failed_and_what_was_edited() {
    let server = Postgres::start_or_skip("SQLX").await;
    let Some(server) = server.unwrap_or_else(|error| panic!("{error}")) else {
        return;
    };
    let connected = tokio_postgres::connect(server.url(), tokio_postgres::NoTls).await;
    let (client, connection) = connected.unwrap_or_else(|error| panic!("{error}"));
    tokio::spawn(connection);
    let sql = async |sql: &str| {
        let done = client.batch_execute(sql).await;
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    };
    let place = Place::new().with("DATABASE_URL", server.url());
    place.write("usher.toml", "[[databases]]\nname = \"platform\"\nkind = \"postgres\"\nurl_env = \"DATABASE_URL\"\nmigrations = \"migrations\"\n");
    place.write("migrations/1_users.up.sql", "CREATE TABLE users ();");
    place.write("migrations/1_users.down.sql", "DROP TABLE users;");
    let never = place.finds("sqlx × never migrated", &["database_never_migrated"]);
    assert_eq!(never.commands(), ["sqlx migrate run --source migrations"]);
    sql("CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), \
         success BOOLEAN NOT NULL, checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL)").await;
    place.finds("sqlx × pending", &["migration_pending"]);
    // The server's own SHA-384.
    sql("INSERT INTO _sqlx_migrations VALUES (1, 'users', now(), true, sha384('CREATE TABLE users ();'), 1)").await;
    place.finds("sqlx × healthy", &[]);
    sql("UPDATE _sqlx_migrations SET success = false").await;
    let failed = place.finds("sqlx × failed", &["migration_failed"]);
    sql(&failed.commands()[0]).await;
    place.finds("sqlx × after the printed SQL", &["migration_pending"]);
    sql("INSERT INTO _sqlx_migrations VALUES (1, 'users', now(), true, sha384('DROP'), 1)").await;
    place.finds("sqlx × edited", &["migration_edited"]);
    sql("UPDATE _sqlx_migrations SET checksum = sha384('CREATE TABLE users ();'); INSERT INTO _sqlx_migrations VALUES (2, 'more', now(), true, '', 1)").await;
    place.finds("sqlx × ahead", &["migration_unknown"]);
    sql("CREATE SCHEMA other; ALTER TABLE _sqlx_migrations SET SCHEMA other").await;
    let elsewhere = place.check_migrations();
    assert_eq!(elsewhere.code, Some(3), "{}", elsewhere.said);
    assert!(
        elsewhere.said.contains("other._sqlx_migrations"),
        "{}",
        elsewhere.said
    );
    sql("ALTER TABLE other._sqlx_migrations SET SCHEMA public; CREATE ROLE reader LOGIN; REVOKE ALL ON _sqlx_migrations FROM PUBLIC").await;
    let reader = place.with(
        "DATABASE_URL",
        &server.url().replace("postgres@", "reader@"),
    );
    let forbidden = reader.check_migrations();
    assert_eq!(
        (forbidden.code, forbidden.codes().len()),
        (Some(3), 0),
        "{}",
        forbidden.said
    );
    server.stop().await;
}
