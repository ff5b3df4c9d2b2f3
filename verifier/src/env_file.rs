//! A file of variables that something is started with, as Docker's `env_file` has it: `NAME=value`, perhaps with `export` and with
//! quotes; the last one counts.

/// The value of this name.
pub(crate) fn value_of(text: &str, name: &str) -> Option<String> {
    let mut latest_first = text.lines().rev().filter_map(|line| {
        let line = line.trim();
        let (key, value) = line
            .strip_prefix("export ")
            .unwrap_or(line)
            .split_once('=')?;
        (key.trim() == name).then(|| value.trim())
    });
    let value = latest_first.next()?;
    let quoted = ['"', '\'']
        .into_iter()
        .find_map(|quote| value.strip_prefix(quote)?.split_once(quote));
    let plain = || {
        value
            .split_once(" #")
            .map_or(value, |(value, _comment)| value)
            .trim_end()
    };
    Some(quoted.map_or_else(plain, |(value, _)| value).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_read_as_docker_reads_it() {
        let text =
            "# DATABASE_URL=no\nexport A='x # y'\nDATABASE_URL=old\nDATABASE_URL = new # why\nB=\n";
        assert_eq!(value_of(text, "DATABASE_URL").as_deref(), Some("new"));
        assert_eq!(value_of(text, "A").as_deref(), Some("x # y"));
        assert_eq!(value_of(text, "B").as_deref(), Some(""));
        assert_eq!(value_of(text, "C"), None);
    }
}
