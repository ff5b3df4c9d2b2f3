//! Changes of a good token, none of which is good: each has most of it, so that a memory which looks at less than the whole would take it.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::Token;

/// How many of each kind that is drawn.
const DRAWN: usize = 20;

/// The same changes of a token every time. `others` are good tokens of its neighbours, perhaps itself among them.
pub(super) fn changed(good: &str, others: &[String]) -> Vec<Token> {
    let mut chance = StdRng::seed_from_u64(1);
    let mut texts = drawn(good, &mut chance);
    let neighbours = others.iter().filter(|other| *other != good);
    texts.extend(neighbours.flat_map(|other| spliced(good, other)));
    texts.extend(cut(good));
    texts.retain(|(_, text)| text != good);
    texts
        .into_iter()
        .map(|(about, text)| Token::refused(about, text))
        .collect()
}

/// One letter of it is another, is missing, is there twice, has changed places.
fn drawn(good: &str, chance: &mut StdRng) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for _ in 0..DRAWN {
        let at = chance.random_range(0..good.len() - 1);
        let letter = char::from(LETTERS[chance.random_range(0..LETTERS.len())]);
        let (before, rest) = good.split_at(at);
        let (own, after) = rest.split_at(1);
        let (next, end) = after.split_at(1);
        texts.extend([
            (
                format!("letter {at} is {letter}"),
                format!("{before}{letter}{after}"),
            ),
            (
                format!("letter {at} is missing"),
                format!("{before}{after}"),
            ),
            (
                format!("letter {at} twice"),
                format!("{before}{own}{own}{after}"),
            ),
            (
                format!("letter {at} in the other case"),
                format!("{before}{}{after}", other_case(own)),
            ),
            (
                format!("letter {at} after the next"),
                format!("{before}{next}{own}{end}"),
            ),
        ]);
    }
    texts
}

fn other_case(letter: &str) -> String {
    let upper = letter.to_ascii_uppercase();
    if upper == letter {
        letter.to_ascii_lowercase()
    } else {
        upper
    }
}

/// Every mixture of the parts of two good tokens.
fn spliced(good: &str, other: &str) -> Vec<(String, String)> {
    let own: Vec<&str> = good.split('.').collect();
    let theirs: Vec<&str> = other.split('.').collect();
    // All of theirs would be the other token itself.
    (1..7)
        .map(|mixture: usize| {
            let part = |position: usize| {
                let foreign = mixture & (1 << position) != 0;
                if foreign {
                    theirs[position]
                } else {
                    own[position]
                }
            };
            let text = format!("{}.{}.{}", part(0), part(1), part(2));
            (format!("mixture {mixture} with {}", theirs[0]), text)
        })
        .collect()
}

/// What is left of it when its end or its beginning is cut off, and it with more at its end.
fn cut(good: &str) -> Vec<(String, String)> {
    let length = good.len();
    let mut texts = Vec::new();
    for eighth in 1..8 {
        let at = length * eighth / 8;
        let (begin, rest) = good.split_at(at);
        texts.push((format!("the first {at} letters"), begin.to_owned()));
        texts.push((format!("all but the first {at}"), rest.to_owned()));
    }
    for missing in 1..=4 {
        let (begin, _) = good.split_at(length - missing);
        texts.push((format!("the last {missing} cut off"), begin.to_owned()));
    }
    for more in ["A", "AA", "AAAA", ".", "=", "==", "~", "%00"] {
        texts.push((format!("{more} after it"), format!("{good}{more}")));
    }
    texts
}

/// Those of base64url, and some that are none of them.
const LETTERS: &[u8; 70] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+/=~:";
