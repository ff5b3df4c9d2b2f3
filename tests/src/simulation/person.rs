//! One visitor with one session, admitted by the gate's own rules.

use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use policy::admission::{Presented, Visitor};
use policy::door::Door;
use policy::instance_url::InstanceUrl;
use policy::issuer::{Algorithm, ClaimNames, Issuer};
use policy::provider::Provider;
use policy::session::SignOuts;
use policy::signature::{SignatureCheck, SignatureFailure, SignatureQuestion};
use policy::standing::{Instance, InstanceId, IssuerUrl, Membership, Role, Standing};
use policy::status::Status;
use policy::time::Moment;

use super::Problem;

/// A visitor as they come in a session, and what the authority knows of them.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) number: u32,
    pub(crate) token: String,
    pub(crate) visitor: Rc<Visitor>,
    ready: Standing,
}

/// For as long a token is good: longer than any session lasts.
const TOKEN_LASTS: Duration = Duration::from_hours(48);

impl Person {
    /// The visitor of this number with a token of their own.
    pub(crate) fn come(
        number: u32,
        session: u64,
        issuers: &[Issuer],
        now: Moment,
    ) -> Result<Self, Problem> {
        let token = token(number, session, now);
        let visitor = admitted(&token, issuers, now)?;
        let instance = Instance {
            id: InstanceId::new(&format!("i-{number}")).ok_or(Problem::Name)?,
            url: InstanceUrl::new(&format!("https://v{number}.{DOMAIN}")).ok_or(Problem::Name)?,
            status: Status::Ready,
            since: now.minus(TOKEN_LASTS),
        };
        let ready = Standing {
            identity: visitor.identity().clone(),
            door: Door::Own,
            membership: Membership::Member {
                org: None,
                role: Role::Member,
            },
            instance: Some(instance),
            sign_outs: SignOuts::default(),
            version: 1,
        };
        Ok(Self {
            number,
            token,
            visitor: Rc::new(visitor),
            ready,
        })
    }

    /// Their standing at this status.
    pub(crate) fn standing(&self, status: Status, version: u64) -> Standing {
        let mut standing = self.ready.clone();
        standing.version = version;
        if let Some(instance) = &mut standing.instance {
            instance.status = status;
        }
        standing
    }
}

/// The domain of all instances.
pub(crate) const DOMAIN: &str = "apps.example";

/// The one issuer.
pub(crate) fn issuer() -> Result<Issuer, Problem> {
    Ok(Issuer {
        name: IssuerUrl::new("own").ok_or(Problem::Name)?,
        audiences: vec!["usher".to_owned()],
        authorized_parties: Vec::new(),
        algorithms: vec![Algorithm::Hs256],
        claims: ClaimNames::default(),
        provider: Provider::Own,
        leeway: Duration::ZERO,
    })
}

fn token(number: u32, session: u64, now: Moment) -> String {
    let (issued, end) = (now.unix_seconds(), now.plus(TOKEN_LASTS).unix_seconds());
    let payload = format!(
        r#"{{"iss":"own","sub":"visitor-{number}","aud":"usher","iat":{issued},"exp":{end},"jti":"{session}"}}"#
    );
    let [header, payload, signature] = [br#"{"alg":"HS256"}"#, payload.as_bytes(), &[0; 32]]
        .map(|part: &[u8]| URL_SAFE_NO_PAD.encode(part));
    format!("{header}.{payload}.{signature}")
}

fn admitted(token: &str, issuers: &[Issuer], now: Moment) -> Result<Visitor, Problem> {
    let presented = Presented::read(token, issuers).map_err(Problem::Refused)?;
    let admitted = presented.admit(&Believed, now);
    match pin!(admitted).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(visitor) => visitor.map_err(Problem::Refused),
        // Nobody is waited for: a signature is believed at once.
        Poll::Pending => Err(Problem::Name),
    }
}

/// What a signature costs is not what is asked here.
struct Believed;

impl SignatureCheck for Believed {
    async fn check(&self, _: &SignatureQuestion<'_>) -> Result<(), SignatureFailure> {
        Ok(())
    }
}
