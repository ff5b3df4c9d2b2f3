//! The names that a Python file gives values to at its top level, as far as migrations of Alembic need it: a text, a list of texts, or
//! `None`. Python is not run.

/// What a name stands for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Value {
    None,
    Text(String),
    Texts(Vec<String>),
    /// Something that only Python could tell.
    Computed,
}

/// The value that the file gives to this name last; nothing if it gives none.
pub(super) fn value_of(source: &str, name: &str) -> Option<Value> {
    let mut found = None;
    let mut rest = source;
    while !rest.is_empty() {
        let (statement, after) = statement(rest);
        if let Some(value) = assigned(statement, name) {
            found = Some(read(value));
        }
        rest = after;
    }
    found
}

/// The text up to the end of the statement that begins here, and what follows it. A line break within brackets or within a text of three
/// quotes ends nothing (Python's reference, "Implicit line joining").
fn statement(source: &str) -> (&str, &str) {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        at += match rest.as_bytes().first() {
            Some(b'\n') if depth == 0 => return source.split_at(at + 1),
            Some(b'#') => rest.find('\n').unwrap_or(rest.len()),
            Some(b'"' | b'\'') => text_length(rest),
            Some(b'\\') => 1 + rest.chars().nth(1).map_or(0, char::len_utf8),
            Some(b'(' | b'[' | b'{') => {
                depth += 1;
                1
            }
            Some(b')' | b']' | b'}') => {
                depth = depth.saturating_sub(1);
                1
            }
            Some(_) | None => rest.chars().next().map_or(1, char::len_utf8),
        };
    }
    (source, "")
}

/// How long the text is that begins with these quotes, with its quotes.
fn text_length(rest: &str) -> usize {
    let quote = match rest.get(..3) {
        Some(three @ ("\"\"\"" | "'''")) => three,
        Some(_) | None => rest.get(..1).unwrap_or_default(),
    };
    let mut at = quote.len();
    while let Some(inside) = rest.get(at..).filter(|inside| !inside.is_empty()) {
        if inside.starts_with(quote) {
            return at + quote.len();
        }
        // A text of one quote ends with its line at the latest; whoever wrote that has other worries.
        if quote.len() == 1 && inside.starts_with('\n') {
            return at;
        }
        let escaped = inside
            .strip_prefix('\\')
            .and_then(|next| next.chars().next());
        at += match escaped {
            Some(next) => 1 + next.len_utf8(),
            None => inside.chars().next().map_or(1, char::len_utf8),
        };
    }
    rest.len()
}

/// What stands behind the `=`, if the statement gives this name a value: `name = …` or `name: its type = …`.
fn assigned<'a>(statement: &'a str, name: &str) -> Option<&'a str> {
    let rest = statement
        .strip_prefix(name)?
        .trim_start_matches([' ', '\t']);
    let rest = match rest.strip_prefix(':') {
        // No type that Alembic writes has a `=`.
        Some(annotated) => annotated.split_once('=')?.1,
        None => rest.strip_prefix('=')?,
    };
    (!rest.starts_with('=')).then_some(rest)
}

fn read(value: &str) -> Value {
    let mut tokens = Vec::new();
    let mut rest = value;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' | '\'' => text_length(rest),
            '#' => rest.find('\n').unwrap_or(rest.len()),
            _ if first.is_whitespace() || "()[]{},;".contains(first) => first.len_utf8(),
            _ => {
                let is_end = |c: char| c.is_whitespace() || "()[]{},;#\"'".contains(c);
                rest.find(is_end).unwrap_or(rest.len())
            }
        };
        let (token, after) = rest.split_at(length);
        if !(token.trim().is_empty() || token.starts_with('#')) {
            tokens.push(token);
        }
        rest = after;
    }
    match tokens.as_slice() {
        ["None"] => Value::None,
        [one] => text(one).map_or(Value::Computed, Value::Text),
        ["(" | "[" | "{", inner @ .., ")" | "]" | "}"] => texts(inner),
        _ => Value::Computed,
    }
}

/// Texts with commas between them; one text in brackets without a comma is that text.
fn texts(tokens: &[&str]) -> Value {
    let mut found = Vec::new();
    for pair in tokens.chunks(2) {
        match pair {
            [one] | [one, ","] => match text(one) {
                Some(one) => found.push(one),
                None => return Value::Computed,
            },
            _ => return Value::Computed,
        }
    }
    Value::Texts(found)
}

/// What stands between the quotes, where nothing in it is more than it looks.
fn text(token: &str) -> Option<String> {
    let inside = ["\"\"\"", "'''", "\"", "'"]
        .iter()
        .find_map(|quote| token.strip_prefix(quote)?.strip_suffix(quote))?;
    (!inside.contains('\\')).then(|| inside.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(values: &[&str]) -> Value {
        Value::Texts(values.iter().map(|&text| text.to_owned()).collect())
    }

    #[test]
    fn every_way_in_which_alembic_writes_a_revision_is_read() {
        let written = "\"\"\"add users\n\nrevision = 'of a docstring'\n\"\"\"\nfrom typing import Union\n\
            # revision = 'of a comment'\n\
            revision: str = 'a1' # the id\n\
            down_revision: Union[str, Sequence[str], None] = ('b1',\n    \"c1\",  # both\n)\n\
            depends_on = None\nbranch_labels = ['mobile']\n\
            def upgrade():\n    revision = 'of a function'\n";
        assert_eq!(
            value_of(written, "revision"),
            Some(Value::Text("a1".into()))
        );
        assert_eq!(
            value_of(written, "down_revision"),
            Some(listed(&["b1", "c1"]))
        );
        assert_eq!(value_of(written, "depends_on"), Some(Value::None));
        assert_eq!(
            value_of(written, "branch_labels"),
            Some(listed(&["mobile"]))
        );
        assert_eq!(value_of(written, "nothing"), None);
    }

    #[test]
    fn what_only_python_could_tell_is_never_guessed() {
        for written in [
            "revision = make()\n",
            "revision = 'a' + 'b'\n",
            "revision = f'a'\n",
            "revision = ('a' 'b')\n",
            "revision = 'a\\x31'\n",
            "revision = other\n",
        ] {
            assert_eq!(
                value_of(written, "revision"),
                Some(Value::Computed),
                "{written}"
            );
        }
        assert_eq!(
            value_of("revision == 'a'\nrevisions = 'b'\n", "revision"),
            None
        );
    }

    #[test]
    fn no_source_keeps_the_reader_busy_for_ever() {
        for written in [
            "revision = '",
            "revision = (",
            "'''",
            "\\",
            "\"",
            "revision: é = 'ü'",
            "]]=\\é",
        ] {
            let _ = value_of(written, "revision");
        }
    }
}
