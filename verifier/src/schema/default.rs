//! Defaults have many spellings. Two are told apart only where it can be shown that they are not the same.

use crate::schema::{Dialect, Given};

/// How two columns of the same type compare in what they hold where nobody says what.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Comparison {
    Same,
    Different,
    /// Neither can be shown.
    Unknown,
}

/// More than is expected is no difference: a default that nobody asked for stands in nobody's way.
pub(crate) fn compare(dialect: Dialect, kind: &str, expected: &Given, live: &Given) -> Comparison {
    let (expected, live) = (
        Value::of(dialect, kind, expected),
        Value::of(dialect, kind, live),
    );
    if expected == live {
        return Comparison::Same;
    }
    match (&expected, &live) {
        (Value::Nothing, _) => Comparison::Same,
        (Value::Computed | Value::Other(_) | Value::Sequence | Value::Now, Value::Nothing)
        | (Value::Bool(_), Value::Bool(_) | Value::Nothing)
        | (Value::Number(_), Value::Number(_) | Value::Nothing)
        | (Value::Text(_), Value::Text(_) | Value::Nothing)
        // Whether a number comes of its own accord decides whether a row can be written.
        | (Value::Sequence, Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Now)
        | (Value::Now, Value::Bool(_) | Value::Number(_)) => Comparison::Different,
        (_, _) => Comparison::Unknown,
    }
}

/// As a part of a sentence.
pub(crate) fn shown(given: &Given) -> String {
    match given {
        Given::Nothing => "no default".to_owned(),
        Given::Default(expression) => format!("the default {expression}"),
        Given::Sequence | Given::Identity => "the next number".to_owned(),
        Given::Computed(_) => "a computed value".to_owned(),
    }
}

/// What is known of a default.
#[derive(Debug, Eq, PartialEq)]
enum Value {
    Nothing,
    Bool(bool),
    /// In one spelling.
    Number(String),
    Text(String),
    Now,
    Sequence,
    Computed,
    /// An expression, or a literal of a type that has several spellings of one value.
    Other(String),
}

impl Value {
    fn of(dialect: Dialect, kind: &str, given: &Given) -> Self {
        match given {
            Given::Nothing => Self::Nothing,
            Given::Sequence | Given::Identity => Self::Sequence,
            Given::Computed(_) => Self::Computed,
            Given::Default(expression) => Self::read(dialect, kind, expression),
        }
    }

    fn read(dialect: Dialect, kind: &str, expression: &str) -> Self {
        let bare = bare(expression);
        let lower = bare.to_ascii_lowercase();
        match lower.as_str() {
            "null" => return Self::Nothing,
            "true" => return dialect_bool(dialect, true),
            "false" => return dialect_bool(dialect, false),
            "current_timestamp" | "now()" | "transaction_timestamp()" | "pg_catalog.now()" => {
                return Self::Now;
            }
            _ => {}
        }
        if lower.starts_with("nextval(") || lower.starts_with("pg_catalog.nextval(") {
            return Self::Sequence;
        }
        let family = Family::of(dialect, kind);
        if let Some(number) = number(bare) {
            return match family {
                Family::Text | Family::Other => Self::Other(number),
                Family::Bool | Family::Integer | Family::Decimal => Self::Number(number),
            };
        }
        let Some(text) = unquoted(bare) else {
            return Self::Other(squeezed(&lower));
        };
        match family {
            Family::Bool => truth(&text).map_or(Self::Other(text), Self::Bool),
            Family::Integer | Family::Decimal => {
                number(text.trim()).map_or(Self::Other(text), Self::Number)
            }
            Family::Text => Self::Text(text),
            Family::Other => Self::Other(text),
        }
    }
}

/// To SQLite they are numbers.
fn dialect_bool(dialect: Dialect, value: bool) -> Value {
    match dialect {
        Dialect::Postgres => Value::Bool(value),
        Dialect::Sqlite => Value::Number(u8::from(value).to_string()),
    }
}

/// How the literals of a type are compared.
enum Family {
    Bool,
    Integer,
    Decimal,
    Text,
    /// One value may have several spellings: a date, JSON, an array.
    Other,
}

