//! The whole rule book as one text, `decision_table.txt`: a change of that file *is* the change of policy, and is reviewed as
//! such. After a deliberate change: `UPDATE_DECISION_TABLE=1 cargo test -p policy`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use policy::decision::{Decision, Judgement, Place, Rejected, turn_away};
use policy::reason::Reason;
use policy::refusal::Refusal;
use policy::rule::Rule;

use crate::domain::{Age, FoundOut, Known, NOW, PLACES, every_finding, judged, visitor};

const AGES: [&str; 9] = [
    "just asked",
    "0 s",
    "2 s",
    "10 s",
    "60 s-",
    "60 s",
    "15 min-",
    "15 min",
    "ahead",
];

fn rejections() -> [(&'static str, Rejected); 6] {
    [
        ("none", Rejected::Absent),
        ("two", Rejected::Ambiguous),
        ("cookie on another site's change", Rejected::CrossSite),
        (
            "expired",
            Rejected::Refused(Refusal::Expired { seconds_ago: 7 }),
        ),
        ("bad signature", Rejected::Refused(Refusal::SignatureWrong)),
        (
            "keys unavailable",
            Rejected::Refused(Refusal::KeysUnavailable),
        ),
    ]
}

fn table() -> String {
    let visitor = visitor("guy");
    let mut text = String::from(HEADING);
    for (name, rejected) in rejections() {
        let rule = turn_away(&rejected).rule.name();
        writeln!(text, "{name:<34}{rule}").unwrap();
    }
    for place in PLACES {
        text.push_str(&heading(place));
        let mut row = |name: &str, authority: &str, cells: &[FoundOut]| {
            let rules = cells.iter().map(|found_out| {
                judged(&visitor, *found_out, place, NOW, |judgement| judgement.rule)
            });
            let cells: String = rules.map(|rule| format!("{:<23}", rule.name())).collect();
            writeln!(text, "{name:<24}{authority:<9}{}", cells.trim_end()).unwrap();
        };
        for known in Known::ALL {
            let remembered = Age::ALL.map(|age| FoundOut::Remembered(known, age));
            row(
                &known.name(),
                "answers",
                &[&[FoundOut::Answered(known)], remembered.as_slice()].concat(),
            );
            row(
                "",
                "fails",
                &[
                    &[FoundOut::FailedNeverSeen],
                    Age::ALL.map(|age| FoundOut::Failed(known, age)).as_slice(),
                ]
                .concat(),
            );
        }
        row("never seen", "fails", &[FoundOut::FailedNeverSeen]);
        row("unreadable record", "answers", &[FoundOut::Unreadable]);
    }
    text.push_str("\n\n# What each rule leads to\n\n");
    for (rule, outcome) in outcomes() {
        writeln!(text, "{rule:<24}{outcome}").unwrap();
    }
    text
}

fn heading(place: Place) -> String {
    let name = match place {
        Place::App => "anywhere in the app",
        Place::OpenWhenSuspended => "at a path that stays open to suspended visitors",
        Place::PlatformRoot => "at the root of the platform's host",
    };
    let ages: String = AGES.map(|age| format!("{age:<23}")).concat();
    format!(
        "\n\n# A good credential, {name}\n\n{:<33}{}\n",
        "standing, authority; age",
        ages.trim_end()
    )
}

/// Every rule that some input reaches, with what it leads to; a rule must lead to one thing only.
fn outcomes() -> BTreeMap<&'static str, String> {
    let mut outcomes = BTreeMap::new();
    let mut note = |judgement: &Judgement<'_>| {
        let outcome = outcome(&judgement.decision);
        let known = outcomes
            .entry(judgement.rule.name())
            .or_insert_with(|| outcome.clone());
        if judgement.rule != Rule::BadCredential {
            assert_eq!(*known, outcome, "{}", judgement.rule.name());
        }
    };
    for (_, rejected) in rejections() {
        note(&turn_away(&rejected));
    }
    let visitor = visitor("guy");
    for place in PLACES {
        for found_out in every_finding() {
            judged(&visitor, found_out, place, NOW, &mut note);
        }
    }
    outcomes
}

fn outcome(decision: &Decision<'_>) -> String {
    let said = |reason: Reason| {
        let wait = reason
            .retry_after()
            .map_or(String::new(), |seconds| format!(", again in {seconds} s"));
        format!("{} {}{wait}", reason.http_status(), reason.code())
    };
    match decision {
        Decision::LetIn(_) => "let in".to_owned(),
        Decision::LogIn {
            reason,
            forget_cookie,
        } => {
            let cookie = if *forget_cookie {
                ", cookie cleared"
            } else {
                ""
            };
            format!("log in: browser 303{cookie}; program {}", said(*reason))
        }
        Decision::ToAdmin => "303 to the admin path".to_owned(),
        Decision::Tell(message) => said(message.reason),
    }
}

#[test]
fn the_rule_book_is_the_reviewed_one() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/decision_table.txt");
    let table = table();
    if std::env::var_os("UPDATE_DECISION_TABLE").is_some() {
        std::fs::write(&file, &table).unwrap();
    }
    let reviewed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        table == reviewed,
        "the rules differ from tests/decision_table.txt; if that is meant, run UPDATE_DECISION_TABLE=1 cargo test -p policy\n\n{table}"
    );
}

#[test]
fn every_rule_is_in_the_table() {
    let reached = outcomes();
    for rule in Rule::ALL {
        assert!(
            reached.contains_key(rule.name()),
            "no input reaches the rule {}",
            rule.name()
        );
    }
}

const HEADING: &str = "\
Every decision of the gate. Generated by policy/tests/decision_table.rs; a change here is a change of policy.
Ages are those of a remembered sighting, at each bound or just inside it (2 s, 10 s and every `-`: one millisecond less). While
the authority answers, `authority_unavailable` is never what a visitor sees: a sighting that old is asked anew first.

# Without a good credential

";
