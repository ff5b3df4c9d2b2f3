//! People at the gate: a real browser, in front of real pages.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a test program: what is wrong here fails a test"
)]

mod brand;
mod cast;
mod chromium;
mod doors;
mod exhibition;
mod gallery;
mod going_round;
mod log_in;
mod log_in_page;
mod log_out;
mod not_answering;
mod troubled_app;
mod turned_away;
mod waiting;
