//! Who calls the admin API: the bearer of the secret, or somebody whose issuer says that they run the platform.

use policy::reason::Reason;
use subtle::ConstantTimeEq as _;

use crate::gate::Gate;
use crate::incoming::CredentialHeaders;
use crate::page::Answer;

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
    let name = match bearer(authorization.as_deref()) {
        Some(token) if is_secret(gate, token) => match told(gate, WHO)? {
            Some(who) => format!("secret, as {who}"),
            None => "secret".to_owned(),
        },
        Some(_) => by_token(gate, authorization).await.ok_or_else(|| {
            Answer::problem(Reason::OperatorRequired, &gate.incoming.id, Vec::new())
        })?,
        None => {
            return Err(Answer::problem(
                Reason::OperatorRequired,
                &gate.incoming.id,
                Vec::new(),
            ));
        }
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
/// logged out since. Never a cookie: a browser would send it for any site.
async fn by_token(gate: &Gate<'_>, authorization: Option<String>) -> Option<String> {
    let operators = |issuer: &policy::issuer::Issuer| issuer.claims.operator.is_some();
    if !gate.configuration.issuers.iter().any(operators) {
        return None;
    }
    let headers = CredentialHeaders {
        authorization,
        ..CredentialHeaders::default()
    };
    let visitor = gate.admit(&headers).await.ok()?.visitor;
    if !visitor.is_operator() {
        return None;
    }
    let finding = gate.sightings().find(&gate.knock(&visitor)).await;
    let over = finding.sighting()?.standing.sign_outs.cover(&visitor);
    let identity = visitor.identity();
    (!over).then(|| {
        format!(
            "{} of {}",
            identity.subject.as_str(),
            identity.issuer.as_str()
        )
    })
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
