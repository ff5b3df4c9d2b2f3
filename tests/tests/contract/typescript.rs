//! The TypeScript module, read by the real compiler and run by the real Node.js.

use std::path::Path;
use std::process::{Command, Output};

use policy::contract::typescript;
use policy::status::Status;
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::places;

/// Compiles this program beside the module, as strictly as the compiler can.
fn compile(program: &str) -> (TempDir, Output) {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("usher.ts"), typescript::module()).unwrap();
    std::fs::write(folder.path().join("program.ts"), program).unwrap();
    std::fs::write(
        folder.path().join("package.json"),
        r#"{ "type": "module" }"#,
    )
    .unwrap();
    let output = Command::new(places::node())
        .arg(places::tsc())
        .args([
            "--strict",
            "--exactOptionalPropertyTypes",
            "--noUncheckedIndexedAccess",
        ])
        .args(["--target", "es2022", "--module", "nodenext"])
        .args(["--lib", "es2022,dom", "program.ts"])
        .current_dir(folder.path())
        .output()
        .unwrap_or_else(|error| panic!("{error}; run `cargo xtask setup`"));
    (folder, output)
}

fn run(folder: &Path) -> Value {
    let output = Command::new(places::node())
        .arg(folder.join("program.js"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

const RIGHT: &str = r#"
import { canFollow, isStatus, statuses } from "./usher.js";
import type { Availability, Instance, Standing, Status, StatusChange, SuspendedFrom } from "./usher.js";

const words = Object.keys(statuses) as Status[];
const befores: (SuspendedFrom | null)[] = [null, ...words.filter((word) => word !== "suspended")];
const availability = (status: Status): Availability => statuses[status].availability;
const told = (status: Status): string => {
  switch (status) {
    case "provisioning": return "wait";
    case "active": return "wait";
    case "ready": return "come in";
    case "suspended": return "ask";
  }
};
const change: StatusChange = { status: "ready" };
const standing: Standing = { issuer: "i", subject: "s", membership: "member", role: "org_owner", instance: { id: "guy", url: "https://guy.example" } };
const rest = { id: "guy", url: "https://guy.example", since: 0, version: 1, issuer: "i", subject: "s" };
const instances: Instance[] = [{ ...rest, status: "suspended", suspended_from: "active" }, { ...rest, status: change.status, suspended_from: null } as Instance];
const steps = words.flatMap((status) => befores.flatMap((before) => words.map((next) => [status, before, next, canFollow(status, before, next)])));
const listed = words.map((word) => [word, statuses[word].meaning, availability(word), told(word), statuses[word].next]);
const others = ["Ready", "toString", "__proto__", "", 1, null].map(isStatus);
console.log(JSON.stringify({ steps, listed, others, known: words.map(isStatus), standing, instances }));
"#;

#[test]
fn typescript_says_of_every_step_what_rust_says() {
    let (folder, output) = compile(RIGHT);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    let said = run(folder.path());
    let steps = said["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 4 * 4 * 4);
    for step in steps {
        let word = |index: usize| {
            step[index]
                .as_str()
                .map(|word| Status::parse(word).unwrap())
        };
        let (status, before, next) = (word(0).unwrap(), word(1), word(2).unwrap());
        assert_eq!(step[3], json!(status.step(before, next).is_ok()), "{step}");
    }
    for (status, listed) in Status::ALL.iter().zip(said["listed"].as_array().unwrap()) {
        assert_eq!(listed[0], json!(status.word()));
        assert_eq!(listed[1], json!(status.meaning()));
        assert_eq!(listed[2], json!(status.availability().word()));
    }
    assert_eq!(said["known"], json!([true, true, true, true]));
    assert_eq!(
        said["others"],
        json!([false, false, false, false, false, false])
    );
}

#[test]
fn the_compiler_refuses_every_other_word() {
    let imports = r#"import { canFollow, type Instance, type Standing, type Status, type StatusChange } from "./usher.js";"#;
    let rest = r#"id: "guy", url: "u", since: 0, version: 1, issuer: "i", subject: "s""#;
    let wrong = [
        r#"const status: Status = "running";"#.to_owned(),
        r#"const change: StatusChange = { status: "Ready" };"#.to_owned(),
        r#"const can = canFollow("suspended", "suspended", "ready");"#.to_owned(),
        r#"const can = canFollow("active", null, "deployed");"#.to_owned(),
        r#"const told = (status: Status): string => { switch (status) { case "ready": return "come in"; } };"#.to_owned(),
        format!(r#"const instance: Instance = {{ {rest}, status: "ready", suspended_from: "active" }};"#),
        format!(r#"const instance: Instance = {{ {rest}, status: "suspended", suspended_from: null }};"#),
        r#"const standing: Standing = { issuer: "i", subject: "s", membership: "stranger" };"#.to_owned(),
        r#"const standing: Standing = { issuer: "i", subject: "s", membership: "member", instance: { id: "guy" } };"#.to_owned(),
    ];
    // One run for all: each line must be complained about, and nothing else.
    let (_folder, output) = compile(&format!("{imports}\nexport {{}};\n{}", numbered(&wrong)));
    let said = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<usize> = said
        .lines()
        .filter_map(|line| {
            line.strip_prefix("program.ts(")?
                .split(',')
                .next()?
                .parse()
                .ok()
        })
        .collect();
    let expected: Vec<usize> = (3..3 + wrong.len()).collect();
    assert_eq!(lines, expected, "{said}");
}

/// Each in a scope of its own, on a line of its own.
fn numbered(wrong: &[String]) -> String {
    let lines = wrong.iter().map(|line| format!("{{ {line} }}"));
    lines.collect::<Vec<_>>().join("\n")
}
