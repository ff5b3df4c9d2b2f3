//! Which upload of the gate is looked at. Right after a deploy the old one may still answer, and an override that is not there yet falls
//! back to it without a word: a check that does not ask passes against the code of yesterday
//! (developers.cloudflare.com/workers/versions-and-deployments/version-overrides).

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, Instant};

use policy::contract::{VERSION_HEADER, VERSION_TAG_HEADER};

use crate::deployment::exchange::{Answer, NoAnswer};
use crate::deployment::gate::Gate;

/// An upload by its id, or by the tag of `wrangler deploy --tag`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct VersionName(String);

impl VersionName {
    /// Whether the answer, one of the gate's own, is from this upload.
    fn answered(&self, answer: &Answer) -> bool {
        let said = [VERSION_HEADER, VERSION_TAG_HEADER];
        said.iter()
            .any(|name| answer.header(name) == Some(self.0.as_str()))
    }
}

impl FromStr for VersionName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain =
            (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if plain {
            Ok(Self(text.to_owned()))
        } else {
            Err(
                "give the id of a version, as `wrangler versions list` shows it, or its tag"
                    .to_owned(),
            )
        }
    }
}

impl fmt::Display for VersionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A version that Cloudflare is asked to let answer, also where it serves 0 % of the traffic.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct VersionOverride {
    worker: String,
    pub(crate) version: VersionName,
}

impl VersionOverride {
    /// The name of its header.
    pub(crate) const HEADER: &'static str = "cloudflare-workers-version-overrides";

    /// A Dictionary with a String (RFC 8941 sections 3.2 and 3.3.3).
    pub(crate) fn value(&self) -> String {
        let version = self.version.0.replace('\\', "\\\\").replace('"', "\\\"");
        format!("{}=\"{version}\"", self.worker)
    }
}

impl FromStr for VersionOverride {
    type Err = String;

    /// `WORKER=ID`.
    fn from_str(text: &str) -> Result<Self, String> {
        let usage =
            || "give WORKER=ID: the name of the Worker and the id of its version".to_owned();
        let (worker, version) = text.split_once('=').ok_or_else(usage)?;
        // A key of a Dictionary: what the name of a Worker may be besides is none.
        let allowed = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-.*".contains(&byte)
        };
        let is_key = worker.starts_with(|first: char| first.is_ascii_lowercase())
            && worker.bytes().all(allowed);
        if is_key {
            Ok(Self {
                worker: worker.to_owned(),
                version: version.parse()?,
            })
        } else {
            Err(usage())
        }
    }
}

/// Which upload answered one of a run's requests.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Served {
    /// Its id, if it says it.
    pub(crate) version: Option<String>,
    pub(crate) is_wanted: bool,
}

impl Served {
    /// Nothing, where it is not the gate that answered.
    pub(crate) fn by(answer: &Answer, wanted: Option<&VersionName>) -> Option<Self> {
        answer.is_the_gates_own().then(|| Self {
            version: answer.header(VERSION_HEADER).map(str::to_owned),
            is_wanted: wanted.is_none_or(|wanted| wanted.answered(answer)),
        })
    }
}

/// Why the version that was wanted is not the one that answers.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Unconfirmed {
    /// The gate says no version at all.
    Unsaid,
    /// For all that time another one answered.
    Other { served: String, seconds: u64 },
    /// For all that time nothing answered as the gate.
    NoGate { why: String, seconds: u64 },
}

/// Asks until the version answers that is wanted, or until the time is over.
pub(crate) async fn confirm(
    gate: &Gate<'_>,
    wanted: &VersionName,
    within: Duration,
) -> Result<(), Unconfirmed> {
    let began = Instant::now();
    loop {
        let answer = gate.health().await.answer;
        let unconfirmed = match &answer {
            Ok(answer) if !answer.is_the_gates_own() => {
                no_gate(within, "it was not the gate that answered")
            }
            Ok(answer) if wanted.answered(answer) => return Ok(()),
            Ok(answer) => match answer.header(VERSION_HEADER) {
                None => return Err(Unconfirmed::Unsaid),
                Some(served) => Unconfirmed::Other {
                    served: served.to_owned(),
                    seconds: within.as_secs(),
                },
            },
            Err(no_answer) => no_gate(within, &NoAnswer::to_string(no_answer)),
        };
        if began.elapsed() + ASK_AGAIN >= within {
            return Err(unconfirmed);
        }
        tokio::time::sleep(ASK_AGAIN).await;
    }
}

fn no_gate(within: Duration, why: &str) -> Unconfirmed {
    Unconfirmed::NoGate {
        why: why.to_owned(),
        seconds: within.as_secs(),
    }
}

/// An upload is everywhere within a couple of seconds.
const ASK_AGAIN: Duration = Duration::from_millis(500);

impl fmt::Display for Unconfirmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsaid => f.write_str(
                "the gate does not say which version it is; give it `[version_metadata]` with `binding = \"CF_VERSION_METADATA\"` in wrangler.toml",
            ),
            Self::Other { served, seconds } => {
                write!(f, "for {seconds} s version {served} answered")
            }
            Self::NoGate { why, seconds } => write!(f, "for {seconds} s there was no gate: {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(headers: &[(&str, &str)]) -> Answer {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Answer {
            status: 200,
            headers: headers.collect(),
            body: String::new(),
            truncated: false,
        }
    }

    #[test]
    fn a_version_is_known_by_its_id_or_its_tag_and_an_app_cannot_say_one() {
        let gate = [
            ("usher-response", "gate"),
            ("usher-version", "1"),
            ("usher-version-tag", "v7"),
        ];
        let wanted = |name: &str| name.parse::<VersionName>().unwrap();
        let served =
            |name| Served::by(&answer(&gate), Some(&wanted(name))).map(|served| served.is_wanted);
        assert_eq!(
            (served("1"), served("v7"), served("2")),
            (Some(true), Some(true), Some(false))
        );
        assert_eq!(
            Served::by(&answer(&[("usher-version", "1")]), Some(&wanted("1"))),
            None
        );
        let silent = Served::by(&answer(&[("usher-response", "gate")]), Some(&wanted("1")));
        assert!(!silent.unwrap().is_wanted);
    }

    #[test]
    fn an_override_is_a_dictionary_with_a_string() {
        let parsed: VersionOverride = "my-gate=dc8dcd28-271b".parse().unwrap();
        assert_eq!(parsed.value(), "my-gate=\"dc8dcd28-271b\"");
        for wrong in ["my-gate", "My=1", "=1", "a b=1", "a=", "a=x y"] {
            assert!(wrong.parse::<VersionOverride>().is_err(), "{wrong}");
        }
    }
}
