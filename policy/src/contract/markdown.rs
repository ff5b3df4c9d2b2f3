//! The statuses as a table of Markdown, for the documentation of a platform.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::status::{Availability, Status};

/// What each status means, what may follow it, and what a visitor meets.
pub fn statuses() -> String {
    let rows = Status::ALL.map(|status| {
        let may_become = match status {
            Status::Suspended => "what it was before".to_owned(),
            Status::Active | Status::Provisioning | Status::Ready => status
                .successors(None)
                .iter()
                .map(|next| format!("`{next}`"))
                .collect::<Vec<_>>()
                .join(", "),
        };
        let visitor = match status.availability() {
            Availability::Open => "is let in",
            Availability::Suspended => "is told why not",
            Availability::Waiting => "waits",
        };
        format!(
            "| `{status}` | {} | {may_become} | {visitor} |\n",
            status.meaning()
        )
    });
    format!(
        "| status | meaning | may become | a visitor |\n| --- | --- | --- | --- |\n{}",
        rows.concat()
    )
}
