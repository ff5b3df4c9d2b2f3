//! Quality values, by which a request ranks what it would take (RFC 9110 section 12.4.2).

/// The names of a field such as `Accept` or `Accept-Language`, each with its quality in thousandths; 0 means "not wanted".
pub(crate) fn ranked(field: &str) -> impl Iterator<Item = (&str, u32)> {
    field.split(',').filter_map(|item| {
        let mut parts = item.split(';').map(str::trim);
        let name = parts.next()?;
        let weight = parts.find_map(|parameter| {
            parameter
                .strip_prefix("q=")
                .or_else(|| parameter.strip_prefix("Q="))
        });
        Some((name, weight.map_or(1000, thousandths)))
    })
}

/// `0`, `1`, or up to three digits after the dot; anything else counts as not wanted.
fn thousandths(weight: &str) -> u32 {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    let fraction = fraction
        .bytes()
        .chain(*b"000")
        .take(3)
        .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    match whole {
        "0" => fraction,
        "1" if fraction == 0 => 1000,
        _ => 0,
    }
}
