//! The commands of each tool that mend what is found, in their order.

use std::path::Path;

use crate::configuration::database::Database;
use crate::findings::Fix;
use crate::migrations::folder::Folder;
use crate::migrations::standing::{Failed, Pending};
use crate::migrations::tool::Tool;

/// What applies everything that waits.
pub(super) fn apply(database: &Database, folder: &Folder, sentence: &str) -> Fix {
    let commands: Vec<_> = apply_command(database, folder, false).into_iter().collect();
    known(database, sentence, commands)
}

/// The same, where a later one is applied already: Flyway passes such a one over unless it is told not to.
pub(super) fn apply_pending(database: &Database, folder: &Folder, pending: &[Pending]) -> Fix {
    let late = pending.iter().any(|pending| pending.overtaken_by.is_some());
    let sentence = match (late, folder.tool, &database.migrate) {
        (true, Tool::Flyway, Some(_)) => {
            "Apply them to this very database, and on every deploy; Flyway passes over what comes before an applied one, unless it is told `-outOfOrder=true`:"
        }
        _ => "Apply them to this very database, and on every deploy:",
    };
    let command = apply_command(database, folder, late);
    known(database, sentence, command.into_iter().collect())
}

/// First the cause, then the history, then once more.
pub(super) fn again(database: &Database, folder: &Folder, failed: &[Failed], table: &str) -> Fix {
    let sentence = "Mend what the log names; what the script did before it failed may still be there and be in its way. Then:";
    let mut commands: Vec<String> = match folder.tool {
        Tool::Prisma => failed
            .iter()
            .map(|failed| {
                format!(
                    "npx prisma migrate resolve --rolled-back {}",
                    quoted(&failed.name)
                )
            })
            .collect(),
        Tool::Flyway => vec!["flyway repair".to_owned()],
        Tool::Sqlx => failed
            .iter()
            .map(|failed| format!("DELETE FROM {table} WHERE version = {};", failed.key))
            .collect(),
        // None of these writes down that one failed.
        Tool::Alembic | Tool::D1 | Tool::Plain | Tool::Rails => Vec::new(),
    };
    commands.extend(apply_command(database, folder, false));
    known(database, sentence, commands)
}

/// Alembic refuses to go to `head` where there are two.
pub(super) fn merge(database: &Database, folder: &Folder) -> Fix {
    let mut commands = vec!["alembic merge heads --message 'merge heads'".to_owned()];
    commands.extend(apply_command(database, folder, false));
    let sentence = "Join the branches by a revision that follows upon both, and apply:";
    known(database, sentence, commands)
}

/// What tells since when a file is another one.
pub(super) fn log_of(file: &Path) -> String {
    format!("git log --patch -- {}", quoted(&file.to_string_lossy()))
}

/// What finds the branch that has a file of this name.
pub(super) fn branches_with(name: &str) -> String {
    format!(
        "git log --all --oneline -- {}",
        quoted(&format!("*{name}*"))
    )
}

fn apply_command(database: &Database, folder: &Folder, late: bool) -> Option<String> {
    if let Some(command) = &database.migrate {
        return Some(command.clone());
    }
    let command = match folder.tool {
        Tool::Alembic if folder.branches() && folder.branches_are_named => "alembic upgrade heads",
        Tool::Alembic => "alembic upgrade head",
        Tool::Flyway if late => "flyway -outOfOrder=true migrate",
        Tool::Flyway => "flyway migrate",
        Tool::Prisma => "npx prisma migrate deploy",
        Tool::Rails => "bin/rails db:migrate",
        Tool::Sqlx => {
            let source = quoted(&folder.path.to_string_lossy());
            return Some(format!("sqlx migrate run --source {source}"));
        }
        // The command has the name that wrangler.toml gives the database, or is the operator's own.
        Tool::D1 | Tool::Plain => return None,
    };
    Some(command.to_owned())
}

fn known(database: &Database, sentence: &str, commands: Vec<String>) -> Fix {
    let sentence = if commands.is_empty() {
        format!(
            "{sentence} the command is not known here: name it as `migrate = \"…\"` in the [[databases]] table `{}`.",
            database.name
        )
    } else {
        sentence.to_owned()
    };
    Fix { sentence, commands }
}

/// As a shell takes it for one word.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
