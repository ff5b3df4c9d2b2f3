//! Where the search for a broken law begins: inputs that get far by themselves.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use crate::target::Target;
use crate::vectors;

/// The seeds of a target: from the vectors where they are there, and our own.
pub fn of(target: Target) -> Vec<Vec<u8>> {
    let mut seeds = target.own_seeds();
    seeds.extend(vectors::seeds(target));
    seeds.retain(|seed| seed.len() <= target.max_bytes());
    seeds
}

/// Writes the seeds as files into a folder, as libFuzzer wants them, and the words of the format as its dictionary.
pub fn write(target: Target, folder: &Path, dictionary: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (number, seed) in of(target).iter().enumerate() {
        fs::write(folder.join(format!("seed-{number:04}")), seed)?;
    }
    let mut entries = Vec::new();
    for word in target.words() {
        entries.push(b'"');
        for byte in word.bytes() {
            write!(entries, "\\x{byte:02x}")?;
        }
        entries.extend(b"\"\n");
    }
    fs::write(dictionary, entries)
}
