//! The script for PostgreSQL: two CHECK constraints, which hold whatever else happens to the table, and two trigger functions.
//!
//! The one BEFORE the change fills in `suspended_from` where the writer said nothing of it, and says in a sentence what a CHECK would
//! refuse with no more than its name. The one AFTER it judges the step: on the row as every other trigger has left it, and never for an
//! upsert that inserts nothing. There is no BEGIN and no COMMIT, so that a migration tool can wrap the script; where nothing wraps it,
//! every statement takes effect by itself, and new rows are held even where the validation at the end fails.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::contract::sql::mistake::{Mistake, Row, known, placed, word};
use crate::contract::sql::table::{Identifier, Table};
use crate::contract::sql::{FirstStatus, literal, own_name};
use crate::status::Status;

pub(super) const HEAD: &str = "\
-- It may be run again. With `psql` each statement takes effect by itself: new rows are held even where one of the last two fails, because
-- of old rows. Who writes a status need not write what it was suspended from: that is filled in, and cleared when it comes back.
";

pub(super) fn statements(schema: Option<&Identifier>, table: &Table) -> Vec<String> {
    let script = Script { schema, table };
    [
        format!(
            "ALTER TABLE {} ADD COLUMN IF NOT EXISTS {} text;\n",
            script.table(),
            table.suspended_from().quoted()
        ),
        script.constraints(),
        script.function(FILL, &script.filling()),
        script.function(HOLD, &script.holding()),
        script.trigger("BEFORE", FILL),
        script.trigger("AFTER", HOLD),
        script.validation(STATUS_CONSTRAINT),
        script.validation(SUSPENDED_FROM_CONSTRAINT),
    ]
    .into()
}

struct Script<'a> {
    schema: Option<&'a Identifier>,
    table: &'a Table,
}

impl Script<'_> {
    /// One ALTER TABLE, so that there is no moment without them. The cast is for columns of an enum type or a domain.
    fn constraints(&self) -> String {
        let text = |column: &Identifier| format!("{}::text", column.quoted());
        let (status, from) = (text(self.table.status()), text(self.table.suspended_from()));
        format!(
            "\
ALTER TABLE {}
    DROP CONSTRAINT IF EXISTS {STATUS_CONSTRAINT},
    DROP CONSTRAINT IF EXISTS {SUSPENDED_FROM_CONSTRAINT},
    ADD CONSTRAINT {STATUS_CONSTRAINT} CHECK ({}) NOT VALID,
    ADD CONSTRAINT {SUSPENDED_FROM_CONSTRAINT} CHECK ({}) NOT VALID;
",
            self.table(),
            known(&status, BYTES),
            placed(&status, &from, BYTES),
        )
    }

    /// What the writer said nothing of is what did not change.
    fn filling(&self) -> String {
        let suspended = word(Status::Suspended);
        format!(
            "    IF now IS DISTINCT FROM was AND now_from IS NOT DISTINCT FROM was_from THEN
        now_from := CASE WHEN now = {suspended} THEN was END;
        NEW.{} := now_from;
    END IF;
{}",
            self.table.suspended_from().quoted(),
            self.raising(self.row().in_itself()),
        )
    }

    fn holding(&self) -> String {
        let row = self.row();
        let mut mistakes = row.in_change();
        match self.table.first {
            FirstStatus::Any => {}
            FirstStatus::First => {
                let Mistake { when, message } = row.first();
                let when = format!("TG_OP = 'INSERT' AND {when}");
                mistakes.insert(0, Mistake { when, message });
            }
        }
        self.raising(mistakes)
    }

    fn raising(&self, mistakes: Vec<Mistake>) -> String {
        let arms = mistakes.into_iter().map(|Mistake { when, message }| {
            format!(
                "        WHEN {when}\n            THEN {}\n",
                literal(&message)
            )
        });
        let arms = arms.collect::<Vec<_>>().concat();
        let key = self.table.key();
        format!(
            "    mistake := CASE
{arms}    END;
    IF mistake IS NOT NULL THEN
        RAISE EXCEPTION USING MESSAGE = mistake, ERRCODE = 'check_violation', DETAIL = format('{key} is %L', NEW.{});
    END IF;
",
            key.quoted()
        )
    }

    /// In an INSERT there is no OLD, and each of its members is NULL.
    fn function(&self, what: &str, body: &str) -> String {
        let (status, from) = (
            self.table.status().quoted(),
            self.table.suspended_from().quoted(),
        );
        let name = self.qualified(&own_name(self.table, what));
        format!(
            "\
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $usher$
DECLARE
    was text := OLD.{status};
    was_from text := OLD.{from};
    now text := NEW.{status};
    now_from text := NEW.{from};
    mistake text;
BEGIN
{body}    RETURN NEW;
END
$usher$;
"
        )
    }

    fn trigger(&self, when: &str, what: &str) -> String {
        let name = own_name(self.table, what);
        format!(
            "CREATE OR REPLACE TRIGGER {name} {when} INSERT OR UPDATE ON {}\n    FOR EACH ROW EXECUTE FUNCTION {}();\n",
            self.table(),
            self.qualified(&name)
        )
    }

    fn validation(&self, constraint: &str) -> String {
        format!(
            "ALTER TABLE {} VALIDATE CONSTRAINT {constraint};\n",
            self.table()
        )
    }

    fn row(&self) -> Row<'_> {
        Row {
            table: self.table,
            was: "was".to_string(),
            was_from: "was_from".to_string(),
            now: "now".to_string(),
            now_from: "now_from".to_string(),
            bytes: BYTES,
        }
    }

    fn table(&self) -> String {
        self.qualified(&self.table.name.quoted().to_string())
    }

    fn qualified(&self, quoted: &str) -> String {
        self.schema.map_or_else(
            || quoted.to_string(),
            |schema| format!("{}.{quoted}", schema.quoted()),
        )
    }
}

/// Names of constraints and triggers belong to their table, that of a function to its schema.
const STATUS_CONSTRAINT: &str = "usher_status";
const SUSPENDED_FROM_CONSTRAINT: &str = "usher_suspended_from";
const FILL: &str = "fill";
const HOLD: &str = "hold";
const BYTES: &str = "\"C\"";
