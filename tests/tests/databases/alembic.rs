//! Incident I5, rebuilt with the real Alembic on a real SQLite file.

use std::path::Path;

use tests::places;

use crate::place::{Place, skipped};
use crate::platform;

const INI: &str = "[alembic]\nscript_location = migrations\nsqlalchemy.url = sqlite:///idp.db\n";

const ENV: &str = "
from alembic import context
from sqlalchemy import create_engine

engine = create_engine(context.config.get_main_option('sqlalchemy.url'))
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=None)
    with context.begin_transaction():
        context.run_migrations()
";

/// As `alembic init` has it.
const TEMPLATE: &str = "\"\"\"${message}\"\"\"
from alembic import op
import sqlalchemy as sa

revision: str = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else \"pass\"}


def downgrade() -> None:
    pass
";

const USHER: &str = "
[[databases]]
name = \"identity\"
kind = \"sqlite\"
path = \"idp.db\"
migrations = \"migrations\"
tables = [\"users\"]
";

fn project() -> Option<Place> {
    let python = places::python().filter(|python| python.is_file());
    let programs = python.as_deref().and_then(Path::parent);
    let Some(programs) = programs.filter(|folder| folder.join("alembic").is_file()) else {
        skipped(
            "ALEMBIC",
            "there is none in target/tools/python; install python3 and run `cargo xtask setup`",
        );
        return None;
    };
    let place = Place::new().with_programs(programs);
    place.write("alembic.ini", INI);
    place.write("migrations/env.py", ENV);
    place.write("migrations/script.py.mako", TEMPLATE);
    place.write("usher.toml", USHER);
    revision(
        &place,
        "a1",
        "None",
        &platform::TABLES
            .map(|table| format!("op.execute(\"{table}\")"))
            .join("\n    "),
    );
    Some(place)
}

fn revision(place: &Place, id: &str, after: &str, upgrade: &str) {
    let script = format!(
        "from alembic import op\nrevision: str = '{id}'\ndown_revision = {after}\nbranch_labels = None\ndepends_on = None\n\n\ndef upgrade() -> None:\n    {upgrade}\n"
    );
    place.write(&format!("migrations/versions/{id}_step.py"), &script);
}

#[test]
fn every_state_of_alembics_graph_is_named_and_gone_after_the_printed_fix() {
    let Some(place) = project() else {
        return;
    };
    place.finds("Alembic × no file", &["database_never_migrated"]);
    place.write("idp.db", "");
    place.finds_and_mends("Alembic × never migrated", &["database_never_migrated"]);
    revision(
        &place,
        "b2",
        "'a1'",
        "op.execute('CREATE TABLE b2 (x INTEGER)')",
    );
    place.finds_and_mends("Alembic × pending", &["migration_pending"]);
    revision(
        &place,
        "c3",
        "'b2'",
        "op.execute('CREATE TABLE c3 (x INTEGER)')",
    );
    revision(
        &place,
        "d4",
        "'b2'",
        "op.execute('CREATE TABLE d4 (x INTEGER)')",
    );
    let refused = place.shell("alembic upgrade head");
    assert!(!refused.status.success(), "{refused:#?}");
    place.finds_and_mends("Alembic × two heads", &["migrations_diverged"]);
    // A branch that ran here and is not in this code.
    revision(&place, "x9", "'a1'", "pass");
    place.done("alembic upgrade x9 && mv migrations/versions/x9_step.py .");
    place.finds("Alembic × ahead", &["migration_unknown"]);
    revision(&place, "e5", "'a1'", "pass");
    place.finds("Alembic × diverged", &["migrations_diverged"]);
    let broken = place.path("migrations/versions/f6.py");
    std::fs::write(broken, "revision = make()\n").unwrap_or_else(|error| panic!("{error}"));
    let unread = place.check_migrations();
    assert_eq!(unread.code, Some(2), "{}", unread.said);
    assert!(unread.said.contains("f6.py"), "{}", unread.said);
}

#[test]
fn branches_with_names_are_there_on_purpose_and_two_heads_that_are_both_applied_are_healthy() {
    let Some(place) = project() else {
        return;
    };
    place.done("alembic upgrade head");
    place.done("alembic revision --message one --head a1 --branch-label one");
    place.done("alembic revision --message two --head a1 --splice --branch-label two");
    let pending = place.finds_and_mends("Alembic × named branches", &["migration_pending"]);
    assert_eq!(pending.commands(), ["alembic upgrade heads"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn incident_i5_a_database_that_was_never_migrated_is_the_one_cause_of_the_failed_sign_up() {
    let Some(place) = project() else {
        return;
    };
    place.write("idp.db", "");
    let app = platform::serve(place.path("idp.db")).await;
    place.write(
        "usher.toml",
        &format!("{}{USHER}", platform::configuration(&app)),
    );
    let run = place.usher(&["verify", "--report", "json"]);
    assert_eq!(run.code, Some(1), "{}", run.said);
    assert_eq!(run.codes(), ["database_never_migrated"], "{}", run.said);
    assert_eq!(run.commands(), ["alembic upgrade head"], "{}", run.said);
    for command in run.commands() {
        place.done(&command);
    }
    let run = place.usher(&["verify", "--report", "json"]);
    assert_eq!((run.code, run.codes().len()), (Some(0), 0), "{}", run.said);
}
