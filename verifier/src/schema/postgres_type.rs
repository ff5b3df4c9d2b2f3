//! The types of PostgreSQL have many names each; the server prints one of them (`format_type`), and so does this.

/// A type as the server prints it. A name that is not its own (an enum, a domain, a type of an extension) stays as it is.
pub(super) fn normal(written: &str) -> String {
    let mut parts = Parts::read(written);
    let is_array = parts.take_array();
    parts.strip_schema();
    let Parts { words, arguments } = parts;
    let name = match standard(&words.join(" "), arguments.as_deref()) {
        Some(name) => name,
        None => match arguments {
            Some(arguments) => format!("{}({})", words.join(" "), arguments.join(",")),
            None => words.join(" "),
        },
    };
    if is_array { format!("{name}[]") } else { name }
}

/// Whether two spellings are the same type. Schemas do not count: which one a type is in depends on who asks.
pub(super) fn same(one: &str, other: &str) -> bool {
    let bare = |written: &str| {
        let normal = normal(written);
        let after = normal.rsplit_once("\".").map(|(_, name)| name.to_owned());
        let name = after.unwrap_or(normal);
        name.rsplit_once('.')
            .map_or(name.clone(), |(_, name)| name.to_owned())
    };
    bare(one) == bare(other)
}

/// What the names of a serial column stand for.
pub(super) fn serial(written: &str) -> Option<&'static str> {
    match written.trim().to_ascii_lowercase().as_str() {
        "smallserial" | "serial2" => Some("smallint"),
        "serial" | "serial4" => Some("integer"),
        "bigserial" | "serial8" => Some("bigint"),
        _ => None,
    }
}

/// The name of such a column.
pub(super) fn serial_of(kind: &str) -> Option<&'static str> {
    match kind {
        "smallint" => Some("smallserial"),
        "integer" => Some("serial"),
        "bigint" => Some("bigserial"),
        _ => None,
    }
}

/// <https://www.postgresql.org/docs/current/datatype.html>, table 8.1 and the sections below it.
fn standard(words: &str, arguments: Option<&[String]>) -> Option<String> {
    let first = arguments.and_then(<[String]>::first).map(String::as_str);
    let with = |name: &str, least: Option<&str>| {
        let argument = first.or(least);
        Some(argument.map_or(name.to_owned(), |argument| format!("{name}({argument})")))
    };
    // Six digits are what there is without saying so.
    let digits = first.filter(|digits| *digits != "6");
    let time = |name: &str, zone: &str| {
        let digits = digits.map_or(String::new(), |digits| format!("({digits})"));
        Some(format!("{name}{digits} {zone}"))
    };
    match words {
        "int" | "int4" | "integer" => Some("integer".to_owned()),
        "int2" | "smallint" => Some("smallint".to_owned()),
        "int8" | "bigint" => Some("bigint".to_owned()),
        "bool" | "boolean" => Some("boolean".to_owned()),
        "float4" | "real" => Some("real".to_owned()),
        "float8" | "double precision" => Some("double precision".to_owned()),
        "float" => Some(match first.and_then(|bits| bits.parse::<u8>().ok()) {
            Some(..=24) => "real".to_owned(),
            Some(_) | None => "double precision".to_owned(),
        }),
        "decimal" | "dec" | "numeric" => Some(match arguments {
            None | Some([]) => "numeric".to_owned(),
            Some([precision]) => format!("numeric({precision},0)"),
            Some([precision, scale, ..]) => format!("numeric({precision},{scale})"),
        }),
        "varchar"
        | "character varying"
        | "char varying"
        | "national character varying"
        | "national char varying"
        | "nchar varying" => with("character varying", None),
        "char" | "character" | "nchar" | "national character" | "national char" => {
            with("character", Some("1"))
        }
        "bpchar" if first.is_some() => with("character", None),
        "bit" => with("bit", Some("1")),
        "varbit" | "bit varying" => with("bit varying", None),
        "timestamp" | "timestamp without time zone" => time("timestamp", "without time zone"),
        "timestamptz" | "timestamp with time zone" => time("timestamp", "with time zone"),
        "time" | "time without time zone" => time("time", "without time zone"),
        "timetz" | "time with time zone" => time("time", "with time zone"),
        "interval" => Some(digits.map_or("interval".to_owned(), |digits| {
            format!("interval({digits})")
        })),
        _ => None,
    }
}

/// A type in pieces.
struct Parts {
    words: Vec<String>,
    arguments: Option<Vec<String>>,
}

