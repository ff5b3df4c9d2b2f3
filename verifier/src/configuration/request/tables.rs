//! The tables of usher.toml that are requests, and how each becomes one.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::configuration::address::UrlTemplate;
use crate::configuration::answer_part::{PartEntry, header_name};
use crate::configuration::expectation::ExpectationKeys;
use crate::configuration::list::{List, Paging, PagingTable};
use crate::configuration::mistake::Mistake;
use crate::configuration::placed::{OwnKeys, Placed};
use crate::configuration::reading::Reading;
use crate::configuration::request::{BodyTemplate, Call, Capture, Request};
use crate::configuration::scope::Scope;
use crate::configuration::template::Template;
use crate::configuration::template::json::JsonTemplate;
use crate::configuration::value::{AcceptedStatus, JsonPointer, Method};

/// Writes a table that has all keys of a request and some of its own. (serde's `flatten` would do it without a macro, and would lose the
/// places in the file and the names that unknown keys were meant to be.)
macro_rules! request_table {
    ($(#[$of_table:meta])* $visibility:vis struct $table:ident { $($own:tt)* }) => {
        $(#[$of_table])*
        #[derive(Clone, Debug, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        $visibility struct $table {
            /// The HTTP method.
            method: Option<Method>,
            /// Where the request is sent. A value in braces is percent-encoded, unless the address begins with it.
            url: Placed<UrlTemplate>,
            /// Headers besides those that a body and the log-in need.
            #[serde(default)]
            headers: OwnKeys<Placed<Template>>,
            /// A JSON body. A text that is one name in braces becomes the value itself: a number stays a number.
            json: Option<Placed<JsonTemplate>>,
            /// The fields of an HTML form (application/x-www-form-urlencoded).
            form: Option<Placed<OwnKeys<Placed<Template>>>>,
            /// Any other body, such as an envelope of XML; name its type in `headers`.
            text: Option<Placed<Template>>,
            /// The status codes that are right; any 2xx unless said otherwise.
            #[serde(default)]
            status: AcceptedStatus,
            /// What says that it failed, whatever the status.
            #[serde(default)]
            fails_if: Vec<Placed<ExpectationKeys>>,
            /// What the answer must say.
            #[serde(default)]
            expect: Vec<Placed<ExpectationKeys>>,
            /// What later requests need of the answer, each under a name: a JSON pointer, or a table such as { cookie = "csrf" }.
            #[serde(default)]
            capture: OwnKeys<Placed<PartEntry>>,
            /// Whether it carries what the log-in gave; yes unless it has a header `authorization` or `cookie` of its own.
            as_user: Option<bool>,
            $($own)*
        }

        impl $table {
            fn keys(&self) -> Keys<'_> {
                let Self {
                    method, url, headers, json, form, text, status, fails_if, expect, capture, as_user, ..
                } = self;
                Keys { method, url, headers, json, form, text, status, fails_if, expect, capture, as_user }
            }
        }
    };
}

request_table! {
    /// A request that comes before another one.
    pub(in crate::configuration) struct RequestTable {}
}

request_table! {
    /// A request, and those that come before it.
    pub(in crate::configuration) struct CallTable {
        /// Requests that have to be sent first: for a CSRF token, a one-time ticket, a token of your own.
        #[serde(default)]
        pub(in crate::configuration) before: Vec<RequestTable>,
    }
}

request_table! {
    /// The request that logs in, and what it gives.
    pub(in crate::configuration) struct LogInTable {
        /// Requests that have to be sent first: for a CSRF token, a one-time ticket.
        #[serde(default)]
        pub(in crate::configuration) before: Vec<RequestTable>,
        /// Where the token or the session is in the answer: a JSON pointer, or a table such as { cookie = "session" }.
        pub(in crate::configuration) token: Placed<PartEntry>,
        /// How later requests carry it: "bearer" (in `authorization`), "cookies" (as a browser does), { header = "…" }, { cookie = "…" }.
        pub(in crate::configuration) sent_as: Option<super::super::credential::SentAs>,
        /// Only with a gate: whether browsers get a session of the gate with this token; yes unless said otherwise.
        pub(in crate::configuration) session: Option<Placed<bool>>,
    }
}

request_table! {
    /// A request of your own, made by the logged-in user.
    pub(in crate::configuration) struct StepTable {
        /// What it is called in reports.
        pub(in crate::configuration) name: Placed<String>,
        /// How what it creates is removed again; DELETE unless said otherwise. Sent at the clean-up, the last step's first, before the user is deleted.
        pub(in crate::configuration) undo: Option<CallTable>,
    }
}

