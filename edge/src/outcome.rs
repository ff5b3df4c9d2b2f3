//! What becomes of a decision: the request is carried on, or its sender is told why not.

use policy::credential::Carrier;
use policy::decision::{Decision, Judgement, Rejected, turn_away};
use policy::negotiation::Audience;
use policy::reason::Reason;
use policy::refusal::Refusal;
use policy::round_trips::{self, Trip};
use wasm_bindgen::JsValue;

use crate::events::{self, Case};
use crate::gate::Gate;
use crate::incoming::CredentialHeaders;
use crate::introduction::Introduction;
use crate::page::{Answer, Setting, log_in_address};
use crate::{clock, cookie, cors, proxy};

/// What goes with a decision besides its words.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    /// What the app is told of whom it lets in.
    pub(crate) introduction: Option<Introduction>,
    /// Where the request waited, for an operator.
    pub(crate) timing: Option<String>,
}

impl Gate<'_> {
    /// Answers a request whose credential makes nobody a visitor.
    pub(crate) fn turn_away(&self, rejected: &Rejected, headers: &CredentialHeaders) -> JsValue {
        let judgement = turn_away(rejected);
        let refusal: Option<&Refusal> = match rejected {
            Rejected::Refused(refusal) => Some(refusal),
            Rejected::Absent | Rejected::Ambiguous | Rejected::CrossSite => None,
        };
        events::record(
            self.incoming,
            &judgement,
            Case {
                refusal,
                ..Case::default()
            },
            clock::now(),
        );
        self.carry_out(&judgement, headers, Carrier::Bearer, &Beside::default())
    }

    /// Sends a person to log in, unless they have just been there again and again.
    fn to_log_in(
        &self,
        reason: Reason,
        setting: &Setting<'_>,
        headers: &CredentialHeaders,
    ) -> Answer {
        let counted = headers.trips(&self.configuration.cookie);
        match round_trips::another(counted, self.incoming.uri().as_str(), clock::now()) {
            Trip::Go(trips) => {
                let address = log_in_address(self.configuration, setting.return_to);
                Answer::redirect(&address, setting.request_id)
                    .header(policy::contract::REASON_HEADER, reason.code().to_owned())
                    .header("set-cookie", cookie::trips(self.configuration, &trips))
            }
            Trip::Round => {
                events::alarm(
                    "login_loop",
                    &format!("{}: {}", self.incoming.id, reason.code()),
                );
                Answer::message(&Reason::LoginLoop.into(), setting)
            }
        }
    }

    /// The one match on the decision.
    pub(crate) fn carry_out(
        &self,
        judgement: &Judgement<'_>,
        headers: &CredentialHeaders,
        carrier: Carrier,
        beside: &Beside,
    ) -> JsValue {
        let setting = || {
            let setting = Setting::of(self.incoming, Some(self.configuration));
            match self.wanted {
                Some(wanted) => setting.leading_to(wanted),
                None => setting,
            }
        };
        match &judgement.decision {
            Decision::LetIn(permit) => match &beside.introduction {
                Some(introduction) => proxy::forward(
                    permit,
                    self.incoming,
                    proxy::Credential {
                        headers,
                        carrier,
                        cookie: &self.configuration.cookie,
                        patience_millis: self.configuration.instance_patience_millis,
                    },
                    introduction,
                    beside.timing.as_deref(),
                    self.isolate,
                )
                .into(),
                // Nobody is let in whom the app would not know.
                None => Answer::message(&Reason::InternalError.into(), &setting()).into_response(),
            },
            Decision::LogIn {
                reason,
                forget_cookie,
            } => {
                let setting = setting();
                let answer = match setting.audience {
                    Audience::Browser => self.to_log_in(*reason, &setting, headers),
                    Audience::Client | Audience::Form => {
                        Answer::message(&(*reason).into(), &setting)
                    }
                };
                // A header was judged, so the cookie beside it is innocent.
                let answer = if *forget_cookie && headers.cookie_was_judged() {
                    answer.header("set-cookie", cookie::cleared(self.configuration))
                } else {
                    answer
                };
                cors::readable(self, answer).into_response()
            }
            Decision::Tell(message) => {
                let answer = cors::readable(self, Answer::message(message, &setting()));
                let answer = match &beside.timing {
                    Some(timing) => answer.header("server-timing", timing.clone()),
                    None => answer,
                };
                // Two cookies of our name: one of them was planted, and both go.
                let planted =
                    message.reason == Reason::CredentialAmbiguous && headers.cookie_was_judged();
                if planted {
                    answer
                        .header("set-cookie", cookie::cleared(self.configuration))
                        .into_response()
                } else {
                    answer.into_response()
                }
            }
            Decision::ToAdmin => {
                let path = self
                    .configuration
                    .platform_admin
                    .as_ref()
                    .map_or("/", |admin| admin.path.as_str());
                Answer::redirect(path, &self.incoming.id).into_response()
            }
        }
    }
}
