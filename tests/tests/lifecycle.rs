//! What is started is stopped: no way to end leaves a process behind, not even `kill -9`.
#![cfg(unix)]
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what a test builds on must hold"
)]

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use tests::gate::{Gate, GateOptions};

#[test]
fn every_fault_can_be_named_before_anything_is_built() {
    let place = tests::places::workspace().join("xtask/src/demo.rs");
    let text = std::fs::read_to_string(place).unwrap();
    let names = tests::Incident::ALL.map(|incident| format!("{:?}", incident.name()));
    let line = format!(
        "const FAULTS: [&str; {}] = [{}];",
        names.len(),
        names.join(", ")
    );
    // However many lines it is formatted into.
    let packed = |text: &str| {
        text.split_whitespace()
            .collect::<String>()
            .replace(",]", "]")
    };
    assert!(packed(&text).contains(&packed(&line)), "{line}");
}

/// A process and everything below it, by `ps`.
fn family(root: u32) -> HashSet<u32> {
    let processes = processes();
    let mut family = HashSet::from([root]);
    loop {
        let before = family.len();
        family.extend(
            processes
                .iter()
                .filter(|process| family.contains(&process.parent))
                .map(|process| process.id)
                .collect::<Vec<_>>(),
        );
        if family.len() == before {
            return family;
        }
    }
}

struct Process {
    id: u32,
    parent: u32,
}

fn processes() -> Vec<Process> {
    let output = Command::new("ps")
        .args(["-A", "-o", "pid=,ppid=,stat="])
        .output()
        .expect("ps runs");
    let text = String::from_utf8(output.stdout).unwrap();
    let process = |line: &str| {
        let words = line.split_whitespace().collect::<Vec<_>>();
        // A zombie has ended; it only waits for somebody to notice.
        (!words[2].starts_with('Z')).then(|| Process {
            id: words[0].parse().unwrap(),
            parent: words[1].parse().unwrap(),
        })
    };
    text.lines().filter_map(process).collect()
}

fn assert_all_end(family: &HashSet<u32>) {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let left = processes()
            .into_iter()
            .filter(|process| family.contains(&process.id))
            .count();
        if left == 0 {
            return;
        }
        assert!(
            Instant::now() < deadline,
            "{left} of {} processes are left",
            family.len()
        );
        thread::sleep(Duration::from_millis(50));
    }
}

#[tokio::test]
async fn a_gate_answers_within_seconds_and_leaves_nothing_when_dropped() {
    let started = Instant::now();
    let gate = Gate::start(GateOptions::default()).await.unwrap();
    assert!(
        started.elapsed() < Duration::from_secs(15),
        "{:?}",
        started.elapsed()
    );
    assert!(reqwest::get(gate.at("/.usher/health")).await.is_ok());
    let family = family(gate.process_id().unwrap());
    assert!(family.len() >= 2, "Node.js and workerd");
    drop(gate);
    assert_all_end(&family);
}

#[tokio::test]
async fn the_store_and_the_database_of_a_gate_are_at_hand() {
    let gate = Gate::start(GateOptions::default()).await.unwrap();
    gate.kv_put("key", "a value").await.unwrap();
    assert_eq!(
        gate.kv_get("key").await.unwrap().as_deref(),
        Some("a value")
    );
    assert_eq!(gate.kv_list().await.unwrap(), ["key"]);
    gate.kv_delete("key").await.unwrap();
    assert_eq!(gate.kv_get("key").await.unwrap(), None);
    assert_eq!(
        gate.d1("SELECT ? AS number", &[json!(7)]).await.unwrap(),
        [json!({ "number": 7 })]
    );
    assert!(gate.d1("SELECT nonsense", &[]).await.is_err());
    gate.stop().await;
}

/// Starts the demo and waits until it is open to visitors.
fn open_demo() -> Child {
    open_demo_and_read().0
}

/// The same, with what it has said by then.
fn open_demo_and_read() -> (Child, Vec<String>) {
    let demo = Command::new(env!("CARGO_BIN_EXE_demo"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut demo = demo.expect("the demo starts");
    let stdout = BufReader::new(demo.stdout.take().unwrap());
    let mut said = Vec::new();
    let open = stdout.lines().map_while(Result::ok).any(|line| {
        said.push(line);
        said.iter()
            .any(|line| line.contains("Ctrl-C stops everything"))
    });
    assert!(
        open,
        "the demo ended: {}",
        std::io::read_to_string(demo.stderr.take().unwrap()).unwrap()
    );
    (demo, said)
}

#[test]
fn the_demo_prints_commands_that_do_what_it_says() {
    let (mut demo, said) = open_demo_and_read();
    let commands: Vec<_> = said
        .iter()
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| line.contains("export ") || line.contains("usher instance "))
        .collect();
    assert_eq!(commands.len(), 3, "{said:#?}");
    let output = Command::new("sh")
        .args(["-e", "-c", &commands.join("\n")])
        .output();
    let output = output.unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    for part in [
        "suspended@usher.invalid",
        "status         ready",
        "active@usher.invalid (",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    demo.kill().unwrap();
    demo.wait().unwrap();
}

#[tokio::test]
async fn the_demo_prints_addresses_that_are_open() {
    let (mut demo, said) = open_demo_and_read();
    let addresses: Vec<_> = said
        .iter()
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| line.starts_with("http://"))
        .map(|line| reqwest::Url::parse(line).unwrap())
        .collect();
    assert_eq!(addresses.len(), 3, "{said:#?}");
    for address in addresses {
        // As browsers do with hosts below `localhost`, wherever the system would look for them.
        let here = ([127, 0, 0, 1], address.port().unwrap()).into();
        let client = reqwest::Client::builder()
            .no_proxy()
            .resolve(address.host_str().unwrap(), here);
        let request = client.build().unwrap().get(address.clone());
        let answer = request.header("accept", "text/html").send().await.unwrap();
        assert_eq!(answer.status(), 200, "{address}");
        let text = answer.text().await.unwrap();
        let shown = match address.path() {
            "/.usher/jwks.json" => "\"kty\":\"EC\"",
            _ => "E-mail address",
        };
        assert!(text.contains(shown), "{address}: {text}");
    }
    demo.kill().unwrap();
    demo.wait().unwrap();
}

#[test]
fn a_demo_that_ends_with_its_report_says_that_nothing_of_it_is_left() {
    let output = Command::new(env!("CARGO_BIN_EXE_demo"))
        .args(["--once", "--fault", "never-migrated"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let report = String::from_utf8(output.stdout).unwrap();
    let mut words = report.split_whitespace();
    let journal = words.find(|word| word.contains("/journal/")).unwrap();
    assert!(!std::path::Path::new(journal).exists(), "{report}");
    let said = String::from_utf8(output.stderr).unwrap();
    let last: Vec<_> = said.trim_end().lines().rev().take(2).collect();
    assert!(
        last[1].starts_with("this platform is gone")
            && last[0].contains("demo --fault never-migrated`"),
        "{said}"
    );
}

#[test]
fn a_killed_demo_leaves_nothing() {
    let mut demo = open_demo();
    let family = family(demo.id());
    assert!(family.len() >= 3, "the demo, Node.js and workerd");
    demo.kill().unwrap();
    demo.wait().unwrap();
    assert_all_end(&family);
}

#[test]
fn an_interrupted_demo_ends_well_and_leaves_nothing() {
    let mut demo = open_demo();
    let family = family(demo.id());
    assert!(
        Command::new("kill")
            .args(["-INT", &demo.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(demo.wait().unwrap().code(), Some(0));
    assert_all_end(&family);
}
