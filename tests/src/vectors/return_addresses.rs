//! `url/return_to_cases.json`: addresses that somebody would like visitors to be sent to after logging in.

use serde_json::Value;
use url::Url;

use super::case::{Case, Expected};
use super::document::{Unreadable, identifier, list, text};
use super::question::{Answer, Question};
use super::report::{FileReport, Runner};
use super::workerd::Workerd;

/// The gate of the file.
const ORIGIN: &str = "https://gate.example";

/// Puts every value to the gate as it is and once decoded, and reads its answer as a browser would.
pub(super) async fn put(
    name: &str,
    file: &Value,
    workerd: &Workerd,
) -> Result<FileReport, Unreadable> {
    let mut cases = Vec::new();
    for test in list(file, "tests")? {
        let values = [
            Some(text(test, "value")?),
            test.get("decoded_once").and_then(Value::as_str),
        ];
        for value in values.into_iter().flatten() {
            cases.push(Case {
                id: identifier(test, "id"),
                comment: value.to_owned(),
                question: Question::ReturnTo {
                    value: value.to_owned(),
                    origin: ORIGIN.to_owned(),
                },
                expected: Expected::Accept,
            });
        }
    }
    let questions: Vec<&Question> = cases.iter().map(|case| &case.question).collect();
    let mut report = FileReport::new(name, cases.len());
    for (case, answer) in cases.iter().zip(workerd.ask(&questions).await) {
        let answer = answer.unwrap_or(Answer::Refused("no answer".to_owned()));
        report.judge(
            Runner::Workerd,
            &case.id,
            &case.comment,
            &Expected::Accept,
            &at_home(answer),
        );
    }
    Ok(report)
}

/// Whether the address stays at the gate for a browser that stands there.
fn at_home(answer: Answer) -> Answer {
    let Answer::Accepted(Value::String(place)) = &answer else {
        return answer;
    };
    let standing = Url::parse(ORIGIN).and_then(|origin| origin.join("/login"));
    let leads = standing.and_then(|standing| standing.join(place));
    let stays = leads.is_ok_and(|leads| leads.origin().ascii_serialization() == ORIGIN);
    if stays && !place.contains(['\r', '\n']) {
        answer
    } else {
        Answer::Refused(format!("the visitor is sent to `{}`", place.escape_debug()))
    }
}
