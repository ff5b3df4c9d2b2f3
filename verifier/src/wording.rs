//! What is said to people in each state: what it must not say, because it is not the case (incident I1: "currently active. Please wait for
//! it to be ready"; incident I4: an exception for who is only not invited), and what it must.
//!
//! The rules know English. Of a text in another language only that there is a next step is held.

use std::fmt;

use policy::contract::{Me, Problem as GateProblem};
use policy::reason::Reason;

use crate::deployment::exchange::Answer;

/// Where somebody stands who does not see their app.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum State {
    /// They need an invitation.
    Denied,
    /// Nobody knows who they are.
    NotLoggedIn,
    /// Their app should be there, and is not.
    Overdue,
    /// Their app is disabled.
    Suspended,
    /// Their app will be there in a moment.
    Waiting,
}

/// What is said to them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said<'a> {
    pub(crate) title: &'a str,
    pub(crate) detail: &'a str,
    pub(crate) next: &'a str,
}

/// What is wrong with it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Violation {
    /// A sentence says what is not the case.
    Contradiction {
        state: State,
        phrase: &'static str,
        sentence: String,
    },
    /// Only a person can help, and none is named.
    NoContact { state: State, sentence: String },
    /// It does not say what to do next.
    NoNextStep { state: State, title: String },
}

impl State {
    /// The state behind a reason of the gate's, if people are in one.
    pub(crate) fn of_reason(code: &str) -> Option<Self> {
        let is = |reason: &&Reason| reason.code() == code;
        match Reason::ALL.iter().find(is)? {
            Reason::InvitationRequired => Some(Self::Denied),
            Reason::LoginRequired | Reason::SessionEnded | Reason::TokenExpired => {
                Some(Self::NotLoggedIn)
            }
            Reason::InstanceOverdue => Some(Self::Overdue),
            Reason::InstanceSuspended => Some(Self::Suspended),
            Reason::InstanceActive | Reason::InstanceProvisioning | Reason::InstanceWaking => {
                Some(Self::Waiting)
            }
            Reason::AuthorityUnavailable
            | Reason::BadRequest
            | Reason::Conflict
            | Reason::CookieNotKept
            | Reason::CredentialAmbiguous
            | Reason::CrossSiteRequest
            | Reason::IllegalTransition
            | Reason::InstanceTimedOut
            | Reason::InstanceUnreachable
            | Reason::InternalError
            | Reason::IssuerUnavailable
            | Reason::LoggedOut
            | Reason::LoginLoop
            | Reason::LogoutUnconfirmed
            | Reason::MethodNotAllowed
            | Reason::Misconfigured
            | Reason::NoInstance
            | Reason::NotFound
            | Reason::OperatorRequired
            | Reason::PathAmbiguous
            | Reason::SessionsNotEnded
            | Reason::StandingUnreadable
            | Reason::TokenInvalid => None,
        }
    }

    /// Phrases that are untrue in this state, in lower case; whole words.
    const fn untrue(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Waiting => &[
                REFUSED,
                UNINVITED,
                DISABLED,
                THERE_ALREADY,
                LOGGED_OUT,
                ALARM,
            ],
            Self::Overdue => &[
                REFUSED,
                UNINVITED,
                DISABLED,
                THERE_ALREADY,
                LOGGED_OUT,
                NO_WORRY,
            ],
            Self::Suspended => &[UNINVITED, ON_ITS_WAY, THERE_ALREADY, LOGGED_OUT, NO_WORRY],
            Self::Denied => &[
                DISABLED,
                ON_ITS_WAY,
                THERE_ALREADY,
                LOGGED_OUT,
                ALARM,
                NO_WORRY,
            ],
            Self::NotLoggedIn => &[REFUSED, UNINVITED, DISABLED, ON_ITS_WAY, LOGGED_IN],
        }
    }

    /// Whether nothing gets better unless a person does something.
    const fn needs_a_person(self) -> bool {
        match self {
            Self::Denied | Self::Overdue | Self::Suspended => true,
            Self::NotLoggedIn | Self::Waiting => false,
        }
    }

    /// What is the case, in a clause.
    const fn clause(self) -> &'static str {
        match self {
            Self::Denied => "somebody who needs an invitation",
            Self::NotLoggedIn => "somebody who is not logged in",
            Self::Overdue => "somebody whose app should have been there by now",
            Self::Suspended => "somebody whose app is suspended",
            Self::Waiting => "somebody whose app is being made",
        }
    }
}

