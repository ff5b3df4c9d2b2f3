//! One look at everything: the table itself, every row, every app.

use std::collections::BTreeMap;

use policy::status::{Availability, Status};
use reqwest::Client;
use tokio::task::JoinSet;

use crate::check::contract::books::{Books, There};
use crate::check::contract::cure;
use crate::check::contract::findings::{Code, Example, Finding, Kind, LeftAlone, Report};
use crate::check::contract::probe::{self, Health};
use crate::check::contract::promotion::{self, Promotion, Repair};
use crate::check::contract::row::Row;
use crate::configuration::contract::Held;
use crate::configuration::mistake::Mistake;
use crate::counted::counted;
use crate::findings::Unlooked;

/// What was seen, and what --fix would do about it.
#[derive(Debug)]
pub(super) struct Survey {
    pub(super) report: Report,
    pub(super) plan: Vec<Promotion>,
    pub(super) left_alone: Vec<LeftAlone>,
}

/// Looks at everything; what cannot be looked at is said. Names that are not there are mistakes of the configuration.
pub(super) async fn survey(held: &Held, client: &Client) -> Result<Survey, Vec<Mistake>> {
    let mut notes = Notes {
        held,
        rows: 0,
        all_read: true,
        undated: 0,
        kinds: BTreeMap::new(),
        plan: Vec::new(),
        left_alone: Vec::new(),
        unlooked: Vec::new(),
    };
    match notes.take(client).await {
        Ok(()) => {}
        Err(Stopped::NotThere(mistakes)) => return Err(mistakes),
        Err(Stopped::Unread(why)) => {
            notes.all_read = false;
            // Nothing is done on the strength of a part.
            notes.plan.clear();
            notes.unlooked.push(Unlooked {
                at: format!(
                    "the table `{}` of the database `{}` ({})",
                    held.table.name, held.database.name, held.database.place
                ),
                why,
            });
        }
    }
    Ok(notes.survey())
}

/// Why not every row was read.
enum Stopped {
    NotThere(Vec<Mistake>),
    Unread(String),
}

impl From<String> for Stopped {
    fn from(why: String) -> Self {
        Self::Unread(why)
    }
}

struct Notes<'a> {
    held: &'a Held,
    rows: u64,
    all_read: bool,
    /// Rows on their way that do not say since when.
    undated: u64,
    kinds: BTreeMap<Code, Kind>,
    plan: Vec<Promotion>,
    left_alone: Vec<LeftAlone>,
    unlooked: Vec<Unlooked>,
}

