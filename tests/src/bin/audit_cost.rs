//! What `usher audit` of 100,000 identities costs, beside only fetching the same pages: wall time and the most memory that was in use.
//!
//! `cargo run --release -p tests --bin audit_cost [USERS] [MILLIS A PAGE] [ROUNDS]` prints one line of JSON: the milliseconds of each round.
//! It wants a release build of `usher` (`cargo build --release -p verifier`), or the one that `USHER_BIN` names.
//!
//! Both ask the same service, which is in this process. The one that only fetches asks for a page as soon as it has the one before, and
//! looks at none. The audit reads the pages and as many rows of a file besides, keeps all of them on disk and joins them. Where the
//! service answers at once, a page of 100 rows is there in some 120 µs, and the work on its rows is more than one processor does in that
//! time: then the figure says how much work there is. Real services take many times as long for a page, and the work is done meanwhile.

use std::error::Error;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::auth0::Auth0;
use tests::places;

type Failed = Box<dyn Error>;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let mut arguments = std::env::args().skip(1);
    let users: usize = arguments.next().map_or(Ok(100_000), |text| text.parse())?;
    let millis: u64 = arguments.next().map_or(Ok(0), |text| text.parse())?;
    let rounds: usize = arguments.next().map_or(Ok(3), |text| text.parse())?;
    let auth0 = Auth0::start(identities(users), 0, Duration::from_millis(millis)).await?;
    let folder = tempfile::tempdir()?;
    std::fs::write(
        folder.path().join("usher.toml"),
        CONFIGURATION.replace("AUTH0", &auth0.url),
    )?;
    records(&folder.path().join("users.csv"), users)?;
    let mut fetching = Vec::new();
    let mut auditing = Vec::new();
    let mut peak = 0;
    // In turns: what else goes on at the machine meets both.
    for _ in 0..rounds {
        fetching.push(fetch(&auth0, users).await?);
        let (took, most) = audit(folder.path(), users).await?;
        auditing.push(took);
        peak = peak.max(most);
    }
    let millis_of = |all: &[Duration]| -> Vec<f64> {
        let each = all.iter().map(Duration::as_secs_f64);
        each.map(|seconds| seconds * 1000.0).collect()
    };
    let line = json!({
        "identities": users,
        "millis_a_page": millis,
        "fetching": millis_of(&fetching),
        "audit": millis_of(&auditing),
        "peak_rss_mib": peak / 1024,
    });
    #[expect(clippy::print_stdout, reason = "the figure is what the program is for")]
    {
        println!("{line}");
    }
    Ok(())
}

/// As Auth0 writes them, with what is usual in a profile.
fn identities(users: usize) -> Vec<Value> {
    let user = |n: usize| {
        json!({
            "user_id": id(n),
            "email": format!("user{n}@example.com"),
            "email_verified": !n.is_multiple_of(50),
            "name": format!("User Number {n}"),
            "nickname": format!("user{n}"),
            "picture": format!("https://s.gravatar.com/avatar/{n:032x}?s=480&r=pg&d=https%3A%2F%2Fcdn.auth0.com%2Favatars%2Fus.png"),
            "created_at": created(n),
            "updated_at": "2026-11-01T08:00:00.000Z",
            "last_login": "2026-11-01T08:00:00.000Z",
            "last_ip": "192.0.2.1",
            "logins_count": n % 100,
            "identities": [{ "connection": "Username-Password-Authentication", "provider": "auth0", "user_id": format!("{n:024x}"), "isSocial": false }],
            "app_metadata": { "tenant": format!("tenant{}", n % 20) },
            "user_metadata": {},
        })
    };
    (0..users).map(user).collect()
}

fn id(n: usize) -> String {
    format!("auth0|{n:024x}")
}

/// One each minute.
fn created(n: usize) -> String {
    let (month, day, hour, minute) = (n / 40_320 % 12, n / 1440 % 28, n / 60 % 24, n % 60);
    format!(
        "{}-{:02}-{:02}T{hour:02}:{minute:02}:00.000Z",
        2020 + n / 483_840,
        month + 1,
        day + 1
    )
}

/// The records of the app: of every thousandth user there is none.
fn records(path: &Path, users: usize) -> Result<(), Failed> {
    let rows = (0..users).filter(|n| n % 1000 != 7);
    let rows: Vec<String> = rows
        .map(|n| format!("{},user{n}@example.com\n", id(n)))
        .collect();
    Ok(std::fs::write(
        path,
        format!("id,email\n{}", rows.concat()),
    )?)
}

/// Asks for the same pages one after the other, as the service wants it, and does nothing with them.
async fn fetch(auth0: &Auth0, users: usize) -> Result<Duration, Failed> {
    let began = Instant::now();
    let client = reqwest::Client::new();
    let (id, secret) = Auth0::CLIENT;
    let grant = json!({
        "grant_type": "client_credentials", "client_id": id, "client_secret": secret,
        "audience": format!("{}/api/v2/", auth0.url),
    });
    let token: Value = client
        .post(format!("{}/oauth/token", auth0.url))
        .json(&grant)
        .send()
        .await?
        .json()
        .await?;
    let token = token
        .get("access_token")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    // Each window begins with the last row of the one before it.
    let mut from = 0;
    loop {
        for page in 0..10 {
            let url = format!(
                "{}/api/v2/users?per_page=100&page={page}&sort=created_at:1&q=created_at:[{} TO *]",
                auth0.url,
                created(from)
            );
            client
                .get(url)
                .bearer_auth(&token)
                .send()
                .await?
                .bytes()
                .await?;
            if from + (page + 1) * 100 > users {
                return Ok(began.elapsed());
            }
        }
        from += 999;
    }
}

/// How long the audit took, and its most memory in KiB (proc(5), `VmHWM`).
async fn audit(folder: &Path, users: usize) -> Result<(Duration, u64), Failed> {
    let began = Instant::now();
    let mut child = tokio::process::Command::new(places::usher())
        .args(["audit", "--report", "json"])
        .current_dir(folder)
        .env("CLIENT_SECRET", Auth0::CLIENT.1)
        .stdin(Stdio::null())
        .stdout(std::fs::File::create(folder.join("report.json"))?)
        .kill_on_drop(true)
        .spawn()?;
    let status = format!("/proc/{}/status", child.id().unwrap_or_default());
    let mut peak = 0;
    let ended = loop {
        tokio::select! {
            ended = child.wait() => break ended?,
            () = tokio::time::sleep(Duration::from_millis(20)) => {
                let text = std::fs::read_to_string(&status).unwrap_or_default();
                let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
                let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
                peak = peak.max(kib.unwrap_or(0));
            }
        }
    };
    let took = began.elapsed();
    let report: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.join("report.json"))?)?;
    let missing = report
        .get("discrepancies")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    if ended.code() != Some(1) || missing != (0..users).filter(|n| n % 1000 == 7).count() {
        return Err(format!("the audit ended with {ended} and found {missing}").into());
    }
    Ok((took, peak))
}

const CONFIGURATION: &str = r#"
[secrets]
auth0_secret = { env = "CLIENT_SECRET" }

[[audit.sources]]
name = "auth0"
role = "identity"
kind = "auth0"
url = "AUTH0"
client_id = "machine"
client_secret = "{auth0_secret}"
key = "user_id"
created = "created_at"
tenant = "/app_metadata/tenant"
keep = { mail = "email" }

[[audit.sources]]
name = "app"
role = "users"
kind = "csv"
file = "users.csv"
key = "id"
agree = [{ field = "email", as = "email" }]
"#;
