//! Flyway's names: `V1.2__users.sql` is applied once, `R__views.sql` whenever it changes; `U1.2__users.sql` takes back, and `B1.2__…` only
//! begins new databases.

use std::cmp::Ordering;
use std::path::Path;

use crate::migrations::folder::files::{self, without_zeros};
use crate::migrations::folder::{FolderError, Migration, checksum};

/// Every script that is to be applied, also in folders below: the versions in their order, then what is repeatable.
pub(super) fn read(folder: &Path) -> Result<Vec<Migration>, FolderError> {
    let mut found = Vec::new();
    gather(folder, &mut found)?;
    found.sort_by(|one, other| {
        (one.repeatable.cmp(&other.repeatable)).then_with(|| by_version(&one.key, &other.key))
    });
    Ok(found)
}

fn gather(folder: &Path, found: &mut Vec<Migration>) -> Result<(), FolderError> {
    for entry in files::entries(folder)? {
        if entry.path.is_dir() {
            gather(&entry.path, found)?;
        } else if let Some(mut migration) = named(&entry.name) {
            let text = String::from_utf8_lossy(&files::bytes(&entry.path)?).into_owned();
            migration.checksums = vec![checksum::flyway(&text)];
            found.push(migration);
        }
    }
    Ok(())
}

fn named(name: &str) -> Option<Migration> {
    let (prefix, description) = name.strip_suffix(".sql")?.split_once("__")?;
    if prefix == "R" {
        return Some(Migration {
            repeatable: true,
            ..Migration::new(description.replace('_', " "), name)
        });
    }
    let version = prefix.strip_prefix('V')?;
    Some(Migration::new(canonical(version)?, name))
}

/// `1_02` and `1.2.0` are the same version.
pub(crate) fn canonical(version: &str) -> Option<String> {
    let parts: Vec<_> = version.split(['.', '_']).collect();
    let is_number =
        |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !parts.iter().all(is_number) {
        return None;
    }
    let mut parts: Vec<_> = parts.into_iter().map(without_zeros).collect();
    while parts.len() > 1 && parts.last() == Some(&"0") {
        parts.pop();
    }
    Some(parts.join("."))
}

/// Part by part, each as a number.
pub(crate) fn by_version(one: &str, other: &str) -> Ordering {
    let parts = |version: &str| -> Vec<(usize, String)> {
        let parts = version.split('.');
        parts.map(|part| (part.len(), part.to_owned())).collect()
    };
    parts(one).cmp(&parts(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_version_has_many_spellings_and_one_order() {
        assert_eq!(canonical("1_02.0").as_deref(), Some("1.2"));
        assert_eq!(canonical("0").as_deref(), Some("0"));
        assert_eq!(canonical("1..2"), None);
        assert_eq!(by_version("1.10", "1.9"), Ordering::Greater);
        assert_eq!(by_version("1", "1.1"), Ordering::Less);
    }

    #[test]
    fn only_what_is_to_be_applied_counts() {
        assert_eq!(named("V1__users.sql").unwrap().key, "1");
        assert!(named("R__all_views.sql").unwrap().repeatable);
        for other in [
            "U1__users.sql",
            "B1__base.sql",
            "V1_users.sql",
            "V1__users.txt",
        ] {
            assert!(named(other).is_none(), "{other}");
        }
    }
}
