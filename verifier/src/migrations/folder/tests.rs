//! What each tool's folder is read as.

use std::fs;
use std::path::Path;

use super::*;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn guessed(files: &[(&str, &str)]) -> Result<Vec<Tool>, FolderError> {
    let folder = folder(files);
    candidates(&Migrations {
        folder: folder.path().to_owned(),
        tool: None,
        table: None,
        column: None,
    })
}

fn revision(id: &str, after: &str) -> String {
    format!("revision = '{id}'\ndown_revision = {after}\n")
}

fn keys(path: &Path, tool: Tool) -> Vec<String> {
    let folder = Folder::read(path, tool).unwrap();
    folder.migrations.into_iter().map(|one| one.key).collect()
}

#[test]
fn a_folder_says_by_its_names_whose_it_is() {
    for (file, tools) in [
        ("20250101000000_init/migration.sql", vec![Tool::Prisma]),
        ("migration_lock.toml", vec![Tool::Prisma]),
        ("versions/a1_users.py", vec![Tool::Alembic]),
        ("a1_users.py", vec![Tool::Alembic]),
        ("20250101000000_users.rb", vec![Tool::Rails]),
        ("V1__users.sql", vec![Tool::Flyway]),
        ("below/R__views.sql", vec![Tool::Flyway]),
        ("1_users.up.sql", vec![Tool::Sqlx]),
        ("0001_users.sql", vec![Tool::Sqlx, Tool::D1]),
    ] {
        assert_eq!(guessed(&[(file, "")]).unwrap(), tools, "{file}");
    }
    assert!(matches!(
        guessed(&[("users.sql", "")]),
        Err(FolderError::Unknown { .. })
    ));
    assert!(matches!(guessed(&[]), Err(FolderError::Unknown { .. })));
}

#[test]
fn a_folder_without_migrations_is_a_mistake_and_never_nothing_pending() {
    let empty = folder(&[("readme.md", "")]);
    for tool in Tool::ALL {
        let error = Folder::read(empty.path(), tool).unwrap_err();
        assert!(matches!(error, FolderError::Empty { .. }), "{error}");
        let error = Folder::read(&empty.path().join("none"), tool).unwrap_err();
        assert!(matches!(error, FolderError::Unreadable { .. }), "{error}");
    }
}

#[test]
fn numbers_are_in_order_as_numbers() {
    let of_sqlx = folder(&[
        ("10_b.sql", ""),
        ("9_a.up.sql", ""),
        ("9_a.down.sql", ""),
        ("x.sql", ""),
    ]);
    assert_eq!(keys(of_sqlx.path(), Tool::Sqlx), ["9", "10"]);
    let of_flyway = folder(&[
        ("V1.10__b.sql", ""),
        ("V1_9__a.sql", ""),
        ("R__views.sql", ""),
    ]);
    assert_eq!(
        keys(of_flyway.path(), Tool::Flyway),
        ["1.9", "1.10", "views"]
    );
    let twice = folder(&[("V1__a.sql", ""), ("V01.0__b.sql", "")]);
    let error = Folder::read(twice.path(), Tool::Flyway).unwrap_err();
    assert!(matches!(error, FolderError::Twice { .. }), "{error}");
}

#[test]
fn alembics_graph_is_in_order_and_its_heads_are_known() {
    let branched = folder(&[
        ("versions/a.py", &revision("c3", "'b2'")),
        ("versions/b.py", &revision("b2", "None")),
        ("versions/c.py", &revision("d4", "'b2'")),
        ("versions/__init__.py", ""),
    ]);
    let read = Folder::read(branched.path(), Tool::Alembic).unwrap();
    assert_eq!(keys(branched.path(), Tool::Alembic), ["b2", "c3", "d4"]);
    assert_eq!(read.heads, ["c3", "d4"]);
    fs::write(
        branched.path().join("versions/m.py"),
        revision("e5", "('c3', 'd4')"),
    )
    .unwrap();
    let read = Folder::read(branched.path(), Tool::Alembic).unwrap();
    assert_eq!(read.heads, ["e5"]);
    assert!(!read.branches());
}

#[test]
fn a_script_that_is_not_understood_is_named_and_never_passed_over() {
    for (text, why) in [
        ("down_revision = None\n", "`revision`"),
        ("revision = make()\n", "`revision`"),
        (
            "revision = 'a'\ndown_revision = before\n",
            "`down_revision`",
        ),
        ("revision = 'a'\ndown_revision = 'gone'\n", "`gone`"),
    ] {
        let folder = folder(&[("x.py", text)]);
        let error = Folder::read(folder.path(), Tool::Alembic)
            .unwrap_err()
            .to_string();
        assert!(error.contains("x.py") && error.contains(why), "{error}");
    }
}
