//! What the gate says in each state, as it lists it itself.

use policy::language::Language;
use serde::Deserialize;

use crate::deployment::Deployment;
use crate::deployment::exchange::Answer;
use crate::deployment::gate::Gate;
use crate::deployment::sent::Sent;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion, Unlooked};
use crate::wording::{self, Said, State};

#[derive(Deserialize)]
struct List {
    reasons: Vec<Spoken>,
}

#[derive(Deserialize)]
struct Spoken {
    reason: String,
    title: String,
    detail: String,
    next: String,
}

/// Reads the list in every language, and says how much it read.
pub(super) async fn look(deployment: &Deployment<'_>, gate: &Gate<'_>) -> (String, Opinion) {
    let url = gate.front.address.endpoint(&[".usher", "reasons"], &[]);
    let (mut opinion, mut read, mut wrong) = (Opinion::default(), 0_u64, Vec::new());
    for language in Language::ALL {
        let sent = Sent::get(url.as_str()).with("accept-language", language.tag());
        let at = format!("{url} in `{}`", language.tag());
        match deployment.send(sent).await.answer {
            Ok(answer) => match answer.json::<List>() {
                Some(list) if answer.is_the_gates_own() => {
                    read += list.reasons.len() as u64;
                    wrong.extend(violations(&list, &answer, &at));
                }
                Some(_) | None => opinion.unlooked.push(Unlooked {
                    at,
                    why: format!(
                        "it answered {} without the gate's list of reasons",
                        answer.status
                    ),
                }),
            },
            Err(reason) => opinion.unlooked.push(Unlooked {
                at,
                why: reason.to_string(),
            }),
        }
    }
    opinion.causes.extend((!wrong.is_empty()).then(|| Cause {
        code: Code::MessageContradictsState,
        confidence: Confidence::Certain,
        sentence: "people are told what is not the case, or not what to do next".to_owned(),
        evidence: wrong,
        fix: Fix {
            sentence: "Something between the gate and its visitors changes what it says, or this is another gate than this `usher` belongs \
                       to: deploy the same version of both, and look for what rewrites answers."
                .to_owned(),
            commands: vec![format!("curl {url}")],
        },
    }));
    let languages = Language::ALL.len();
    (format!("{read} messages in {languages} languages"), opinion)
}

fn violations(list: &List, answer: &Answer, at: &str) -> Vec<Evidence> {
    let spoken = list.reasons.iter();
    let stated = spoken.filter_map(|spoken| Some((spoken, State::of_reason(&spoken.reason)?)));
    stated
        .filter_map(|(spoken, state)| {
            let said = Said {
                title: &spoken.title,
                detail: &spoken.detail,
                next: &spoken.next,
            };
            let violation = wording::judge_in_language(state, said, answer).err()?;
            Some(Evidence::new(
                format!("`{}`: {violation}", spoken.reason),
                at,
            ))
        })
        .collect()
}
