use policy::language::Language;

use super::*;

const STATES: [State; 5] = [
    State::Denied,
    State::NotLoggedIn,
    State::Overdue,
    State::Suspended,
    State::Waiting,
];

fn said<'a>(title: &'a str, detail: &'a str, next: &'a str) -> Said<'a> {
    Said {
        title,
        detail,
        next,
    }
}

#[test]
fn nothing_that_the_gate_says_itself_violates_a_rule() {
    let mut held = 0;
    for reason in Reason::ALL {
        let Some(state) = State::of_reason(reason.code()) else {
            continue;
        };
        let words = reason.words(Language::English);
        let said = said(words.title, words.detail, words.next);
        assert_eq!(judge(state, said), Ok(()), "{reason:?}");
        held += 1;
    }
    assert!(held >= 8, "{held}");
}

#[test]
fn what_the_gate_says_in_one_state_is_a_violation_in_most_others() {
    let (mut noticed, mut all) = (0, 0);
    for reason in Reason::ALL {
        let Some(own) = State::of_reason(reason.code()) else {
            continue;
        };
        let words = reason.words(Language::English);
        for state in STATES.into_iter().filter(|state| *state != own) {
            let said = said(words.title, words.detail, words.next);
            noticed += usize::from(judge(state, said).is_err());
            all += 1;
        }
    }
    assert!(noticed * 4 >= all * 3, "{noticed} of {all}");
}

/// Incident I1, word for word.
#[test]
fn whoever_waits_is_not_told_that_their_app_is_active() {
    let sentence = "Your instance is currently active.";
    let text =
        "Your instance is currently active. Please wait for it to be ready or contact support.";
    let found = judge(State::Waiting, said("Not yet", text, "Wait."));
    assert_eq!(
        found,
        Err(Violation::Contradiction {
            state: State::Waiting,
            phrase: "currently active",
            sentence: sentence.to_owned(),
        })
    );
    assert_eq!(
        found.unwrap_err().to_string(),
        "somebody whose app is being made is told “Your instance is currently active.”: “currently active” is not the case"
    );
}

#[test]
fn what_is_not_the_case_is_noticed_in_every_state() {
    for (state, title, detail, next) in [
        (
            State::Waiting,
            "Access denied",
            "You may not enter.",
            "Contact support.",
        ),
        (
            State::Waiting,
            "Hello",
            "You have not been invited yet.",
            "Ask your administrator.",
        ),
        (
            State::Waiting,
            "Error",
            "Something went wrong.",
            "Try again.",
        ),
        (
            State::Denied,
            "Error 500",
            "An unexpected error occurred.",
            "Contact support.",
        ),
        (
            State::Denied,
            "Hello",
            "Your app is being set up.",
            "Contact support.",
        ),
        (
            State::Suspended,
            "Hello",
            "Please wait, it is almost there.",
            "Contact support.",
        ),
        (
            State::Suspended,
            "Hello",
            "Your app is ready.",
            "Contact support.",
        ),
        (
            State::NotLoggedIn,
            "Access Denied!",
            "You may not enter.",
            "Log in.",
        ),
        (
            State::Overdue,
            "Hello",
            "You need not do anything.",
            "Contact support.",
        ),
    ] {
        let found = judge(state, said(title, detail, next));
        assert!(
            matches!(found, Err(Violation::Contradiction { .. })),
            "{state:?}: {title} {detail}: {found:?}"
        );
    }
}

#[test]
fn a_text_says_what_to_do_next_and_where_only_a_person_helps_whom_to_ask() {
    for state in STATES {
        let found = judge(state, said("Not now", "It cannot be.", " "));
        assert!(
            matches!(found, Err(Violation::NoNextStep { .. })),
            "{state:?}"
        );
    }
    for (state, next, is_right) in [
        (State::Suspended, "Come back another day.", false),
        (State::Suspended, "Write to help@example.com.", true),
        (State::Denied, "Ask your administrator.", true),
        (State::Denied, "Use another account.", false),
        (State::Waiting, "Come back in a minute.", true),
    ] {
        let found = judge(state, said("Not now", "It cannot be.", next));
        assert_eq!(found.is_ok(), is_right, "{next}: {found:?}");
    }
}

#[test]
fn a_word_inside_of_another_one_is_not_meant() {
    let text = "Your inactive plan is unblocked: banner.";
    assert_eq!(
        judge(State::Waiting, said("Not yet", text, "Wait.")),
        Ok(())
    );
}
