//! Chance that is the same every time: of one seed, on every machine, with every release of every library.

use std::time::Duration;

use super::numbers::{float, whole};

/// `SplitMix64` (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014). Written here because generators
/// of libraries may change from one release to the next, and the figures of docs/scale.md must not.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        stirred(self.0)
    }

    pub(crate) fn seed(&mut self) -> u32 {
        let [.., a, b, c, d] = self.number().to_be_bytes();
        u32::from_be_bytes([a, b, c, d])
    }

    /// At least 0 and less than 1.
    pub(crate) fn share(&mut self) -> f64 {
        float(self.number() >> 11) / float(1 << 53)
    }

    /// At least 0 and less than `end`; 0 where that is none.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.number() % end).unwrap_or(0)
    }

    pub(crate) fn happens(&mut self, probability: f64) -> bool {
        self.share() < probability
    }

    /// How long until something that happens by chance, and on average after this time. The logarithm is not the machine's own:
    /// those differ in the last digit.
    pub(crate) fn wait(&mut self, mean: Duration) -> Duration {
        let factor = -libm::log(1.0 - self.share());
        Duration::from_millis(whole(
            factor * float(u64::try_from(mean.as_millis()).unwrap_or(u64::MAX)),
        ))
    }

    /// How many there are of something that ends after each one with the same probability, and has this many on average; at least 1.
    pub(crate) fn how_many(&mut self, mean: f64) -> u64 {
        if mean <= 1.0 {
            return 1;
        }
        let steps = libm::log(1.0 - self.share()) / libm::log(1.0 - 1.0 / mean);
        1 + whole(libm::floor(steps))
    }
}

/// A number that looks like chance and is always the same one.
pub(crate) fn stirred(number: u64) -> u64 {
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_the_published_one() {
        // The first three numbers of the reference implementation for the seed 1234567.
        let mut chance = Chance::new(1_234_567);
        let first = [chance.number(), chance.number(), chance.number()];
        assert_eq!(
            first,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn waits_and_counts_have_the_mean_that_was_asked_for() {
        let mut chance = Chance::new(1);
        let waits = (0..20_000).map(|_| chance.wait(Duration::from_secs(10)).as_millis());
        let mean = waits.sum::<u128>() / 20_000;
        assert!((9_700..10_300).contains(&mean), "{mean}");
        let counts = (0..20_000).map(|_| chance.how_many(20.0)).sum::<u64>();
        assert!((390_000..410_000).contains(&counts), "{counts}");
        assert_eq!(chance.how_many(1.0), 1);
    }
}
