//! What holds of every database.

use crate::apps::{Apps, apps};
use crate::books::{Books, keys, rows};
use crate::repairs;

pub(crate) const LONG: u64 = 100_000;

/// Every law, one after the other on one table: a server takes a second to start.
pub(crate) async fn all(start: impl AsyncFn() -> Option<Books>) {
    let Some(books) = start().await else {
        return;
    };
    let apps = apps().await;
    a_name_that_is_not_there_is_a_mistake_of_the_file_at_its_place(&books).await;
    the_database_that_holds_nothing_is_told_so_until_the_script_has_run(&books).await;
    books.run("DELETE FROM user_instances").await;
    the_incident_is_named_row_by_row(&books, &apps).await;
    repairs::nothing_is_changed_without_being_asked_for(&books).await;
    repairs::only_healthy_rows_become_ready_and_only_by_legal_steps(&books, &apps).await;
    repairs::what_is_left_alone_is_said_and_never_promised(&books, &apps).await;
    a_report_can_be_read_and_obeys_nobody(&books).await;
    a_time_may_be_a_timestamp_and_none_is_never_young(&books, &apps).await;
    repairs::a_status_that_is_written_is_dated_in_the_columns_own_form(&books, &apps).await;
    rows_that_cannot_be_read_give_no_verdict_and_change_nothing(&books, &apps).await;
    books.stop().await;
}

async fn a_name_that_is_not_there_is_a_mistake_of_the_file_at_its_place(books: &Books) {
    let refused = async |place: &str, said: &[&str]| {
        let ended = books.usher(&["check", "contract"]).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{ended:?}");
        assert!(
            ended
                .stderr
                .starts_with(&format!("error: usher.toml:{place}")),
            "{}",
            ended.stderr
        );
        for part in said {
            assert!(ended.stderr.contains(part), "{part}: {}", ended.stderr);
        }
        // What stands in no file of theirs is nothing that they can mend.
        for noise in ["SELECT", "\\u{", "contract sql"] {
            assert!(!ended.stderr.contains(noise), "{}", ended.stderr);
        }
    };
    books
        .run("ALTER TABLE user_instances RENAME TO user_instance")
        .await;
    refused(
        "8:9: `[contract] table` is `user_instances`, which the database `platform`",
        &[
            "does not have; it has: user_instance",
            "hint: did you mean `user_instance`?",
        ],
    )
    .await;
    books
        .run("ALTER TABLE user_instance RENAME TO user_instances")
        .await;
    books.configure("status = \"state\"");
    books.configure_since("status_at");
    refused(
        "12:9: `[contract] since` is `status_at`, which user_instances does not have; it has: user_id, ",
        &["usher.toml:16:10: `[contract] status` is `state`, which user_instances does not have"],
    )
    .await;
    books.configure("");
    books
        .run("ALTER TABLE user_instances RENAME COLUMN status TO state")
        .await;
    refused(
        "8:9: `[contract] status` is `status` unless given, which user_instances does not have",
        &["hint: add `status = "],
    )
    .await;
    books
        .run("ALTER TABLE user_instances RENAME COLUMN state TO status")
        .await;
}

async fn the_database_that_holds_nothing_is_told_so_until_the_script_has_run(books: &Books) {
    let (code, report) = books.check(&[]).await;
    assert_eq!(code, 1, "{report:#}");
    assert!(!keys(&report, "not_held").is_empty());
    let command = report["findings"][0]["fix"]["commands"][0]
        .as_str()
        .unwrap();
    let (script, _) = command.split_once(" | ").unwrap();
    let arguments: Vec<_> = script.split(' ').skip(1).collect();
    let script = books.usher(&arguments).await;
    assert_eq!(
        (script.code, arguments[3]),
        (0, books.dialect()),
        "{script:?}"
    );
    books.run(&script.stdout).await;
    let (code, report) = books.check(&[]).await;
    assert_eq!(code, 0, "{report:#}");
    // Whoever imports old rows lets them begin anywhere; the steps are held all the same.
    let arguments = [&arguments[..], &["--any-first-status"]].concat();
    let lenient = books.usher(&arguments).await;
    books.run(&lenient.stdout).await;
    let (code, report) = books.check(&[]).await;
    assert_eq!(code, 0, "{report:#}");
}