request_table! {
    /// A list, page by page.
    pub(in crate::configuration) struct ListTable {
        /// Requests that have to be sent first, such as for a token of an operator.
        #[serde(default)]
        pub(in crate::configuration) before: Vec<RequestTable>,
        /// A JSON pointer to the rows in an answer; empty if the answer is the list.
        rows: JsonPointer,
        /// How the next page is asked for; without it one answer is all of the list.
        paging: Option<Placed<PagingTable>>,
    }
}

request_table! {
    /// What is asked until the user's app is there.
    pub(in crate::configuration) struct ReadyTable {
        /// Where the answer says how far it is: a JSON pointer, or a table such as { header = "x-state" }.
        pub(in crate::configuration) state: Option<Placed<PartEntry>>,
        /// The words that mean: it is there.
        #[serde(default)]
        pub(in crate::configuration) ready: Vec<String>,
        /// The words that mean: it will never be; they end the wait at once.
        #[serde(default)]
        pub(in crate::configuration) failed: Vec<String>,
        /// The words that mean: not yet. Where they are given, any other word ends the wait at once; else it is waited for.
        pub(in crate::configuration) waiting: Option<Vec<String>>,
        /// Where the answer tells people how far it is: while it is waited for, that must not be untrue, such as "access denied".
        pub(in crate::configuration) message: Option<Placed<PartEntry>>,
    }
}

/// The keys that all of these tables have.
pub(in crate::configuration) struct Keys<'a> {
    method: &'a Option<Method>,
    url: &'a Placed<UrlTemplate>,
    headers: &'a OwnKeys<Placed<Template>>,
    json: &'a Option<Placed<JsonTemplate>>,
    form: &'a Option<Placed<OwnKeys<Placed<Template>>>>,
    text: &'a Option<Placed<Template>>,
    status: &'a AcceptedStatus,
    fails_if: &'a [Placed<ExpectationKeys>],
    expect: &'a [Placed<ExpectationKeys>],
    capture: &'a OwnKeys<Placed<PartEntry>>,
    as_user: &'a Option<bool>,
}

impl Keys<'_> {
    /// The request, if every name in it is known at this point; what it captures is known from then on.
    fn complete(
        self,
        reading: &Reading<'_>,
        usual: Method,
        scope: &mut Scope,
    ) -> Result<Request, Mistake> {
        scope.hold(reading, &self.url.span, self.url.value.names())?;
        let mut headers = Vec::new();
        for (name, value) in &self.headers.0 {
            scope.hold(reading, &value.span, value.value.names())?;
            let name = header_name(&name.value)
                .map_err(|sentence| reading.mistake(name, sentence, None))?;
            headers.push((name, value.value.clone()));
        }
        let has_its_own = headers
            .iter()
            .any(|(name, _)| matches!(name.as_str(), "authorization" | "cookie"));
        let body = self.body(reading, scope)?;
        let fails_if = expectations(reading, scope, self.fails_if)?;
        let expect = expectations(reading, scope, self.expect)?;
        let mut captures = Vec::new();
        for (name, entry) in &self.capture.0 {
            captures.push(Capture {
                is_secret: entry.value.0.secret.unwrap_or(true),
                part: PartEntry::complete(entry.clone(), reading)?,
                name: scope.capture(reading, name)?,
            });
        }
        Ok(Request {
            method: self.method.unwrap_or(usual),
            url: self.url.value.clone(),
            headers,
            body,
            as_user: self.as_user.unwrap_or(!has_its_own),
            status: self.status.clone(),
            fails_if,
            expect,
            captures,
        })
    }

    fn body(&self, reading: &Reading<'_>, scope: &Scope) -> Result<Option<BodyTemplate>, Mistake> {
        let json = self.json.as_ref().map(|json| {
            scope.hold(reading, &json.span, json.value.names())?;
            Ok((&json.span, BodyTemplate::Json(json.value.clone())))
        });
        let form = self.form.as_ref().map(|form| {
            let mut fields = Vec::new();
            for (name, value) in &form.value.0 {
                scope.hold(reading, &value.span, value.value.names())?;
                fields.push((name.value.clone(), value.value.clone()));
            }
            Ok((&form.span, BodyTemplate::Form(fields)))
        });
        let text = self.text.as_ref().map(|text| {
            scope.hold(reading, &text.span, text.value.names())?;
            Ok((&text.span, BodyTemplate::Text(text.value.clone())))
        });
        let mut bodies = [json, form, text].into_iter().flatten();
        let first = bodies.next().transpose()?;
        if let Some(second) = bodies.next() {
            let (span, _) = second?;
            let sentence = "a request has one body at most".to_owned();
            let cure = "give one of `json`, `form` and `text`".to_owned();
            return Err(reading.mistake_at(span, sentence, Some(cure)));
        }
        Ok(first.map(|(_, body)| body))
    }
}

