//! The differences between a live database and what is expected of it, as causes with their cure.

use crate::configuration::database::{Database, Place};
use crate::findings::code::Code;
use crate::findings::database_never_migrated::no_file;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion, Unlooked};
use crate::schema::default::shown;
use crate::schema::difference::{ChangedColumn, ChangedTable, differences};
use crate::schema::expectation::Expectation;
use crate::schema::live::{Live, LiveError};
use crate::schema::repair::{self, Repair, Scene};
use crate::schema::{Form, Table};
use crate::sources::sqlite::SqliteError;

/// Looks into the database and names every difference.
pub(crate) async fn look(database: &Database, expectation: &Expectation) -> Opinion {
    let mut opinion = Opinion::default();
    let at = format!("the database `{}` ({})", database.name, database.place);
    opinion
        .unlooked
        .extend(expectation.unread.iter().map(|why| Unlooked {
            at: expectation.path.display().to_string(),
            why: why.clone(),
        }));
    match Live::look(&database.place).await {
        Ok(live) => {
            let report = Report {
                database,
                expectation,
                live: &live,
            };
            report.judge(&mut opinion).await;
        }
        Err(LiveError::Sqlite(SqliteError::NoFile)) => opinion.causes.push(no_file(database)),
        Err(error) => opinion.unlooked.push(Unlooked {
            at,
            why: error.to_string(),
        }),
    }
    opinion
}

struct Report<'a> {
    database: &'a Database,
    expectation: &'a Expectation,
    live: &'a Live,
}

