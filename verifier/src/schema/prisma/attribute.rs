//! Attributes: `@default(now())`, `@db.VarChar(255)`, `@@index([a, b], map: "name")`.

/// An attribute, without its at-signs.
#[derive(Clone, Debug)]
pub(super) struct Attribute<'a> {
    pub(super) name: &'a str,
    pub(super) arguments: Vec<Argument<'a>>,
    /// Where it stands in the text.
    pub(super) at: usize,
}

/// What stands between its brackets.
#[derive(Clone, Debug)]
pub(super) struct Argument<'a> {
    name: Option<&'a str>,
    value: &'a str,
}

impl<'a> Attribute<'a> {
    /// Reads the attributes of a line; `at` is where it begins in the text.
    pub(super) fn all(line: &'a str, at: usize) -> Vec<Self> {
        let mut found = Vec::new();
        let mut rest = 0;
        while let Some(start) = position(line, rest, |character, depth| {
            character == '@' && depth == 0
        }) {
            let after = line.get(start..).unwrap_or_default();
            let signs = after.len() - after.trim_start_matches('@').len();
            let begins = start + signs;
            let after = line.get(begins..).unwrap_or_default();
            let length = after
                .find(|one: char| !(one.is_alphanumeric() || one == '_' || one == '.'))
                .unwrap_or(after.len());
            let (name, after) = after.split_at_checked(length).unwrap_or((after, ""));
            let inner = after.trim_start().strip_prefix('(').map(|inner| {
                let end = position(inner, 0, |character, depth| character == ')' && depth == 0);
                inner.get(..end.unwrap_or(inner.len())).unwrap_or_default()
            });
            let skipped = inner.map_or(0, |inner| {
                after.len() - after.trim_start().len() + inner.len() + 2
            });
            found.push(Self {
                name,
                arguments: inner.map(split).unwrap_or_default(),
                at: at + begins,
            });
            rest = begins + length + skipped;
        }
        found
    }

    /// The first argument without a name.
    pub(super) fn first(&self) -> Option<&'a str> {
        let mut unnamed = self
            .arguments
            .iter()
            .filter(|argument| argument.name.is_none());
        unnamed
            .next()
            .map(|argument| argument.value)
            .or_else(|| self.named("value"))
    }

    pub(super) fn named(&self, name: &str) -> Option<&'a str> {
        let mut arguments = self.arguments.iter();
        arguments
            .find(|argument| argument.name == Some(name))
            .map(|argument| argument.value)
    }

    /// A named argument that is a text.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.named(name)
            .and_then(|value| value.strip_prefix('"')?.strip_suffix('"'))
    }

    /// The name that `@map("x")`, or any other, has as its first argument or under this name.
    pub(super) fn name_given(&self, name: &str) -> Option<&'a str> {
        self.text(name)
            .or_else(|| self.first()?.strip_prefix('"')?.strip_suffix('"'))
    }

    /// The fields of a list, without what is said of each.
    pub(super) fn fields(&self) -> Vec<&'a str> {
        let list = self
            .first()
            .or_else(|| self.named("fields"))
            .unwrap_or_default();
        let inner = list.trim().trim_start_matches('[').trim_end_matches(']');
        let bare =
            |argument: Argument<'a>| argument.value.split('(').next().unwrap_or_default().trim();
        split(inner)
            .into_iter()
            .map(bare)
            .filter(|name| !name.is_empty())
            .collect()
    }
}

/// Splits at the commas that are in no brackets and in no text.
pub(super) fn split(inner: &str) -> Vec<Argument<'_>> {
    let mut found = Vec::new();
    let mut start = 0;
    loop {
        let end = position(inner, start, |character, depth| {
            character == ',' && depth == 0
        })
        .unwrap_or(inner.len());
        let piece = inner.get(start..end).unwrap_or_default().trim();
        if !piece.is_empty() {
            let named = piece
                .split_once(':')
                .filter(|(name, _)| name.chars().all(|one| one.is_alphanumeric() || one == '_'));
            found.push(match named {
                Some((name, value)) => Argument {
                    name: Some(name),
                    value: value.trim(),
                },
                None => Argument {
                    name: None,
                    value: piece,
                },
            });
        }
        if end >= inner.len() {
            return found;
        }
        start = end + 1;
    }
}

impl<'a> Argument<'a> {
    pub(super) fn value(&self) -> &'a str {
        self.value
    }
}

/// Where this first holds, for characters outside of texts; the depth is that of brackets before it.
fn position(text: &str, from: usize, holds: impl Fn(char, usize) -> bool) -> Option<usize> {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for (at, character) in text.get(from..)?.char_indices() {
        if in_text {
            in_text = escaped || character != '"';
            escaped = !escaped && character == '\\';
            continue;
        }
        if holds(character, depth) {
            return Some(from + at);
        }
        match character {
            '"' => in_text = true,
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}
