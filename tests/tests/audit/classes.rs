//! What is found, in files and databases.

use tests::Postgres;

use crate::cast::Place;

const FILES: &str = r#"
[[audit.sources]]
name = "idp"
role = "identity"
kind = "ndjson"
file = "idp.ndjson"
key = "user_id"
created = "created_at"
tenant = "/app/tenant"
keep = { mail = "email" }

[[audit.sources]]
name = "app"
role = "users"
kind = "csv"
file = "users.csv"
key = { field = "auth id", as = "trimmed" }
agree = [{ field = "mail", with = "email", as = "email" }]

[[audit.sources]]
name = "accounts"
role = "accounts"
kind = "json"
file = "accounts.json"
rows = "/data/list"
joins = "app"
matches = "did"
key = "did"
pending_if = [{ field = "verified", equals = false }]
"#;

fn idp() -> String {
    let rows = [
        (
            "a1",
            "guy@example.com",
            "2026-01-01T00:00:00Z",
            "acme",
            "true",
        ),
        (
            "a2",
            "Zoë@example.com",
            "2026-01-02T00:00:00Z",
            "acme",
            "false",
        ),
        (
            "a3",
            "kim@example.com",
            "2026-01-03T00:00:00Z",
            "other",
            "true",
        ),
        (
            "a4",
            "eve@example.com",
            "2026-01-04T00:00:00Z",
            "other",
            "true",
        ),
    ];
    let line = |(id, mail, created, tenant, verified): &(&str, &str, &str, &str, &str)| {
        format!(
            "{{\"user_id\":\"{id}\",\"email\":\"{mail}\",\"created_at\":\"{created}\",\"app\":{{\"tenant\":\"{tenant}\"}},\"verified\":{verified}}}\n"
        )
    };
    rows.iter().map(line).collect()
}

fn files() -> Place {
    let place = Place::new();
    place.write("usher.toml", FILES);
    place.write("idp.ndjson", &idp());
    // A BOM, quoted cells with commas, quotes and line breaks, and a byte of white space around a key.
    place.write(
        "users.csv",
        "\u{feff}\"auth id\",note,mail,did\r\n a1 ,\"a \"\"quoted\"\", cell\",GUY@example.com,did:1\r\na2,\"two\nlines\",zoë@example.com,\r\na3,,wrong@example.com,did:3\r\na3,,kim@example.com,did:3b\r\nx9,,ghost@example.com,did:9\r\n",
    );
    place.write("accounts.json", "{\"data\":{\"n\":3,\"list\":[{\"did\":\"did:1\"},{\"did\":\"did:3\"},{\"did\":\"did:77\"}]}}");
    place
}

#[tokio::test]
async fn every_class_is_told_apart_across_files() {
    let ended = files().audit(&["--report", "json"]).await;
    assert_eq!(
        ended.discrepancies(),
        [
            "duplicate app a3",
            "mismatch app a3",
            "missing accounts a3",
            "missing accounts x9",
            "missing app a4",
            "orphan accounts did:77",
            "orphan app x9",
            "pending accounts a2",
        ],
        "{ended:#?}"
    );
    assert_eq!(
        ended.findings(),
        [
            "identity_without_user",
            "user_without_identity",
            "records_disagree",
            "record_duplicated",
            "user_without_account",
            "account_without_user"
        ]
    );
    assert_eq!(ended.code, Some(1), "{ended:#?}");
}

#[tokio::test]
async fn one_tenant_the_newest_and_one_user_are_spoken_of_alone() {
    let place = files();
    let tenant = place.audit(&["--report", "json", "--tenant", "acme"]).await;
    assert_eq!(
        tenant.discrepancies(),
        ["pending accounts a2"],
        "{tenant:#?}"
    );
    assert_eq!(tenant.code, Some(0), "{tenant:#?}");
    let last = place.audit(&["--report", "json", "--last", "1"]).await;
    assert_eq!(last.discrepancies(), ["missing app a4"], "{last:#?}");
    for user in ["a4", "EVE@example.com "] {
        let one = place.audit(&["--report", "json", "--user", user]).await;
        assert_eq!(one.discrepancies(), ["missing app a4"], "{one:#?}");
    }
    let nobody = place.audit(&["--user", "nobody"]).await;
    assert_eq!(nobody.code, Some(3), "{nobody:#?}");
}

