//! Small changes to an input, the same ones for the same seed.

/// `SplitMix64` (Steele, Lea, Flood 2014): a few lines, the same numbers on every machine. Nothing secret depends on it.
#[derive(Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one; zero of zero.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % end).unwrap_or(0)
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.next() >> 56).unwrap_or(0)
    }

    pub(crate) fn choose<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }
}

/// Changes an input in one to eight places, more often in few, since most changes are refused; `other` is a second one to take parts from.
pub(crate) fn mutate(input: &mut Vec<u8>, other: &[u8], words: &[&str], dice: &mut Dice) {
    let most = 1 + dice.below(8);
    for _ in 0..=dice.below(most) {
        let place = dice.below(input.len() + 1);
        let end = (place + 1 + dice.below(16)).min(input.len());
        match dice.below(9) {
            0 => insert(input, place, &[dice.byte()]),
            1 => insert(
                input,
                place,
                dice.choose(words).map_or(b"", |word| word.as_bytes()),
            ),
            2 => drop(input.drain(place.min(end)..end)),
            3 => {
                let copied = input.get(place..end).unwrap_or_default().to_vec();
                let to = dice.below(input.len() + 1);
                insert(input, to, &copied);
            }
            4 => {
                let from = dice.below(other.len());
                input.truncate(place);
                input.extend_from_slice(other.get(from..).unwrap_or_default());
            }
            5 => change(input, place, |byte| byte.wrapping_add(1)),
            6 => change(input, place, |byte| byte.wrapping_sub(1)),
            7 => {
                let bit = dice.below(8);
                change(input, place, |byte| byte ^ (1 << bit));
            }
            _ => {
                let new = dice.byte();
                change(input, place, |_| new);
            }
        }
    }
}

fn insert(input: &mut Vec<u8>, place: usize, bytes: &[u8]) {
    input.splice(place..place, bytes.iter().copied());
}

fn change(input: &mut [u8], place: usize, to: impl Fn(u8) -> u8) {
    if let Some(byte) = input.get_mut(place) {
        *byte = to(*byte);
    }
}
