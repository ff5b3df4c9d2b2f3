//! The token does not say which address is the user's, or that it is theirs: invitations and domains speak for an address, and an app
//! that shows it has nothing to show (incident I4).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use policy::reason::Reason;
use serde_json::{Map, Value};

use crate::deployment::gate::{Gate, Standpoint};
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion, Scene};
use crate::outcome::Problem;
use crate::steps::fault::Fault;
use crate::steps::fault::first_sight::FirstSightFault;

/// Looks when somebody whom an invitation or a domain speaks for was denied, or an app did not show their address.
pub(crate) async fn look(scene: &Scene<'_>, gate: &Gate<'_>) -> Opinion {
    let Some(token) = scene.token.filter(|_| is_about_the_address(scene)) else {
        return Opinion::default();
    };
    let (asked, standpoint) = gate.me(token).await;
    let Ok(standpoint) = standpoint else {
        return Opinion::default();
    };
    let Some(claims) = claims(token) else {
        return Opinion::default();
    };
    let lack = match standpoint {
        // Whoever the gate lets in needs no verified address, only one.
        Standpoint::Known(me) if me.visitor.email.is_none() => Lack::Address,
        Standpoint::Known(me) if me.reason == Reason::InvitationRequired.code() => {
            match claims.get(VERIFIED) {
                Some(Value::Bool(true)) => return Opinion::default(),
                said => Lack::Voucher(said.cloned()),
            }
        }
        Standpoint::Known(_) | Standpoint::NotTheGate { .. } | Standpoint::Refused { .. } => {
            return Opinion::default();
        }
    };
    Opinion {
        causes: vec![lack.cause(&claims, &asked.request.url)],
        unlooked: Vec::new(),
    }
}

/// Whether the step failed at something that hangs on the address.
fn is_about_the_address(scene: &Scene<'_>) -> bool {
    matches!(
        &scene.stopped.problem,
        Problem::Failed(
            Fault::Lacks { .. }
                | Fault::FirstSight(
                    FirstSightFault::Denied { .. } | FirstSightFault::RecordedOtherThanOnce { .. }
                )
        )
    )
}

/// What the issuer leaves out.
enum Lack {
    Address,
    /// What it says instead of `true`, if anything.
    Voucher(Option<Value>),
}

impl Lack {
    fn cause(&self, claims: &Map<String, Value>, asked: &str) -> Cause {
        let (sentence, seen) = match self {
            Self::Address => (
                "the token of the log-in has no `email`, so the gate does not know the user's address and can tell the app none",
                "the gate knows the visitor, and no address of theirs".to_owned(),
            ),
            Self::Voucher(said) => (
                "the token of the log-in does not say that the address is the user's, so no invitation and no domain speaks for them",
                match said {
                    Some(said) => format!("`{VERIFIED}` in the token is `{said}`"),
                    None => format!("the token has no `{VERIFIED}`"),
                },
            ),
        };
        // Their names alone: what they say is somebody's data.
        let names: Vec<_> = claims.keys().map(|name| format!("`{name}`")).collect();
        Cause {
            code: Code::EmailNotVouched,
            // Which claims the gate reads the voucher from is said in its own configuration only.
            confidence: match self {
                Self::Address => Confidence::Certain,
                Self::Voucher(_) => Confidence::Likely,
            },
            sentence: sentence.to_owned(),
            evidence: vec![
                Evidence::new(seen, asked),
                Evidence::new(format!("the token says {}", names.join(", ")), "the token of the log-in"),
            ],
            fix: Fix {
                sentence: "Let the issuer put `email` and `email_verified` into the tokens of this platform (Auth0: an Action that sets \
                           them as claims of the access token; others: the scope `email`). If it has them under other names, give these as \
                           `email_claim` and `email_verified_claim` of the issuer in USHER_ISSUERS."
                    .to_owned(),
                commands: Vec::new(),
            },
        }
    }
}

/// What the token says. It is the run's own, and nothing is let in by it here.
fn claims(token: &str) -> Option<Map<String, Value>> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}

const VERIFIED: &str = "email_verified";
