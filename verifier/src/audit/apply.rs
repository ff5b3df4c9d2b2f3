//! Carrying a plan out: what is still just as it was planned, and nothing else.

mod outcome;

use std::path::Path;

use crate::arguments::audit::Audit as Options;
use crate::audit::apply::outcome::{Applied, Outcome};
use crate::audit::discrepancy::Discrepancy;
use crate::audit::failure::AuditError;
use crate::audit::plan::{Plan, Step, action_for, fingerprint};
use crate::audit::reading::Stock;
use crate::audit::selection::Selection;
use crate::audit::state::{self, Progress, State};
use crate::audit::{Bench, deed, is_for_people, join};
use crate::configuration::audit::{Action, Audit};
use crate::consent;
use crate::counted::counted;
use crate::outcome::ExitCode;
use crate::terminal::harmless;

/// Shows the plan, and with --fix carries it out.
pub(super) async fn apply(
    bench: &Bench<'_>,
    path: &Path,
    options: &Options,
) -> Result<ExitCode, AuditError> {
    let plan = Plan::read(path)?;
    for step in &plan.steps {
        action_of(bench.audit, step)?;
    }
    let most = options.limit.map_or(usize::MAX, |limit| {
        usize::try_from(limit.get()).unwrap_or(usize::MAX)
    });
    if !options.fix {
        return show(bench, path, &plan, most);
    }
    let question = format!(
        "This does {} of {}.",
        counted(plan.steps.len().min(most) as u64, "step"),
        path.display()
    );
    if !plan.steps.is_empty() {
        consent::ask(options.yes, &question, bench.outlet)?;
    }
    let mut state = State::open(path).map_err(|error| AuditError::File {
        path: state::path_for(path),
        error,
    })?;
    let everybody = Selection::default();
    let before = bench.look(&everybody).await?;
    let mut applied = carry_out(bench, &plan, &before, &mut state, most).await?;
    drop(before);
    if applied.did_something() {
        let after = bench.look(&everybody).await?;
        verify(bench.audit, &after, &mut applied, &plan)?;
    }
    let text = applied.report(is_for_people(options.report));
    bench.outlet.report(&text);
    Ok(applied.exit_code())
}

/// The action of a step, if it is still the one that the plan was made with.
fn action_of<'a>(audit: &'a Audit, step: &Step) -> Result<&'a Action, AuditError> {
    let action = action_for(audit, &step.found).filter(|action| fingerprint(action) == step.action);
    action.ok_or_else(|| AuditError::ActionChanged {
        class: step.found.class.word(),
        source: step.found.source.clone(),
    })
}

fn show(bench: &Bench<'_>, path: &Path, plan: &Plan, most: usize) -> Result<ExitCode, AuditError> {
    let noted = state::noted(path);
    let open = plan
        .steps
        .iter()
        .filter(|step| noted.get(&step.entry) != Some(&Progress::Done));
    let open: Vec<&Step> = open.collect();
    for step in open.iter().take(most) {
        let action = action_of(bench.audit, step)?;
        let values = deed::values(bench.audit, &step.found, &step.entry);
        let does = deed::shown(&action.deed, &values)
            .unwrap_or_else(|unfilled| format!("nothing: {unfilled}"));
        let does: Vec<String> = does.split('\n').map(harmless).collect();
        let text = format!(
            "  {}\n    {}\n",
            harmless(&step.found.id()),
            does.join("\n")
        );
        if !bench.outlet.report_on(&text) {
            break;
        }
    }
    let done = plan.steps.len() - open.len();
    bench.outlet.report_on(&format!(
        "\n{} to do, {done} done; nothing was changed: --fix does it\n",
        counted(open.len() as u64, "step")
    ));
    Ok(if open.is_empty() {
        ExitCode::Passed
    } else {
        ExitCode::Failed
    })
}

async fn carry_out(
    bench: &Bench<'_>,
    plan: &Plan,
    now: &Stock,
    state: &mut State,
    most: usize,
) -> Result<Applied, AuditError> {
    let mut applied = Applied::default();
    let mut tried = 0;
    let mut failures = 0;
    for step in &plan.steps {
        let outcome = match as_it_is(bench.audit, now, step)? {
            AsItIs::Unknown(why) => Outcome::Unknown(why),
            AsItIs::Gone => Outcome::Settled,
            AsItIs::Changed => Outcome::Changed,
            AsItIs::AsPlanned if state.of(&step.entry) == Some(Progress::Done) => {
                Outcome::NotMended
            }
            AsItIs::AsPlanned if tried >= most || failures >= MOST_FAILURES => Outcome::Left,
            AsItIs::AsPlanned => {
                tried += 1;
                let done = once(bench, step, state).await?;
                failures = if done.is_ok() { 0 } else { failures + 1 };
                done.map_or_else(Outcome::Failed, |()| Outcome::Done)
            }
        };
        applied.note(step, outcome);
    }
    Ok(applied)
}

