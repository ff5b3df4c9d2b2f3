//! The contract in real PostgreSQL.

use policy::contract::sql::table::Table;
use policy::contract::sql::{self, Dialect};
use tests::Postgres;
use tokio_postgres::{Client, NoTls};

use crate::database::{Database, Instances};
use crate::laws;
use crate::model::Row;

impl Database for Client {
    const FILLS: bool = true;

    fn dialect(&self) -> Dialect {
        Dialect::Postgres { schema: None }
    }

    async fn run(&mut self, statement: &str) -> Result<(), String> {
        self.batch_execute(statement)
            .await
            .map_err(|error| said(&error))
    }

    async fn row(&mut self, query: &str) -> Option<Row> {
        let row = self.query_opt(query, &[]).await.unwrap()?;
        Some(Row {
            status: row.get(0),
            from: row.get(1),
        })
    }
}

fn said(error: &tokio_postgres::Error) -> String {
    let database = error.as_db_error();
    database.map_or_else(|| error.to_string(), |error| error.message().to_owned())
}

/// A server and a way to ask it; nothing where there can be none.
async fn server() -> Option<(Postgres, Client)> {
    let started = Postgres::start_or_skip("THE CONTRACT").await;
    let server = started.unwrap_or_else(|error| panic!("{error}"))?;
    let (client, connection) = tokio_postgres::connect(server.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    Some((server, client))
}

/// One server after the other would take a second each, so what is asked of a table of `declaration` is asked in schemas of one.
async fn in_a_schema(server: &Postgres, schema: &str, declaration: &str) -> Instances<Client> {
    let (client, connection) = tokio_postgres::connect(server.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    let schema = format!("CREATE SCHEMA {schema}; SET search_path = {schema}");
    client.batch_execute(&schema).await.unwrap();
    Instances::create(client, declaration).await
}

#[tokio::test]
async fn postgres_judges_every_change_as_step_says_whatever_the_column_forgives() {
    let Some((server, client)) = server().await else {
        return;
    };
    let collation = "CREATE COLLATION public.forgiving (provider = icu, locale = 'und-u-ks-level2', deterministic = false)";
    client.batch_execute(collation).await.unwrap();
    for (schema, declaration) in [
        ("a", "text"),
        ("b", "varchar(20)"),
        ("c", "text COLLATE public.forgiving"),
    ] {
        let instances = in_a_schema(&server, schema, declaration).await;
        laws::every_change_is_judged_as_step_says(instances).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn postgres_keeps_the_other_laws() {
    let Some((server, _client)) = server().await else {
        return;
    };
    laws::an_illegal_step_is_named_with_the_legal_ones(in_a_schema(&server, "a", "text").await)
        .await;
    laws::a_new_row_begins_where_it_may(in_a_schema(&server, "b", "text").await).await;
    laws::an_upsert_is_judged_by_what_it_does(in_a_schema(&server, "c", "text").await).await;
    laws::walks_end_where_the_model_does(in_a_schema(&server, "d", "text").await).await;
}

fn script() -> String {
    let dialect = Dialect::Postgres { schema: None };
    sql::script(&dialect, &Table::of_the_registry())
}

#[tokio::test]
async fn old_rows_that_are_wrong_stay_and_new_ones_are_held() {
    let Some((server, mut client)) = server().await else {
        return;
    };
    let old = "CREATE TABLE instances (id text PRIMARY KEY, status text);
               INSERT INTO instances VALUES ('a', 'running'), ('b', 'suspended'), ('c', 'ready')";
    client.run(old).await.unwrap();
    let mut failed = Vec::new();
    for statement in sql::statements(&client.dialect(), &Table::of_the_registry()) {
        if let Err(said) = client.run(&statement).await {
            failed.push(said);
        }
    }
    let complaints = ["usher_status", "usher_suspended_from"].map(|constraint| {
        format!(
            "check constraint \"{constraint}\" of relation \"instances\" is violated by some row"
        )
    });
    assert_eq!(failed, complaints);
    let refused = [
        "INSERT INTO instances VALUES ('d', 'running')",
        "UPDATE instances SET status = 'running' WHERE id = 'c'",
        "UPDATE instances SET status = 'active' WHERE id = 'c'",
        "UPDATE instances SET status = 'ready' WHERE id = 'b'",
    ];
    for statement in refused {
        assert!(client.run(statement).await.is_err(), "{statement}");
    }
    let cure = [
        "UPDATE instances SET status = 'ready' WHERE id = 'a'",
        "UPDATE instances SET suspended_from = 'ready' WHERE id = 'b'",
        "UPDATE instances SET status = 'ready' WHERE id = 'b'",
    ];
    for statement in cure {
        client.run(statement).await.unwrap();
    }
    // In one piece, as a migration tool runs it, and twice.
    client.run(&script()).await.unwrap();
    client.run(&script()).await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn a_script_in_one_piece_is_made_whole_or_not_at_all() {
    let Some((server, mut client)) = server().await else {
        return;
    };
    let old = "CREATE TABLE instances (id text PRIMARY KEY, status text); INSERT INTO instances VALUES ('a', 'running')";
    client.run(old).await.unwrap();
    assert!(client.run(&script()).await.is_err());
    client
        .run("INSERT INTO instances VALUES ('b', 'running')")
        .await
        .unwrap();
    server.stop().await;
}

#[tokio::test]
async fn a_status_of_an_enum_type_is_held_in_a_schema_that_is_named() {
    let Some((server, mut client)) = server().await else {
        return;
    };
    let table = "CREATE SCHEMA fleet;
        CREATE TYPE word AS ENUM ('provisioning', 'active', 'ready', 'suspended', 'broken');
        CREATE TABLE fleet.instances (id int PRIMARY KEY, status word);";
    client.run(table).await.unwrap();
    let schema = sql::table::Identifier::parse("fleet").unwrap();
    let dialect = Dialect::Postgres {
        schema: Some(schema),
    };
    client
        .run(&sql::script(&dialect, &Table::of_the_registry()))
        .await
        .unwrap();
    client
        .run("INSERT INTO fleet.instances VALUES (1, 'provisioning')")
        .await
        .unwrap();
    for (status, legal) in [
        ("broken", false),
        ("ready", false),
        ("suspended", true),
        ("active", false),
        ("provisioning", true),
    ] {
        let update = format!("UPDATE fleet.instances SET status = '{status}'");
        assert_eq!(client.run(&update).await.is_ok(), legal, "{status}");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_row_is_judged_as_other_triggers_have_left_it_and_is_named() {
    let Some((server, mut client)) = server().await else {
        return;
    };
    client
        .run("CREATE TABLE instances (id text PRIMARY KEY, status text, url text)")
        .await
        .unwrap();
    client.run(&script()).await.unwrap();
    let impatient = "INSERT INTO instances VALUES ('guy', 'provisioning');
        CREATE FUNCTION impatient() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.status := 'ready'; RETURN NEW; END $$;
        CREATE TRIGGER zzz BEFORE UPDATE ON instances FOR EACH ROW EXECUTE FUNCTION impatient()";
    client.run(impatient).await.unwrap();
    let error = client
        .batch_execute("UPDATE instances SET url = 'x'")
        .await
        .unwrap_err();
    let error = error.as_db_error().unwrap();
    assert_eq!(
        error.message(),
        "instances.status cannot go from `provisioning` to `ready`; legal next: `active`, `suspended`"
    );
    assert_eq!(
        (error.code().code(), error.detail()),
        ("23514", Some("id is 'guy'"))
    );
    // Without the triggers the constraints are still there.
    client
        .run("ALTER TABLE instances DISABLE TRIGGER USER")
        .await
        .unwrap();
    for wrong in [
        "status = 'Ready'",
        "status = NULL",
        "status = 'suspended'",
        "suspended_from = 'ready'",
    ] {
        let update = format!("UPDATE instances SET {wrong}");
        assert!(client.run(&update).await.is_err(), "{wrong}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_server_ends_with_whoever_held_it() {
    let Some((server, client)) = server().await else {
        return;
    };
    let (url, folder) = (server.url().to_owned(), data_folder(&client).await);
    assert!(std::fs::exists(&folder).unwrap());
    server.stop().await;
    assert!(tokio_postgres::connect(&url, NoTls).await.is_err());
    assert!(!std::fs::exists(&folder).unwrap(), "{folder}");
}

async fn data_folder(client: &Client) -> String {
    client
        .query_one("SHOW data_directory", &[])
        .await
        .unwrap()
        .get(0)
}
