//! Hostile and honest cases from outside, with their verdicts, put to the gate's own admission code: natively, inside real
//! workerd (the build with the feature `vectors`), and as requests to a running gate.
//!
//! ```text
//! folder ─► one file a kind: cases ─► question ─► native, workerd ─► case: verdict ─► report
//!      └──► http_requests, key_endpoint ─► a running gate ───────────────────────────────┘
//! ```

mod case;
mod cookbook;
mod document;
mod ed25519_edges;
mod folder;
mod http_head;
mod http_requests;
mod jose;
mod json_texts;
mod key_endpoint;
mod key_sets;
mod native;
mod paths;
mod platform;
mod policy_tokens;
mod question;
mod raw_signatures;
mod report;
mod return_addresses;
mod storage_keys;
mod strings;
mod workerd;

pub use case::{Case, Expected};
pub use document::Unreadable;
pub use folder::{Folder, FolderError, Kind};
pub use question::{Answer, Believed, Person, Question};
pub use report::{FileReport, Runner, Tally};
pub use workerd::Workerd;

/// Puts cases to the gate's code, natively and in workerd.
pub async fn put(name: &str, cases: &[Case], workerd: &Workerd) -> FileReport {
    let questions: Vec<&Question> = cases.iter().map(|case| &case.question).collect();
    let native: Vec<_> = questions
        .iter()
        .map(|question| native::answer(question))
        .collect();
    let workerd = workerd.ask(&questions).await;
    let mut report = FileReport::new(name, cases.len());
    for (case, (native, workerd)) in cases.iter().zip(native.into_iter().zip(workerd)) {
        report.add(case, native.as_ref(), workerd.as_ref());
    }
    report
}