/// Does one step, noted before and after.
async fn once(
    bench: &Bench<'_>,
    step: &Step,
    state: &mut State,
) -> Result<Result<(), String>, AuditError> {
    let file = |error| AuditError::File {
        path: Path::new("the state of the plan").to_owned(),
        error,
    };
    let action = action_of(bench.audit, step)?;
    state.note(&step.entry, Progress::Begun).map_err(file)?;
    let values = deed::values(bench.audit, &step.found, &step.entry);
    let done = deed::perform(bench.http, &action.deed, values).await;
    let is = if done.is_ok() {
        Progress::Done
    } else {
        Progress::Failed
    };
    state.note(&step.entry, is).map_err(file)?;
    Ok(done)
}

/// How a discrepancy stands now.
enum AsItIs {
    AsPlanned,
    /// Something of its rows is different.
    Changed,
    Gone,
    /// A source was not read to its end.
    Unknown(String),
}

fn as_it_is(audit: &Audit, now: &Stock, step: &Step) -> Result<AsItIs, AuditError> {
    let at = audit
        .sources
        .iter()
        .position(|source| source.name == step.found.source);
    let involved = at
        .into_iter()
        .flat_map(|at| std::iter::once(at).chain(audit.ancestors(at)));
    for source in involved {
        if let Some(why) = now
            .read
            .get(source)
            .and_then(|extent| extent.unread.clone())
        {
            return Ok(AsItIs::Unknown(why));
        }
    }
    if let Some(at) = at
        && !is_understood(audit, now, at)?
    {
        return Ok(AsItIs::Unknown(NOT_UNDERSTOOD.to_owned()));
    }
    let mut query = now
        .shelf
        .database
        .prepare_cached("SELECT what FROM found WHERE id = ?")?;
    let texts = query.query_map([step.found.id()], |row| row.get::<_, String>(0))?;
    let mut found: Vec<Discrepancy> = Vec::new();
    for text in texts {
        found.extend(serde_json::from_str(&text?).ok());
    }
    if found.is_empty() && is_pending_now(now, step)? {
        return Ok(AsItIs::Changed);
    }
    Ok(match found.as_slice() {
        [] => AsItIs::Gone,
        [one] if *one == step.found => AsItIs::AsPlanned,
        [_, ..] => AsItIs::Changed,
    })
}

/// Whether everything could be found of a source that there is to find.
fn is_understood(audit: &Audit, now: &Stock, at: usize) -> Result<bool, AuditError> {
    let link = audit
        .sources
        .get(at)
        .and_then(|source| source.link.as_ref());
    let is_whole = link.map_or(Ok(true), |link| join::is_whole(audit, now, link))?;
    Ok(is_whole && join::is_understood(now, at)?)
}

/// What was missing and is right for now is not settled.
fn is_pending_now(now: &Stock, step: &Step) -> Result<bool, AuditError> {
    let mut pending = step.found.clone();
    pending.class = crate::audit::discrepancy::Class::Pending;
    let mut query = now
        .shelf
        .database
        .prepare_cached("SELECT 1 FROM found WHERE id = ?")?;
    Ok(query.exists([pending.id()])?)
}

/// Looks at everything that was done.
fn verify(
    audit: &Audit,
    after: &Stock,
    applied: &mut Applied,
    plan: &Plan,
) -> Result<(), AuditError> {
    for (step, outcome) in plan.steps.iter().zip(applied.outcomes_mut()) {
        if *outcome == Outcome::Done {
            *outcome = match as_it_is(audit, after, step)? {
                AsItIs::Gone => Outcome::Verified,
                AsItIs::AsPlanned | AsItIs::Changed => Outcome::NotMended,
                AsItIs::Unknown(why) => Outcome::Unknown(why),
            };
        }
    }
    Ok(())
}

const NOT_UNDERSTOOD: &str = "rows have no key, or there are none at all; `usher audit` says which";

/// Whatever is wrong then is wrong with all of them.
const MOST_FAILURES: u32 = 5;
