//! How far the reading is, in one line that is redrawn; only on a terminal.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::{Counter, REDRAWN_EVERY};
use crate::configuration::audit::Audit;
use crate::outlet::Outlet;
use crate::terminal::harmless;

/// What comes of the reading, which is shown meanwhile.
pub(super) async fn shown<T>(
    reading: impl Future<Output = T>,
    audit: &Audit,
    counters: &[Counter],
    outlet: &Outlet<'_>,
) -> T {
    let mut reading = pin!(reading);
    if !outlet.talk_is_live {
        return reading.await;
    }
    let began = Instant::now();
    loop {
        tokio::select! {
            read = &mut reading => {
                outlet.talk("\r\x1b[K");
                return read;
            }
            () = tokio::time::sleep(REDRAWN_EVERY) => {
                outlet.talk(&line(audit, counters, began.elapsed().as_secs()));
            }
        }
    }
}

fn line(audit: &Audit, counters: &[Counter], seconds: u64) -> String {
    let sources = audit.sources.iter().zip(counters).map(|(source, counter)| {
        let rows = counter.rows.load(Ordering::Relaxed);
        let done = if counter.is_done.load(Ordering::Relaxed) {
            " ✓"
        } else {
            ""
        };
        format!("{} {rows}{done}", harmless(&source.name))
    });
    let sources: Vec<_> = sources.collect();
    let text = format!("reading {} s: {}", seconds, sources.join(", "));
    let columns = crate::report::COLUMNS;
    let text: String = text.chars().take(columns - 1).collect();
    format!("\r\x1b[K{text}")
}
