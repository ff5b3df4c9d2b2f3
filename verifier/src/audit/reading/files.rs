//! Exports in files, read row by row.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{AT_A_TIME, Feed};
use crate::configuration::value::JsonPointer;

/// Reads a file on a thread of its own.
pub(super) async fn on_its_own(
    path: &Path,
    feed: &Feed,
    read: impl FnOnce(BufReader<Bomless>, &Feed) -> Result<(), String> + Send + 'static,
) -> Result<(), String> {
    let (path, feed) = (path.to_owned(), feed.clone());
    let reading = tokio::task::spawn_blocking(move || {
        let shown = path.display();
        let file = File::open(&path).map_err(|error| format!("cannot read {shown}: {error}"))?;
        let file = Bomless::of(file).map_err(|error| format!("cannot read {shown}: {error}"))?;
        read(BufReader::new(file), &feed).map_err(|said| format!("{shown}: {said}"))
    });
    reading
        .await
        .unwrap_or_else(|_| Err("the reading was given up".to_owned()))
}

/// A file without the mark that some programs put before UTF-8.
pub(super) type Bomless = io::Chain<io::Cursor<Vec<u8>>, File>;

trait OfFile: Sized {
    fn of(file: File) -> io::Result<Self>;
}

impl OfFile for Bomless {
    fn of(mut file: File) -> io::Result<Self> {
        let mut first = Vec::new();
        Read::by_ref(&mut file).take(3).read_to_end(&mut first)?;
        if first == b"\xef\xbb\xbf" {
            first.clear();
        }
        Ok(io::Cursor::new(first).chain(file))
    }
}

/// Each row an object of the names in the first line; an empty cell is nothing.
pub(super) fn csv(file: BufReader<Bomless>, feed: &Feed) -> Result<(), String> {
    let mut reader = csv::Reader::from_reader(file);
    let said = |error: &csv::Error| error.to_string();
    let names = reader.headers().map_err(|error| said(&error))?.clone();
    let mut batch = Batch::of(feed);
    for record in reader.records() {
        let record = record.map_err(|error| said(&error))?;
        let cells = names.iter().zip(record.iter());
        let cells = cells.map(|(name, cell)| (name.to_owned(), Value::from(cell)));
        batch.add(Value::Object(cells.collect()))?;
    }
    batch.end()
}

/// Each line an object.
pub(super) fn ndjson(file: BufReader<Bomless>, feed: &Feed) -> Result<(), String> {
    let mut batch = Batch::of(feed);
    for (index, line) in file.lines().enumerate() {
        let number = index + 1;
        let line = line.map_err(|error| format!("line {number}: {error}"))?;
        if line.trim().is_empty() {
            continue;
        }
        let row: Map<String, Value> = serde_json::from_str(&line)
            .map_err(|error| format!("line {number} is no object of JSON: {error}"))?;
        batch.add(Value::Object(row))?;
    }
    batch.end()
}

/// The rows of a list somewhere in the file, one at a time: the file itself may be of any size.
pub(super) fn json(
    file: BufReader<Bomless>,
    rows: &JsonPointer,
    feed: &Feed,
) -> Result<(), String> {
    let path = rows.parts();
    let mut batch = Batch::of(feed);
    let mut is_found = false;
    let mut deserializer = serde_json::Deserializer::from_reader(file);
    let descent = Descent {
        path: &path,
        batch: &mut batch,
        is_found: &mut is_found,
    };
    descent
        .deserialize(&mut deserializer)
        .map_err(|error| error.to_string())?;
    deserializer.end().map_err(|error| error.to_string())?;
    if !is_found {
        return Err(format!("there is no list at `{}`", rows.as_str()));
    }
    batch.end()
}

/// Rows that are passed on together.
struct Batch<'a> {
    feed: &'a Feed,
    rows: Vec<Value>,
}

impl<'a> Batch<'a> {
    const fn of(feed: &'a Feed) -> Self {
        Self {
            feed,
            rows: Vec::new(),
        }
    }

    fn add(&mut self, row: Value) -> Result<(), String> {
        self.rows.push(row);
        if self.rows.len() < AT_A_TIME {
            return Ok(());
        }
        self.feed.give_blocking(std::mem::take(&mut self.rows))
    }

    fn end(self) -> Result<(), String> {
        self.feed.give_blocking(self.rows)
    }
}

/// The way to the list: what is beside it is passed by.
struct Descent<'a, 'b> {
    path: &'a [String],
    batch: &'a mut Batch<'b>,
    is_found: &'a mut bool,
}

impl<'de> DeserializeSeed<'de> for Descent<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.path.is_empty() {
            deserializer.deserialize_seq(self)
        } else {
            deserializer.deserialize_map(self)
        }
    }
}

impl<'de> Visitor<'de> for Descent<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.path.is_empty() {
            "a list of rows"
        } else {
            "an object on the way to the rows"
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        *self.is_found = true;
        while let Some(row) = rows.next_element()? {
            self.batch.add(row).map_err(serde::de::Error::custom)?;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Self {
            path,
            batch,
            is_found,
        } = self;
        let Some((name, path)) = path.split_first() else {
            return Ok(());
        };
        while let Some(member) = members.next_key::<String>()? {
            if member == *name {
                members.next_value_seed(Descent {
                    path,
                    batch,
                    is_found,
                })?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}
