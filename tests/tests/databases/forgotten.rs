//! Incident I3 as `usher verify` meets it: an app with the real Prisma, whose log-in asks for columns that its migration forgot.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use tests::{Postgres, places};

use crate::place::{Checked, Place};
use crate::platform;
use crate::prisma::{execute, migration, project};

/// Plain TypeScript, which Node runs as it is.
const SCHEMA: &str = r#"
datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}
generator client {
  provider               = "prisma-client"
  engineType             = "client"
  output                 = "../generated"
  moduleFormat           = "esm"
  runtime                = "nodejs"
  generatedFileExtension = "ts"
  importFileExtension    = "ts"
}
model users {
  id            Int       @id @default(autoincrement())
  email         String    @unique
  password      String
  onboarded     Boolean   @default(false)
  credits       Int       @default(100)
  failed_logins Int       @default(0)
  last_login_at DateTime?
  locked_until  DateTime?
}
model sessions {
  id Int @id
}
"#;

const USERS: &str = r#"
CREATE TABLE "users" ("id" SERIAL NOT NULL, "email" TEXT NOT NULL, "password" TEXT NOT NULL, CONSTRAINT "users_pkey" PRIMARY KEY ("id"));
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");
"#;

const SESSIONS: &str = "CREATE TABLE \"sessions\" (\"id\" INTEGER NOT NULL, CONSTRAINT \"sessions_pkey\" PRIMARY KEY (\"id\"));\n";

const FORGOTTEN: [&str; 5] = [
    "onboarded",
    "credits",
    "failed_logins",
    "last_login_at",
    "locked_until",
];

/// The app, until this is dropped.
struct App {
    url: String,
    child: Child,
}

impl App {
    fn start(place: &Place, database: &str) -> Self {
        place.write("app.mjs", include_str!("app.mjs"));
        let child = Command::new(places::node())
            .arg(place.path("app.mjs"))
            .env("DATABASE_URL", database)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = child.unwrap_or_else(|error| panic!("{error}"));
        let mut port = String::new();
        if let Some(stdout) = child.stdout.take() {
            let _said = BufReader::new(stdout).read_line(&mut port);
        }
        assert!(!port.is_empty(), "the app does not start");
        let url = format!("http://127.0.0.1:{}", port.trim());
        Self { url, child }
    }
}

impl Drop for App {
    fn drop(&mut self) {
        // Whoever has ended already need not be ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn verify(place: &Place) -> Checked {
    place.usher(&["verify", "--report", "json"])
}

#[tokio::test]
async fn incident_i3_a_log_in_that_fails_names_the_failed_migration_and_the_forgotten_columns() {
    let server = Postgres::start_or_skip("PRISMA").await;
    let Some(server) = server.unwrap_or_else(|error| panic!("{error}")) else {
        return;
    };
    let url = format!("{}?schema=public", server.url());
    let Some(place) = project(&url, SCHEMA) else {
        return;
    };
    place.write(
        "package.json",
        "{ \"private\": true, \"type\": \"module\" }",
    );
    place.done("npx prisma generate");
    migration(&place, "20250101000000_init", USERS);
    place.done("npx prisma migrate deploy");
    // Somebody made one of the new tables by hand, so the migration fails that would make it; and it has none of the columns.
    execute(server.url(), SESSIONS).await;
    migration(&place, "20250202000000_sessions", SESSIONS);
    assert!(!place.shell("npx prisma migrate deploy").status.success());

    let app = App::start(&place, server.url());
    let database = "[[databases]]\nname = \"platform\"\nkind = \"postgres\"\nurl_env = \"DATABASE_URL\"\n\
         schema = \"prisma/schema.prisma\"\nmigrations = \"prisma/migrations\"\n";
    place.write(
        "usher.toml",
        &(platform::configuration(&app.url) + database),
    );
    let red = verify(&place);
    assert_eq!(red.code, Some(1), "{}", red.said);
    let mut codes = red.codes();
    codes.sort();
    assert_eq!(
        codes,
        ["column_missing", "migration_failed"],
        "{}",
        red.said
    );
    for finding in ["column_missing", "migration_failed"] {
        let found = finding_of(&red, finding);
        assert_eq!(found["explains"][0]["step"], "log_in", "{}", red.said);
    }
    let failed = finding_of(&red, "migration_failed").to_string();
    assert!(failed.contains("20250202000000_sessions"), "{failed}");
    assert!(failed.contains("already exists"), "{failed}");
    let columns = finding_of(&red, "column_missing").to_string();
    for name in FORGOTTEN {
        assert!(columns.contains(&format!("`{name}`")), "{columns}");
    }

    // What the log of the migration names is put right; everything else is as it is printed.
    execute(server.url(), "DROP TABLE sessions").await;
    for command in commands(&red, "migration_failed") {
        place.done(&command);
    }
    for statement in commands(&red, "column_missing") {
        execute(server.url(), &statement).await;
    }
    let green = verify(&place);
    assert_eq!(
        (green.code, green.codes().len()),
        (Some(0), 0),
        "{}",
        green.said
    );
    server.stop().await;
}

fn finding_of<'a>(checked: &'a Checked, code: &str) -> &'a serde_json::Value {
    let findings = checked.report["findings"].as_array().into_iter().flatten();
    let mut found = findings.filter(|finding| finding["code"] == code);
    found
        .next()
        .unwrap_or_else(|| panic!("no {code}: {}", checked.said))
}

fn commands(checked: &Checked, code: &str) -> Vec<String> {
    let commands = finding_of(checked, code)["fix"]["commands"].as_array();
    let commands = commands
        .into_iter()
        .flatten()
        .filter_map(|command| command.as_str());
    commands.map(str::to_owned).collect()
}
