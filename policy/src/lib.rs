//! The rules of the gate.
#![no_std]

extern crate alloc;

pub mod contract;
pub mod standing;
pub mod status;
pub mod time;
