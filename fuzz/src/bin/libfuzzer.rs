//! The laws under libFuzzer. Built and started by `cargo xtask fuzz` alone, which gives the compiler flags that make it see which
//! code an input reaches. One program for every target: the variable says which, libFuzzer owns the arguments.

#![no_main]
#![expect(
    clippy::expect_used,
    reason = "started wrongly, there is nothing to do but say so"
)]

use std::env;
use std::path::PathBuf;
use std::sync::LazyLock;

use fuzz::seeds;
use fuzz::target::Target;
use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = env::var("USHER_FUZZ_TARGET").expect("USHER_FUZZ_TARGET is set");
    Target::parse(&name).expect("USHER_FUZZ_TARGET names a target")
});

fuzz_target!(
    init: {
        let path = |name| env::var_os(name).map(PathBuf::from);
        if let (Some(corpus), Some(words)) = (path("USHER_FUZZ_CORPUS"), path("USHER_FUZZ_WORDS")) {
            seeds::write(*TARGET, &corpus, &words).expect("the seeds can be written");
        }
    },
    |data: &[u8]| {
        TARGET.run(data);
    }
);
