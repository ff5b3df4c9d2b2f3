//! Colours of a page, and whether what is written in them can be read.

use core::fmt;

/// A colour of sRGB.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

impl Colour {
    /// White.
    pub const WHITE: Self = Self::new(0xff, 0xff, 0xff);

    /// A colour of its parts.
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// Reads `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| {
            digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        })?;
        let part = |start: usize| {
            let two = digits.get(start..start + 2)?;
            u8::from_str_radix(two, 16).ok()
        };
        Some(Self::new(part(0)?, part(2)?, part(4)?))
    }

    /// How far two colours stand apart: the contrast ratio of WCAG 2.2 in hundredths, 100 to 2100, rounded down.
    pub fn contrast(self, other: Self) -> u32 {
        let (one, two) = (self.luminance() + 0.05, other.luminance() + 0.05);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a ratio of at most 21"
        )]
        let hundredths = (one.max(two) / one.min(two) * 100.0) as u32;
        hundredths
    }

    /// Whether text in one of them can be read on the other (WCAG 2.2, 1.4.3, level AA).
    pub fn is_readable_on(self, paper: Self) -> bool {
        self.contrast(paper) >= READABLE
    }

    /// The same hue, lighter until it can be read on a dark paper.
    #[must_use]
    pub fn lightened_for(self, paper: Self) -> Self {
        let step = |tenths: u16| self.mixed_with_white(tenths);
        (0..=10)
            .map(step)
            .find(|colour| colour.is_readable_on(paper))
            .unwrap_or(Self::WHITE)
    }

    fn mixed_with_white(self, tenths: u16) -> Self {
        let mix = |part: u8| {
            let mixed = (u16::from(part) * (10 - tenths) + 255 * tenths) / 10;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        Self::new(mix(self.red), mix(self.green), mix(self.blue))
    }

    /// Relative luminance, 0 to 1, as WCAG 2.2 defines it.
    fn luminance(self) -> f64 {
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

/// The contrast that text needs, in hundredths.
pub const READABLE: u32 = 450;

/// The light of one part of a colour: the transfer function of sRGB (IEC 61966-2-1).
fn linear(part: u8) -> f64 {
    let part = f64::from(part) / 255.0;
    if part <= 0.04045 {
        return part / 12.92;
    }
    let base = (part + 0.055) / 1.055;
    // To the power of 2.4: its square, times the fifth root of its square. There is no `powf` without `std`.
    let square = base * base;
    square * fifth_root(square)
}

/// By Newton's method; for a number between 0 and 1 it closes in from above.
fn fifth_root(number: f64) -> f64 {
    (0..ROUNDS).fold(1.0, |root: f64, _| {
        let to_the_fourth = root * root * root * root;
        (4.0 * root + number / to_the_fourth) / 5.0
    })
}

/// Enough for the darkest part that is asked for, with 15 digits.
const ROUNDS: u32 = 20;

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::ToString as _;

    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).unwrap()
    }

    /// Figures of well-known pairs, rounded down.
    #[test]
    fn contrast_is_that_of_wcag() {
        for (one, other, hundredths) in [
            ("#000000", "#ffffff", 2100),
            ("#ffffff", "#ffffff", 100),
            ("#767676", "#ffffff", 454),
            ("#777777", "#ffffff", 447),
            ("#ff0000", "#ffffff", 399),
            ("#0000ff", "#ffffff", 859),
            ("#00ff00", "#000000", 1530),
        ] {
            assert_eq!(colour(one).contrast(colour(other)), hundredths, "{one}");
            assert_eq!(colour(other).contrast(colour(one)), hundredths, "{one}");
        }
    }

    #[test]
    fn every_part_is_linear_as_the_power_says() {
        for part in 0..=255_u8 {
            let exact = f64::from(part) / 255.0;
            let exact = if exact <= 0.04045 {
                exact / 12.92
            } else {
                ((exact + 0.055) / 1.055).powf(2.4)
            };
            assert!((linear(part) - exact).abs() < 1e-12, "{part}");
        }
    }

    #[test]
    fn every_colour_is_made_readable_on_dark_paper() {
        let paper = colour("#161b22");
        for text in ["#000000", "#0550ae", "#8b0000", "#ffffff", "#161b22"] {
            assert!(colour(text).lightened_for(paper).is_readable_on(paper));
        }
        assert_eq!(colour("#79c0ff").lightened_for(paper), colour("#79c0ff"));
    }

    #[test]
    fn only_six_hexadecimal_digits_are_a_colour() {
        assert_eq!(colour("#0550AE").to_string(), "#0550ae");
        for text in [
            "",
            "#",
            "0550ae",
            "#0550a",
            "#0550aef",
            "#0550ag",
            "#+550ae",
            "red",
            "#äöü",
            "#fff",
            "#fff;} body{",
        ] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }
}
