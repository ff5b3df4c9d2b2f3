//! The gate does not accept the token of the log-in: why, by the gate's own code and the files that it is deployed from.

use policy::reason::Reason;

use crate::deployment::exchange::{Answer, Exchange};
use crate::deployment::gate::Gate;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion, Scene, Unlooked};
use crate::outcome::{Outcome, Problem};
use crate::tokens::explanation::{Explanation, Verdict};
use crate::tokens::judged_by_files;

/// Judges the token of the run as `usher check tokens` does, when the gate refused it.
pub(crate) async fn look(scene: &Scene<'_>, gate: &Gate<'_>) -> Opinion {
    let Some((token, refused)) = scene.token.zip(Refused::of(scene)) else {
        return Opinion::default();
    };
    let is_deployed = !gate.front.address.is_on_this_machine();
    let judged = judged_by_files(token, is_deployed, scene.deployment.secrets).await;
    let explanation = match judged {
        Ok(explanation) => explanation,
        Err(error) => return unlooked(format!("{error}; or judge a token yourself: {COMMAND}")),
    };
    let cause = match &explanation.verdict {
        Verdict::Refused {
            reason, why, cure, ..
        } => refused.explained(&explanation, reason, why, cure),
        Verdict::Admitted | Verdict::SignatureRight => refused.unlike_files(&explanation),
        Verdict::CouldNotLook { why, cure } => return unlooked(format!("{why}; {cure}")),
    };
    Opinion {
        causes: vec![cause],
        unlooked: Vec::new(),
    }
}

/// The gate's own answer that it does not accept the token.
struct Refused<'a> {
    asked: &'a Exchange,
    answer: &'a Answer,
    reason: String,
}

impl<'a> Refused<'a> {
    fn of(scene: &'a Scene<'_>) -> Option<Self> {
        let Problem::Failed(_) = &scene.stopped.problem else {
            return None;
        };
        let asked = scene.step?.last.as_ref()?;
        let answer = asked.answer.as_ref().ok()?;
        let reason = answer.reason().filter(|_| answer.is_the_gates_own())?;
        let of_a_token = [Reason::TokenInvalid, Reason::TokenExpired];
        let is_about_it = of_a_token.iter().any(|known| known.code() == reason);
        is_about_it.then_some(Self {
            asked,
            answer,
            reason,
        })
    }

    fn seen(&self) -> Evidence {
        Evidence::new(
            format!(
                "the gate answered {}, reason `{}`",
                self.answer.status, self.reason
            ),
            self.asked.request.url.as_str(),
        )
    }

    fn explained(&self, explanation: &Explanation, reason: &str, why: &str, cure: &str) -> Cause {
        let amiss = explanation
            .lines
            .iter()
            .filter(|line| line.outcome == Outcome::Failed);
        let lines = amiss.map(|line| {
            let what = format!("{}: {}", line.topic.title(), line.says);
            Evidence::new(what, explanation.judged_by.as_str())
        });
        Cause {
            code: Code::TokenRefused,
            // The files are here; that the gate was deployed from them is likely where both refuse for the same reason.
            confidence: if reason == self.reason {
                Confidence::Certain
            } else {
                Confidence::Likely
            },
            sentence: format!("the gate does not accept the token of the log-in: {why}"),
            evidence: std::iter::once(self.seen()).chain(lines).collect(),
            fix: Fix {
                sentence: format!("{}. To look at such a token again:", capitalised(cure)),
                commands: vec![COMMAND.to_owned()],
            },
        }
    }

    fn unlike_files(&self, explanation: &Explanation) -> Cause {
        let what = "by these files, their keys and secrets, the token is good";
        Cause {
            code: Code::GateUnlikeFiles,
            confidence: Confidence::Likely,
            sentence: format!(
                "the gate refuses the token of the log-in, and by {} it is good: the gate that answers was deployed from something else",
                explanation.judged_by
            ),
            evidence: vec![
                self.seen(),
                Evidence::new(what, explanation.judged_by.as_str()),
            ],
            fix: Fix {
                sentence: "Deploy the gate from these files, with the secrets that its issuers name (`npx wrangler secret list` has \
                           their names), or look at the files that it was deployed from:"
                    .to_owned(),
                commands: vec![
                    "npx wrangler deployments list".to_owned(),
                    "npx wrangler deploy".to_owned(),
                ],
            },
        }
    }
}

/// The token is read from standard input, which keeps it out of the history of the shell.
const COMMAND: &str = "usher check tokens -";

fn unlooked(why: String) -> Opinion {
    Opinion {
        causes: Vec::new(),
        unlooked: vec![Unlooked {
            at: "whom the gate believes (USHER_ISSUERS)".to_owned(),
            why,
        }],
    }
}

fn capitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