/// Converted old users `ready`, fresh ones `active`, and every other way in which rows were wrong.
async fn the_incident_is_named_row_by_row(books: &Books, apps: &Apps) {
    books
        .row("converted", Some("ready"), LONG, &apps.well)
        .await;
    books.row("fresh", Some("active"), LONG, &apps.well).await;
    books.row("early", Some("active"), 0, &apps.well).await;
    books.row("new", Some("provisioning"), 0, &apps.gone).await;
    books
        .row("stuck", Some("provisioning"), LONG, &apps.gone)
        .await;
    books.row("dead", Some("ready"), LONG, &apps.gone).await;
    books.row("ill", Some("ready"), LONG, &apps.ill).await;
    books
        .row("half", Some("provisioning"), LONG, &apps.well)
        .await;
    unguarded(books).await;
    for (user, status) in [
        ("odd", Some("Ready")),
        ("none", None),
        ("evil", Some("\u{1b}[2J")),
    ] {
        books.row(user, status, LONG, &apps.well).await;
    }
    books.row("lost", Some("suspended"), LONG, &apps.gone).await;
    books
        .run("UPDATE user_instances SET provisioned_at = NULL WHERE user_id = 'converted'")
        .await;
    let (code, report) = books.check(&[]).await;
    assert_eq!(
        (code, &report["rows"]),
        (1, &serde_json::json!(12)),
        "{report:#}"
    );
    let unknown = rows(&report, "unknown_status");
    let seen: Vec<_> = unknown
        .iter()
        .map(|(key, seen)| (key.as_str(), seen.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            ("evil", "`\u{1b}[2J`"),
            ("none", "NULL"),
            ("odd", "`Ready`")
        ]
    );
    for (code, expected) in [
        ("healthy_not_ready", &["fresh", "half"][..]),
        ("stuck", &["stuck"]),
        ("ready_but_dead", &["dead", "ill"]),
        ("step_skipped", &["converted"]),
        ("suspended_from_wrong", &["lost"]),
    ] {
        assert_eq!(keys(&report, code), expected, "{code}: {report:#}");
    }
    assert!(!keys(&report, "not_held").is_empty(), "{report:#}");
    assert_eq!(report["could_not_look"], serde_json::json!([]));
}

/// Takes away what the script had set up, so that wrong rows can be there.
async fn unguarded(books: &Books) {
    let statements = match books.dialect() {
        "sqlite" => "DROP TRIGGER usher_user_instances_insert; DROP TRIGGER usher_user_instances_update;",
        _ => {
            "DROP TRIGGER usher_user_instances_fill ON user_instances;
             DROP TRIGGER usher_user_instances_hold ON user_instances;
             ALTER TABLE user_instances DROP CONSTRAINT usher_status, DROP CONSTRAINT usher_suspended_from;"
        }
    };
    books.run(statements).await;
}

async fn a_report_can_be_read_and_obeys_nobody(books: &Books) {
    let ended = books.usher(&["check", "contract"]).await;
    assert_eq!(ended.code, 1);
    assert!(!ended.stdout.contains('\u{1b}'), "{ended:?}");
    let is_command = |line: &str| {
        line.starts_with("      ") && line.ends_with([';', 'x']) || line.contains("usher c")
    };
    for line in ended.stdout.lines().filter(|line| !is_command(line)) {
        let is_word = !line.trim().contains(' ');
        assert!(
            line.chars().count() <= 80
                || is_word
                || line.contains("sqlite3")
                || line.contains("psql"),
            "{line}"
        );
    }
    assert!(
        ended.stdout.contains("NOT IN ORDER: unknown_status"),
        "{}",
        ended.stdout
    );
}

async fn a_time_may_be_a_timestamp_and_none_is_never_young(books: &Books, apps: &Apps) {
    books.run("DELETE FROM user_instances").await;
    let kind = match books.dialect() {
        "sqlite" => "TEXT",
        _ => "timestamptz",
    };
    books
        .run(&format!(
            "ALTER TABLE user_instances ADD COLUMN changed_at {kind}"
        ))
        .await;
    books.configure_since("changed_at");
    books.row("old", Some("active"), 0, &apps.gone).await;
    books
        .run("UPDATE user_instances SET changed_at = '2020-01-01 00:00:00'")
        .await;
    let (_, report) = books.check(&[]).await;
    assert_eq!(keys(&report, "stuck"), ["old"], "{report:#}");
    books.row("timeless", Some("active"), 0, &apps.gone).await;
    let (_, report) = books.check(&[]).await;
    assert_eq!(keys(&report, "stuck"), ["old"], "{report:#}");
    assert_eq!(report["could_not_look"].as_array().unwrap().len(), 1);
}

async fn rows_that_cannot_be_read_give_no_verdict_and_change_nothing(books: &Books, apps: &Apps) {
    books.run("DELETE FROM user_instances").await;
    books.row("fresh", Some("active"), LONG, &apps.well).await;
    books.row("odd", Some("Ready"), LONG, &apps.well).await;
    let broken = match books.dialect() {
        // Not UTF-8.
        "sqlite" => "INSERT INTO user_instances (user_id, status) VALUES (CAST(x'ff' AS TEXT), 'ready')",
        // No number, and nothing that a reader finds out before it reads the row.
        _ => "ALTER TABLE user_instances ALTER COLUMN status_since TYPE float8;
              INSERT INTO user_instances (user_id, status, status_since) VALUES ('broken', 'active', 'NaN')",
    };
    books.run(broken).await;
    let (code, report) = books.check(&["--fix", "--yes"]).await;
    assert_eq!(
        (code, &report["all_read"]),
        (3, &false.into()),
        "{report:#}"
    );
    assert_eq!(report["could_not_look"].as_array().unwrap().len(), 1);
    assert_eq!(report["fixed"], serde_json::json!([]), "{report:#}");
    assert_eq!(books.status("fresh").await, "active");
    let ended = books.usher(&["check", "contract"]).await;
    assert!(
        ended
            .stdout
            .contains("BROKEN: nobody can tell whether the table is in order"),
        "{}",
        ended.stdout
    );
    assert!(!ended.stdout.contains("NOT IN ORDER"), "{}", ended.stdout);
}
