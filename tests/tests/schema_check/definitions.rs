//! A healthy database raises nothing, however it is spelled.

use crate::bench::{Bench, benches, server};

/// Columns as people write them; the server prints most of them in another way.
const POSTGRES: [&str; 64] = [
    "int",
    "int4 NOT NULL",
    "int2 DEFAULT '7'",
    "int8 DEFAULT -1",
    "integer DEFAULT (1 + 2)",
    "bigint DEFAULT 9000000000",
    "smallint UNIQUE",
    "bool DEFAULT 'f'",
    "boolean NOT NULL DEFAULT FALSE",
    "boolean DEFAULT 'yes'",
    "float",
    "float(24) DEFAULT 0",
    "float8 DEFAULT 0.5",
    "real DEFAULT -1.50",
    "double precision DEFAULT 1e3",
    "decimal",
    "numeric(10) DEFAULT 0",
    "decimal(10, 2) NOT NULL DEFAULT 0.00",
    "numeric(65,30)",
    "money DEFAULT 5",
    "text DEFAULT 'it''s'",
    "text DEFAULT ''",
    "text DEFAULT 'a::b'",
    "text DEFAULT NULL",
    "text DEFAULT lower('X')",
    "text DEFAULT 'a' || 'b'",
    "varchar",
    "varchar(255) DEFAULT 'x'",
    "character varying(40) DEFAULT 'x'::character varying",
    "char",
    "char(5) DEFAULT 'x'",
    "bpchar",
    "\"char\"",
    "name",
    "date DEFAULT CURRENT_DATE",
    "date DEFAULT '2020-01-01'",
    "time",
    "time(3)",
    "timetz",
    "timestamp DEFAULT now()",
    "timestamp(3) DEFAULT CURRENT_TIMESTAMP",
    "timestamp without time zone",
    "timestamptz NOT NULL DEFAULT now()",
    "timestamp(6) with time zone DEFAULT CURRENT_TIMESTAMP(6)",
    "timestamptz DEFAULT timezone('utc', now())",
    "interval DEFAULT '1 day'",
    "interval(3)",
    "uuid DEFAULT gen_random_uuid()",
    "json DEFAULT '{}'",
    "jsonb NOT NULL DEFAULT '{\"a\":1}'::jsonb",
    "bytea",
    "inet",
    "cidr",
    "macaddr",
    "bit",
    "bit(8)",
    "varbit(8)",
    "text[]",
    "integer[] DEFAULT '{}'",
    "varchar(10)[] NOT NULL DEFAULT ARRAY[]::varchar[]",
    "xml",
    "tsvector",
    "mood NOT NULL DEFAULT 'sad'",
    "\"Mood\"[]",
];

const SQLITE: [&str; 42] = [
    "INTEGER",
    "INT NOT NULL",
    "BIGINT DEFAULT -1",
    "TINYINT DEFAULT (1 + 2)",
    "BOOLEAN NOT NULL DEFAULT false",
    "BOOLEAN DEFAULT TRUE",
    "BOOL DEFAULT 1",
    "TEXT",
    "TEXT NOT NULL DEFAULT ''",
    "TEXT DEFAULT 'it''s'",
    "TEXT DEFAULT \"quoted\"",
    "VARCHAR(255)",
    "varchar(10) default 'x'",
    "CHARACTER(20)",
    "NVARCHAR(100)",
    "CLOB",
    "BLOB",
    "BLOB DEFAULT x'00'",
    "",
    "DEFAULT 3",
    "REAL",
    "DOUBLE",
    "DOUBLE PRECISION DEFAULT 0.5",
    "FLOAT DEFAULT 1e3",
    "NUMERIC",
    "DECIMAL(10,5)",
    "DATE",
    "DATETIME DEFAULT CURRENT_TIMESTAMP",
    "TIMESTAMP NOT NULL DEFAULT current_timestamp",
    "TEXT DEFAULT (datetime('now'))",
    "TEXT DEFAULT NULL",
    "JSON",
    "JSONB DEFAULT '{}'",
    "INTEGER UNIQUE",
    "TEXT UNIQUE NOT NULL",
    "TEXT COLLATE NOCASE",
    "INTEGER CHECK (1)",
    "INTEGER GENERATED ALWAYS AS (1 + 1) VIRTUAL",
    "TEXT GENERATED ALWAYS AS ('a') STORED",
    "UNSIGNED BIG INT",
    "TIME",
    "ANYTHING AT HAND",
];

