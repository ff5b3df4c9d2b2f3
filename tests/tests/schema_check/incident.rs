//! Incident I3: the ORM's schema has five new columns on `users`, the migration made twelve new tables and altered none.

use axum::Router;
use axum::http::StatusCode;

use crate::bench::{Bench, benches, server};

const NEW: [&str; 5] = [
    "onboarded",
    "credits",
    "failed_logins",
    "last_login_at",
    "locked_until",
];

const PRISMA: &str = r#"
datasource db {
  provider = "PROVIDER"
  url      = env("DATABASE_URL")
}
model User {
  id           Int       @id @default(autoincrement())
  email        String    @unique
  onboarded    Boolean   @default(false)
  credits      Int       @default(100)
  failedLogins Int       @default(0) @map("failed_logins")
  lastLoginAt  DateTime? @map("last_login_at")
  lockedUntil  DateTime? @map("locked_until")
  orders       Order[]
  @@map("users")
}
model Order {
  id     Int  @id
  userId Int  @map("user_id")
  user   User @relation(fields: [userId], references: [id])
  @@map("orders")
}
"#;

/// As `prisma migrate diff --script` prints it.
const POSTGRES: &str = r#"
CREATE TABLE "users" (
    "id" SERIAL NOT NULL,
    "email" TEXT NOT NULL,
    "onboarded" BOOLEAN NOT NULL DEFAULT false,
    "credits" INTEGER NOT NULL DEFAULT 100,
    "failed_logins" INTEGER NOT NULL DEFAULT 0,
    "last_login_at" TIMESTAMP(3),
    "locked_until" TIMESTAMP(3),

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);
CREATE TABLE "orders" ("id" INTEGER NOT NULL, "user_id" INTEGER NOT NULL, CONSTRAINT "orders_pkey" PRIMARY KEY ("id"));
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");
ALTER TABLE "orders" ADD CONSTRAINT "orders_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
"#;

const SQLITE: &str = r#"
CREATE TABLE "users" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "email" TEXT NOT NULL,
    "onboarded" BOOLEAN NOT NULL DEFAULT false,
    "credits" INTEGER NOT NULL DEFAULT 100,
    "failed_logins" INTEGER NOT NULL DEFAULT 0,
    "last_login_at" DATETIME,
    "locked_until" DATETIME
);
CREATE TABLE "orders" ("id" INTEGER NOT NULL PRIMARY KEY, "user_id" INTEGER NOT NULL REFERENCES "users" ("id"));
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");
"#;

/// The database after the migration that forgot the columns; somebody is in it.
fn forgotten(whole: &str) -> String {
    let is_new = |line: &&str| {
        NEW.iter()
            .any(|name| line.trim_start().starts_with(&format!("\"{name}\"")))
    };
    let lines: Vec<_> = whole.lines().filter(|line| !is_new(line)).collect();
    let text = lines.join("\n").replace("NOT NULL,\n)", "NOT NULL\n)");
    text + "INSERT INTO users (email) VALUES ('guy@visitors.example');"
}

fn expectations(bench: &Bench) -> Vec<std::path::PathBuf> {
    let (provider, sql) = match bench.to_string().as_str() {
        "SQLite" => ("sqlite", SQLITE),
        _ => ("postgresql", POSTGRES),
    };
    let (before, new) = (forgotten(sql), NEW.map(|name| added(bench, name)));
    bench.expect(
        "migrations/20250101_init/migration.sql",
        before.split("INSERT").next().unwrap(),
    );
    bench.expect("migrations/20250202_more/migration.sql", &new.join("\n"));
    bench.expect("migrations/migration_lock.toml", "");
    vec![
        bench.expect("schema.prisma", &PRISMA.replace("PROVIDER", provider)),
        bench.expect("schema.sql", sql),
        bench.path("migrations"),
    ]
}

/// The statement that must be printed.
fn added(bench: &Bench, name: &str) -> String {
    let is_sqlite = bench.to_string() == "SQLite";
    let (kind, at) = if is_sqlite {
        (["BOOLEAN", "INTEGER"], "DATETIME")
    } else {
        (["boolean", "integer"], "timestamp(3) without time zone")
    };
    let definition = match name {
        "onboarded" => format!("{} NOT NULL DEFAULT false", kind[0]),
        "credits" => format!("{} NOT NULL DEFAULT 100", kind[1]),
        "failed_logins" => format!("{} NOT NULL DEFAULT 0", kind[1]),
        _ => at.to_owned(),
    };
    let unless_there = if is_sqlite { "" } else { "IF NOT EXISTS " };
    format!("ALTER TABLE \"users\" ADD COLUMN {unless_there}\"{name}\" {definition};")
}

#[tokio::test]
async fn incident_i3_all_five_forgotten_columns_are_named_and_the_printed_sql_heals_it() {
    let server = server().await;
    for expectation in 0..3 {
        for bench in benches(server.as_ref()).await {
            let schema = &expectations(&bench)[expectation];
            let sql = if bench.to_string() == "SQLite" {
                SQLITE
            } else {
                POSTGRES
            };
            bench.run(&[forgotten(sql)]).await;
            let red = bench.check(schema).await;
            let what = format!("{bench}, {}: {red:#?}", schema.display());
            assert_eq!(red.code, Some(1), "{what}");
            assert_eq!(red.codes(), ["column_missing"], "{what}");
            for name in NEW {
                assert!(red.sentences().contains(&format!("`{name}`")), "{what}");
            }
            assert_eq!(
                red.commands(),
                NEW.map(|name| added(&bench, name)),
                "{what}"
            );
            bench.run(&red.commands()).await;
            let green = bench.check(schema).await;
            assert!(green.is_in_order(), "{bench}: {green:#?}");
        }
    }
}

#[tokio::test]
async fn incident_i3_a_run_whose_registration_fails_names_the_columns_by_itself() {
    let bench = Bench::sqlite();
    bench.run(&[forgotten(SQLITE)]).await;
    let schema = bench.expect("schema.sql", SQLITE);
    let app = Router::new().fallback(async || {
        (
            StatusCode::INTERNAL_SERVER_ERROR,
            "The column users.credits does not exist",
        )
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    let text = bench
        .configuration(&schema)
        .replace("127.0.0.1:9", &address.to_string());
    // A table that is missing besides is said once, though two keys ask for it.
    let text = text + "tables = [\"users\", \"audit\"]\n";
    let ended = bench.usher(&text, &["verify", "--report", "json"]).await;
    assert_eq!(
        ended.codes(),
        ["table_missing", "column_missing"],
        "{ended:#?}"
    );
    assert_eq!(
        ended.report["findings"][1]["explains"][0]["step"], "register",
        "{ended:#?}"
    );
    assert_eq!(
        ended.commands(),
        NEW.map(|name| added(&bench, name)),
        "{ended:#?}"
    );
}
