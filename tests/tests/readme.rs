//! The README's tables, and the examples of docs/apps.md, are what the code says. After a deliberate change: `UPDATE_README=1 cargo test -p tests --test readme`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test program")]

use std::fs;
use std::process::Command;

use policy::contract::markdown;
use policy::language::Language;
use policy::provider::Provider;
use policy::reason::{Actor, Reason};
use tests::places;

#[test]
fn the_tables_of_the_readme_are_what_the_code_says() {
    assert_says(
        "README.md",
        &[
            ("statuses", markdown::statuses()),
            ("reasons", reasons()),
            ("configuration", configuration()),
            ("issuer", issuer()),
            ("providers", providers()),
            ("exit codes", exit_codes()),
        ],
    );
}

/// The examples are tried in `tests/tests/apps.rs`.
#[test]
fn the_examples_for_apps_are_the_ones_that_are_tried() {
    let example = |name: &'static str, language: &str| {
        let path = places::workspace().join("tests/apps").join(name);
        let text = fs::read_to_string(path).unwrap();
        (name, format!("```{language}\n{text}```"))
    };
    assert_says(
        "docs/apps.md",
        &[
            example("verify.mjs", "js"),
            example("verify.py", "python"),
            example("verify.rs", "rust"),
            example("verify.go", "go"),
        ],
    );
}

/// Holds the generated parts of a document, or writes them anew when asked to.
fn assert_says(document: &str, parts: &[(&str, String)]) {
    let path = places::workspace().join(document);
    let written = fs::read_to_string(&path).unwrap();
    let mut text = written.clone();
    for (name, part) in parts {
        text = filled(&text, name, part);
    }
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(&path, &text).unwrap();
        return;
    }
    assert!(
        text == written,
        "{document} differs from the code; run UPDATE_README=1 cargo test -p tests --test readme"
    );
}

#[test]
fn every_file_the_readme_points_to_is_there() {
    for document in ["README.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(places::workspace().join(document)).unwrap();
        let targets = text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.starts_with("http")) {
            assert!(
                places::workspace().join(target).exists(),
                "{document} points to {target}"
            );
        }
    }
}

fn filled(readme: &str, name: &str, table: &str) -> String {
    let begin = format!("<!-- generated: {name} -->\n");
    let (before, rest) = readme
        .split_once(&begin)
        .unwrap_or_else(|| panic!("there is no place for {name}"));
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    format!("{before}{begin}\n{table}\n<!-- end -->{after}")
}

fn reasons() -> String {
    let rows = Reason::ALL.map(|reason| {
        let actor = match reason.actor() {
            Actor::Caller => "the program's author",
            Actor::Instance => "whoever runs the app",
            Actor::Nobody => "nobody; it passes",
            Actor::Operator => "the operator",
            Actor::Visitor => "the visitor",
        };
        format!(
            "| `{}` | {} | {} | {actor} |\n",
            reason.code(),
            reason.http_status(),
            reason.words(Language::English).title
        )
    });
    format!(
        "| reason | HTTP | what is said | who acts |\n| --- | --- | --- | --- |\n{}",
        rows.concat()
    )
}

fn configuration() -> String {
    let rows = edge::SETTINGS.map(|setting| {
        let home = match setting.home {
            edge::Home::Binding => "binding",
            edge::Home::Secret => "secret",
            edge::Home::Variable => "variable",
        };
        let default = match setting.default {
            None => "**required**".to_owned(),
            Some("") => "none".to_owned(),
            Some(value) => format!("`{value}`"),
        };
        format!(
            "| `{}` | {home} | {default} | {} |\n",
            setting.name, setting.meaning
        )
    });
    format!(
        "| name | where | default | meaning |\n| --- | --- | --- | --- |\n{}",
        rows.concat()
    )
}

fn issuer() -> String {
    let rows = edge::ISSUER_MEMBERS.map(|(name, meaning)| format!("| `{name}` | {meaning} |\n"));
    format!("| member | meaning |\n| --- | --- |\n{}", rows.concat())
}

fn providers() -> String {
    let rows = Provider::ALL.map(|provider| {
        let preset = provider.preset();
        let issuer = match provider {
            Provider::Own => preset.issuer.to_owned(),
            Provider::Auth0
            | Provider::Clerk
            | Provider::CloudflareAccess
            | Provider::Okta
            | Provider::Supabase => format!("`{}`", preset.issuer),
        };
        let keys = preset.jwks_suffix.map_or_else(
            || "said by `jwks_url`, `jwks`, `pem` or `secret`".to_owned(),
            |suffix| format!("`issuer` + `{suffix}`"),
        );
        let names: Vec<_> = preset.algorithms.iter().map(|one| one.name()).collect();
        let algorithms = if names.is_empty() {
            "said by `algorithm`".to_owned()
        } else {
            names.join(", ")
        };
        let cookie = preset.cookie.unwrap_or("__Host-usher");
        let header = preset.header.unwrap_or("authorization");
        format!(
            "| `{}` | {issuer} | {} | {keys} | {algorithms} | `{}` | `{header}`, `{cookie}` |\n",
            provider.word(),
            preset.addressee,
            preset.subject_claim
        )
    });
    format!(
        "| `provider` | `issuer` | what binds a token to you | keys | signs with | who it is | header, cookie |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n{}",
        rows.concat()
    )
}

/// As the command itself says them, in the last lines of its help.
fn exit_codes() -> String {
    let help = Command::new(places::usher())
        .args(["verify", "--help"])
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let (_, codes) = help.split_once("Exit codes:\n").unwrap();
    let codes = codes.split("\n\n").next().unwrap().replace('\n', " ");
    let rows = codes.split(',').map(|code| {
        let (number, meaning) = code.trim().split_once(' ').unwrap();
        format!("| {number} | {meaning} |\n")
    });
    format!(
        "| exit code | the run |\n| --- | --- |\n{}",
        rows.collect::<String>()
    )
}