const REFUSED: &[&str] = &[
    "access denied",
    "access is denied",
    "permission denied",
    "forbidden",
    "not allowed",
    "not authorized",
    "not authorised",
    "unauthorized",
    "no access",
];
const UNINVITED: &[&str] = &[
    "not invited",
    "not been invited",
    "invitation required",
    "need an invitation",
    "nobody has invited",
];
const DISABLED: &[&str] = &["suspended", "disabled", "deactivated", "blocked", "banned"];
const THERE_ALREADY: &[&str] = &[
    "currently active",
    "is active",
    "already active",
    "currently ready",
    "already ready",
    "app is ready",
    "instance is ready",
];
const ON_ITS_WAY: &[&str] = &[
    "being set up",
    "being created",
    "being installed",
    "being prepared",
    "provisioning",
    "please wait",
    "wait a moment",
    "almost ready",
    "as soon as it is ready",
];
const LOGGED_OUT: &[&str] = &[
    "not logged in",
    "please log in",
    "logged out",
    "session has expired",
    "log-in has expired",
];
const LOGGED_IN: &[&str] = &["you are logged in", "you're logged in", "welcome back"];
const ALARM: &[&str] = &[
    "went wrong",
    "internal error",
    "internal server error",
    "unexpected error",
    "exception",
    "stack trace",
];
const NO_WORRY: &[&str] = &[
    "you need not do anything",
    "nothing to do",
    "opens here by itself",
];

/// Whom people are sent to.
const PEOPLE: &[&str] = &[
    "support",
    "administrator",
    "admin",
    "operator",
    "contact",
    "help desk",
    "helpdesk",
];

/// Holds what is said in this state against the rules.
pub(crate) fn judge(state: State, said: Said<'_>) -> Result<(), Violation> {
    let Said {
        title,
        detail,
        next,
    } = said;
    [title, detail, next]
        .into_iter()
        .try_for_each(|text| judge_text(state, text))?;
    if next.trim().is_empty() || detail.trim().is_empty() {
        let title = title.to_owned();
        return Err(Violation::NoNextStep { state, title });
    }
    let words = plain(&format!("{detail} {next}"));
    let names_somebody = PEOPLE.iter().any(|somebody| has(&words, somebody))
        || ["@", "https://", "mailto:"]
            .iter()
            .any(|address| next.contains(address));
    if state.needs_a_person() && !names_somebody {
        let sentence = next.to_owned();
        return Err(Violation::NoContact { state, sentence });
    }
    Ok(())
}

/// Holds one text against what is not the case in this state.
pub(crate) fn judge_text(state: State, text: &str) -> Result<(), Violation> {
    for sentence in sentences(text) {
        let words = plain(sentence);
        let untrue = state.untrue().iter().copied().flatten();
        if let Some(phrase) = untrue.copied().find(|phrase| has(&words, phrase)) {
            return Err(Violation::Contradiction {
                state,
                phrase,
                sentence: sentence.to_owned(),
            });
        }
    }
    Ok(())
}

/// Holds the problem of an answer of the gate's against the state in which it was read.
pub(crate) fn judge_answer(state: State, answer: &Answer) -> Result<(), Violation> {
    let problem = answer.problem();
    let said = problem.as_ref().map(said_in_problem);
    judge_in_language(state, said.unwrap_or(NOTHING), answer)
}

/// Holds what the gate says at `/.usher/me` against the state that it names itself.
pub(crate) fn judge_me(me: &Me, answer: &Answer) -> Result<(), Violation> {
    let Some(state) = State::of_reason(&me.reason) else {
        return Ok(());
    };
    let said = Said {
        title: &me.title,
        detail: &me.detail,
        next: &me.next,
    };
    judge_in_language(state, said, answer)
}

const NOTHING: Said<'static> = Said {
    title: "",
    detail: "",
    next: "",
};

fn said_in_problem(problem: &GateProblem) -> Said<'_> {
    Said {
        title: &problem.title,
        detail: &problem.detail,
        next: &problem.next,
    }
}

/// Holds what is said against the rules, as far as they know the language of the answer.
pub(crate) fn judge_in_language(
    state: State,
    said: Said<'_>,
    answer: &Answer,
) -> Result<(), Violation> {
    let language = answer.header("content-language");
    if language.is_none_or(|language| language.to_ascii_lowercase().starts_with("en")) {
        return judge(state, said);
    }
    if said.next.trim().is_empty() {
        let title = said.title.to_owned();
        return Err(Violation::NoNextStep { state, title });
    }
    Ok(())
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split_inclusive(['.', '!', '?', ';']);
    parts.map(str::trim).filter(|sentence| !sentence.is_empty())
}

/// Words in lower case with single spaces between and around them, without signs.
fn plain(text: &str) -> String {
    let lower = text.to_lowercase().replace('\u{2019}', "'");
    let is_part = |character: char| character.is_alphanumeric() || matches!(character, '\'' | '-');
    let words = lower.split(|character| !is_part(character));
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join(" "))
}

fn has(words: &str, phrase: &str) -> bool {
    words.contains(&format!(" {phrase} "))
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contradiction {
                state,
                phrase,
                sentence,
            } => write!(
                f,
                "{} is told “{sentence}”: “{phrase}” is not the case",
                state.clause()
            ),
            Self::NoContact { state, sentence } => write!(
                f,
                "{} is told “{sentence}”, and not whom to ask: nothing gets better by itself",
                state.clause()
            ),
            Self::NoNextStep { state, title } => write!(
                f,
                "{} is told “{title}”, and not what it means and what to do next",
                state.clause()
            ),
        }
    }
}

#[cfg(test)]
mod tests;