const REST_OF_POSTGRES: &str = "
CREATE TABLE counted (id serial PRIMARY KEY, \"Name\" text UNIQUE, CONSTRAINT u UNIQUE (id, \"Name\"));
CREATE TABLE big (id bigserial, at timestamptz, PRIMARY KEY (id, at));
CREATE TABLE identified (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, twice int GENERATED ALWAYS AS (1 + 1) STORED);
CREATE INDEX by_at ON big (at DESC NULLS LAST);
CREATE INDEX ON counted USING hash (\"Name\");
CREATE UNIQUE INDEX lowered ON counted (lower(\"Name\")) WHERE id > 3;
CREATE INDEX covering ON big (id) INCLUDE (at);
CREATE SCHEMA app; CREATE TABLE app.inside (x app_mood, y text);
COMMENT ON TABLE big IS 'it; is';
CREATE VIEW seen AS SELECT id FROM big;
";

fn columns(definitions: &[&str]) -> String {
    let lines: Vec<_> = definitions
        .iter()
        .enumerate()
        .map(|(number, definition)| format!("c{number} {definition}"))
        .collect();
    format!("CREATE TABLE every (\n{}\n);\n", lines.join(",\n"))
}

#[tokio::test]
async fn a_database_is_what_its_own_definition_expects_in_every_spelling() {
    let server = server().await;
    for bench in benches(server.as_ref()).await {
        let text = match bench.to_string().as_str() {
            "SQLite" => {
                columns(&SQLITE)
                    + "CREATE TABLE keyed (a TEXT, b INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID; CREATE TABLE s (id INTEGER PRIMARY KEY AUTOINCREMENT) STRICT;
                       CREATE INDEX part ON keyed (b) WHERE b > 1; CREATE UNIQUE INDEX low ON keyed (lower(a)); CREATE VIEW v AS SELECT a FROM keyed;
                       CREATE VIRTUAL TABLE f USING fts5(x);
                       CREATE TRIGGER t AFTER INSERT ON keyed BEGIN UPDATE s SET id = 1; DELETE FROM s; END;"
            }
            _ => format!(
                "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TYPE \"Mood\" AS ENUM ('a'); CREATE TYPE app_mood AS ENUM ('b');\n{}{REST_OF_POSTGRES}",
                columns(&POSTGRES)
            ),
        };
        bench.run(&[&text]).await;
        let schema = bench.expect("schema.sql", &text);
        let ended = bench.check(&schema).await;
        assert!(ended.is_in_order(), "{bench}: {ended:#?}");
    }
}

#[tokio::test]
async fn more_than_is_expected_in_another_order_and_in_other_words_is_in_order() {
    let server = server().await;
    for bench in benches(server.as_ref()).await {
        let is_sqlite = bench.to_string() == "SQLite";
        let (live, expected) = if is_sqlite {
            (
                "CREATE TABLE more (x); CREATE TABLE Users (extra TEXT NOT NULL DEFAULT 'x', n INT DEFAULT 0, email VARCHAR(9) NOT NULL, id INTEGER PRIMARY KEY, ok BOOLEAN DEFAULT 0); CREATE UNIQUE INDEX any_name ON Users (email);",
                "CREATE TABLE users (id INTEGER NOT NULL, email TEXT UNIQUE NOT NULL, n INTEGER, ok NUMERIC DEFAULT FALSE, PRIMARY KEY (id));",
            )
        } else {
            (
                "CREATE TABLE more (x int); CREATE TABLE users (extra text NOT NULL DEFAULT 'x', n int4 DEFAULT 0, email varchar(9) NOT NULL, at timestamp(0) with time zone DEFAULT now(), id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY); CREATE UNIQUE INDEX any_name ON users (email); CREATE INDEX another ON users (n);",
                "CREATE TABLE public.users (id bigserial, email character varying(9) NOT NULL, at timestamptz(0) DEFAULT CURRENT_TIMESTAMP, n integer, CONSTRAINT k PRIMARY KEY (id)); ALTER TABLE ONLY public.users ADD CONSTRAINT m UNIQUE (email);",
            )
        };
        bench.run(&[live]).await;
        let ended = bench.check(&bench.expect("schema.sql", expected)).await;
        assert!(ended.is_in_order(), "{bench}: {ended:#?}");
    }
}

#[tokio::test]
async fn a_scratch_database_is_gone_afterwards_also_when_the_sql_was_wrong() {
    let Some(server) = server().await else { return };
    let bench = Bench::postgres(&server, true).await;
    bench.run(&["CREATE TABLE a (x int)"]).await;
    let good = bench.check(&bench.expect("good.sql", "CREATE TABLE a (x int); ALTER TABLE a OWNER TO nobody_here; GRANT ALL ON a TO nobody_here;")).await;
    assert!(good.is_in_order(), "{good:#?}");
    let wrong = bench
        .check(&bench.expect(
            "wrong.sql",
            "CREATE TABLE a (x int);\nCREATE TABLE b (y inte);",
        ))
        .await;
    assert_eq!(wrong.code, Some(2), "{wrong:#?}");
    assert!(
        wrong.stderr.contains(
            "wrong.sql:2:19: PostgreSQL does not take this: type \"inte\" does not exist"
        ),
        "{wrong:#?}"
    );
    let left = bench
        .client()
        .await
        .query("SELECT 1 FROM pg_database WHERE datname LIKE 'usher%'", &[])
        .await
        .unwrap();
    assert!(left.is_empty(), "{left:?}");
}
