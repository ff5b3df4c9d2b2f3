//! The blocks of a Prisma schema and the lines in them.

use std::collections::BTreeSet;
use std::path::Path;

use crate::configuration::mistake::Mistake;
use crate::schema::expectation::ExpectationError;
use crate::schema::prisma::attribute::Attribute;
use crate::schema::prisma::field_type::Arity;
use crate::schema::script::Script;
use crate::schema::{Dialect, quoted};

/// A schema as it is written, in one file or in several.
#[derive(Debug)]
pub(super) struct Document<'a> {
    /// Each with where it begins: what is somewhere counts on from file to file.
    files: Vec<(usize, &'a Script)>,
    blocks: Vec<Block<'a>>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum BlockKind {
    Model,
    Enum,
    /// It is there in the database, and no table.
    View,
    Datasource,
    Other,
}

/// `model User { … }`
#[derive(Debug)]
pub(super) struct Block<'a> {
    kind: BlockKind,
    pub(super) name: &'a str,
    pub(super) fields: Vec<Field<'a>>,
    pub(super) attributes: Vec<Attribute<'a>>,
    /// Of a datasource: `provider = "postgresql"`.
    settings: Vec<(&'a str, &'a str, usize)>,
}

/// `email String? @unique`
#[derive(Debug)]
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) kind: &'a str,
    pub(super) arity: Arity,
    pub(super) attributes: Vec<Attribute<'a>>,
    pub(super) at: usize,
}

impl<'a> Document<'a> {
    pub(super) fn read(files: &'a [Script]) -> Result<Self, Mistake> {
        let mut document = Self {
            files: Vec::new(),
            blocks: Vec::new(),
        };
        let mut from = 0;
        for file in files {
            document.files.push((from, file));
            document.read_file(from, &file.text)?;
            from += file.text.len() + 1;
        }
        Ok(document)
    }

    fn read_file(&mut self, from: usize, text: &'a str) -> Result<(), Mistake> {
        let mut open: Option<Block<'a>> = None;
        for (at, line) in lines(text) {
            let at = from + at;
            open = match open {
                None => Some(self.header(at, line)?),
                Some(block) if line == "}" => {
                    self.blocks.push(block);
                    None
                }
                Some(mut block) => {
                    self.line(&mut block, at, line)?;
                    Some(block)
                }
            };
        }
        match open {
            None => Ok(()),
            Some(block) => Err(self.mistake(
                from + text.len(),
                0,
                format!("the block `{}` has no end", block.name),
                "close it with `}` on a line of its own",
            )),
        }
    }

    fn header(&self, at: usize, line: &'a str) -> Result<Block<'a>, Mistake> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [kind, name, "{"] = words.as_slice() else {
            return Err(self.mistake(
                at,
                line.len(),
                "this is no block of a Prisma schema".to_owned(),
                "expected for example `model User {`",
            ));
        };
        let kind = match *kind {
            "model" => BlockKind::Model,
            "enum" => BlockKind::Enum,
            "view" => BlockKind::View,
            "datasource" => BlockKind::Datasource,
            "generator" | "type" => BlockKind::Other,
            _ => {
                return Err(self.mistake(
                    at,
                    kind.len(),
                    format!("there is no kind of block `{kind}`"),
                    "it is one of `model`, `enum`, `view`, `type`, `datasource`, `generator`",
                ));
            }
        };
        Ok(Block {
            kind,
            name,
            fields: Vec::new(),
            attributes: Vec::new(),
            settings: Vec::new(),
        })
    }

    fn line(&self, block: &mut Block<'a>, at: usize, line: &'a str) -> Result<(), Mistake> {
        match block.kind {
            BlockKind::Other => {}
            BlockKind::Datasource => {
                let setting = line
                    .split_once('=')
                    .map(|(name, value)| (name.trim(), value.trim().trim_matches('"'), at));
                block.settings.extend(setting);
            }
            BlockKind::Model | BlockKind::Enum | BlockKind::View if line.starts_with("@@") => {
                block.attributes.extend(Attribute::all(line, at));
            }
            BlockKind::Enum => {
                let name = line.split([' ', '\t', '@']).next().unwrap_or_default();
                let attributes = Attribute::all(line, at);
                block.fields.push(Field {
                    name,
                    kind: "",
                    arity: Arity::One,
                    attributes,
                    at,
                });
            }
            BlockKind::Model | BlockKind::View => {
                let field = field(at, line);
                let field = field.ok_or_else(|| {
                    self.mistake(
                        at,
                        line.len(),
                        "this is no field".to_owned(),
                        "expected a name and a type, for example `email String?`",
                    )
                })?;
                block.fields.push(field);
            }
        }
        Ok(())
    }

    pub(super) fn of(&self, kind: BlockKind) -> impl Iterator<Item = &Block<'a>> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }

