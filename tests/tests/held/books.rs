//! The table of incident I1 in a database, and `usher` in a folder of its own.

use std::fs;
use std::process::Stdio;

use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;
use tests::{Postgres, places};
use tokio::process::Command;
use tokio_postgres::{Client, NoTls};

/// As the incident had it, with a column more that says since when.
const TABLE: &str = "CREATE TABLE user_instances (
    user_id TEXT PRIMARY KEY, waiting_list_id TEXT, fly_app_name TEXT, fly_app_url TEXT, status TEXT,
    provisioned_at TEXT, created_at TEXT, status_since BIGINT, suspended_from TEXT)";

pub(crate) enum Database {
    Sqlite,
    Postgres {
        server: Box<Postgres>,
        client: Client,
    },
}

pub(crate) struct Books {
    database: Database,
    folder: TempDir,
}

/// What a check said.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Books {
    pub(crate) async fn sqlite() -> Self {
        Self::filled(Database::Sqlite).await
    }

    /// Nothing where this machine cannot have a server.
    pub(crate) async fn postgres() -> Option<Self> {
        let server = Postgres::start_or_skip("CHECKING A TABLE").await;
        let server = server.unwrap_or_else(|error| panic!("{error}"))?;
        let (client, connection) = tokio_postgres::connect(server.url(), NoTls).await.unwrap();
        tokio::spawn(connection);
        Some(
            Self::filled(Database::Postgres {
                server: Box::new(server),
                client,
            })
            .await,
        )
    }

    async fn filled(database: Database) -> Self {
        let books = Self {
            database,
            folder: tempfile::tempdir().unwrap(),
        };
        books.configure("");
        books.run(TABLE).await;
        books
    }

    /// Writes usher.toml; `further` are lines of `[contract]`.
    pub(crate) fn configure(&self, further: &str) {
        let database = match &self.database {
            Database::Sqlite => "kind = \"sqlite\"\npath = \"platform.db\"",
            Database::Postgres { .. } => "kind = \"postgres\"\nurl_env = \"DATABASE_URL\"",
        };
        let text = format!(
            "[[databases]]\nname = \"platform\"\n{database}\n
[contract]\ndatabase = \"platform\"\ntable = \"user_instances\"\nkey = \"user_id\"
provisioned_at = \"provisioned_at\"\nsuspended_from = \"suspended_from\"
since = \"status_since\"\nurl = \"fly_app_url\"\nhealth = \"/health\"\nrequest_seconds = 5\n{further}\n"
        );
        fs::write(self.folder.path().join("usher.toml"), text).unwrap();
    }

    /// Names another column that says since when.
    pub(crate) fn configure_since(&self, column: &str) {
        let path = self.folder.path().join("usher.toml");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(
            &path,
            text.replace("\"status_since\"", &format!("\"{column}\"")),
        )
        .unwrap();
    }

    /// Runs statements as whoever owns the table.
    pub(crate) async fn run(&self, statements: &str) {
        match &self.database {
            Database::Sqlite => {
                let connection = Connection::open(self.folder.path().join("platform.db"));
                connection.unwrap().execute_batch(statements).unwrap();
            }
            Database::Postgres { client, .. } => {
                client.batch_execute(statements).await.unwrap();
            }
        }
    }

    /// A row that has its status for so many seconds.
    pub(crate) async fn row(&self, user: &str, status: Option<&str>, age: u64, url: &str) {
        let status = status.map_or_else(|| "NULL".to_owned(), |word| format!("'{word}'"));
        let since = now() - age;
        self.run(&format!(
            "INSERT INTO user_instances (user_id, fly_app_url, status, provisioned_at, status_since)
             VALUES ('{user}', '{url}', {status}, '2026-01-01', {since})"
        ))
        .await;
    }

    /// The status of a row.
    pub(crate) async fn status(&self, user: &str) -> String {
        self.text("status", user).await
    }

    /// A value of a row as text.
    pub(crate) async fn text(&self, column: &str, user: &str) -> String {
        let query =
            format!("SELECT CAST({column} AS TEXT) FROM user_instances WHERE user_id = '{user}'");
        match &self.database {
            Database::Sqlite => {
                let connection = Connection::open(self.folder.path().join("platform.db"));
                let status = connection.unwrap().query_row(&query, (), |row| row.get(0));
                status.unwrap()
            }
            Database::Postgres { client, .. } => {
                client.query_one(&query, &[]).await.unwrap().get(0)
            }
        }
    }

    pub(crate) const fn dialect(&self) -> &'static str {
        match self.database {
            Database::Sqlite => "sqlite",
            Database::Postgres { .. } => "postgres",
        }
    }

    /// Runs `usher` in the folder.
    pub(crate) async fn usher(&self, arguments: &[&str]) -> Ended {
        let mut command = Command::new(places::usher());
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .stdin(Stdio::null())
            .kill_on_drop(true);
        if let Database::Postgres { server, .. } = &self.database {
            command.env("DATABASE_URL", server.url());
        }
        let output = command.output().await.unwrap();
        Ended {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// `usher check contract` with more arguments: the exit code, and the report.
    pub(crate) async fn check(&self, arguments: &[&str]) -> (i32, Value) {
        let arguments = [&["check", "contract", "--report", "json"], arguments].concat();
        let ended = self.usher(&arguments).await;
        let report = serde_json::from_str(&ended.stdout);
        let report = report.unwrap_or_else(|error| panic!("{error}: {ended:?}"));
        (ended.code, report)
    }

    pub(crate) async fn stop(self) {
        if let Database::Postgres { server, .. } = self.database {
            server.stop().await;
        }
    }
}

/// The rows of a finding, each with what was seen.
pub(crate) fn rows(report: &Value, code: &str) -> Vec<(String, String)> {
    let findings = report["findings"].as_array().unwrap().iter();
    let finding = findings.clone().find(|finding| finding["code"] == code);
    let examples = finding.and_then(|finding| finding["examples"].as_array());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut rows: Vec<_> = examples
        .into_iter()
        .flatten()
        .map(|example| (text(&example["key"]), text(&example["seen"])))
        .collect();
    rows.sort();
    rows
}

/// The keys of a finding.
pub(crate) fn keys(report: &Value, code: &str) -> Vec<String> {
    rows(report, code).into_iter().map(|(key, _)| key).collect()
}

fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH);
    since.unwrap().as_secs()
}
