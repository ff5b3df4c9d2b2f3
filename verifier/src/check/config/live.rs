//! The gate that answers, and whether it is the one of the files.

use std::fmt;

use policy::contract::Readiness;
use policy::setting::{Home, SETTINGS};
use reqwest::Url;

use crate::check::config::{Scene, certain, opinion, unlooked};
use crate::deployment::exchange::{Answer, Exchange, NoAnswer};
use crate::deployment::gate::Gate;
use crate::deployment::sent::Sent;
use crate::findings::code::Code;
use crate::findings::{Evidence, Opinion, gate_misconfigured};

/// What answers at the gate's address.
pub(super) enum Live {
    NoAnswer(NoAnswer),
    /// Something that is no gate.
    Other(u16),
    Ready(Readiness),
    /// A gate that lists what is wrong with it.
    Unwell(Box<Exchange>),
}

impl Live {
    pub(super) async fn ask(gate: &Gate<'_>) -> Self {
        let exchange = gate.gate_readiness().await;
        match &exchange.answer {
            Err(reason) => Self::NoAnswer(reason.clone()),
            Ok(answer) if !answer.is_the_gates_own() => Self::Other(answer.status),
            Ok(answer) => match ready(answer) {
                Some(ready) => Self::Ready(ready),
                None => Self::Unwell(Box::new(exchange)),
            },
        }
    }

    pub(super) const fn is_a_gate(&self) -> bool {
        match self {
            Self::Ready(_) | Self::Unwell(_) => true,
            Self::NoAnswer(_) | Self::Other(_) => false,
        }
    }
}

impl fmt::Display for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoAnswer(_) => "the gate does not answer",
            Self::Other(_) => "what answers is no gate",
            Self::Ready(_) => "the gate says that it is ready",
            Self::Unwell(_) => "the gate says that it is not ready",
        })
    }
}

fn ready(answer: &Answer) -> Option<Readiness> {
    answer.json().filter(|_| answer.status == 200)
}

/// Holds what it says of itself against the files.
pub(super) async fn look(scene: &Scene<'_>, gate: &Gate<'_>, live: &Live) -> Opinion {
    let at = gate.readiness_url();
    match live {
        Live::NoAnswer(reason) => unlooked(at, reason.to_string()).and(secrets(scene)),
        Live::Other(status) => opinion(certain(
            Code::GateUnlikeFiles,
            "what answers at the gate's address is no gate",
            vec![Evidence::new(
                format!("it answered {status}, and not as the gate does"),
                at,
            )],
            "Correct `gate` in [target], or give the gate its route: npx wrangler deploy.",
            Vec::new(),
        ))
        .and(secrets(scene)),
        Live::Unwell(exchange) => gate_misconfigured::listed(exchange, None).and(secrets(scene)),
        // It could not be ready without its secrets.
        Live::Ready(ready) => differences(scene, gate, ready).await,
    }
}

async fn differences(scene: &Scene<'_>, gate: &Gate<'_>, ready: &Readiness) -> Opinion {
    let mut evidence = Vec::new();
    let word = scene.files.text("USHER_AUTHORITY").unwrap_or_default();
    let has_registry = matches!(word.as_str(), "" | "registry");
    if has_registry != ready.keeps_events {
        let there = if ready.keeps_events {
            "a registry"
        } else {
            "no registry"
        };
        let what = format!(
            "it has {there}, and USHER_AUTHORITY of the files is `{}`",
            if word.is_empty() {
                "registry"
            } else {
                word.as_str()
            }
        );
        evidence.push(Evidence::new(what, gate.readiness_url()));
    }
    let health = gate.health().await;
    if let Ok(answer) = &health.answer
        && let Some(version) = version(answer)
        && version != env!("CARGO_PKG_VERSION")
    {
        let what = format!(
            "it is version {version}, and this is usher {}",
            env!("CARGO_PKG_VERSION")
        );
        evidence.push(Evidence::new(what, health.request.url.as_str()));
    }
    let (sent_to, mut seen) = where_people_log_in(gate).await;
    if let (Some(there), Some(wanted)) = (sent_to, scene.files.text("USHER_LOGIN_URL"))
        && let Ok(here) = Url::parse(&wanted)
        && without_return(here) != there
    {
        let what = format!(
            "it sends people to {there} to log in, and USHER_LOGIN_URL of the files is `{wanted}`"
        );
        evidence.push(Evidence::new(what, gate.front.address.to_string()));
    }
    let cause = certain(
        Code::GateUnlikeFiles,
        "the gate that answers is not configured as the files say",
        evidence,
        "Deploy the gate from these files, or look at the files that it was deployed from (--wrangler, --env):",
        vec![
            "npx wrangler deployments list".to_owned(),
            "npx wrangler deploy".to_owned(),
        ],
    );
    seen.causes.extend(cause);
    seen
}

fn version(answer: &Answer) -> Option<String> {
    let said: serde_json::Value = answer.json()?;
    Some(said.get("version")?.as_str()?.to_owned())
}

/// Where the gate sends a browser that has nothing to show.
async fn where_people_log_in(gate: &Gate<'_>) -> (Option<Url>, Opinion) {
    let address = &gate.front.address;
    let asking = Sent::get(address.as_str())
        .with("accept", "text/html")
        .with("sec-fetch-mode", "navigate")
        .with("sec-fetch-dest", "document");
    let at = "where the gate sends people to log in";
    let location = match &gate.send(asking).await.answer {
        Err(reason) => return (None, unlooked(at, reason.to_string())),
        Ok(answer) if answer.status == 303 && answer.is_the_gates_own() => {
            let to = answer.header("location").and_then(|to| Url::parse(to).ok());
            to.map(without_return)
        }
        Ok(answer) => {
            let why = format!(
                "{address} answered {} to a browser without a token",
                answer.status
            );
            return (None, unlooked(at, why));
        }
    };
    (location, Opinion::default())
}

/// Without where people shall come back to.
fn without_return(mut url: Url) -> Url {
    let pairs: Vec<_> = url
        .query_pairs()
        .filter(|(name, _)| name != "return_to")
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.set_query(None);
    if !pairs.is_empty() {
        url.query_pairs_mut().extend_pairs(pairs);
    }
    url
}

/// Secrets that the gate needs: no file of a deployed gate has them, and on a developer's machine they stand in `.dev.vars`.
fn secrets(scene: &Scene<'_>) -> Opinion {
    let required = SETTINGS
        .iter()
        .filter(|setting| setting.home == Home::Secret && setting.default.is_none());
    let mut needed: Vec<_> = required.map(|setting| setting.name.to_owned()).collect();
    needed.extend(scene.files.secrets_of_issuers());
    if scene.files.text("USHER_CONTROL_PLANE_URL").is_some() {
        needed.push("USHER_CONTROL_PLANE_SECRET".to_owned());
    }
    if scene.is_deployed {
        let names = needed.join("`, `");
        return unlooked(
            format!("the secrets `{names}`"),
            "they cannot be seen here; `npx wrangler secret list` names those that are set",
        );
    }
    let missing = needed
        .iter()
        .filter(|name| scene.files.secret(name).is_none());
    let missing: Vec<_> = missing
        .map(|name| Evidence::new(format!("`{name}` is not there"), ".dev.vars"))
        .collect();
    opinion(certain(
        Code::SecretMissing,
        "the gate is not told its secrets, so it lets nobody in",
        missing,
        "Add a line for each to .dev.vars beside the gate's file; `openssl rand -hex 32` makes a secret.",
        Vec::new(),
    ))
}
