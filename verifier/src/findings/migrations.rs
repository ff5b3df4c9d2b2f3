//! Migrations that explain a step: what `usher check migrations` finds, put together with what the tables have shown.

use crate::configuration::database::Database;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Opinion, Unlooked};
use crate::migrations;

/// Looks at the migrations, where the configuration says where they are. A table that is missing, and why it is, are one thing and are
/// named once.
pub(super) async fn look(database: &Database, of_tables: Opinion) -> Opinion {
    let Some(configured) = &database.migrations else {
        return of_tables;
    };
    // What cannot be looked into is named once as well.
    if !of_tables.unlooked.is_empty() {
        return of_tables;
    }
    let of_history = match migrations::look(database, configured).await {
        Ok(seen) => seen.opinion,
        Err(error) => Opinion {
            causes: Vec::new(),
            unlooked: vec![Unlooked {
                at: format!("the migrations of the database `{}`", database.name),
                why: error.to_string(),
            }],
        },
    };
    joined(of_tables, of_history)
}

fn joined(mut of_tables: Opinion, mut of_history: Opinion) -> Opinion {
    for cause in &mut of_history.causes {
        cause.confidence = as_an_explanation(cause);
    }
    let (Some(table), Some(history)) =
        (of_tables.causes.first_mut(), of_history.causes.first_mut())
    else {
        return of_tables.and(of_history);
    };
    if !matches!(table.code, Code::DatabaseNeverMigrated | Code::TableMissing) {
        // A column has a statement of its own, which is the nearer cure.
        return of_tables.and(of_history);
    }
    if history.code == Code::DatabaseNeverMigrated {
        // The other one names the tables that the code misses.
        let is_new = |seen: &Evidence| table.evidence.iter().all(|one| one.what != seen.what);
        let mut seen = std::mem::take(&mut history.evidence);
        seen.retain(is_new);
        table.evidence.append(&mut seen);
        // And the history names the tool, so its commands are known.
        let known = of_history.causes.remove(0).fix;
        if table.fix.commands.is_empty() {
            table.fix = known;
        }
    } else if says_why_a_table_is_missing(history.code) {
        history.confidence = Confidence::Certain;
        let place = database_of(table);
        history.evidence.push(Evidence::new(&table.sentence, place));
        of_tables.causes.remove(0);
    }
    of_tables.and(of_history)
}

fn database_of(cause: &Cause) -> String {
    let seen = cause.evidence.first();
    seen.map_or_else(String::new, |seen| seen.source.clone())
}

/// That it is the case is certain; that this step failed for it is not, unless nothing else could have come of it.
const fn as_an_explanation(cause: &Cause) -> Confidence {
    let may_be_harmless = matches!(
        cause.code,
        Code::MigrationEdited | Code::MigrationPending | Code::MigrationUnknown
    );
    if may_be_harmless {
        Confidence::Likely
    } else {
        cause.confidence
    }
}

const fn says_why_a_table_is_missing(code: Code) -> bool {
    matches!(
        code,
        Code::MigrationFailed | Code::MigrationPending | Code::MigrationsDiverged
    )
}
