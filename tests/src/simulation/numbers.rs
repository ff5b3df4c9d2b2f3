//! Whole numbers and fractions, and how both are written in a table.

/// Exact up to 2^53, far above anything that is counted here.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts stay far below 2^53, up to which every whole number is exact"
)]
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}

/// The nearest whole number; nothing below 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and nothing here comes near either end"
)]
pub(crate) fn whole(number: f64) -> u64 {
    (number + 0.5).max(0.0) as u64
}

/// With a comma before every third digit.
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Two digits that count, and then what they are thousands or millions of: nothing that is extrapolated is known better.
pub(crate) fn rounded(number: f64) -> String {
    let (unit, name) = match number {
        n if n >= 995e9 => (1e12, " T"),
        n if n >= 995e6 => (1e9, " G"),
        n if n >= 995e3 => (1e6, " M"),
        n if n >= 995.0 => (1e3, " k"),
        _ => (1.0, ""),
    };
    let number = number / unit;
    if number >= 9.95 {
        let exact = whole(number);
        let exact = if exact >= 100 {
            whole(number / 10.0) * 10
        } else {
            exact
        };
        format!("{exact}{name}")
    } else if unit > 1.0 || number >= 0.95 {
        format!("{number:.1}{name}")
    } else {
        format!("{number:.2}")
    }
}

/// Dollars: cents only where they matter.
pub(crate) fn dollars(amount: f64) -> String {
    if amount < 100.0 {
        format!("${amount:.2}")
    } else {
        format!("${}", grouped(whole(amount)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_with_the_digits_that_are_known() {
        for (number, text) in [
            (0.0, "0.00"),
            (0.04, "0.04"),
            (3.12, "3.1"),
            (99.7, "100"),
            (144.0, "140"),
            (1_440_000.0, "1.4 M"),
            (144_000_000.0, "140 M"),
            (1.44e11, "140 G"),
            (999_600.0, "1.0 M"),
            (996_000_000.0, "1.0 G"),
            (994_000_000.0, "990 M"),
        ] {
            assert_eq!(rounded(number), text, "{number}");
        }
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(999), "999");
        assert_eq!(dollars(5.0), "$5.00");
        assert_eq!(dollars(12_345.6), "$12,346");
    }
}