impl Family {
    fn of(dialect: Dialect, kind: &str) -> Self {
        match dialect {
            Dialect::Postgres => match kind.split('(').next().unwrap_or_default().trim() {
                _ if kind.ends_with("[]") => Self::Other,
                "boolean" => Self::Bool,
                "smallint" | "integer" | "bigint" => Self::Integer,
                "numeric" | "real" | "double precision" => Self::Decimal,
                "text" | "character varying" => Self::Text,
                _ => Self::Other,
            },
            Dialect::Sqlite => {
                let kind = kind.to_ascii_uppercase();
                if ["CHAR", "CLOB", "TEXT"]
                    .iter()
                    .any(|word| kind.contains(word))
                {
                    Self::Text
                } else if kind.contains("BLOB")
                    || kind.is_empty()
                    || kind.contains("DATE")
                    || kind.contains("TIME")
                    || kind.contains("JSON")
                {
                    Self::Other
                } else {
                    Self::Decimal
                }
            }
        }
    }
}

/// <https://www.postgresql.org/docs/current/datatype-boolean.html>
fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "t" | "true" | "yes" | "y" | "on" | "1" => Some(true),
        "f" | "false" | "no" | "n" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// Without the brackets around it and the casts behind it.
fn bare(expression: &str) -> &str {
    let mut text = expression.trim();
    loop {
        let before = text;
        if let Some(inner) = text
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'))
            && is_closed(inner)
        {
            text = inner.trim();
        }
        if let Some(at) = last_cast(text) {
            text = text.get(..at).unwrap_or(text).trim();
        }
        if text == before {
            return text;
        }
    }
}

/// Whether no bracket closes that was opened outside.
fn is_closed(inner: &str) -> bool {
    let mut depth = 0_i32;
    for (_, character) in outside_of_quotes(inner) {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// Where the cast begins that ends the text: `'x'::character varying(3)`.
fn last_cast(text: &str) -> Option<usize> {
    let mut depth = 0_i32;
    let mut found = None;
    let mut previous = ' ';
    for (at, character) in outside_of_quotes(text) {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            ':' if previous == ':' && depth == 0 => found = Some(at - 1),
            // Anything that is not part of a type's name: the cast is inside of a larger expression.
            '+' | '-' | '*' | '/' | '|' | '<' | '>' | '=' | '%' if depth == 0 => found = None,
            _ => {}
        }
        previous = character;
    }
    let of = text.get(..found?)?.trim_end();
    // `a || 'b'::text`: what is before the cast must be one thing.
    let is_one = of.ends_with(')') && of.starts_with('(')
        || unquoted(of).is_some()
        || number(of).is_some()
        || of
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "_.()".contains(character))
        || last_cast(of).is_some();
    is_one.then_some(found?)
}

/// The characters that are not inside of a literal or of a quoted name.
fn outside_of_quotes(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut within = None;
    text.char_indices().filter(move |(_, character)| {
        if let Some(quote) = within {
            if *character == quote {
                within = None;
            }
            return false;
        }
        if matches!(character, '\'' | '"') {
            within = Some(*character);
        }
        within.is_none()
    })
}

/// The text of a literal, if that is all there is. SQLite takes a name in double quotes for one.
fn unquoted(text: &str) -> Option<String> {
    let text = text
        .strip_prefix(['E', 'e'])
        .filter(|rest| rest.starts_with('\'') && !rest.contains('\\'))
        .unwrap_or(text);
    let quote = text
        .chars()
        .next()
        .filter(|first| matches!(first, '\'' | '"'))?;
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    let doubled = format!("{quote}{quote}");
    let plain = inner.replace(&doubled, "");
    (!plain.contains(quote)).then(|| inner.replace(&doubled, &quote.to_string()))
}

