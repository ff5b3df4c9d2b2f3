//! How long a process ran, and on which core.
//!
//! What measures and what is measured each have a core of their own where there are two, or the one would take the other's time. The time is
//! the kernel's own accounting, in nanoseconds: what else goes on at the machine is not in it, but for the caches it leaves cold.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use rustix::thread::{CpuSet, Pid, sched_getaffinity, sched_setaffinity};

/// Puts this process, and what it will start, on the first core it may use.
pub(super) fn pin_self() -> io::Result<()> {
    let (first, _) = cores()?;
    pin_thread(None, first)
}

/// Puts every thread of a process on the last core of this machine that we may use.
pub(super) fn pin_measured(process: u32) -> io::Result<()> {
    let (_, last) = cores()?;
    for thread in threads(process)? {
        let thread = i32::try_from(thread).ok().and_then(Pid::from_raw);
        pin_thread(thread, last)?;
    }
    Ok(())
}

/// For how long all threads of a process have run.
pub(super) fn time(process: u32) -> io::Result<Duration> {
    let mut sum = 0;
    for thread in threads(process)? {
        // One that has ended meanwhile has no file any more.
        let Ok(text) = fs::read_to_string(format!("/proc/{process}/task/{thread}/schedstat"))
        else {
            continue;
        };
        sum += text
            .split_whitespace()
            .next()
            .and_then(|nanos| nanos.parse::<u64>().ok())
            .unwrap_or_default();
    }
    Ok(Duration::from_nanos(sum))
}

/// How many bytes of a process are in memory.
pub(super) fn resident(process: u32) -> io::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    let missing = || io::Error::other(format!("the process {process} has no VmRSS"));
    kibibytes.map(|size| size * 1024).ok_or_else(missing)
}

/// The workerd below a process.
pub(super) fn workerd_below(process: u32) -> io::Result<u32> {
    let mut below = children(process)?;
    while let Some(child) = below.pop() {
        let name = fs::read_to_string(format!("/proc/{child}/comm")).unwrap_or_default();
        if name.trim() == "workerd" {
            return Ok(child);
        }
        below.extend(children(child)?);
    }
    Err(io::Error::other(format!(
        "the process {process} has no workerd"
    )))
}

fn children(process: u32) -> io::Result<Vec<u32>> {
    let mut found = Vec::new();
    for thread in threads(process)? {
        let text = fs::read_to_string(format!("/proc/{process}/task/{thread}/children"))?;
        found.extend(
            text.split_whitespace()
                .filter_map(|id| id.parse::<u32>().ok()),
        );
    }
    Ok(found)
}

fn threads(process: u32) -> io::Result<Vec<u32>> {
    let folder = format!("/proc/{process}/task");
    let entries = fs::read_dir(Path::new(&folder))?;
    let names = entries.map(|entry| entry.map(|entry| entry.file_name()));
    names
        .map(|name| name.map(|name| name.to_string_lossy().parse().unwrap_or_default()))
        .collect()
}

/// The first and the last core that the process of the bench was given when it began.
fn cores() -> io::Result<(usize, usize)> {
    static ALLOWED: std::sync::OnceLock<Option<(usize, usize)>> = std::sync::OnceLock::new();
    let allowed = ALLOWED.get_or_init(|| {
        let set = sched_getaffinity(None).ok()?;
        let mut allowed = (0..CpuSet::MAX_CPU).filter(|core| set.is_set(*core));
        let first = allowed.next()?;
        Some((first, allowed.next_back().unwrap_or(first)))
    });
    allowed.ok_or_else(|| io::Error::other("the kernel does not say which cores there are"))
}

fn pin_thread(thread: Option<Pid>, core: usize) -> io::Result<()> {
    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(thread, &set).map_err(io::Error::from)
}
