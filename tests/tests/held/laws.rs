//! What holds of every database.

use crate::apps::{Apps, apps};
use crate::books::{Books, keys, rows};

const LONG: u64 = 100_000;

/// Every law, one after the other on one table: a server takes a second to start.
pub(crate) async fn all(start: impl AsyncFn() -> Option<Books>) {
    let Some(books) = start().await else {
        return;
    };
    let apps = apps().await;
    a_table_that_is_not_there_is_never_in_order(&books).await;
    the_database_that_holds_nothing_is_told_so_until_the_script_has_run(&books).await;
    books.run("DELETE FROM user_instances").await;
    the_incident_is_named_row_by_row(&books, &apps).await;
    nothing_is_changed_without_being_asked_for(&books).await;
    only_healthy_rows_become_ready_and_only_by_legal_steps(&books, &apps).await;
    a_report_can_be_read_and_obeys_nobody(&books).await;
    a_time_may_be_a_timestamp_and_none_is_never_young(&books, &apps).await;
    books.stop().await;
}

async fn a_table_that_is_not_there_is_never_in_order(books: &Books) {
    books
        .run("ALTER TABLE user_instances RENAME TO elsewhere")
        .await;
    let (code, report) = books.check(&[]).await;
    assert!(!report["could_not_look"].as_array().unwrap().is_empty());
    assert_ne!(code, 0, "{report:#}");
    books
        .run("ALTER TABLE elsewhere RENAME TO user_instances")
        .await;
    books.configure("status = \"state\"");
    let (code, report) = books.check(&[]).await;
    assert_ne!(code, 0, "{report:#}");
    assert!(
        report["could_not_look"].to_string().contains("state"),
        "{report:#}"
    );
    books.configure("");
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

async fn nothing_is_changed_without_being_asked_for(books: &Books) {
    let asked = books.usher(&["check", "contract", "--fix"]).await;
    assert_eq!((asked.code, asked.stdout.as_str()), (2, ""), "{asked:?}");
    for part in [
        "SET \"status\" = 'active' WHERE \"user_id\" = 'half' AND \"status\" = 'provisioning';",
        "SET \"status\" = 'ready' WHERE \"user_id\" = 'fresh' AND \"status\" = 'active';",
        "--yes",
    ] {
        assert!(asked.stderr.contains(part), "{part}: {asked:?}");
    }
    assert_eq!(books.status("fresh").await, "active");
}

async fn only_healthy_rows_become_ready_and_only_by_legal_steps(books: &Books, apps: &Apps) {
    // It says that its app was never there, so `ready` would skip that; a person has to look.
    books.row("ghost", Some("active"), LONG, &apps.well).await;
    books
        .run("UPDATE user_instances SET provisioned_at = NULL WHERE user_id = 'ghost'")
        .await;
    let (code, report) = books.check(&["--fix", "--yes"]).await;
    assert_eq!(code, 1, "{report:#}");
    let fixed = report["fixed"].as_array().unwrap();
    assert!(
        fixed.iter().all(|fixed| fixed["why_not"].is_null()),
        "{report:#}"
    );
    assert_eq!(fixed.len(), 2, "{report:#}");
    assert_eq!(keys(&report, "healthy_not_ready"), ["ghost"]);
    for (user, status) in [
        ("fresh", "ready"),
        ("half", "ready"),
        ("ghost", "active"),
        ("early", "active"),
        ("stuck", "provisioning"),
        ("dead", "ready"),
        ("odd", "Ready"),
        ("lost", "suspended"),
    ] {
        assert_eq!(books.status(user).await, status, "{user}");
    }
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
