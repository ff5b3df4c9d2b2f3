//! What a standing means: the causes, with the evidence and the cure.

use std::path::PathBuf;

use crate::configuration::database::Database;
use crate::counted::counted;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix};
use crate::migrations::cure;
use crate::migrations::folder::Folder;
use crate::migrations::standing::{Edited, Standing};
use crate::migrations::tool::Tool;

/// The folder has migrations, and the database has no history.
pub(super) fn never_migrated(
    database: &Database,
    folder: &Folder,
    table: &str,
    tables: &[String],
) -> Cause {
    let path = database.place.to_string();
    let waiting = counted(folder.migrations.len() as u64, "migration");
    let (seen, sentence) = if tables.is_empty() {
        let sentence = "Apply the migrations to this very database, and on every deploy:";
        ("no table at all".to_owned(), sentence.to_owned())
    } else {
        (
            format!("tables: {}", tables.join(", ")),
            format!(
                "Check that this is the database that was meant: something else made its tables. If they are those of the migrations, {}; if not, apply them:",
                baseline(folder.tool)
            ),
        )
    };
    Cause {
        code: Code::DatabaseNeverMigrated,
        confidence: Confidence::Certain,
        sentence: format!(
            "no migration was ever applied to the database in use ({path}): it has no table `{table}`, and {} has {waiting} for it",
            folder.path.display()
        ),
        evidence: vec![Evidence::new(seen, &path)],
        fix: cure::apply(database, folder, &sentence),
    }
}

/// How each tool is told that what is there needs not be made.
const fn baseline(tool: Tool) -> &'static str {
    match tool {
        Tool::Alembic => "tell Alembic so with `alembic stamp REVISION`",
        Tool::Flyway => "tell Flyway so with `flyway baseline`",
        Tool::Prisma => {
            "tell Prisma so with `npx prisma migrate resolve --applied NAME`, one by one"
        }
        Tool::D1 | Tool::Plain | Tool::Rails | Tool::Sqlx => "write their names into the history",
    }
}

/// What is wrong, the worst first. What waits behind one that failed is no cause of its own.
pub(super) fn of(
    database: &Database,
    folder: &Folder,
    table: &str,
    standing: &Standing,
) -> Vec<Cause> {
    let case = Case {
        database,
        folder,
        table,
        standing,
    };
    let (waits, is_ahead) = (!standing.pending.is_empty(), !standing.unknown.is_empty());
    let place = match (standing.failed.is_empty(), waits, is_ahead) {
        (_, false, false) | (false, true, false) => None,
        (false, _, true) | (true, false, true) => Some(case.unknown()),
        (true, true, true) => Some(case.diverged()),
        (true, true, false) if case.has_loose_heads() => Some(case.heads()),
        (true, true, false) => Some(case.pending()),
    };
    let failed = (!standing.failed.is_empty()).then(|| case.failed());
    let edited = (!standing.edited.is_empty()).then(|| case.edited());
    failed.into_iter().chain(place).chain(edited).collect()
}

struct Case<'a> {
    database: &'a Database,
    folder: &'a Folder,
    table: &'a str,
    standing: &'a Standing,
}

