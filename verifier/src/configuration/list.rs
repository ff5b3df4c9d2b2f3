//! Lists of an API: where the rows are in an answer, and how the rest of them is reached.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::configuration::answer_part::{AnswerPart, PartEntry};
use crate::configuration::mistake::Mistake;
use crate::configuration::placed::Placed;
use crate::configuration::reading::Reading;
use crate::configuration::request::Call;
use crate::configuration::value::JsonPointer;

/// A list that is read page by page.
#[derive(Clone, Debug)]
pub(crate) struct List {
    /// The last of its requests is sent anew for each page.
    pub(crate) call: Call,
    /// Where the rows are in an answer.
    pub(crate) rows: JsonPointer,
    pub(crate) paging: Paging,
}

/// How the next page is asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Paging {
    /// One answer is all of it.
    OnePage,
    /// At the address that the header `link` gives (RFC 8288), up to the answer without one.
    Link,
    /// At the address that stands in the answer, up to the answer without one.
    Next(AnswerPart),
    /// With what the answer gives in this parameter, up to the answer that gives nothing.
    Cursor { part: AnswerPart, parameter: String },
    /// With the `id` of the last row in the parameter `from`, up to a page that is not full; the row itself may come again.
    From { take: usize },
    /// With the page's number, up to the first page without rows.
    Number { parameter: String, first: u32 },
    /// With the number of the rows so far, up to the first page without rows.
    Offset { parameter: String },
    /// As Auth0 wants it: by number, a thousand rows at most, then from the moment on at which the last row was created.
    Windows,
}

/// How the next page of a list is asked for: one of `link`, `next`, `cursor`, `page` and `offset`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PagingTable {
    /// At the address that the header `link` gives with rel="next" (RFC 8288).
    #[serde(default)]
    link: bool,
    /// Where the answer has the address of the next page.
    next: Option<Placed<PartEntry>>,
    /// Where the answer has what the next request gives in `parameter`.
    cursor: Option<Placed<PartEntry>>,
    /// The query parameter that takes the cursor.
    parameter: Option<String>,
    /// The query parameter that takes the page's number.
    page: Option<String>,
    /// The number of the first page; 0 unless said otherwise.
    first: Option<u32>,
    /// The query parameter that takes the number of the rows so far.
    offset: Option<String>,
}

impl PagingTable {
    pub(super) fn complete(table: Placed<Self>, reading: &Reading<'_>) -> Result<Paging, Mistake> {
        let Placed { span, value } = table;
        let Self {
            link,
            next,
            cursor,
            parameter,
            page,
            first,
            offset,
        } = value;
        let wrong = |sentence: &str, cure: &str| {
            Err(reading.mistake_at(&span, sentence.to_owned(), Some(cure.to_owned())))
        };
        if parameter.is_some() != cursor.is_some() {
            return wrong(
                "`cursor` and `parameter` belong together",
                "say where the answer has the cursor and which query parameter takes it: `{ cursor = \"/next\", parameter = \"after\" }`",
            );
        }
        if first.is_some() && page.is_none() {
            return wrong(
                "`first` is the number of the first page, and there is no `page`",
                "name the query parameter that takes the number: `{ page = \"page\", first = 1 }`",
            );
        }
        let part = |entry: Placed<PartEntry>| PartEntry::complete(entry, reading);
        let ways = [
            link.then_some(Paging::Link),
            next.map(part).transpose()?.map(Paging::Next),
            (cursor.map(part).transpose()?)
                .zip(parameter)
                .map(|(part, parameter)| Paging::Cursor { part, parameter }),
            page.map(|parameter| Paging::Number {
                parameter,
                first: first.unwrap_or(0),
            }),
            offset.map(|parameter| Paging::Offset { parameter }),
        ];
        let mut ways = ways.into_iter().flatten();
        match (ways.next(), ways.next()) {
            (Some(way), None) => Ok(way),
            (None, _) | (Some(_), Some(_)) => wrong(
                "there is one way to the next page",
                "give one of `link`, `next`, `cursor` with `parameter`, `page` and `offset`",
            ),
        }
    }
}
