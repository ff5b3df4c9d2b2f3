//! What `--fix` does, what it leaves alone, and that it says both.

use crate::apps::Apps;
use crate::books::{Books, keys};
use crate::laws::LONG;

pub(crate) async fn nothing_is_changed_without_being_asked_for(books: &Books) {
    let asked = books.usher(&["check", "contract", "--fix"]).await;
    assert_eq!((asked.code, asked.stdout.as_str()), (2, ""), "{asked:?}");
    for part in [
        "2 rows become `ready`",
        "SET \"status\" = 'active', \"status_since\" = ",
        " WHERE \"user_id\" = 'half' AND \"status\" = 'provisioning';",
        " WHERE \"user_id\" = 'fresh' AND \"status\" = 'active';",
        "--yes",
    ] {
        assert!(asked.stderr.contains(part), "{part}: {asked:?}");
    }
    assert_eq!(books.status("fresh").await, "active");
}

pub(crate) async fn only_healthy_rows_become_ready_and_only_by_legal_steps(
    books: &Books,
    apps: &Apps,
) {
    // It says that its app was never there, so `ready` would skip that; a person has to look.
    books.row("ghost", Some("active"), LONG, &apps.well).await;
    books
        .run("UPDATE user_instances SET provisioned_at = NULL WHERE user_id = 'ghost'")
        .await;
    // It was never said of this one either, and `active` would be the first lie.
    books
        .row("early_ghost", Some("provisioning"), LONG, &apps.well)
        .await;
    books
        .run("UPDATE user_instances SET provisioned_at = NULL WHERE user_id = 'early_ghost'")
        .await;
    let (_, report) = books.check(&[]).await;
    let finding = finding(&report, "healthy_not_ready");
    assert!(
        finding["fix"]["sentence"]
            .as_str()
            .unwrap()
            .contains("the command does it for 2 rows and asks first. 2 rows do not say"),
        "{finding:#}"
    );
    let (code, report) = books.check(&["--fix", "--yes"]).await;
    assert_eq!(code, 1, "{report:#}");
    let fixed = report["fixed"].as_array().unwrap();
    assert!(
        fixed.iter().all(|fixed| fixed["why_not"].is_null()),
        "{report:#}"
    );
    assert_eq!(fixed.len(), 2, "{report:#}");
    assert_eq!(keys(&report, "healthy_not_ready"), ["early_ghost", "ghost"]);
    for (user, status) in [
        ("early_ghost", "provisioning"),
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

pub(crate) async fn what_is_left_alone_is_said_and_never_promised(books: &Books, apps: &Apps) {
    let ended = books.usher(&["check", "contract", "--fix", "--yes"]).await;
    let words = ended
        .stdout
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    for part in [
        "- early_ghost is left alone: provisioned_at is NULL; write it first",
        "answered 200; left alone by --fix, because provisioned_at is NULL; write it first",
        "2 rows do not say since when the app is there (provisioned_at is NULL), so `ready` would skip a step, and --fix leaves them alone.",
    ] {
        assert!(words.contains(part), "{part}: {}", ended.stdout);
    }
    let (_, report) = books.check(&[]).await;
    let fix = &finding(&report, "healthy_not_ready")["fix"]["commands"];
    let fix: Vec<String> = serde_json::from_value(fix.clone()).unwrap();
    let (command, statements) = fix.split_last().unwrap();
    assert_eq!(command, "usher check contract --fix");
    // What is printed does it.
    for statement in statements {
        assert!(
            statement.contains(" SET \"provisioned_at\" = TIME WHERE "),
            "{statement}"
        );
        books.run(&statement.replace("TIME", "'2026-01-02'")).await;
    }
    let (_, report) = books.check(&["--fix", "--yes"]).await;
    assert_eq!(keys(&report, "healthy_not_ready"), [""; 0], "{report:#}");
    assert_eq!(report["left_alone"], serde_json::json!([]));
    assert_eq!(books.status("early_ghost").await, "ready");
    // For the report that is read next.
    books
        .row("fresh_again", Some("active"), LONG, &apps.well)
        .await;
}

/// A row that became `ready` just now must not look as old as its `active`.
pub(crate) async fn a_status_that_is_written_is_dated_in_the_columns_own_form(
    books: &Books,
    apps: &Apps,
) {
    let forms: &[(&str, &str)] = match books.dialect() {
        "sqlite" => &[
            ("seconds_at INTEGER", "1500000000"),
            ("millis_at INTEGER", "1500000000000"),
            ("real_at REAL", "1500000000.5"),
            ("iso_at TEXT", "'2020-01-01T00:00:00Z'"),
            ("text_at TEXT", "'2020-01-01 00:00:00'"),
        ],
        _ => &[
            ("seconds_at bigint", "1500000000"),
            ("millis_at bigint", "1500000000000"),
            ("real_at double precision", "1500000000.5"),
            ("iso_at text", "'2020-01-01T00:00:00Z'"),
            ("text_at text", "'2020-01-01 00:00:00'"),
            ("local_at timestamp", "'2020-01-01'"),
            ("stamp_at timestamptz", "'2020-01-01'"),
        ],
    };
    for (column, long_ago) in forms {
        let (name, _) = column.split_once(' ').unwrap();
        books.run("DELETE FROM user_instances").await;
        books
            .run(&format!("ALTER TABLE user_instances ADD COLUMN {column}"))
            .await;
        books.configure("");
        books.configure_since(name);
        books.row("late", Some("active"), 0, &apps.well).await;
        books
            .run(&format!("UPDATE user_instances SET {name} = {long_ago}"))
            .await;
        let (_, report) = books.check(&["--fix", "--yes"]).await;
        assert_eq!(books.status("late").await, "ready", "{report:#}");
        // As young as it says now: on its way again, nobody misses it yet.
        books
            .run("UPDATE user_instances SET status = 'active', fly_app_url = NULL")
            .await;
        let (_, report) = books.check(&[]).await;
        assert_eq!(keys(&report, "stuck"), [""; 0], "{name}: {report:#}");
        assert_eq!(report["could_not_look"], serde_json::json!([]), "{name}");
        // And in the form it had: what was read of it before is read of it again.
        let length = |text: &str| text.trim_matches('\'').chars().count();
        let written = books.text(name, "late").await;
        if name.starts_with("iso") || name.starts_with("text") || name.starts_with("millis") {
            assert_eq!(length(&written), length(long_ago), "{written}");
            assert_eq!(written.contains('T'), long_ago.contains('T'), "{written}");
        }
    }
    books.configure("");
}

fn finding<'a>(report: &'a serde_json::Value, code: &str) -> &'a serde_json::Value {
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .find(|finding| finding["code"] == code)
        .unwrap()
}
