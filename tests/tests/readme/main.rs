//! The README's tables, the examples of docs/apps.md, and the pages of commands and keys are what the code says. After a deliberate change: `UPDATE_README=1 cargo test -p tests --test readme`.
#![expect(
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test program"
)]

mod commands;
mod usher_toml;

use std::fs;
use std::path::{Path, PathBuf};
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
            ("commands", commands::table()),
            ("exit codes", exit_codes()),
        ],
    );
}

#[test]
fn the_pages_of_commands_and_keys_are_what_the_code_says() {
    assert_is("docs/commands.md", commands::page());
    assert_is("docs/usher-toml.md", usher_toml::page());
}

/// Holds a whole page, or writes it anew when asked to.
fn assert_is(document: &str, page: String) {
    let path = places::workspace().join(document);
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(&path, page).unwrap();
        return;
    }
    assert!(
        fs::read_to_string(&path).unwrap_or_default() == page,
        "{document} differs from the code; run UPDATE_README=1 cargo test -p tests --test readme"
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
fn every_file_a_document_points_to_is_there() {
    let pages = fs::read_dir(places::workspace().join("docs")).unwrap();
    let pages = pages.map(|page| Path::new("docs").join(page.unwrap().file_name()));
    let root = ["README.md", "CONTRIBUTING.md"].map(PathBuf::from);
    for document in root.into_iter().chain(pages) {
        let text = fs::read_to_string(places::workspace().join(&document)).unwrap();
        let folder = document.parent().unwrap();
        let document = document.display();
        let targets = text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        let is_a_file = |target: &&str| !target.starts_with("http") && !target.starts_with('#');
        for target in targets.filter(is_a_file) {
            let path = target.split('#').next().unwrap_or_default();
            assert!(
                places::workspace().join(folder).join(path).exists(),
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
