//! For the team: the cause, what was seen and where, who is affected, the fix to copy, and how far it is.

use std::fmt::Write as _;

use crate::incident::State;
use crate::incident::run::{Broken, FailedRun, Finding};
use crate::report::moment;
use crate::terminal::harmless;

/// The message, in Markdown. Who does what, only people know: that stands in brackets.
pub(super) fn message(failed: &FailedRun, state: State) -> String {
    let platform = failed.gate.as_ref().unwrap_or(&failed.app);
    let first = failed.findings.first();
    let cause = first.map_or_else(
        || "No cause is named yet.".to_owned(),
        |finding| plain(&finding.sentence),
    );
    let said = match state {
        State::Investigating => "investigating: no cause is named yet".to_owned(),
        State::Identified => "identified: cause and fix stand below; not mended".to_owned(),
        State::Over(at) => format!("over: verified again at {}", moment(at)),
    };
    let mut text = format!(
        "**{} is broken: {cause}**\n\n- **State:** {said}\n- **Seen:** {}",
        plain(platform),
        moment(failed.started_at_unix_seconds)
    );
    if let Some(version) = &failed.wanted_version {
        let _infallible = write!(text, ", version {}", plain(version));
    }
    text.push_str("\n- **Who leads:** [NAME]\n");
    text.push_str("\n## Impact\n\n");
    failed
        .broken()
        .for_each(|broken| impact(&mut text, &broken));
    if failed.findings.is_empty() {
        text.push_str("\n## Cause\n\nNot known. The steps above say what was sent and answered: `usher verify` prints them.\n");
    }
    failed
        .findings
        .iter()
        .for_each(|found| finding(&mut text, found));
    if !failed.could_not_look.is_empty() {
        text.push_str("\n## Could not look\n\n");
        for unlooked in &failed.could_not_look {
            let _infallible = writeln!(text, "- {}: {}", plain(&unlooked.at), plain(&unlooked.why));
        }
    }
    let next = match state {
        State::Over(_) => "Write down what would have caught it earlier, and close the incident.",
        State::Identified => {
            "Carry out the fix, run `usher verify` again, and write this message anew with `--fixed` and its report."
        }
        State::Investigating => {
            "Find the cause, run `usher verify` again, and write this message anew."
        }
    };
    let _infallible = write!(text, "\n## Next\n\n{next}\n");
    text
}

fn impact(text: &mut String, broken: &Broken<'_>) {
    let Broken {
        scenario,
        step,
        why,
        impact,
    } = broken;
    let _infallible = writeln!(
        text,
        "- {}: `{}` of `{}` did not pass: {}",
        impact.affects(),
        plain(step),
        plain(scenario),
        plain(why)
    );
}

fn finding(text: &mut String, finding: &Finding) {
    let sure = if finding.confidence == "certain" {
        ""
    } else {
        " (likely)"
    };
    let _infallible = write!(
        text,
        "\n## Cause: `{}`{sure}\n\n{}\n\n",
        plain(&finding.code),
        plain(&finding.sentence)
    );
    for evidence in &finding.evidence {
        let _infallible = writeln!(
            text,
            "- {} ({}, {})",
            plain(&evidence.what),
            plain(&evidence.source),
            moment(evidence.at_unix_seconds)
        );
    }
    let _infallible = write!(text, "\n**Fix:** {}\n", plain(&finding.fix.sentence));
    if !finding.fix.commands.is_empty() {
        let lines = finding
            .fix
            .commands
            .iter()
            .flat_map(|command| command.lines());
        let lines: Vec<_> = lines.map(harmless).collect();
        // A fence longer than any in it (CommonMark section 4.5).
        let longest = lines
            .iter()
            .map(|line| line.chars().filter(|sign| *sign == '`').count());
        let fence = "`".repeat(longest.max().unwrap_or(0).max(2) + 1);
        let _infallible = write!(text, "\n{fence}\n{}\n{fence}\n", lines.join("\n"));
    }
}

/// One line, whatever the report holds.
fn plain(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    harmless(&words.join(" "))
}
