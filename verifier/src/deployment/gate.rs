//! The gate's own endpoints, as the contract has them.

use policy::contract::{
    InstanceList, InstanceRecord, Me, MembershipWord, Problem, Readiness, StandingRecord,
};
use policy::event::EventKind;
use policy::org::PLATFORM_ORG;
use policy::reason::Reason;
use policy::status::Status;
use reqwest::Url;
use serde_json::json;

use crate::configuration::front::GateFront;
use crate::configuration::secret::Admin;
use crate::deployment::exchange::{Exchange, NoAnswer};
use crate::deployment::http::{Http, form};
use crate::deployment::prepared::{self, CONTENT_TYPE, FORM};
use crate::deployment::sent::Sent;

/// A gate that can be asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gate<'a> {
    pub(crate) front: &'a GateFront,
    pub(crate) http: &'a Http<'a>,
}

impl Gate<'_> {
    /// The question who the bearer is and where they stand.
    pub(crate) fn asking_me(&self, token: &str) -> Sent {
        Sent::get(self.own_endpoint(&["me"], &[]).as_str()).bearer(token)
    }

    /// Asks the gate who the bearer is and where they stand.
    pub(crate) async fn me(&self, token: &str) -> (Exchange, Result<Standpoint, NoAnswer>) {
        let exchange = self.http.send(self.asking_me(token)).await;
        let standpoint = exchange.answer.clone().map(|answer| {
            if let Some(me) = answer.json::<Me>() {
                Standpoint::Known(Box::new(me))
            } else if answer.is_the_gates_own() {
                Standpoint::Refused {
                    status: answer.status,
                    reason: answer.reason(),
                    problem: answer.problem().map(Box::new),
                }
            } else {
                Standpoint::NotTheGate {
                    status: answer.status,
                }
            }
        });
        (exchange, standpoint)
    }

    /// Asks whether the gate runs, and which version of it.
    pub(crate) async fn health(&self) -> Exchange {
        let url = self.own_endpoint(&["health"], &[]);
        self.http.send(Sent::get(url.as_str())).await
    }

    /// Asks whether the gate itself is well.
    pub(crate) async fn gate_readiness(&self) -> Exchange {
        self.http
            .send(Sent::get(self.readiness_url().as_str()))
            .await
    }

    /// What the gate says of itself while it is well.
    pub(crate) async fn readiness(&self) -> Option<Readiness> {
        let answer = self.gate_readiness().await.answer.ok()?;
        answer.json().filter(|_| answer.status == 200)
    }

    /// Whether it is the registry that stands behind the gate; every other authority keeps neither lists nor events.
    pub(crate) async fn keeps_records(&self) -> bool {
        let readiness = self.readiness().await;
        readiness.is_none_or(|readiness| readiness.keeps_events)
    }

    /// Where the gate says whether it is well.
    pub(crate) fn readiness_url(&self) -> Url {
        self.own_endpoint(&["ready"], &[])
    }

    /// A token handed over for a session, as a page of the gate's own origin would.
    pub(crate) fn opening_session(&self, token: &str) -> Sent {
        let url = self.own_endpoint(&["session"], &[]);
        let sent = Sent::new(reqwest::Method::POST, url.to_string())
            .with(CONTENT_TYPE, FORM)
            .with("origin", &url.origin().ascii_serialization());
        Sent {
            body: Some(form(&[("token", token.to_owned())])),
            ..sent
        }
    }

    /// Hands a token over for a session.
    pub(crate) async fn open_session(&self, token: &str) -> Exchange {
        self.http.send(self.opening_session(token)).await
    }

    /// The wish to end a session, as a page of the gate's own origin has it.
    pub(crate) fn ending_session(&self) -> Sent {
        let url = self.own_endpoint(&["logout"], &[]);
        let origin = url.origin().ascii_serialization();
        Sent::new(reqwest::Method::POST, url.to_string()).with("origin", &origin)
    }

    pub(crate) async fn send(&self, sent: Sent) -> Exchange {
        self.http.send(sent).await
    }

    /// The question for the events of the log-in that this request was.
    pub(crate) fn asking_log_ins(&self, admin: &str, request_id: &str, since: &str) -> Sent {
        let query = [
            ("event", EventKind::LoginSuccess.word()),
            ("request", request_id),
            ("since", since),
        ];
        let url = self.own_endpoint(&["admin", "v1", "events"], &query);
        Sent::get(url.as_str()).bearer(admin)
    }

    /// Asks for the events of the log-in that this request was.
    pub(crate) async fn log_ins_of(&self, admin: &Admin, request_id: &str, since: u64) -> Exchange {
        let asking = self.asking_log_ins(&admin.secret, request_id, &since.to_string());
        self.http.send(asking).await
    }

    /// The order to give an instance another status.
    pub(crate) fn changing_status(&self, admin: &str, id: &str, status: Status) -> Sent {
        let url = self.own_endpoint(&["admin", "v1", "instances", id, "status"], &[]);
        let sent = Sent::new(reqwest::Method::PUT, url.to_string()).bearer(admin);
        prepared::json(sent, &json!({ "status": status.word() }))
    }

    /// Gives an instance another status.
    pub(crate) async fn change_status(&self, admin: &Admin, id: &str, status: Status) -> Exchange {
        let changing = self.changing_status(&admin.secret, id, status);
        self.http.send(changing).await
    }

    /// The order to make somebody a member, or no member any more; everything else about them stays.
    pub(crate) fn changing_membership(
        &self,
        admin: &str,
        issuer: &str,
        subject: &str,
        membership: MembershipWord,
    ) -> Sent {
        let url = self.own_endpoint(&["admin", "v1", "standings"], &[]);
        let sent = Sent::new(reqwest::Method::PUT, url.to_string()).bearer(admin);
        let change =
            json!({ "issuer": issuer, "subject": subject, "membership": membership.word() });
        prepared::json(sent, &change)
    }

    /// The order to make an org, with the domain that it takes.
    pub(crate) fn making_org(&self, admin: &str, org: &str, domain: Option<&str>) -> Sent {
        let sent = Sent::new(reqwest::Method::PUT, self.org_url(org).to_string()).bearer(admin);
        let domains: Vec<_> = domain.into_iter().collect();
        let name = "A run of usher verify";
        prepared::json(sent, &json!({ "name": name, "domains": domains }))
    }

    /// The order to remove an org, and every invitation into it.
    pub(crate) fn removing_org(&self, admin: &str, org: &str) -> Sent {
        Sent::new(reqwest::Method::DELETE, self.org_url(org).to_string()).bearer(admin)
    }

    /// The question for an org.
    pub(crate) fn asking_org(&self, admin: &str, org: &str) -> Sent {
        Sent::get(self.org_url(org).as_str()).bearer(admin)
    }

    fn org_url(&self, org: &str) -> Url {
        self.own_endpoint(&["admin", "v1", "orgs", org], &[])
    }

    /// The order to invite somebody into an org.
    pub(crate) fn inviting(&self, admin: &str, email: &str, org: &str) -> Sent {
        let url = self.own_endpoint(&["admin", "v1", "invitations"], &[]);
        let sent = Sent::new(reqwest::Method::POST, url.to_string()).bearer(admin);
        prepared::json(sent, &json!({ "email": email, "org": org, "days": 1 }))
    }

    /// The question for everybody's open invitations to this address.
    pub(crate) fn asking_open_invitations(&self, admin: &str, email: &str) -> Sent {
        let query = [("email", email), ("state", "open")];
        let url = self.own_endpoint(&["admin", "v1", "invitations"], &query);
        Sent::get(url.as_str()).bearer(admin)
    }

    /// The order to forget somebody and their instance.
    pub(crate) fn forgetting(&self, admin: &str, issuer: &str, subject: &str) -> Sent {
        let query = [("issuer", issuer), ("subject", subject)];
        let url = self.own_endpoint(&["admin", "v1", "standings"], &query);
        Sent::new(reqwest::Method::DELETE, url.to_string()).bearer(admin)
    }

    /// The question for everybody with this address.
    pub(crate) fn asking_users(&self, admin: &str, email: &str) -> Sent {
        let url = self.own_endpoint(&["admin", "v1", "users"], &[("email", email)]);
        Sent::get(url.as_str()).bearer(admin)
    }

    /// Asks for everybody with this address.
    pub(crate) async fn users_with(&self, admin: &Admin, email: &str) -> Exchange {
        self.http
            .send(self.asking_users(&admin.secret, email))
            .await
    }

    /// Looks an instance up in the gate's registry.
    pub(crate) async fn instance_record(
        &self,
        admin: &Admin,
        id: &str,
    ) -> Result<InstanceRecord, Unseen> {
        self.look_up(admin, self.instance_url(id)).await
    }

    /// Looks a standing up in the gate's registry.
    pub(crate) async fn standing_record(
        &self,
        admin: &Admin,
        issuer: &str,
        subject: &str,
    ) -> Result<StandingRecord, Unseen> {
        let url = self.own_endpoint(
            &["admin", "v1", "standings"],
            &[("issuer", issuer), ("subject", subject)],
        );
        self.look_up(admin, url).await
    }

    /// The address of an instance in the admin API.
    pub(crate) fn instance_url(&self, id: &str) -> Url {
        self.own_endpoint(&["admin", "v1", "instances", id], &[])
    }

    /// The address of the list of all instances of one status.
    pub(crate) fn instances_url(&self, status: Status) -> Url {
        self.own_endpoint(&["admin", "v1", "instances"], &[("status", status.word())])
    }

    /// Asks how the gate would decide about somebody.
    pub(crate) async fn explanation(&self, admin: &Admin, issuer: &str, subject: &str) -> Exchange {
        let query = [("issuer", issuer), ("subject", subject)];
        let url = self.own_endpoint(&["explain"], &query);
        let asking = Sent::get(url.as_str()).bearer(&admin.secret);
        self.http.send(asking).await
    }

    /// The first instances of one status.
    pub(crate) async fn instances(
        &self,
        admin: &Admin,
        status: Status,
    ) -> Result<InstanceList, Unseen> {
        self.look_up(admin, self.instances_url(status)).await
    }

    /// Whether the gate knows the operator's secret. A gate that does not answer says nothing of it.
    pub(crate) async fn refuses_operator(&self, admin: &Admin) -> bool {
        let looked = self.instances(admin, Status::Ready).await;
        matches!(looked, Err(Unseen::Answered { status: 401, reason: Some(reason), .. }) if reason == Reason::OperatorRequired.code())
    }

    /// Whether the platform ever had an owner: its org comes with the first one.
    pub(crate) async fn has_had_an_owner(&self, admin: &Admin) -> Result<bool, NoAnswer> {
        let asking = self.asking_org(&admin.secret, PLATFORM_ORG);
        Ok(self.http.send(asking).await.answer?.status != 404)
    }

    async fn look_up<T: serde::de::DeserializeOwned>(
        &self,
        admin: &Admin,
        url: Url,
    ) -> Result<T, Unseen> {
        let shown = url.to_string();
        let answer = self
            .http
            .send(Sent::get(url.as_str()).bearer(&admin.secret))
            .await
            .answer
            .map_err(Unseen::NoAnswer)?;
        if let Some(record) = answer.json().filter(|_| answer.status == 200) {
            return Ok(record);
        }
        let reason = answer.reason();
        Err(match answer.status {
            404 => Unseen::NotThere { url: shown },
            status => Unseen::Answered {
                url: shown,
                status,
                reason,
            },
        })
    }

    fn own_endpoint(&self, segments: &[&str], query: &[(&str, &str)]) -> Url {
        self.front
            .address
            .endpoint(&[&[".usher"], segments].concat(), query)
    }
}

/// What the gate says about the bearer of a token.
#[derive(Clone, Debug)]
pub(crate) enum Standpoint {
    /// Who it is and where they stand.
    Known(Box<Me>),
    /// Something else answers at this address.
    NotTheGate { status: u16 },
    /// The gate does not say it.
    Refused {
        status: u16,
        reason: Option<String>,
        problem: Option<Box<Problem>>,
    },
}

/// Why a record of the registry was not seen.
#[derive(Clone, Debug)]
pub(crate) enum Unseen {
    /// Something else than a record was answered.
    Answered {
        url: String,
        status: u16,
        reason: Option<String>,
    },
    /// Nothing was answered.
    NoAnswer(NoAnswer),
    /// There is no such record.
    NotThere { url: String },
}

impl std::fmt::Display for Unseen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Answered {
                url,
                status,
                reason,
            } => {
                write!(f, "{url} answered {status}")?;
                reason
                    .iter()
                    .try_for_each(|reason| write!(f, " ({reason})"))
            }
            Self::NoAnswer(reason) => reason.fmt(f),
            Self::NotThere { url } => write!(f, "{url} answered 404"),
        }
    }
}
