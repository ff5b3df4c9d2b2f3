//! A folder of migrations in SQL, in the order in which they are applied.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::schema::script::Script;

/// Reads what leads forwards; what leads back is left out.
pub(super) fn scripts(folder: &Path) -> io::Result<Vec<Script>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path
            .file_name()
            .and_then(|name| name.to_str())
            .map(str::to_owned)
        else {
            continue;
        };
        // Prisma, and Diesel: a folder each.
        let inner = ["migration.sql", "up.sql"].map(|inner| path.join(inner));
        if path.is_dir() {
            found.extend(
                inner
                    .into_iter()
                    .find(|inner| inner.is_file())
                    .map(|inner| (key(&name), inner)),
            );
        } else if is_forwards(&name) {
            found.push((key(&name), path));
        }
    }
    found.sort();
    let read = |(_, path): (Key, PathBuf)| {
        let text = fs::read_to_string(&path)?;
        Ok(Script {
            text: forwards(&text).to_owned(),
            path,
        })
    };
    found.into_iter().map(read).collect()
}

/// Where it comes: Flyway's repeatable ones last, else by number, else by name.
type Key = (bool, Vec<u128>, String);

fn key(name: &str) -> Key {
    let is_repeatable = name.starts_with("R__");
    // Flyway: V1.2__name.sql; everybody else: one number and a name.
    let flyway = name
        .strip_prefix(['V', 'v', 'B'])
        .and_then(|rest| rest.split_once("__"));
    let versions: Vec<u128> = if let Some((version, _)) = flyway {
        let parts = version.split(['.', '_']);
        parts.map_while(|part| part.parse().ok()).collect()
    } else {
        let digits = name.find(|one: char| !one.is_ascii_digit());
        let digits = name.get(..digits.unwrap_or(name.len()));
        (digits.and_then(|digits| digits.parse().ok()).into_iter()).collect()
    };
    let versions = if versions.is_empty() {
        vec![u128::MAX]
    } else {
        versions
    };
    (is_repeatable, versions, name.to_owned())
}

fn is_forwards(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_undo = name.starts_with('U') && name.contains("__");
    let is_sql = Path::new(&lower)
        .extension()
        .is_some_and(|ending| ending == "sql");
    is_sql
        && !lower.ends_with(".down.sql")
        && !lower.ends_with("_down.sql")
        && lower != "down.sql"
        && !is_undo
}

/// Up to where the way back begins, which dbmate, goose and sql-migrate keep in the same file.
fn forwards(text: &str) -> &str {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let words: Vec<_> = line
            .split_whitespace()
            .map(str::to_ascii_lowercase)
            .collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if matches!(
            words.as_slice(),
            ["--", "migrate:down", ..] | ["--", "+goose" | "+migrate", "down", ..]
        ) {
            break;
        }
        at += line.len();
    }
    text.get(..at).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_come_in_the_order_in_which_they_are_applied_and_never_back() {
        let folder = tempfile::tempdir().unwrap();
        let names = [
            "10_c.sql",
            "9_b.up.sql",
            "9_b.down.sql",
            "1_a.sql",
            "README.md",
        ];
        for name in names {
            fs::write(folder.path().join(name), name).unwrap();
        }
        let texts: Vec<_> = scripts(folder.path())
            .unwrap()
            .into_iter()
            .map(|script| script.text)
            .collect();
        assert_eq!(texts, ["1_a.sql", "9_b.up.sql", "10_c.sql"]);
    }

    #[test]
    fn prisma_keeps_a_folder_each_and_flyway_has_versions() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["20250102_b", "20250101_a"] {
            fs::create_dir(folder.path().join(name)).unwrap();
            fs::write(folder.path().join(name).join("migration.sql"), name).unwrap();
        }
        let texts: Vec<_> = scripts(folder.path())
            .unwrap()
            .into_iter()
            .map(|script| script.text)
            .collect();
        assert_eq!(texts, ["20250101_a", "20250102_b"]);
        let mut names = [
            "R__view.sql",
            "V10__d.sql",
            "V1.1__b.sql",
            "V1__a.sql",
            "V2__c.sql",
        ];
        names.sort_by_key(|name| key(name));
        assert_eq!(
            names,
            [
                "V1__a.sql",
                "V1.1__b.sql",
                "V2__c.sql",
                "V10__d.sql",
                "R__view.sql"
            ]
        );
        assert!(!is_forwards("U1__a.sql"));
    }

    #[test]
    fn the_way_back_in_the_same_file_is_not_gone() {
        assert_eq!(
            forwards("-- migrate:up\nA;\n-- migrate:down\nB;\n"),
            "-- migrate:up\nA;\n"
        );
        assert_eq!(
            forwards("-- +goose Up\nA;\n-- +goose Down\nB;\n"),
            "-- +goose Up\nA;\n"
        );
    }
}