pub(in crate::configuration) fn expectations(
    reading: &Reading<'_>,
    scope: &Scope,
    entries: &[Placed<ExpectationKeys>],
) -> Result<Vec<crate::configuration::expectation::Expectation>, Mistake> {
    let complete = |entry: &Placed<ExpectationKeys>| {
        let expectation = ExpectationKeys::complete(entry.clone(), reading)?;
        scope.hold(reading, &entry.span, expectation.names())?;
        Ok(expectation)
    };
    entries.iter().map(complete).collect()
}

fn requests(
    before: &[RequestTable],
    reading: &Reading<'_>,
    scope: &mut Scope,
) -> Result<Vec<Request>, Mistake> {
    before
        .iter()
        .map(|table| table.keys().complete(reading, Method::Get, scope))
        .collect()
}

impl CallTable {
    pub(in crate::configuration) fn complete(
        &self,
        reading: &Reading<'_>,
        usual: Method,
        scope: &mut Scope,
    ) -> Result<Call, Mistake> {
        Ok(Call {
            before: requests(&self.before, reading, scope)?,
            request: self.keys().complete(reading, usual, scope)?,
        })
    }

    pub(in crate::configuration) fn captured(&self) -> impl Iterator<Item = &str> {
        let before = self.before.iter().flat_map(|table| &table.capture.0);
        before
            .chain(&self.capture.0)
            .map(|(name, _)| name.value.as_str())
    }
}

impl LogInTable {
    pub(in crate::configuration) fn complete(
        &self,
        reading: &Reading<'_>,
        scope: &mut Scope,
    ) -> Result<Call, Mistake> {
        Ok(Call {
            before: requests(&self.before, reading, scope)?,
            request: self.keys().complete(reading, Method::Post, scope)?,
        })
    }

    pub(in crate::configuration) fn captured(&self) -> impl Iterator<Item = &str> {
        let before = self.before.iter().flat_map(|table| &table.capture.0);
        before
            .chain(&self.capture.0)
            .map(|(name, _)| name.value.as_str())
    }
}

impl StepTable {
    pub(in crate::configuration) fn complete(
        &self,
        reading: &Reading<'_>,
        scope: &mut Scope,
    ) -> Result<(Request, Option<Call>), Mistake> {
        let request = self.keys().complete(reading, Method::Get, scope)?;
        // It may run although no later step did, and no step runs after it.
        let known = &mut scope.clone();
        let undo = self.undo.as_ref();
        let undo = undo.map(|undo| undo.complete(reading, Method::Delete, known));
        Ok((request, undo.transpose()?))
    }

    pub(in crate::configuration) fn captured(&self) -> impl Iterator<Item = &str> {
        self.capture.0.iter().map(|(name, _)| name.value.as_str())
    }
}

impl ListTable {
    pub(in crate::configuration) fn complete(
        &self,
        reading: &Reading<'_>,
        scope: &mut Scope,
    ) -> Result<List, Mistake> {
        let paging = self.paging.clone();
        let paging = paging.map(|table| PagingTable::complete(table, reading));
        Ok(List {
            call: Call {
                before: requests(&self.before, reading, scope)?,
                request: self.keys().complete(reading, Method::Get, scope)?,
            },
            rows: self.rows.clone(),
            paging: paging.transpose()?.unwrap_or(Paging::OnePage),
        })
    }

    pub(in crate::configuration) fn captured(&self) -> impl Iterator<Item = &str> {
        let before = self.before.iter().flat_map(|table| &table.capture.0);
        before
            .chain(&self.capture.0)
            .map(|(name, _)| name.value.as_str())
    }
}

impl ReadyTable {
    pub(in crate::configuration) fn complete(
        &self,
        reading: &Reading<'_>,
        scope: &mut Scope,
    ) -> Result<Request, Mistake> {
        self.keys().complete(reading, Method::Get, scope)
    }

    pub(in crate::configuration) fn captured(&self) -> impl Iterator<Item = &str> {
        self.capture.0.iter().map(|(name, _)| name.value.as_str())
    }
}
