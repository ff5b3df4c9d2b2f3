//! TLS with a real PostgreSQL: whatever `sslmode` says is done, and what is in its way is said with its cure.

use std::cell::Cell;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tests::Postgres;

use crate::place::Place;

const USHER: &str = r#"
[[databases]]
name = "platform"
kind = "postgres"
url_env = "DATABASE_URL"
migrations = "migrations"
tool = "plain"
history = "applied.name"
"#;

/// An authority with a certificate for `localhost` alone, as PEM: its own, the server's, and the server's key.
fn certificates() -> [String; 3] {
    let made = || -> Result<_, rcgen::Error> {
        let mut authority = CertificateParams::new(Vec::new())?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let server = CertificateParams::new(["localhost".to_owned()])?;
        let server = server.signed_by(&key, &authority)?;
        Ok([authority.pem(), server.pem(), key.serialize_pem()])
    };
    made().unwrap_or_else(|error| panic!("{error}"))
}

/// A certificate that is signed by its own key, and says that it is an authority: as `openssl req -x509` makes it.
fn self_signed() -> [String; 2] {
    let made = || -> Result<_, rcgen::Error> {
        let mut server = CertificateParams::new(["localhost".to_owned()])?;
        server.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate()?;
        Ok([server.self_signed(&key)?.pem(), key.serialize_pem()])
    };
    made().unwrap_or_else(|error| panic!("{error}"))
}

/// Whoever may change everything, and always comes in.
struct Operator {
    client: tokio_postgres::Client,
    url: String,
    changes: Cell<u32>,
}

impl Operator {
    async fn of(server: &Postgres) -> Self {
        let url = server.url().replace("//postgres@", "//operator@");
        let changes = Cell::new(0);
        let client = connected(server.url()).await;
        let operator = Self {
            client,
            url,
            changes,
        };
        operator.run("CREATE ROLE operator LOGIN SUPERUSER").await;
        operator
    }

    async fn run(&self, sql: &str) {
        let done = self.client.batch_execute(sql).await;
        done.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }

    async fn secure(&self, certificate: &str, key: &str) {
        for (name, text) in [("server.crt", certificate), ("server.key", key)] {
            let lines = format!("SELECT unnest(string_to_array('{}', E'\\n'))", text.trim());
            let copy = format!("COPY ({lines}) TO PROGRAM 'umask 077; cat > {name}'");
            self.run(&copy).await;
        }
        self.run("ALTER SYSTEM SET ssl = on").await;
        self.reload().await;
    }

    /// Who else may come in, and how.
    async fn admit(&self, lines: &[&str]) {
        let all = ["host all operator all trust"].iter().chain(lines);
        let rows: Vec<_> = all.map(|line| format!("('{line}')")).collect();
        let row = self.client.query_one("SHOW hba_file", &[]).await;
        let path: String = row.unwrap_or_else(|error| panic!("{error}")).get(0);
        self.run(&format!("COPY (VALUES {}) TO '{path}'", rows.join(", ")))
            .await;
        self.reload().await;
    }

    /// Until whoever comes anew is received by the files as they are now.
    async fn reload(&self) {
        let change = self.changes.get() + 1;
        self.changes.set(change);
        self.run(&format!(
            "ALTER SYSTEM SET log_min_duration_statement = {change}000"
        ))
        .await;
        self.run("SELECT pg_reload_conf()").await;
        for _ in 0..500 {
            let newcomer = connected(&self.url).await;
            let row = newcomer
                .query_one("SHOW log_min_duration_statement", &[])
                .await;
            let seen: String = row.unwrap_or_else(|error| panic!("{error}")).get(0);
            if seen == format!("{change}s") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the server does not read its files");
    }
}

async fn connected(url: &str) -> tokio_postgres::Client {
    let connected = tokio_postgres::connect(url, tokio_postgres::NoTls).await;
    let (client, connection) = connected.unwrap_or_else(|error| panic!("{url}: {error}"));
    tokio::spawn(connection);
    client
}

struct Tried {
    place: Place,
    port: String,
}

impl Tried {
    fn of(server: &Postgres) -> Self {
        let place = Place::new();
        place.write("usher.toml", USHER);
        place.write("migrations/1.sql", "SELECT 1;");
        let port = server.url().rsplit(':').next().unwrap_or_default();
        let port = port.split('/').next().unwrap_or_default().to_owned();
        Self { place, port }
    }