impl Notes<'_> {
    async fn take(&mut self, client: &Client) -> Result<(), Stopped> {
        let held = self.held;
        let books = Books::open(held).await?;
        let mistakes = match books.there(held).await? {
            There::Columns(there) => held.names.missing_columns(&there),
            There::Tables(there) => {
                let database = format!("`{}` ({})", held.database.name, held.database.place);
                vec![held.names.missing_table(&database, &there)]
            }
        };
        if !mistakes.is_empty() {
            return Err(Stopped::NotThere(mistakes));
        }
        for unheld in books.unheld(held).await? {
            self.note(Code::NotHeld, &held.table.name.to_string(), unheld);
        }
        let mut rows = books.rows(held).await?;
        let mut asked: JoinSet<(Row, Health)> = JoinSet::new();
        while let Some(row) = rows.recv().await {
            let row = row?;
            self.rows += 1;
            for (code, seen) in row.mistakes(held) {
                self.note(code, &row.key, seen);
            }
            self.undated += u64::from(is_waiting(&row) && self.is_undated(&row));
            match &row.url {
                Some(url) if self.is_worth_asking(&row) => {
                    if asked.len() >= AT_ONCE {
                        self.heard(asked.join_next().await);
                    }
                    let question = probe::ask(client.clone(), url.clone(), held.health.clone());
                    asked.spawn(async move { (row, question.await) });
                }
                Some(_) | None => self.unasked(&row),
            }
        }
        while let Some(answer) = asked.join_next().await {
            self.heard(Some(answer));
        }
        Ok(())
    }

    fn is_undated(&self, row: &Row) -> bool {
        self.held.since.is_some() && row.age.is_none()
    }

    /// An app that is on its way within its budget may be well before its set-up is finished.
    fn is_worth_asking(&self, row: &Row) -> bool {
        match row.status().map(Status::availability) {
            Some(Availability::Open) => true,
            Some(Availability::Waiting) => {
                self.held.since.is_none() || row.is_overdue(self.held) == Some(true)
            }
            Some(Availability::Suspended) | None => false,
        }
    }

    fn unasked(&mut self, row: &Row) {
        if is_waiting(row) && row.is_overdue(self.held) == Some(true) {
            self.stuck(row, "its app was not asked, because no url is known");
        }
        let is_open = row.status().map(Status::availability) == Some(Availability::Open);
        if is_open && self.held.url.is_some() {
            self.note(Code::ReadyButDead, &row.key, "it has no url".to_owned());
        }
    }

    fn heard(&mut self, answer: Option<Result<(Row, Health), tokio::task::JoinError>>) {
        let Some(Ok((row, health))) = answer else {
            let at = "an app".to_owned();
            let why = "the question was given up".to_owned();
            self.unlooked.push(Unlooked { at, why });
            return;
        };
        match (is_waiting(&row), health) {
            (true, Health::Well(said)) => self.left_behind(&row, &said),
            (true, Health::Dead(why)) => {
                if row.is_overdue(self.held) == Some(true) {
                    self.stuck(&row, &why);
                }
            }
            (false, Health::Dead(why)) => self.note(Code::ReadyButDead, &row.key, why),
            (false, Health::Well(_)) => {}
        }
    }

    fn left_behind(&mut self, row: &Row, said: &str) {
        let word = row.status.as_deref().unwrap_or_default();
        let left_alone_because = match Repair::of(row, self.held) {
            Some(Repair::Promote(promotion)) => {
                if self.plan.len() < promotion::MOST {
                    self.plan.push(promotion);
                }
                None
            }
            Some(Repair::LeaveAlone(why)) => {
                if self.left_alone.len() < promotion::MOST {
                    self.left_alone.push(LeftAlone {
                        key: row.key.clone(),
                        why: why.clone(),
                    });
                }
                Some(why)
            }
            None => None,
        };
        let example = Example {
            key: row.key.clone(),
            seen: format!("`{word}`, {said}"),
            left_alone_because,
        };
        self.note_example(Code::HealthyNotReady, example);
    }

    fn stuck(&mut self, row: &Row, why: &str) {
        let word = row.status.as_deref().unwrap_or_default();
        let age = row.age.unwrap_or_default();
        self.note(
            Code::Stuck,
            &row.key,
            format!("`{word}` for {age} s; {why}"),
        );
    }

    fn note(&mut self, code: Code, key: &str, seen: String) {
        let example = Example {
            key: key.to_owned(),
            seen,
            left_alone_because: None,
        };
        self.note_example(code, example);
    }

    fn note_example(&mut self, code: Code, example: Example) {
        let kind = self.kinds.entry(code).or_default();
        kind.count += 1;
        kind.left_alone += u64::from(example.left_alone_because.is_some());
        if kind.examples.len() < EXAMPLES {
            kind.examples.push(example);
        }
    }

    fn survey(mut self) -> Survey {
        let held = self.held;
        if self.undated > 0 {
            self.unlooked.push(Unlooked {
                at: format!("since when {} on the way", are(self.undated)),
                why: "the column named as `since` is NULL there, or no time".to_owned(),
            });
        }
        let finding = |(code, kind): (Code, Kind)| Finding {
            code,
            sentence: cure::sentence(code, kind.count, held),
            count: kind.count,
            fix: cure::of(code, &kind, held),
            examples: kind.examples,
        };
        let not_checked = [
            (
                held.since.is_none(),
                "rows stuck too long: `since` is not configured",
            ),
            (
                held.url.is_none(),
                "whether the apps answer: `url` is not configured",
            ),
            (
                held.provisioned_at.is_none(),
                "steps that were skipped: `provisioned_at` is not configured",
            ),
            (
                !held.has_suspended_from,
                "what was suspended from where: `suspended_from` is not configured",
            ),
        ];
        let report = Report {
            schema_version: Report::SCHEMA_VERSION,
            database: format!("{} ({})", held.database.name, held.database.place),
            table: held.table.name.to_string(),
            rows: self.rows,
            all_read: self.all_read,
            findings: self.kinds.into_iter().map(finding).collect(),
            could_not_look: self.unlooked,
            not_checked: not_checked
                .into_iter()
                .filter_map(|(is_so, what)| is_so.then_some(what))
                .collect(),
            fixed: Vec::new(),
            left_alone: Vec::new(),
        };
        Survey {
            report,
            plan: self.plan,
            left_alone: self.left_alone,
        }
    }
}

fn are(count: u64) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    format!("{} {verb}", counted(count, "row"))
}

fn is_waiting(row: &Row) -> bool {
    row.status().map(Status::availability) == Some(Availability::Waiting)
}

/// As many apps are asked at a time: enough for thousands in minutes, and no burden to a platform.
const AT_ONCE: usize = 16;

/// As many rows of a kind as help to recognise it.
const EXAMPLES: usize = 10;
