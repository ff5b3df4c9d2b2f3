//! Incident I3, rebuilt with the real Prisma on a real PostgreSQL.

use tests::{Postgres, places};

use crate::place::{Place, skipped};

const CONFIG: &str = r#"
import { defineConfig } from "prisma/config";
import { PrismaPg } from "@prisma/adapter-pg";
export default defineConfig({
  experimental: { adapter: true },
  engine: "js",
  schema: "prisma/schema.prisma",
  adapter: async () => new PrismaPg({ connectionString: process.env.DATABASE_URL }),
});
"#;

// Without an engine of its own, the client needs none to be downloaded.
const SCHEMA: &str = r#"
datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}
generator client {
  provider   = "prisma-client"
  engineType = "client"
  output     = "../generated"
}
model users {
  id Int @id
}
"#;

const USHER: &str = r#"
[[databases]]
name = "platform"
kind = "postgres"
url_env = "DATABASE_URL"
migrations = "prisma/migrations"
"#;

/// A project of Prisma with this schema, where Prisma is here.
pub(crate) fn project(url: &str, schema: &str) -> Option<Place> {
    let packages = places::workspace().join("node_modules");
    if !packages.join("prisma").is_dir() {
        skipped(
            "PRISMA",
            "there is no node_modules/prisma; run `cargo xtask setup`",
        );
        return None;
    }
    let place = Place::new()
        .with("DATABASE_URL", url)
        .with("CHECKPOINT_DISABLE", "1")
        .with("PRISMA_HIDE_UPDATE_MESSAGE", "1")
        .with("npm_config_offline", "true");
    std::os::unix::fs::symlink(packages, place.path("node_modules"))
        .unwrap_or_else(|error| panic!("{error}"));
    place.write("package.json", "{ \"private\": true }");
    place.write("prisma.config.ts", CONFIG);
    place.write("prisma/schema.prisma", schema);
    place.write(
        "prisma/migrations/migration_lock.toml",
        "provider = \"postgresql\"\n",
    );
    place.write("usher.toml", USHER);
    place.write("answers", "#!/bin/sh\nexit 0\n");
    place.done("chmod +x answers");
    // Before it takes a failure back, and before nothing else, 6.19 asks its binary engine whether the database answers, also with
    // `engine: "js"`. That engine is a download; the taking back itself is done by the one that is here.
    let answers = place.path("answers");
    let place = place.with("PRISMA_SCHEMA_ENGINE_BINARY", &answers.to_string_lossy());
    Some(place)
}

pub(crate) fn migration(place: &Place, name: &str, sql: &str) {
    place.write(&format!("prisma/migrations/{name}/migration.sql"), sql);
}

pub(crate) async fn execute(url: &str, sql: &str) {
    let connected = tokio_postgres::connect(url, tokio_postgres::NoTls).await;
    let (client, connection) = connected.unwrap_or_else(|error| panic!("{error}"));
    let carrying = tokio::spawn(connection);
    let done = client.batch_execute(sql).await;
    done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    drop(client);
    let _ended = carrying.await;
}

#[tokio::test]
async fn incident_i3_a_failed_migration_is_named_with_its_log_and_gone_after_the_printed_fix() {
    let server = Postgres::start_or_skip("PRISMA").await;
    let Some(server) = server.unwrap_or_else(|error| panic!("{error}")) else {
        return;
    };
    // Prisma's own parameter, which no other client understands.
    let url = format!("{}?schema=public", server.url());
    let Some(place) = project(&url, SCHEMA) else {
        return;
    };
    let users = "CREATE TABLE \"users\" (\"id\" INTEGER NOT NULL PRIMARY KEY);\n";
    migration(&place, "20250101000000_init", users);
    place.finds_and_mends("Prisma × never migrated", &["database_never_migrated"]);
    let more = "ALTER TABLE \"users\" ADD COLUMN \"trial\" BOOLEAN NOT NULL DEFAULT false;\n";
    migration(&place, "20250102000000_trial", more);
    place.finds_and_mends("Prisma × pending", &["migration_pending"]);

    // Somebody made the table by hand, so the real migration fails.
    execute(server.url(), "CREATE TABLE sessions (x INTEGER)").await;
    let sessions = "CREATE TABLE \"sessions\" (\"id\" INTEGER NOT NULL PRIMARY KEY);\n";
    migration(&place, "20250103000000_sessions", sessions);
    migration(
        &place,
        "20250104000000_credits",
        "ALTER TABLE \"users\" ADD COLUMN \"credits\" INTEGER;\n",
    );
    let failing = place.shell("npx prisma migrate deploy");
    assert!(!failing.status.success(), "{failing:#?}");
    let refused = place.shell("npx prisma migrate deploy");
    let refused = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.contains("P3009"), "{refused}");
    execute(server.url(), "DROP TABLE sessions").await;
    let failed = place.finds_and_mends("Prisma × failed", &["migration_failed"]);
    assert_eq!(
        failed.commands(),
        [
            "npx prisma migrate resolve --rolled-back 20250103000000_sessions",
            "npx prisma migrate deploy"
        ]
    );
    // The log of the tool, and what waits behind it.
    let evidence = failed.report["findings"][0]["evidence"].to_string();
    assert!(evidence.contains("already exists"), "{evidence}");
    assert!(evidence.contains("20250104000000_credits"), "{evidence}");

    migration(&place, "20250102000000_trial", "SELECT 1;\n");
    place.finds("Prisma × edited", &["migration_edited"]);
    migration(&place, "20250102000000_trial", &more.replace('\n', "\r\n"));
    place.finds("Prisma × other line ends", &[]);
    place.done("mv prisma/migrations/20250104000000_credits .");
    place.finds("Prisma × ahead", &["migration_unknown"]);
    migration(&place, "20250105000000_other", "SELECT 1;\n");
    place.finds("Prisma × diverged", &["migrations_diverged"]);
    place.done("mv 20250104000000_credits prisma/migrations/");
    place.finds_and_mends("Prisma × brought back", &["migration_pending"]);
    server.stop().await;
    let gone = place.check_migrations();
    assert_eq!(
        (gone.code, gone.codes().len()),
        (Some(3), 0),
        "{}",
        gone.said
    );
}
