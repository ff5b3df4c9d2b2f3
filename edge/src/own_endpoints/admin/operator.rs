//! Who calls the admin API: the bearer of the secret, or somebody whose issuer says that they run the platform.

use policy::decision::Rejected;
use policy::reason::Reason;
use policy::refusal::Refusal;
use subtle::ConstantTimeEq as _;

use crate::gate::Gate;
use crate::incoming::CredentialHeaders;
use crate::page::Answer;
use crate::sightings::FoundOwned;

/// Somebody who runs the platform.
pub(super) struct Operator {
    /// As the audit names them.
    pub(super) name: String,
    /// What they gave as the reason of this call.
    pub(super) why: Option<String>,
}

/// In which header a call says why it is made, percent-encoded where it is not plain ASCII.
const WHY: &str = "usher-why";

/// In which header the bearer of the shared secret says who they are. It proves nothing; the audit marks it so.
const WHO: &str = "usher-who";

/// Longest text in one of them.
const MAX_BYTES: usize = 500;

/// The operator, or the answer to somebody who is none.
pub(super) async fn identify(gate: &Gate<'_>) -> Result<Operator, Answer> {
    let authorization = gate.incoming.header("authorization");
    let problem = |reason| Answer::problem(reason, &gate.incoming.id, Vec::new());
    let name = match bearer(authorization.as_deref()) {
        Some(token) if is_secret(gate, token) => match told(gate, WHO)? {
            Some(who) => format!("secret, as {who}"),
            None => "secret".to_owned(),
        },
        Some(_) => by_token(gate, authorization).await.map_err(problem)?,
        None => return Err(problem(Reason::OperatorRequired)),
    };
    Ok(Operator {
        name,
        why: told(gate, WHY)?,
    })
}

/// Whether the call has the shared secret.
pub(super) fn has_secret(gate: &Gate<'_>) -> bool {
    let authorization = gate.incoming.header("authorization");
    bearer(authorization.as_deref()).is_some_and(|token| is_secret(gate, token))
}

fn bearer(authorization: Option<&str>) -> Option<&str> {
    let (scheme, token) = authorization?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

/// Compared in constant time: how long a refusal takes tells nothing about the secret.
fn is_secret(gate: &Gate<'_>, token: &str) -> bool {
    token
        .as_bytes()
        .ct_eq(gate.configuration.admin_secret.as_bytes())
        .into()
}

/// Somebody with a token that the gate would let in anywhere else, of an issuer that is configured to name operators, who was not
/// logged out since. Never a cookie: a browser would send it for any site. Where nobody can tell, that is said and not "no".
async fn by_token(gate: &Gate<'_>, authorization: Option<String>) -> Result<String, Reason> {
    let operators = |issuer: &policy::issuer::Issuer| issuer.claims.operator.is_some();
    if !gate.configuration.issuers.iter().any(operators) {
        return Err(Reason::OperatorRequired);
    }
    let headers = CredentialHeaders {
        authorization,
        ..CredentialHeaders::default()
    };
    let admitted = gate.admit(&headers).await;
    let visitor = admitted.map_err(|rejected| match rejected {
        Rejected::Refused(Refusal::KeysUnavailable) => Reason::IssuerUnavailable,
        Rejected::Absent | Rejected::Ambiguous | Rejected::CrossSite | Rejected::Refused(_) => {
            Reason::OperatorRequired
        }
    });
    let visitor = visitor?.visitor;
    if !visitor.is_operator() {
        return Err(Reason::OperatorRequired);
    }
    let finding = gate.sightings().find(&gate.knock(&visitor)).await;
    let Some(sighting) = finding.sighting() else {
        return Err(match &finding.result {
            FoundOwned::Unreadable(_) => Reason::StandingUnreadable,
            FoundOwned::Answered(_)
            | FoundOwned::AuthorityFailed(_)
            | FoundOwned::Remembered(_) => Reason::AuthorityUnavailable,
        });
    };
    if sighting.standing.sign_outs.cover(&visitor) {
        return Err(Reason::OperatorRequired);
    }
    let identity = visitor.identity();
    Ok(format!(
        "{} of {}",
        identity.subject.as_str(),
        identity.issuer.as_str()
    ))
}

fn told(gate: &Gate<'_>, name: &'static str) -> Result<Option<String>, Answer> {
    let Some(value) = gate.incoming.header(name) else {
        return Ok(None);
    };
    let decoded = js_sys::decode_uri_component(&value).map_or(value, String::from);
    if decoded.len() > MAX_BYTES || decoded.chars().any(char::is_control) {
        let sentence =
            format!("the header {name} has more than {MAX_BYTES} bytes, or control characters");
        return Err(Answer::problem(
            Reason::BadRequest,
            &gate.incoming.id,
            vec![sentence],
        ));
    }
    Ok(Some(decoded).filter(|text| !text.is_empty()))
}