impl Report<'_> {
    async fn judge(&self, opinion: &mut Opinion) {
        let live = &self.live.schema;
        let mut expected = self.expectation.schema.clone();
        // The tables that are expected by name only.
        for name in &self.database.tables {
            if !expected
                .tables
                .iter()
                .any(|table| expected.dialect.same_name(&table.name, name))
            {
                let mut table = Table::new(None, name.clone());
                table.form = Form::Unread;
                expected.tables.push(table);
            }
        }
        let found = differences(&expected, live);
        opinion
            .unlooked
            .extend(found.unknown.iter().map(|why| Unlooked {
                at: self.expectation.path.display().to_string(),
                why: why.clone(),
            }));
        if !found.missing.is_empty() {
            let are_all = found.missing.len() == expected.tables.len();
            opinion.causes.push(self.tables(&found.missing, are_all));
        }
        for table in &found.changed {
            let has_rows = self.live.has_rows(&table.live.quoted()).await;
            let scene = Scene {
                expected: &expected,
                live: self.live,
                table,
                has_rows,
            };
            opinion.causes.extend(self.table(scene));
        }
    }

    fn tables(&self, missing: &[&Table], are_all: bool) -> Cause {
        let names: Vec<_> = missing.iter().map(|table| table.shown()).collect();
        let (noun, verb) = if names.len() == 1 {
            ("table", "is")
        } else {
            ("tables", "are")
        };
        let repair = repair::create_tables(&self.expectation.schema, missing, self.live);
        let live: Vec<_> = self.live.schema.tables.iter().map(Table::shown).collect();
        let seen = if live.is_empty() {
            "no table at all".to_owned()
        } else {
            format!("tables: {}", live.join(", "))
        };
        let (code, sentence) = if are_all {
            let sentence = format!(
                "not one of the tables that the deployed code expects ({}) is in the database in use ({})",
                listed(&names),
                self.database.place
            );
            (Code::DatabaseNeverMigrated, sentence)
        } else {
            let sentence = format!(
                "the {noun} {} {verb} missing in the database in use ({})",
                listed(&names),
                self.database.place
            );
            (Code::TableMissing, sentence)
        };
        let mut fix = self.fix(
            "Apply the migrations to this very database, and find out why they were not:",
            &repair,
        );
        if let Some(migrate) = &self.database.migrate {
            "Apply the migrations to this very database, and on every deploy:"
                .clone_into(&mut fix.sentence);
            fix.commands = vec![migrate.clone()];
        } else if fix.commands.is_empty() {
            "Apply the migrations to this very database; name the command as `migrate` in [[databases]] to have it here.".clone_into(&mut fix.sentence);
        }
        self.cause(code, sentence, seen, fix)
    }

    fn table(&self, scene: Scene<'_>) -> Vec<Cause> {
        let table = scene.table;
        let mut causes = Vec::new();
        if !table.missing.is_empty() {
            let names: Vec<_> = table
                .missing
                .iter()
                .map(|column| column.name.clone())
                .collect();
            let (noun, verb) = if names.len() == 1 {
                ("column", "is")
            } else {
                ("columns", "are")
            };
            let sentence = format!(
                "the {noun} {} of `{}` {verb} missing in the database in use ({}): every statement that names one of them fails",
                listed(&names),
                table.expected.shown(),
                self.database.place
            );
            let repair = repair::add_columns(scene);
            let fix = self.fix(
                "Add what is missing, and find the migration that failed or forgot it:",
                &repair,
            );
            causes.push(self.cause(Code::ColumnMissing, sentence, columns(table), fix));
        }
        if !table.changed.is_empty() {
            let said: Vec<_> = table.changed.iter().map(difference).collect();
            let sentence = format!(
                "in `{}` of the database in use ({}), {}",
                table.expected.shown(),
                self.database.place,
                said.join("; ")
            );
            let repair = repair::change_columns(scene);
            let fix = self.fix(
                "Change the column to what the deployed code expects:",
                &repair,
            );
            causes.push(self.cause(Code::ColumnDiffers, sentence, columns(table), fix));
        }
        if !table.indexes.is_empty() {
            let said: Vec<_> = table
                .indexes
                .iter()
                .map(|index| {
                    let unique = if index.unique {
                        "a unique index"
                    } else {
                        "an index"
                    };
                    match &index.special {
                        None => format!("{unique} on ({})", index.columns.join(", ")),
                        Some(special) => format!("{unique} {special}"),
                    }
                })
                .collect();
            let sentence = format!(
                "`{}` lacks {} in the database in use ({})",
                table.expected.shown(),
                said.join(" and "),
                self.database.place
            );
            let repair = repair::create_indexes(scene);
            let fix = self.fix("Make it:", &repair);
            let is: Vec<_> = table
                .live
                .indexes
                .iter()
                .map(|index| format!("({})", index.columns.join(", ")))
                .collect();
            let seen = if is.is_empty() {
                "no index".to_owned()
            } else {
                format!("indexes on {}", is.join(", "))
            };
            causes.push(self.cause(Code::IndexMissing, sentence, seen, fix));
        }
        causes
    }

    fn fix(&self, sentence: &str, repair: &Repair) -> Fix {
        let sentences: Vec<&str> = repair.notes.iter().copied().chain([sentence]).collect();
        let client = match (&self.database.place, repair.commands.is_empty()) {
            (_, true) => String::new(),
            (Place::Mongodb(_), false) => format!(" (mongosh \"{}\")", self.database.place),
            (Place::Postgres { .. }, false) => format!(" (psql \"{}\")", self.database.place),
            (Place::Sqlite(path), false) => format!(" (sqlite3 {})", path.display()),
        };
        let sentence = sentences.join(" ");
        let sentence = match sentence.strip_suffix(':') {
            Some(sentence) if repair.commands.is_empty() => format!("{sentence}."),
            Some(sentence) => format!("{sentence}{client}:"),
            None => sentence,
        };
        Fix {
            sentence,
            commands: repair.commands.clone(),
        }
    }

    fn cause(&self, code: Code, sentence: String, seen: String, fix: Fix) -> Cause {
        let Expectation { path, read_by, .. } = self.expectation;
        Cause {
            code,
            confidence: Confidence::Certain,
            sentence,
            evidence: vec![
                Evidence::new(seen, self.database.place.to_string()),
                Evidence::new(
                    format!("what is expected, {read_by}"),
                    path.display().to_string(),
                ),
            ],
            fix,
        }
    }
}

fn columns(table: &ChangedTable<'_>) -> String {
    let names: Vec<_> = table
        .live
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    format!(
        "`{}` has the columns {}",
        table.live.shown(),
        names.join(", ")
    )
}

/// `id` is text and should be integer
fn difference(changed: &ChangedColumn<'_>) -> String {
    let ChangedColumn { expected, live, .. } = changed;
    let null = |nullable: bool| {
        if nullable {
            "may be NULL"
        } else {
            "may not be NULL"
        }
    };
    let mut said = Vec::new();
    if changed.kind {
        said.push(format!(
            "is {} where {} is expected",
            live.kind, expected.kind
        ));
    }
    if changed.nullability {
        said.push(format!(
            "{} where it {} by what is expected",
            null(live.nullable),
            null(expected.nullable)
        ));
    }
    if changed.default {
        said.push(format!(
            "has {} where {} is expected",
            shown(&live.given),
            shown(&expected.given)
        ));
    }
    format!("`{}` {}", expected.name, said.join(", "))
}

fn listed(names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
