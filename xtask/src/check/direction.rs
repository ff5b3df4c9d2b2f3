//! The direction of dependency, as written at the top of the root Cargo.toml: nothing points back.

use std::fmt;
use std::time::Instant;

use serde_json::Value;

use crate::command::{CommandError, Program, Run};
use crate::talk;
use crate::workspace::{self, FileError, Workspace};

/// Which of our crates each of our crates may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("edge", &["policy"]),
    ("fuzz", &["policy"]),
    ("policy", &[]),
    ("stage", &["policy"]),
    ("tests", &["edge", "policy", "stage", "verifier"]),
    ("verifier", &["policy"]),
    ("xtask", &[]),
];

/// Compares what the manifests say with what they may say, and policy's first lines with its promise.
pub(crate) fn check(workspace: &Workspace) -> Result<(), DirectionError> {
    let started = Instant::now();
    let metadata =
        Run::new(Program::Cargo).arguments(["metadata", "--no-deps", "--format-version", "1"]);
    let metadata = metadata
        .folder(workspace.root())
        .capture()
        .map_err(DirectionError::Command)?;
    let metadata = serde_json::from_str(&metadata).map_err(DirectionError::Unreadable)?;
    let mut violations = violations(&metadata);
    let policy =
        workspace::read(&workspace.path("policy/src/lib.rs")).map_err(DirectionError::File)?;
    if !String::from_utf8_lossy(&policy)
        .lines()
        .any(|line| line.trim() == "#![no_std]")
    {
        violations.push(Violation::PolicyHasStd);
    }
    if violations.is_empty() {
        talk::say_done("checked the direction of dependency", started.elapsed());
        Ok(())
    } else {
        Err(DirectionError::Violations(violations))
    }
}

fn violations(metadata: &Value) -> Vec<Violation> {
    let packages = metadata
        .get("packages")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    packages.iter().flat_map(violations_of).collect()
}

fn violations_of(package: &Value) -> Vec<Violation> {
    let user = name(package);
    let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == user) else {
        return vec![Violation::Unplaced(user.to_owned())];
    };
    let dependencies = package
        .get("dependencies")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    // Only our own crates come from a path.
    let ours = dependencies
        .iter()
        .filter(|dependency| dependency.get("path").is_some_and(Value::is_string))
        .map(name);
    let backwards = ours.filter(|used| !allowed.contains(used));
    backwards
        .map(|used| Violation::Backwards {
            user: user.to_owned(),
            used: used.to_owned(),
        })
        .collect()
}

fn name(item: &Value) -> &str {
    item.get("name").and_then(Value::as_str).unwrap_or_default()
}

/// One dependency that must not be.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Violation {
    Backwards { user: String, used: String },
    PolicyHasStd,
    Unplaced(String),
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Backwards { user, used } => {
                write!(
                    f,
                    "`{user}` must not depend on `{used}`: remove it from {user}/Cargo.toml (the allowed direction is at the top of Cargo.toml)"
                )
            }
            Self::PolicyHasStd => write!(
                f,
                "`policy` must stay free of I/O: put `#![no_std]` back into policy/src/lib.rs"
            ),
            Self::Unplaced(user) => {
                write!(
                    f,
                    "`{user}` has no place in the direction of dependency: give it one in xtask/src/check/direction.rs and at the top of Cargo.toml"
                )
            }
        }
    }
}

/// Why the direction is not as promised, or not known.
#[derive(Debug)]
pub(crate) enum DirectionError {
    Command(CommandError),
    File(FileError),
    Unreadable(serde_json::Error),
    Violations(Vec<Violation>),
}

impl fmt::Display for DirectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(error) => error.fmt(f),
            Self::File(error) => error.fmt(f),
            Self::Unreadable(error) => write!(f, "`cargo metadata` cannot be read: {error}"),
            Self::Violations(violations) => {
                let sentences = violations
                    .iter()
                    .map(Violation::to_string)
                    .collect::<Vec<_>>();
                f.write_str(&sentences.join("\n       "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn workspace_where(user: &str, dependency: &str) -> Value {
        json!({ "packages": [{ "name": user, "dependencies": [
            { "name": "serde", "path": null },
            { "name": dependency, "path": "/somewhere" },
        ] }] })
    }

    #[test]
    fn every_dependency_that_points_back_is_a_violation() {
        for (user, allowed) in MAY_USE {
            for (used, _) in MAY_USE {
                let expected = if allowed.contains(used) {
                    vec![]
                } else {
                    vec![Violation::Backwards {
                        user: (*user).to_owned(),
                        used: (*used).to_owned(),
                    }]
                };
                assert_eq!(violations(&workspace_where(user, used)), expected);
            }
        }
    }

    #[test]
    fn nothing_points_from_policy_to_ours_and_nothing_reaches_xtask() {
        for (user, allowed) in MAY_USE {
            assert!(!allowed.contains(&"xtask"), "{user}");
            assert!(*user != "policy" || allowed.is_empty());
        }
    }

    #[test]
    fn a_crate_without_a_place_is_a_violation() {
        assert_eq!(
            violations(&workspace_where("extras", "policy")),
            [Violation::Unplaced("extras".to_owned())]
        );
    }

    #[test]
    fn this_workspace_keeps_the_direction() {
        let checked = check(&Workspace::here());
        assert!(checked.is_ok(), "{}", checked.unwrap_err());
    }
}
