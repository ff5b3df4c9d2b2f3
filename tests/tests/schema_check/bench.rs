//! A live database, what is expected of it, and `usher` between the two.

use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;
use tests::places;
use tests::postgres::Postgres;
use tokio::process::Command;
use tokio_postgres::{Client, NoTls};

/// A database of its own, and a folder for usher.toml and what is expected.
#[derive(Debug)]
pub(crate) struct Bench {
    folder: TempDir,
    place: Place,
    /// Whether the expectation may be applied to a fresh database of the server.
    scratch: bool,
}

#[derive(Debug)]
enum Place {
    Sqlite,
    Postgres(String),
}

/// What `usher` said.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) report: Value,
    pub(crate) stderr: String,
}

impl Bench {
    pub(crate) fn sqlite() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            place: Place::Sqlite,
            scratch: false,
        }
    }

    /// A fresh database of the server.
    pub(crate) async fn postgres(server: &Postgres, scratch: bool) -> Self {
        let name = format!("live_{}", uuid::Uuid::new_v4().simple());
        let client = connected(server.url()).await;
        client
            .batch_execute(&format!("CREATE DATABASE {name}"))
            .await
            .unwrap();
        let url = server.url().strip_suffix("/postgres").unwrap();
        Self {
            folder: tempfile::tempdir().unwrap(),
            place: Place::Postgres(format!("{url}/{name}")),
            scratch,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes what is expected, and gives its path.
    pub(crate) fn expect(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Runs statements, one after the other on one connection, as a person would who copies them.
    pub(crate) async fn run<S: AsRef<str> + Sync>(&self, statements: &[S]) {
        match &self.place {
            Place::Sqlite => {
                let connection = rusqlite::Connection::open(self.path("live.db")).unwrap();
                for statement in statements.iter().map(AsRef::as_ref) {
                    let done = connection.execute_batch(statement);
                    done.unwrap_or_else(|error| panic!("{error}: {statement}"));
                }
            }
            Place::Postgres(url) => {
                let client = connected(url).await;
                for statement in statements.iter().map(AsRef::as_ref) {
                    let done = client.batch_execute(statement).await;
                    done.unwrap_or_else(|error| panic!("{error:?}: {statement}"));
                }
            }
        }
    }

    pub(crate) fn configuration(&self, schema: &Path) -> String {
        let place = match &self.place {
            Place::Sqlite => format!(
                "kind = \"sqlite\"\npath = \"{}\"\n",
                self.path("live.db").display()
            ),
            Place::Postgres(_) => "kind = \"postgres\"\nurl_env = \"LIVE_URL\"\n".to_owned(),
        };
        let scratch = if self.scratch {
            "scratch_env = \"SCRATCH_URL\"\n"
        } else {
            ""
        };
        format!(
            "[target]\napp = \"http://127.0.0.1:9\"\n[register]\nurl = \"{{app}}/r\"\n[log_in]\nurl = \"{{app}}/l\"\ntoken = \"/t\"\n[ready]\nurl = \"{{app}}/ready\"\n[[databases]]\nname = \"shop\"\n{place}{scratch}schema = \"{}\"\n",
            schema.display()
        )
    }

    /// Runs `usher` with this configuration.
    pub(crate) async fn usher(&self, configuration: &str, arguments: &[&str]) -> Ended {
        let path = self.expect("usher.toml", configuration);
        let mut command = Command::new(places::usher());
        command.args(arguments).arg("--config").arg(path);
        if let Place::Postgres(url) = &self.place {
            // As Prisma writes it.
            let live = format!("{url}?schema=public&connection_limit=3");
            command.env("LIVE_URL", live).env("SCRATCH_URL", url);
        }
        let output = command.output().await.unwrap();
        Ended {
            code: output.status.code(),
            report: serde_json::from_slice(&output.stdout).unwrap_or_default(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Holds the database against this.
    pub(crate) async fn check(&self, schema: &Path) -> Ended {
        self.usher(
            &self.configuration(schema),
            &["check", "schema", "--report", "json"],
        )
        .await
    }

    pub(crate) async fn client(&self) -> Client {
        let Place::Postgres(url) = &self.place else {
            panic!("{self}")
        };
        connected(url).await
    }
}

impl fmt::Display for Bench {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.place, self.scratch) {
            (Place::Sqlite, _) => f.write_str("SQLite"),
            (Place::Postgres(_), true) => f.write_str("PostgreSQL with scratch"),
            (Place::Postgres(_), false) => f.write_str("PostgreSQL, parsed"),
        }
    }
}

impl Ended {
    pub(crate) fn codes(&self) -> Vec<&str> {
        let findings = self.report["findings"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        findings
            .iter()
            .map(|finding| finding["code"].as_str().unwrap())
            .collect()
    }

    pub(crate) fn sentences(&self) -> String {
        let findings = self.report["findings"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        findings
            .iter()
            .map(|finding| finding["sentence"].as_str().unwrap())
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Every command of every fix, in order.
    pub(crate) fn commands(&self) -> Vec<&str> {
        let findings = self.report["findings"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let commands = findings
            .iter()
            .flat_map(|finding| finding["fix"]["commands"].as_array().unwrap());
        commands.map(|command| command.as_str().unwrap()).collect()
    }

    /// Nothing is wrong, and nothing was left unlooked at.
    pub(crate) fn is_in_order(&self) -> bool {
        self.code == Some(0)
            && self.codes().is_empty()
            && self.report["could_not_look"]
                .as_array()
                .is_some_and(Vec::is_empty)
    }
}

pub(crate) async fn connected(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// All the ways in which a database can be looked at here.
pub(crate) async fn benches(server: Option<&Postgres>) -> Vec<Bench> {
    let mut benches = vec![Bench::sqlite()];
    if let Some(server) = server {
        benches.push(Bench::postgres(server, false).await);
        benches.push(Bench::postgres(server, true).await);
    }
    benches
}

pub(crate) async fn server() -> Option<Postgres> {
    Postgres::start_or_skip("`usher check schema`")
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}