impl Parts {
    fn read(written: &str) -> Self {
        let (mut words, mut arguments) = (Vec::new(), None);
        let mut rest = written.trim();
        while let Some(first) = rest.chars().next() {
            let length = match first {
                '"' => quoted_length(rest),
                '(' | '[' => {
                    let close = if first == '(' { ')' } else { ']' };
                    rest.find(close).map_or(rest.len(), |at| at + 1)
                }
                ' ' | '\n' | '\t' | '\r' | ')' | ']' | ',' => first.len_utf8(),
                '.' => 1,
                _ => rest
                    .find([' ', '\n', '\t', '\r', '(', '[', '.', '"', ')', ']', ','])
                    .unwrap_or(rest.len())
                    .max(first.len_utf8()),
            };
            let (piece, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
            rest = after;
            match first {
                '(' => {
                    let inner = piece.trim_matches(['(', ')']);
                    arguments = Some(inner.split(',').map(|one| one.trim().to_owned()).collect());
                }
                '[' => words.push("[]".to_owned()),
                ' ' | '\n' | '\t' | '\r' | ')' | ']' | ',' => {}
                '"' => words.push(plain(piece)),
                _ => words.push(piece.to_ascii_lowercase()),
            }
        }
        Self { words, arguments }
    }

    /// `integer[]`, `integer[3][3]`, `integer ARRAY`: the server does not look at the dimensions.
    fn take_array(&mut self) -> bool {
        let before = self.words.len();
        while (self.words.last())
            .is_some_and(|word| word == "[]" || (word == "array" && before > 1))
        {
            self.words.pop();
        }
        self.words.len() < before
    }

    /// `public.role` is `role`, and so is whatever the server itself brings; the names of other schemas stay.
    fn strip_schema(&mut self) {
        if let [schema, dot, name] = self.words.as_slice()
            && dot == "."
        {
            self.words = match schema.as_str() {
                "public" | "pg_catalog" => vec![name.clone()],
                _ => vec![format!("{schema}.{name}")],
            };
        } else if let [schema, dot, ..] = self.words.as_slice()
            && dot == "."
            && schema == "pg_catalog"
        {
            self.words.drain(..2);
        }
    }
}

fn quoted_length(text: &str) -> usize {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character == '"' {
            if characters.peek().is_none_or(|(_, next)| *next != '"') {
                return at + 1;
            }
            characters.next();
        }
    }
    text.len()
}

/// `"role"` is `role`; `"char"` is not `char`, and neither is any other word that means something without quotes.
fn plain(quoted: &str) -> String {
    let name = quoted.trim_matches('"');
    let is_plain = name.chars().all(|character| {
        character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_'
    });
    if is_plain && (name == "public" || name == "pg_catalog" || standard(name, None).is_none()) {
        name.to_owned()
    } else {
        quoted.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alias_is_the_name_that_the_server_prints() {
        for (written, printed) in [
            ("INT4", "integer"),
            ("pg_catalog.int4", "integer"),
            ("VARCHAR(255)", "character varying(255)"),
            ("character varying ( 255 )", "character varying(255)"),
            ("char", "character(1)"),
            ("\"char\"", "\"char\""),
            ("bpchar", "bpchar"),
            ("numeric(10)", "numeric(10,0)"),
            ("DECIMAL(65, 30)", "numeric(65,30)"),
            ("timestamptz", "timestamp with time zone"),
            ("TIMESTAMP(3)", "timestamp(3) without time zone"),
            ("timestamp(3) with time zone", "timestamp(3) with time zone"),
            ("TIMESTAMP(6) WITH TIME ZONE", "timestamp with time zone"),
            ("time", "time without time zone"),
            ("float(24)", "real"),
            ("float", "double precision"),
            ("text[]", "text[]"),
            ("INT [3][3]", "integer[]"),
            ("integer ARRAY", "integer[]"),
            ("varchar(10)[]", "character varying(10)[]"),
            ("bit", "bit(1)"),
            ("public.role", "role"),
            ("public.\"Role\"", "\"Role\""),
            ("\"role\"", "role"),
            ("app.role", "app.role"),
            ("interval", "interval"),
            ("interval day to second(3)", "interval day to second(3)"),
        ] {
            assert_eq!(normal(written), printed, "{written}");
            assert_eq!(normal(printed), printed, "{printed} stays");
        }
    }

    #[test]
    fn the_schema_of_a_type_does_not_make_another_type_of_it_and_the_name_does() {
        assert!(same("app.role", "role"));
        assert!(same("\"App\".\"Role\"", "\"Role\""));
        assert!(!same("\"Role\"", "role"));
        assert!(!same("text", "character varying"));
        assert!(!same("text", "text[]"));
        assert!(!same("timestamp", "timestamptz"));
        assert!(!same("numeric(10,2)", "numeric(10,3)"));
    }
}