impl Case<'_> {
    fn failed(&self) -> Cause {
        let failed = &self.standing.failed;
        let names = listed(failed.iter().map(|failed| failed.name.as_str()));
        let waiting = match self.standing.pending.len() {
            0 => String::new(),
            count => format!(
                ", and {} behind it will not be applied",
                counted(count as u64, "migration")
            ),
        };
        let log = failed.iter().map(|failed| {
            let log = failed
                .log
                .as_deref()
                .map(str::trim)
                .filter(|log| !log.is_empty());
            let log = log.map_or("the tool keeps no log of it", first_lines);
            self.seen(
                &failed.name,
                "failed",
                failed.at.as_deref(),
                &format!(": {log}"),
            )
        });
        let evidence = log.chain(self.waiting()).collect();
        Self::cause(
            Code::MigrationFailed,
            format!(
                "{names} failed in the database `{}`{waiting}",
                self.database.name
            ),
            evidence,
            cure::again(self.database, self.folder, failed, self.table),
        )
    }

    fn pending(&self) -> Cause {
        let pending = &self.standing.pending;
        let names = listed(
            pending
                .iter()
                .map(|pending| pending.migration.name.as_str()),
        );
        Self::cause(
            Code::MigrationPending,
            format!(
                "the database `{}` is behind the code: {names} {} not applied",
                self.database.name,
                are(pending.len())
            ),
            self.waiting().collect(),
            cure::apply_pending(self.database, self.folder, pending),
        )
    }

    fn unknown(&self) -> Cause {
        let unknown = &self.standing.unknown;
        let names = listed(unknown.iter().map(|unknown| unknown.name.as_str()));
        Self::cause(
            Code::MigrationUnknown,
            format!(
                "the database `{}` is ahead of the code: {names} {} applied, and {} has no such migration",
                self.database.name,
                are(unknown.len()),
                self.folder.path.display()
            ),
            self.not_here().collect(),
            Fix {
                sentence: "Deploy the code that has it, or bring its file back; never delete its row alone, for what it changed is still there. Which branch has it:".to_owned(),
                commands: self.branches(),
            },
        )
    }

    fn diverged(&self) -> Cause {
        let Standing {
            pending, unknown, ..
        } = self.standing;
        let here = listed(
            pending
                .iter()
                .map(|pending| pending.migration.name.as_str()),
        );
        let there = listed(unknown.iter().map(|unknown| unknown.name.as_str()));
        Self::cause(
            Code::MigrationsDiverged,
            format!(
                "the database `{}` and the code have gone different ways: {there} {} applied and not in {}, {here} {} not applied",
                self.database.name,
                are(unknown.len()),
                self.folder.path.display(),
                are(pending.len())
            ),
            self.not_here().chain(self.waiting()).collect(),
            Fix {
                sentence: "Check that this is the database of this code. If it is, bring the files of the other branch into this one before anything is applied. Which branch has them:".to_owned(),
                commands: self.branches(),
            },
        )
    }

    fn heads(&self) -> Cause {
        let heads = listed(self.folder.heads.iter().map(String::as_str));
        Self::cause(
            Code::MigrationsDiverged,
            format!(
                "{} branches: its heads are {heads}, and `alembic upgrade head` refuses to choose",
                self.folder.path.display()
            ),
            self.waiting().collect(),
            cure::merge(self.database, self.folder),
        )
    }

    fn edited(&self) -> Cause {
        let edited = &self.standing.edited;
        let names = listed(edited.iter().map(|edited| edited.name.as_str()));
        let evidence = edited.iter().map(|edited| {
            self.seen(
                &edited.name,
                "applied",
                edited.at.as_deref(),
                " with another checksum",
            )
        });
        let but = match self.folder.tool {
            Tool::Flyway => {
                " If the difference is of no account, `flyway repair` takes the file as it is."
            }
            Tool::Alembic | Tool::D1 | Tool::Plain | Tool::Prisma | Tool::Rails | Tool::Sqlx => "",
        };
        Self::cause(
            Code::MigrationEdited,
            format!(
                "{names} {} changed after it was applied to the database `{}`, which has what it said before",
                was(edited.len()),
                self.database.name
            ),
            evidence.collect(),
            Fix {
                sentence: format!(
                    "Put the file back as it was, and the difference into a new migration.{but} What was changed, and when:"
                ),
                commands: edited
                    .iter()
                    .map(|edited| cure::log_of(&self.file(edited)))
                    .collect(),
            },
        )
    }

    fn file(&self, edited: &Edited) -> PathBuf {
        self.folder.path.join(&edited.name)
    }

    /// Branches that nobody gave a name are there by accident.
    fn has_loose_heads(&self) -> bool {
        self.folder.branches() && !self.folder.branches_are_named
    }

    fn branches(&self) -> Vec<String> {
        let names = self.standing.unknown.iter().take(SHOWN);
        names
            .map(|unknown| cure::branches_with(&unknown.name))
            .collect()
    }

    fn waiting(&self) -> impl Iterator<Item = Evidence> {
        let pending = self.standing.pending.iter().take(SHOWN);
        pending.map(|pending| {
            let late = pending.overtaken_by.as_ref();
            let late = late.map(|later| format!(", although {later}, which comes later, is"));
            let again = if pending.again {
                " in its present wording"
            } else {
                ""
            };
            let late = late.unwrap_or_default();
            let what = format!("{}: not applied{again}{late}", pending.migration.name);
            Evidence::new(what, self.database.place.to_string())
        })
    }

    fn not_here(&self) -> impl Iterator<Item = Evidence> {
        let unknown = self.standing.unknown.iter().take(SHOWN);
        unknown.map(|unknown| self.seen(&unknown.name, "applied", unknown.at.as_deref(), ""))
    }

    fn seen(&self, name: &str, what: &str, at: Option<&str>, more: &str) -> Evidence {
        let at = at.map_or_else(String::new, |at| format!(" ({at})"));
        Evidence::new(
            format!("{name}: {what}{at}{more}"),
            self.database.place.to_string(),
        )
    }

    fn cause(code: Code, sentence: String, evidence: Vec<Evidence>, fix: Fix) -> Cause {
        Cause {
            code,
            confidence: Confidence::Certain,
            sentence,
            evidence,
            fix,
        }
    }
}

/// The first few, and how many more there are.
fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = names.len().saturating_sub(SHOWN);
    let shown: Vec<_> = names.take(SHOWN).map(|name| format!("`{name}`")).collect();
    let shown = shown.join(", ");
    if more == 0 {
        shown
    } else {
        format!("{shown} and {more} more")
    }
}

const fn are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

const fn was(count: usize) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

/// What says it, without the stack of the tool.
fn first_lines(log: &str) -> &str {
    let end = log
        .match_indices('\n')
        .nth(LINES)
        .map_or(log.len(), |(at, _)| at);
    log.get(..end).unwrap_or(log)
}

const SHOWN: usize = 5;
const LINES: usize = 12;