    /// Those that `@@schema` names.
    pub(super) fn schemas(&self) -> BTreeSet<&'a str> {
        self.blocks.iter().filter_map(Block::schema).collect()
    }

    pub(super) fn model(&self, name: &str) -> Option<&Block<'a>> {
        self.of(BlockKind::Model).find(|model| model.name == name)
    }

    pub(super) fn is_relation(&self, kind: &str) -> bool {
        self.model(kind).is_some() || self.of(BlockKind::View).any(|view| view.name == kind)
    }

    pub(super) fn enumeration(&self, name: &str) -> Option<&Block<'a>> {
        self.of(BlockKind::Enum).find(|block| block.name == name)
    }

    /// What is for one kind of database says nothing of another.
    pub(super) fn check_provider(&self, dialect: Dialect) -> Result<(), ExpectationError> {
        let mut settings = self
            .of(BlockKind::Datasource)
            .flat_map(|block| &block.settings);
        let Some((_, provider, at)) = settings.find(|(name, _, _)| *name == "provider") else {
            return Ok(());
        };
        let (fits, kind) = match dialect {
            Dialect::Postgres => (["postgresql", "postgres"].contains(provider), "postgres"),
            Dialect::Sqlite => (*provider == "sqlite", "sqlite"),
        };
        if fits {
            return Ok(());
        }
        let sentence =
            format!("this schema is for `{provider}`, and the database is of kind `{kind}`");
        Err(self
            .mistake(
                *at,
                "provider".len(),
                sentence,
                "name the schema of this database",
            )
            .into())
    }

    pub(super) fn mistake(
        &self,
        at: usize,
        length: usize,
        sentence: String,
        cure: &str,
    ) -> Mistake {
        let mut latest_first = self.files.iter().rev();
        let file = latest_first.find(|(from, _)| *from <= at);
        let (from, path, text) = file.map_or((0, Path::new(""), ""), |(from, file)| {
            (*from, file.path.as_path(), file.text.as_str())
        });
        let span = at - from..at - from + length;
        Mistake::at(path, text, &span, sentence, Some(cure.to_owned()))
    }
}

impl<'a> Block<'a> {
    pub(super) fn has(&self, attribute: &str) -> bool {
        self.attribute(attribute).is_some()
    }

    fn attribute(&self, name: &str) -> Option<&Attribute<'a>> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name == name)
    }

    fn schema(&self) -> Option<&'a str> {
        self.attribute("schema")
            .and_then(|schema| schema.name_given("map"))
    }

    /// What it is called in the database.
    pub(super) fn table(&self) -> &'a str {
        self.attribute("map")
            .and_then(|map| map.name_given("name"))
            .unwrap_or(self.name)
    }

    /// As a statement writes it.
    pub(super) fn quoted(&self) -> String {
        self.schema().map_or_else(
            || quoted(self.table()),
            |schema| format!("{}.{}", quoted(schema), quoted(self.table())),
        )
    }
}

impl<'a> Field<'a> {
    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute<'a>> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name == name)
    }

    /// What it is called in the database.
    pub(super) fn column(&self) -> &'a str {
        self.attribute("map")
            .and_then(|map| map.name_given("name"))
            .unwrap_or(self.name)
    }
}

fn field(at: usize, line: &str) -> Option<Field<'_>> {
    let (name, rest) = line.split_once([' ', '\t'])?;
    let rest = rest.trim_start();
    // `Unsupported("point")` has brackets of its own.
    let end = match rest.strip_prefix("Unsupported(") {
        Some(inner) => "Unsupported(".len() + inner.find(')')? + 1,
        None => rest
            .find(|one: char| !(one.is_alphanumeric() || one == '_'))
            .unwrap_or(rest.len()),
    };
    let (kind, after) = rest
        .split_at_checked(end)
        .filter(|(kind, _)| !kind.is_empty())?;
    let (arity, after) = if let Some(after) = after.strip_prefix("[]") {
        (Arity::List, after)
    } else if let Some(after) = after.strip_prefix('?') {
        (Arity::Optional, after)
    } else {
        (Arity::One, after)
    };
    let offset = line.len() - after.len();
    let attributes = Attribute::all(after, at + offset);
    (after.trim().is_empty() || after.trim_start().starts_with('@')).then_some(Field {
        name,
        kind,
        arity,
        attributes,
        at,
    })
}

/// The lines that say something, with where they begin. What has open brackets goes on in the next line.
fn lines(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let (mut at, mut open) = (0, None::<(usize, i32)>);
    for line in text.split_inclusive('\n') {
        let said = before_comment(line);
        let (start, depth) = open
            .take()
            .unwrap_or((at + (said.len() - said.trim_start().len()), 0));
        let depth = depth + brackets(said);
        let end = at + said.trim_end().len();
        at += line.len();
        if depth > 0 {
            open = Some((start, depth));
        } else if let Some(whole) = text.get(start..end).filter(|whole| !whole.is_empty()) {
            found.push((start, whole));
        }
    }
    found
}

fn before_comment(line: &str) -> &str {
    let mut in_text = false;
    let mut previous = ' ';
    for (at, character) in line.char_indices() {
        match character {
            '"' if previous != '\\' => in_text = !in_text,
            '/' if previous == '/' && !in_text => return line.get(..at - 1).unwrap_or_default(),
            _ => {}
        }
        previous = character;
    }
    line
}

fn brackets(line: &str) -> i32 {
    let mut in_text = false;
    let mut depth = 0;
    for character in line.chars() {
        match character {
            '"' => in_text = !in_text,
            '(' | '[' if !in_text => depth += 1,
            ')' | ']' if !in_text => depth -= 1,
            _ => {}
        }
    }
    depth
}