    /// What is in the way, if anything.
    fn trouble(&self, who: &str, host: &str, parameters: &str) -> Option<String> {
        let port = &self.port;
        let url = format!("postgresql://{who}@{host}:{port}/postgres?{parameters}");
        self.place.write("url", &url);
        let checked = self.place.shell(&format!(
            "DATABASE_URL=$(cat url) exec '{}' check migrations --report json",
            tests::places::usher().display()
        ));
        let report: serde_json::Value = serde_json::from_slice(&checked.stdout)
            .unwrap_or_else(|error| panic!("{error}: {checked:?}"));
        report["could_not_look"][0]["why"]
            .as_str()
            .map(str::to_owned)
    }

    fn works(&self, who: &str, host: &str, parameters: &str) {
        let trouble = self.trouble(who, host, parameters);
        assert_eq!(trouble, None, "{who}@{host}?{parameters}");
    }

    fn fails(&self, host: &str, parameters: &str, sentences: &[&str]) {
        let said = self
            .trouble("postgres", host, parameters)
            .unwrap_or_default();
        for sentence in sentences {
            assert!(said.contains(sentence), "{host}?{parameters}: {said}");
        }
    }
}

#[tokio::test]
async fn what_sslmode_says_is_done_and_what_is_in_its_way_is_said_with_its_cure() {
    let server = Postgres::start_or_skip("TLS").await;
    let Some(server) = server.unwrap_or_else(|error| panic!("{error}")) else {
        return;
    };
    let operator = Operator::of(&server).await;
    operator
        .run("CREATE TABLE applied (name TEXT); INSERT INTO applied VALUES ('1.sql'); CREATE ROLE app LOGIN SUPERUSER PASSWORD 'pencil'")
        .await;
    let tried = Tried::of(&server);
    // Without TLS.
    tried.works("postgres", "127.0.0.1", "");
    tried.works("postgres", "127.0.0.1", "sslmode=prefer&schema=public");
    tried.fails(
        "127.0.0.1",
        "sslmode=require",
        &["speaks no TLS", "sslmode=require", "ssl = on"],
    );
    tried.fails("127.0.0.1", "sslmode=verify-full", &["speaks no TLS"]);

    // With TLS, and with nothing else.
    let [authority, certificate, key] = certificates();
    tried.place.write("ca.pem", &authority);
    let [other, ..] = certificates();
    tried.place.write("other.pem", &other);
    operator.secure(&certificate, &key).await;
    operator
        .admit(&[
            "hostssl all app all scram-sha-256",
            "hostssl all all all trust",
        ])
        .await;
    for mode in [
        "",
        "sslmode=allow",
        "sslmode=prefer",
        "sslmode=require",
        "sslmode=require&sslnegotiation=direct",
    ] {
        tried.works("postgres", "127.0.0.1", mode);
    }
    tried.fails(
        "127.0.0.1",
        "sslmode=disable",
        &["no encryption", "wants TLS", "verify-full"],
    );
    let full = "sslmode=verify-full&sslrootcert=ca.pem";
    tried.works("postgres", "localhost", full);
    tried.works(
        "app:pencil",
        "localhost",
        &format!("{full}&channel_binding=require"),
    );
    tried.fails(
        "127.0.0.1",
        full,
        &["for localhost", "127.0.0.1", "verify-ca"],
    );
    tried.works(
        "postgres",
        "127.0.0.1",
        "sslmode=verify-ca&sslrootcert=ca.pem",
    );
    // Also with `require`, where it is said whom to trust.
    for mode in ["require", "verify-ca", "verify-full"] {
        let parameters = format!("sslmode={mode}&sslrootcert=other.pem");
        tried.fails(
            "localhost",
            &parameters,
            &["not trusted", "sslrootcert=PATH"],
        );
    }
    tried.fails("localhost", "sslmode=verify-full", &["not trusted"]);
    tried.fails(
        "localhost",
        "sslmode=verify-full&sslrootcert=none.pem",
        &["none.pem", "sslrootcert"],
    );
    tried.fails(
        "localhost",
        "sslmode=verify-full&sslrootcert=usher.toml",
        &["usher.toml", "no certificate"],
    );
    tried.fails("localhost", "sslmode=always", &["`sslmode`", "verify-full"]);

    // A certificate that nobody else has signed is trusted where it is itself what is trusted.
    let [certificate, key] = self_signed();
    tried.place.write("own.pem", &certificate);
    operator.secure(&certificate, &key).await;
    tried.works(
        "postgres",
        "localhost",
        "sslmode=verify-full&sslrootcert=own.pem",
    );
    tried.fails(
        "127.0.0.1",
        "sslmode=verify-full&sslrootcert=own.pem",
        &["for localhost"],
    );
    // A server that takes nobody by TLS has them without, where they only prefer it.
    operator.admit(&["hostnossl all all all trust"]).await;
    tried.works("postgres", "127.0.0.1", "sslmode=prefer");
    assert!(
        tried
            .trouble("postgres", "127.0.0.1", "sslmode=require")
            .is_some()
    );
    server.stop().await;
}
