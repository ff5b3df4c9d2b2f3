//! `url/return_to_cases.json`: addresses that somebody would like visitors to be sent to after logging in. And `url/urltestdata.json`,
//! whose addresses are put to a gate that stands where they are read from.

use serde_json::Value;
use url::Url;

use super::case::{Case, Expected};
use super::document::{Unreadable, identifier, list, optional_text, text};
use super::question::{Answer, Question};
use super::report::{FileReport, Runner};
use super::workerd::Workerd;

/// The gate, where a file does not say where it stands.
const ORIGIN: &str = "https://gate.example";

/// Where somebody is sent who named no address that is the gate's.
const FRONT_DOOR: &str = "/";

/// A case, and where the gate stands in it.
pub(super) struct AtGate {
    case: Case,
    gate: String,
}

/// Every value as it is and once decoded.
pub(super) fn hostile(file: &Value) -> Result<Vec<AtGate>, Unreadable> {
    let mut cases = Vec::new();
    for test in list(file, "tests")? {
        let values = [
            Some(text(test, "value")?.to_owned()),
            optional_text(test, "decoded_once"),
        ];
        let id = identifier(test, "id");
        let values = values.into_iter().flatten();
        cases.extend(values.map(|value| case(id.clone(), value, ORIGIN, Expected::Accept)));
    }
    Ok(cases)
}

/// Every address of the WHATWG's tests. Where it is read from is the gate if that is of the web: then the test says what is the gate's
/// own and what is not.
pub(super) fn whatwg(file: &Value) -> Result<Vec<AtGate>, Unreadable> {
    let tests = file.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut cases = Vec::new();
    for (number, test) in tests.iter().enumerate() {
        // Between the tests there are comments.
        if test.is_string() {
            continue;
        }
        let base = optional_text(test, "base").and_then(|base| Url::parse(&base).ok());
        // A gate has no user in its address.
        let base = base
            .filter(|base| matches!(base.scheme(), "http" | "https") && base.username().is_empty());
        let gate = base.map(|base| base.origin().ascii_serialization());
        let expected = match &gate {
            Some(gate) => expected(test, gate),
            None => Expected::Accept,
        };
        let value = text(test, "input")?.to_owned();
        let origin = gate.as_deref().unwrap_or(ORIGIN);
        cases.push(case(number.to_string(), value, origin, expected));
    }
    Ok(cases)
}

/// What the gate must make of an address of which the standard says where it leads.
fn expected(test: &Value, gate: &str) -> Expected {
    let part = |name: &str| optional_text(test, name).unwrap_or_default();
    let input = part("input");
    let origin = [part("protocol"), "//".to_owned(), part("host")].concat();
    if test.get("failure").is_some() || origin != gate {
        return Expected::AcceptAs(FRONT_DOOR.into());
    }
    let path = part("pathname");
    let whole = input.starts_with('/') || input.contains("://");
    if !(part("username").is_empty() && part("password").is_empty()) || path.starts_with("//") {
        Expected::AcceptAs(FRONT_DOOR.into())
    } else if whole {
        Expected::AcceptAs([path, part("search"), part("hash")].concat().into())
    } else {
        // Read from the gate's root, not from the test's page.
        Expected::Accept
    }
}

fn case(id: String, value: String, gate: &str, expected: Expected) -> AtGate {
    let case = Case {
        id,
        comment: value.clone(),
        question: Question::ReturnTo {
            value,
            origin: gate.to_owned(),
        },
        expected,
    };
    let gate = gate.to_owned();
    AtGate { case, gate }
}

/// Puts the cases to the gate, and reads its answers as a browser would.
pub(super) async fn put(name: &str, cases: &[AtGate], workerd: &Workerd) -> FileReport {
    let questions: Vec<&Question> = cases.iter().map(|at| &at.case.question).collect();
    let mut report = FileReport::new(name, cases.len());
    for (AtGate { case, gate }, answer) in cases.iter().zip(workerd.ask(&questions).await) {
        let answer = answer.unwrap_or(Answer::Refused("no answer".to_owned()));
        report.judge(
            Runner::Workerd,
            &case.id,
            &case.comment,
            &case.expected,
            &at_home(answer, gate),
        );
    }
    report
}

/// Whether the address stays at the gate for a browser that stands there.
fn at_home(answer: Answer, gate: &str) -> Answer {
    let Answer::Accepted(Value::String(place)) = &answer else {
        return answer;
    };
    let standing = Url::parse(gate).and_then(|origin| origin.join("/login"));
    let leads = standing.and_then(|standing| standing.join(place));
    let stays = leads.is_ok_and(|leads| leads.origin().ascii_serialization() == gate);
    if stays && !place.contains(['\r', '\n']) {
        answer
    } else {
        Answer::Refused(format!("the visitor is sent to `{}`", place.escape_debug()))
    }
}