/// A number in one spelling: no plus, no zeros at its ends.
fn number(text: &str) -> Option<String> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", bare(rest.trim_start())),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let are_digits = |part: &str| part.chars().all(|character| character.is_ascii_digit());
    if digits.is_empty() || digits == "." || !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let (whole, fraction) = (
        whole.trim_start_matches('0'),
        fraction.trim_end_matches('0'),
    );
    let whole = if whole.is_empty() { "0" } else { whole };
    let sign = if whole == "0" && fraction.is_empty() {
        ""
    } else {
        sign
    };
    Some(if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    })
}

/// In one spelling of white space.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(kind: &str, expected: &str, live: &str) -> Comparison {
        let default = |text: &str| match text {
            "" => Given::Nothing,
            text => Given::Default(text.to_owned()),
        };
        compare(Dialect::Postgres, kind, &default(expected), &default(live))
    }

    #[test]
    fn spellings_of_one_default_are_the_same() {
        for (kind, one, other) in [
            ("boolean", "false", "'f'::boolean"),
            ("boolean", "FALSE", "false"),
            ("boolean", "'1'", "true"),
            ("integer", "100", "(100)"),
            ("integer", "'-1'", "'-1'::integer"),
            ("integer", "-1", "'-1'::integer"),
            ("numeric(10,2)", "0", "0.00"),
            ("numeric(10,2)", "0", "(0)::numeric"),
            ("text", "'x'", "'x'::text"),
            ("text", "'x'::varchar", "'x'::character varying"),
            ("text", "'it''s'", "'it''s'::text"),
            ("text", "'a::b'", "'a::b'::text"),
            ("\"Role\"", "'USER'", "'USER'::\"Role\""),
            ("\"Role\"", "'USER'", "'USER'::public.\"Role\""),
            ("timestamp without time zone", "now()", "CURRENT_TIMESTAMP"),
            ("timestamp without time zone", "now()", "now()"),
            (
                "integer",
                "nextval('a_seq'::regclass)",
                "nextval('public.b_seq'::regclass)",
            ),
            ("jsonb", "'{}'", "'{}'::jsonb"),
            ("text[]", "'{}'", "'{}'::text[]"),
            ("uuid", "gen_random_uuid()", "gen_random_uuid()"),
            ("text", "NULL", ""),
            ("text", "", "NULL::character varying"),
            ("text", "", "'more'::text"),
        ] {
            assert_eq!(
                judged(kind, one, other),
                Comparison::Same,
                "{kind}: {one}, {other}"
            );
        }
    }

    #[test]
    fn what_is_certainly_another_value_is_a_difference() {
        for (kind, one, other) in [
            ("boolean", "false", "true"),
            ("integer", "100", "0"),
            ("integer", "100", ""),
            ("text", "'a'", "'b'::text"),
            ("text", "'a'", "'A'"),
            ("boolean", "false", ""),
            ("timestamp without time zone", "now()", ""),
            ("integer", "nextval('a_seq')", ""),
        ] {
            assert_eq!(
                judged(kind, one, other),
                Comparison::Different,
                "{kind}: {one}, {other}"
            );
        }
    }

    #[test]
    fn what_could_be_the_same_value_is_no_difference() {
        for (kind, one, other) in [
            ("jsonb", "'{\"a\":1}'", "'{\"a\": 1}'::jsonb"),
            ("interval", "'1 day'", "'1 day'::interval"),
            ("interval", "'24:00'", "'1 day'::interval"),
            ("text[]", "ARRAY[]::text[]", "'{}'::text[]"),
            ("text", "lower('X')", "'x'::text"),
            ("uuid", "gen_random_uuid()", "uuid_generate_v4()"),
            ("text", "'a' || 'b'::text", "('a'::text || 'b'::text)"),
        ] {
            assert_ne!(
                judged(kind, one, other),
                Comparison::Different,
                "{kind}: {one}, {other}"
            );
        }
    }

    #[test]
    fn to_sqlite_the_truth_is_one() {
        let default = |text: &str| Given::Default(text.to_owned());
        let compare =
            |one, other| compare(Dialect::Sqlite, "BOOLEAN", &default(one), &default(other));
        assert_eq!(compare("false", "0"), Comparison::Same);
        assert_eq!(compare("true", "0"), Comparison::Different);
    }
}
