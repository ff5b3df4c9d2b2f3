//! "Did you mean": the closest of the names that would have been right.

/// The name that was probably meant, if one is close enough not to mislead.
pub(crate) fn closest<'a>(
    wrong: &str,
    right: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    right
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(wrong, name), name))
        .filter(|(distance, name)| *distance <= (name.chars().count() / 3).max(1))
        .min()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognised_and_another_word_is_not() {
        assert_eq!(closest("tokn", ["url", "token", "json"]), Some("token"));
        assert_eq!(
            closest("regsiter", ["register", "log_in"]),
            Some("register")
        );
        assert_eq!(closest("banana", ["url", "token", "json"]), None);
    }
}
