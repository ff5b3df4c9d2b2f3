//! `usher check migrations` and `usher check persistence` on real tools, real databases and a real service.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what a test builds on must hold"
)]

mod alembic;
mod by_hand;
mod d1;
mod forgotten;
mod persistence;
mod place;
mod platform;
mod prisma;
mod rows;
mod tls;