#[tokio::test]
async fn nothing_is_missing_in_a_source_that_was_not_read_to_its_end() {
    let place = files();
    place.write(
        "users.csv",
        "auth id,mail,did\na1,guy@example.com,did:1\nbroken\n",
    );
    let ended = place.audit(&["--report", "json"]).await;
    // The row that was read is there, so what it lacks is known; what it stands before is not.
    assert_eq!(ended.discrepancies(), Vec::<String>::new(), "{ended:#?}");
    assert_eq!(ended.code, Some(3), "{ended:#?}");
    let json = ended.json();
    let why = json["could_not_look"][0]["why"].as_str().unwrap();
    assert!(
        why.contains("users.csv") && why.contains("record 2"),
        "{why}"
    );
    std::fs::remove_file(place.path("idp.ndjson")).unwrap();
    let ended = place.audit(&[]).await;
    assert_eq!(ended.code, Some(3), "{ended:#?}");
    assert!(ended.stdout.contains("BROKEN"), "{ended:#?}");
}

/// The name of a column is wrong: everybody would be missing, or too much.
#[tokio::test]
async fn a_key_that_no_row_has_makes_nobody_missing_and_nobody_too_much() {
    let place = files();
    place.write(
        "usher.toml",
        &FILES.replace("field = \"auth id\"", "field = \"authid\""),
    );
    let child = place.audit(&["--report", "json"]).await;
    let found = child.discrepancies();
    assert!(
        !found.iter().any(|found| found.starts_with("missing app")),
        "{child:#?}"
    );
    assert!(
        child.stdout.contains("without anything at `authid`"),
        "{child:#?}"
    );
    place.write(
        "usher.toml",
        &FILES.replace("key = \"user_id\"", "key = \"id\""),
    );
    let first = place.audit(&["--report", "json"]).await;
    let found = first.discrepancies();
    assert!(
        !found.iter().any(|found| found.starts_with("orphan app")),
        "{first:#?}"
    );
    assert!(
        first
            .stdout
            .contains("4 rows of 4 without anything at `id`"),
        "{first:#?}"
    );
    place.write("usher.toml", FILES);
    place.write("idp.ndjson", "");
    let empty = place.audit(&["--report", "json"]).await;
    let found = empty.discrepancies();
    assert!(
        !found.iter().any(|found| found.starts_with("orphan app")),
        "{empty:#?}"
    );
}

#[tokio::test]
async fn the_table_has_a_row_for_each_and_runs_in_no_spreadsheet() {
    let place = files();
    let more = "{\"user_id\":\"=cmd|' /C calc'!A0\",\"email\":\"m@example.com\",\"created_at\":\"2026-02-01T00:00:00Z\"}\n";
    place.write("idp.ndjson", &(idp() + more));
    let ended = place.audit(&["--report", "csv"]).await;
    let lines: Vec<&str> = ended.stdout.lines().collect();
    assert_eq!(
        lines[0],
        "class,source,key,tenant,created,differs,rows,of_user,own"
    );
    assert_eq!(lines.len(), 10, "{ended:#?}");
    assert!(ended.stdout.contains("missing,app,'=cmd|"), "{ended:#?}");
    assert!(
        ended
            .stdout
            .contains("mail: kim@example.com / wrong@example.com"),
        "{ended:#?}"
    );
}

#[tokio::test]
async fn whoever_signed_up_just_now_is_not_missed_yet() {
    let place = files();
    let soon = jiff_now();
    let more =
        format!("{{\"user_id\":\"a5\",\"email\":\"n@example.com\",\"created_at\":{soon}}}\n");
    place.write("idp.ndjson", &(idp() + &more));
    place.write(
        "usher.toml",
        &FILES.replace("agree =", "grace = \"10m\"\nagree ="),
    );
    let ended = place.audit(&["--report", "json"]).await;
    let found = ended.discrepancies();
    assert!(found.contains(&"pending app a5".to_owned()), "{ended:#?}");
    assert!(found.contains(&"missing app a4".to_owned()), "{ended:#?}");
}

fn jiff_now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_secs()
}

#[tokio::test]
async fn a_mistake_of_the_file_is_said_where_it_is() {
    let place = files();
    place.write(
        "usher.toml",
        &FILES.replace("joins = \"app\"", "joins = \"ap\""),
    );
    let ended = place.audit(&[]).await;
    assert_eq!(ended.code, Some(2), "{ended:#?}");
    assert!(ended.stderr.contains("usher.toml:26:9"), "{ended:#?}");
    assert!(ended.stderr.contains("did you mean `app`?"), "{ended:#?}");
}

