//! The service that people sign up and log in at fails, and nothing else explains it: whoever is woken looks into its log, and not at the gate.

use crate::counted::counted;
use crate::deployment::exchange::{Answer, Exchange};
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion, Scene};
use crate::outcome::Problem;
use crate::steps::fault::Fault;
use crate::steps::fault::discrepancy::Discrepancy;

/// Looks when what the service itself is asked for ended at an error of its own. What is known of that error already, a missing table
/// above all, says more than this does.
pub(crate) fn look(scene: &Scene<'_>, known: &Opinion) -> Opinion {
    let Some(failure) = Failure::of(scene).filter(|_| known.causes.is_empty()) else {
        return Opinion::default();
    };
    Opinion {
        causes: vec![failure.cause(looked_into(scene, known))],
        unlooked: Vec::new(),
    }
}

/// What was asked for, and the error that came.
struct Failure<'a> {
    asked_for: &'static str,
    asked: &'a Exchange,
    answer: &'a Answer,
    said: Option<&'a str>,
}

impl<'a> Failure<'a> {
    fn of(scene: &'a Scene<'_>) -> Option<Self> {
        let asked_for = scene.stopped.step.asks_for()?;
        let Problem::Failed(Fault::Discrepancy(Discrepancy::Status { found, said, .. })) =
            &scene.stopped.problem
        else {
            return None;
        };
        let asked = scene.step?.last.as_ref()?;
        let answer = asked.answer.as_ref().ok()?;
        let is_its_own = !answer.is_the_gates_own() && answer.status == *found;
        (is_its_own && *found >= 500).then_some(Self {
            asked_for,
            asked,
            answer,
            said: said.as_deref(),
        })
    }

    fn cause(&self, looked_into: Option<Evidence>) -> Cause {
        let Self {
            asked_for, answer, ..
        } = self;
        let status = answer.status;
        let said = self
            .said
            .map_or_else(String::new, |said| format!(", and says `{said}`"));
        let request = &self.asked.request;
        let answered = Evidence::new(
            format!(
                "{} is answered {status}{}",
                request.method,
                self.identifier()
            ),
            request.url.as_str(),
        );
        Cause {
            code: Code::IdentityFailing,
            confidence: Confidence::Certain,
            sentence: format!(
                "the identity service itself fails: it answers {status} to {asked_for}{said}"
            ),
            evidence: std::iter::once(answered).chain(looked_into).collect(),
            fix: Fix {
                // The same for every story that meets it: by its cure a cause is known to be the same.
                sentence: "Look into the log of the identity service for this request; the gate has no part in it. If the log names a table \
                           or a column, give that database to usher as a `[[databases]]` table with `tables` and `schema`: the next run \
                           then says what is missing, and the SQL that adds it."
                    .to_owned(),
                commands: Vec::new(),
            },
        }
    }

    /// What the service calls the request in its log, where it says so.
    fn identifier(&self) -> String {
        let named = REQUEST_IDS
            .iter()
            .find_map(|name| Some((name, self.answer.header(name)?)));
        named.map_or_else(String::new, |(name, id)| format!(" ({name}: {id})"))
    }
}

/// Under which names services and those before them say what they call a request.
const REQUEST_IDS: [&str; 6] = [
    "x-request-id",
    "request-id",
    "x-correlation-id",
    "x-amzn-requestid",
    "x-trace-id",
    "cf-ray",
];

/// What has been seen not to be the cause. Where a check could not look, that is said beside the causes, and nothing here.
fn looked_into(scene: &Scene<'_>, known: &Opinion) -> Option<Evidence> {
    let databases = scene.deployment.configuration.databases.len() as u64;
    let what = format!(
        "nothing that explains it was found in {}",
        counted(databases, "database")
    );
    (databases > 0 && known.unlooked.is_empty())
        .then(|| Evidence::new(what, "[[databases]] of the configuration"))
}
