//! MongoDB: what is read there, the indexes that are declared, and incident I2 with its real parts. The server is a stand-in, which two
//! real drivers hold to what a server would say.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "what a test builds on must hold"
)]

mod cast;
mod drivers;
mod incident;
mod indexes;
mod sources;