/// Two databases: whole numbers, UUIDs, truth values and times are compared as what they are, and statements are run in both.
#[tokio::test]
async fn real_databases_are_held_against_each_other_and_mended() {
    let Some(server) = Postgres::start_or_skip("usher audit").await.unwrap() else {
        return;
    };
    let place = Place::new();
    let (client, connection) = tokio_postgres::connect(server.url(), tokio_postgres::NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    let script = "
        CREATE TABLE people (id uuid PRIMARY KEY, n int NOT NULL, mail text, ok boolean, created timestamptz DEFAULT '2026-01-01T00:00:00Z');
        INSERT INTO people VALUES
          ('00000000-0000-0000-0000-000000000001', 1, 'a@example.com', true),
          ('00000000-0000-0000-0000-000000000002', 2, 'b@example.com', false),
          ('00000000-0000-0000-0000-000000000003', 3, 'c@example.com', true);";
    client.batch_execute(script).await.unwrap();
    let local = place.sqlite(
        "app.db",
        "CREATE TABLE users (n INTEGER PRIMARY KEY, mail TEXT, ok INTEGER);
         INSERT INTO users VALUES (1, 'a@example.com', 1), (2, 'b@example.com', 1), (9, 'z@example.com', 1);",
    );
    place.write("usher.toml", POSTGRES);
    let audit = async |arguments: &[&str]| {
        let mut command = place.command(&["audit"]);
        crate::cast::ended(command.args(arguments).env("PEOPLE", server.url())).await
    };
    let ended = audit(&["--report", "json", "--plan", "plan.json"]).await;
    assert_eq!(
        ended.discrepancies(),
        ["mismatch app 2", "missing app 3", "orphan app 9"],
        "{ended:#?}"
    );
    let shown = audit(&["--apply", "plan.json"]).await;
    assert_eq!(shown.code, Some(1), "{shown:#?}");
    assert!(
        shown
            .stdout
            .contains("3 steps to do, 0 done; nothing was changed"),
        "{shown:#?}"
    );
    let count = |what: &str| {
        local
            .query_row(what, (), |row| row.get::<_, i64>(0))
            .unwrap()
    };
    assert_eq!(count("SELECT count(*) FROM users"), 3);
    let fixed = audit(&["--apply", "plan.json", "--fix", "--yes", "--report", "json"]).await;
    assert_eq!(
        (fixed.count("verified"), fixed.code),
        (3, Some(0)),
        "{fixed:#?}"
    );
    assert_eq!(
        count("SELECT count(*) FROM users WHERE n = 3 AND mail = 'c@example.com'"),
        1
    );
    // The rows of PostgreSQL were mended by a statement there.
    let ok: bool = client
        .query_one("SELECT ok FROM people WHERE n = 2", &[])
        .await
        .unwrap()
        .get(0);
    assert!(ok);
    let again = audit(&[]).await;
    assert_eq!(again.code, Some(0), "{again:#?}");
    assert!(again.stdout.contains("IN ORDER"), "{again:#?}");
    server.stop().await;
}

const POSTGRES: &str = r#"
[[databases]]
name = "people"
kind = "postgres"
url_env = "PEOPLE"

[[databases]]
name = "local"
kind = "sqlite"
path = "app.db"

[[audit.sources]]
name = "people"
role = "identity"
kind = "postgres"
database = "people"
query = "SELECT id, n, mail, ok, created FROM people -- all of them;"
key = "n"
created = "created"
keep = { id = "id", mail = "mail" }

[[audit.sources]]
name = "app"
role = "users"
kind = "sqlite"
database = "local"
query = "SELECT * FROM users;"
key = "n"
agree = [{ field = "ok", as = "truth" }, { field = "mail", as = "email" }]
keep = { ok = "ok" }

[[audit.actions]]
class = "missing"
source = "app"
database = "local"
sql = "INSERT INTO users (mail, n, ok) VALUES ($2, $1, $3)"
parameters = ["{key}", "{mail}", true]

[[audit.actions]]
class = "orphan"
source = "app"
database = "local"
sql = "DELETE FROM users WHERE n = ?"
parameters = ["{key}"]

[[audit.actions]]
class = "mismatch"
source = "app"
database = "people"
sql = "UPDATE people SET ok = $2::int::boolean WHERE id = $1"
parameters = ["{id}", "{own_ok}"]
"#;
