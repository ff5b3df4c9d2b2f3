//! The place where an operator sits: one gate, its secret, who asks and why.

use std::path::Path;
use std::time::Duration;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use policy::contract::{Problem, Readiness};
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::arguments::operator::Connection;
use crate::clock::now;
use crate::configuration::address::BaseUrl;
use crate::configuration::gate::GateOfFile;
use crate::configuration::secret::{Admin, Origin};
use crate::configuration::{Environment, USUAL_FILE};
use crate::deployment::http::Http;
use crate::deployment::prepared;
use crate::deployment::sent::Sent;
use crate::operator::absence::{Absence, kept_by_the_registry};
use crate::operator::failure::{Failure, Unprepared};
use crate::operator_secret;
use crate::redaction::{SecretName, Secrets};
use crate::width::Width;

/// A gate that can be asked by an operator.
#[derive(Debug)]
pub(super) struct Desk<'a> {
    http: Http<'a>,
    gate: BaseUrl,
    secret: String,
    /// Where the secret was taken from.
    origin: Origin,
    /// Who asks and why, as headers.
    remarks: Vec<(&'static str, String)>,
    pub(super) connection: &'a Connection,
    /// That of what is written for a person.
    pub(super) width: Width,
}

impl<'a> Desk<'a> {
    /// Finds out which gate is meant, and with which secret it is asked. A file that names another variable for the secret is taken at
    /// its word: the secret of one gate must not be shown to another.
    pub(super) fn open(
        connection: &'a Connection,
        environment: Environment<'_>,
        secrets: &'a Secrets,
        width: Width,
    ) -> Result<Self, Unprepared> {
        let set = |name: &str| environment(name).filter(|value| !value.is_empty());
        let of_file = |path: &Path| GateOfFile::load(path, environment);
        let usual = Path::new(USUAL_FILE);
        let (gate, admin) = match (&connection.gate, &connection.config, set(GATE)) {
            (Some(gate), _, _) => (gate.clone(), None),
            (None, Some(path), _) => {
                let file = of_file(path)?;
                (file.gate, file.admin)
            }
            (None, None, Some(text)) => (BaseUrl::parse(&text).map_err(Unprepared::Gate)?, None),
            (None, None, None) if usual.exists() => {
                let file = of_file(usual)?;
                (file.gate, file.admin)
            }
            (None, None, None) => return Err(Unprepared::NoGate),
        };
        let Admin { origin, secret, .. } = match admin {
            Some(admin) => admin,
            None => Admin {
                origin: Origin::Variable(SECRET.to_owned()),
                secret: set(SECRET).ok_or(Unprepared::NoSecret)?,
                first_sight: false,
            },
        };
        secrets.remember(SecretName::Origin(&origin), &secret);
        if !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Unprepared::SecretUnsendable(origin.to_string()));
        }
        let who = connection.who.as_ref();
        let who = who.map(|who| who.as_str().to_owned());
        // Whatever the shell says of its user is taken as far as the gate takes it.
        let login =
            || set("USER").filter(|name| name.parse::<crate::arguments::given::Remark>().is_ok());
        let why = connection.why.as_ref().map(|why| why.as_str().to_owned());
        let remarks = [(WHO, who.or_else(login)), (WHY, why)];
        let encoded = |text: String| utf8_percent_encode(&text, HEADER).to_string();
        let remarks = remarks
            .into_iter()
            .filter_map(|(name, text)| Some((name, encoded(text?))));
        Ok(Self {
            http: Http::new(REQUEST_WITHIN, secrets).map_err(Unprepared::Client)?,
            gate,
            secret,
            origin,
            remarks: remarks.collect(),
            connection,
            width,
        })
    }

    pub(super) async fn get(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Value, Failure> {
        self.ask(Method::GET, path, query, None).await
    }

    /// A change, answered with the record as it is now, or with nothing.
    pub(super) async fn change(
        &self,
        method: Method,
        path: &[&str],
        body: Option<Value>,
    ) -> Result<Value, Failure> {
        self.ask(method, path, &[], body).await
    }

    async fn ask(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<Value>,
    ) -> Result<Value, Failure> {
        let url = self
            .gate
            .endpoint(&[&[".usher", "admin", "v1"], path].concat(), query);
        let shown = url.to_string();
        let sent = Sent::new(method, url.into()).bearer(&self.secret);
        let sent = match &body {
            None => sent,
            Some(body) => prepared::json(sent, body),
        };
        let remarked = |sent: Sent, (name, remark): &(&str, String)| sent.with(name, remark);
        let sent = self.remarks.iter().fold(sent, remarked);
        let answer = self
            .http
            .send(sent)
            .await
            .answer
            .map_err(Failure::NoAnswer)?;
        if !answer.is_the_gates_own() {
            return Err(Failure::NotTheGate {
                url: shown,
                status: answer.status,
            });
        }
        if answer.status == 204 {
            return Ok(Value::Null);
        }
        if answer.status == 200 {
            return answer.json().ok_or_else(|| Failure::not_understood(shown));
        }
        let Some(problem) = answer.problem() else {
            return Err(Failure::not_understood(shown));
        };
        let problem = Box::new(problem);
        // Where sentences say what is wrong, they say more than we could, but for what another authority does not keep.
        let is_told = !problem.mistakes.is_empty() && kept_by_the_registry(path).is_none();
        if answer.status == 404 && !is_told {
            return Err(self.absence(path, body.as_ref(), problem).await);
        }
        Err(self.refusal(answer.status, problem))
    }

    fn refusal(&self, status: u16, problem: Box<Problem>) -> Failure {
        match status {
            401 => Failure::OperatorRefused {
                sentence: operator_secret::refused(
                    self.gate.as_str(),
                    &self.origin,
                    &self.secret,
                    now(),
                ),
                problem,
            },
            400..=499 => Failure::Refused(problem),
            _ => Failure::Unable(problem),
        }
    }

    /// What the gate's 404 means: a record that is not there, or records that its authority does not keep.
    async fn absence(&self, path: &[&str], body: Option<&Value>, problem: Box<Problem>) -> Failure {
        if let Some(records) = kept_by_the_registry(path)
            && self.keeps_records().await == Some(false)
        {
            return Failure::NotKept { records, problem };
        }
        Failure::NotThere {
            absence: Absence::at(path, body),
            problem,
        }
    }

    /// Whether it is the registry that stands behind the gate; nothing where the gate does not say.
    async fn keeps_records(&self) -> Option<bool> {
        let url = self.gate.endpoint(&[".usher", "ready"], &[]);
        let exchange = self.http.send(Sent::get(url.as_str())).await;
        let ready: Readiness = exchange.answer.ok()?.json()?;
        Some(ready.keeps_events)
    }
}

/// The answer as the record that the contract has there.
pub(super) fn understood<T: DeserializeOwned>(json: &Value) -> Result<T, Failure> {
    T::deserialize(json).map_err(|error| Failure::NotUnderstood {
        url: "the gate".to_owned(),
        why: error.to_string(),
    })
}

const GATE: &str = "USHER_GATE";
const SECRET: &str = "USHER_ADMIN_SECRET";
const WHO: &str = "usher-who";
const WHY: &str = "usher-why";

/// The gate decodes what is percent-encoded, so a `%` must not be taken for the beginning of something encoded.
const HEADER: &AsciiSet = &CONTROLS.add(b'%');

/// A registry that is asleep takes some seconds to wake.
const REQUEST_WITHIN: Duration = Duration::from_secs(15);
