//! For users: what they notice, what it means for them, what to do, and when they hear more. No codes, no machines, nobody to blame.

use crate::incident::State;
use crate::incident::run::FailedRun;
use crate::report::moment;

/// The message, in Markdown. What only a person knows stands in brackets.
pub(super) fn message(failed: &FailedRun, state: State) -> String {
    let mut impacts: Vec<_> = failed.broken().map(|broken| broken.impact).collect();
    impacts.sort_unstable();
    impacts.dedup();
    let since = moment(failed.started_at_unix_seconds);
    if let State::Over(at) = state {
        let until = moment(at);
        let was: Vec<_> = impacts.iter().map(|impact| impact.was()).collect();
        return format!(
            "**It is over.** What we told you of is mended, and everything works again as it should.\n\n\
             - **When:** from {since} or a little earlier until {until}\n\
             - **What it was:** {}.\n\
             - **What you have to do:** nothing. If something still does not work, please tell us: [SUPPORT ADDRESS].\n\n\
             We are sorry for the trouble.\n",
            was.join("; ")
        );
    }
    let progress = match state {
        State::Identified => "We know the cause and are mending it.",
        State::Investigating | State::Over(_) => "We are looking for the cause.",
    };
    let noticed = impacts
        .iter()
        .map(|impact| format!("{}\n\n", impact.noticed()));
    let to_do = impacts.iter().map(|impact| impact.to_do());
    let mut to_do: Vec<_> = to_do.collect();
    to_do.dedup();
    format!(
        "**Something does not work as it should.**\n\n{}{progress}\n\n\
         - **Since:** {since}, or a little earlier\n\
         - **What you can do:** {}\n\
         - **What comes next:** we write here again by [TIME], also if there is nothing new.\n\n\
         Questions: [SUPPORT ADDRESS]. We are sorry for the trouble.\n",
        noticed.collect::<String>(),
        to_do.join(" ")
    )
}
