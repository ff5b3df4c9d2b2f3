//! Folder against history, tool by tool.

use super::*;

fn folder(tool: Tool, keys: &[&str]) -> Folder {
    let of = |key: &&str| Migration {
        checksums: vec![format!("sum of {key}")],
        ..Migration::new(*key, *key)
    };
    Folder {
        path: "migrations".into(),
        tool,
        migrations: keys.iter().map(of).collect(),
        heads: Vec::new(),
        branches_are_named: false,
    }
}

fn row(key: &str, state: State) -> Row {
    Row {
        key: key.to_owned(),
        name: key.to_owned(),
        state,
        checksum: Some(format!("sum of {key}")),
        at: None,
        from_elsewhere: false,
    }
}

fn failed() -> State {
    State::Failed { log: None }
}

fn told(folder: &Folder, rows: Vec<Row>) -> String {
    Standing::of(folder, rows).to_string()
}

#[test]
fn what_is_applied_and_nothing_else_is_healthy() {
    let prisma = folder(Tool::Prisma, &["a", "b"]);
    let all = vec![row("a", State::Applied), row("b", State::Applied)];
    assert_eq!(told(&prisma, all), "2 applied");
    assert_eq!(told(&prisma, vec![]), "0 applied, 2 pending");
    let ahead = ["a", "b", "c"].map(|key| row(key, State::Applied)).into();
    assert_eq!(told(&prisma, ahead), "2 applied, 1 unknown to the folder");
}

#[test]
fn what_was_rolled_back_waits_and_has_not_failed() {
    let prisma = folder(Tool::Prisma, &["a"]);
    let rolled_back = vec![row("a", State::TakenBack)];
    assert_eq!(told(&prisma, rolled_back), "0 applied, 1 pending");
    let then_applied = vec![row("a", State::TakenBack), row("a", State::Applied)];
    assert_eq!(told(&prisma, then_applied), "1 applied");
    let then_failed = vec![row("a", State::TakenBack), row("a", failed())];
    assert_eq!(told(&prisma, then_failed), "0 applied, 1 failed");
    // Nobody has it any more, and nobody misses it.
    let gone = vec![row("a", State::Applied), row("b", State::TakenBack)];
    assert_eq!(told(&prisma, gone), "1 applied");
}

#[test]
fn another_checksum_is_an_edit_and_one_that_comes_late_says_so() {
    let sqlx = folder(Tool::Sqlx, &["1", "2", "3"]);
    let mut edited = row("1", State::Applied);
    edited.checksum = Some("another".to_owned());
    let standing = Standing::of(&sqlx, vec![edited, row("3", State::Applied)]);
    assert_eq!(
        standing.to_string(),
        "2 applied, 1 pending, 1 edited after applying"
    );
    assert_eq!(standing.pending[0].overtaken_by.as_deref(), Some("3"));
}

#[test]
fn a_baseline_stands_for_all_before_it_and_a_repeatable_waits_when_it_changes() {
    let mut flyway = folder(Tool::Flyway, &["1.9", "1.10", "views"]);
    flyway.migrations[2].repeatable = true;
    let begun = |views: &str| {
        let mut last = row("views", State::Applied);
        last.checksum = Some(views.to_owned());
        vec![row("1.9", State::Baseline), last]
    };
    assert_eq!(told(&flyway, begun("sum of views")), "2 applied, 1 pending");
    let standing = Standing::of(&flyway, begun("older"));
    assert!(standing.pending[1].again);
    assert!(standing.edited.is_empty());
}

#[test]
fn alembics_rows_are_ends_and_everything_before_them_is_applied() {
    let mut alembic = folder(Tool::Alembic, &["a", "b", "c", "d"]);
    alembic.migrations[1].after = vec!["a".into()];
    alembic.migrations[2].after = vec!["a".into()];
    alembic.migrations[3].after = vec!["b".into(), "c".into()];
    let at = |keys: &[&str]| {
        let rows = keys.iter().map(|key| row(key, State::Applied));
        told(&alembic, rows.collect())
    };
    assert_eq!(at(&["d"]), "4 applied");
    assert_eq!(at(&["b"]), "2 applied, 2 pending");
    assert_eq!(at(&["b", "c"]), "3 applied, 1 pending");
    assert_eq!(at(&[]), "0 applied, 4 pending");
    assert_eq!(at(&["x"]), "0 applied, 4 pending, 1 unknown to the folder");
}

#[test]
fn plain_names_count_with_and_without_their_ending() {
    let mut plain = folder(Tool::Plain, &["1.sql", "2.sql"]);
    plain
        .migrations
        .iter_mut()
        .for_each(|one| one.checksums.clear());
    let rows = vec![row("1.sql", State::Applied), row("2", State::Applied)];
    assert_eq!(told(&plain, rows), "2 applied");
}
