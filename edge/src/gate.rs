//! One request from its credential to its answer, the way that may wait: for keys, for KV, for the authority.

use std::rc::Rc;

use policy::admission::{Presented, Visitor};
use policy::credential::{Carrier, Offer};
use policy::decision::{Decision, Judgement, Place, Rejected, decide};
use policy::door::{Door, Knock};
use policy::freshness::Freshness;
use policy::reason::Reason;
use policy::refusal::Refusal;
use policy::sighting::Sighting;
use policy::storage_key::StorageKey;
use policy::time::Moment;
use wasm_bindgen::JsValue;
use worker::Env;

use crate::clock;
use crate::configuration::Configuration;
use crate::events::{self, Case};
use crate::incoming::{CredentialHeaders, Incoming};
use crate::isolate::Isolate;
use crate::outcome::Beside;
use crate::page::{Answer, Setting};
use crate::sightings::{Finding, FoundOwned, Sightings};
use crate::signature::WebCrypto;
use crate::timing::{Timing, Wait};

/// What every step of a request needs.
pub(crate) struct Gate<'a> {
    pub(crate) isolate: &'static Isolate,
    pub(crate) configuration: &'static Configuration,
    pub(crate) env: &'a Env,
    pub(crate) incoming: &'a Incoming,
    /// Where the visitor knocks.
    pub(crate) door: Door,
    /// Where they want to, if that is not what they ask for: from a log-in page, which asks for a session.
    pub(crate) wanted: Option<&'a str>,
}

/// Somebody whose credential was accepted, and how it came.
pub(crate) struct Admitted {
    pub(crate) visitor: Rc<Visitor>,
    pub(crate) carrier: Carrier,
    /// Whether the signature was checked for this very request, not for an earlier one.
    pub(crate) verified_now: bool,
}

impl Gate<'_> {
    /// Answers a request to somebody's app.
    pub(crate) async fn answer(&self) -> JsValue {
        let headers = self.incoming.credential_headers(self.configuration);
        let began = clock::now();
        let Admitted {
            visitor,
            carrier,
            verified_now,
        } = match self.admit(&headers).await {
            Ok(admitted) => admitted,
            Err(rejected) => return self.turn_away(&rejected, &headers),
        };
        let mut timing = Timing::since(began, &visitor);
        timing.note(Wait::Admission { verified_now });
        let finding = self.find(&visitor).await;
        timing.note(Wait::Standing(finding.source));
        let judgement = decide(
            &visitor,
            finding.found(),
            self.place(),
            &self.configuration.rules,
            finding.found_at,
        );
        self.record(&judgement, &visitor, &finding);
        self.keep(&finding);
        // A browser's token that this isolate has not seen lately: somebody is logged in. Programs have no sessions, and a log-in that
        // is over begins none.
        let is_over = matches!(judgement.decision, Decision::LogIn { .. });
        if verified_now && carrier.is_sent_by_itself() && !is_over {
            self.note_log_in(Rc::clone(&visitor), false);
        }
        match self.vouch(&judgement).await {
            Ok(introduction) => {
                if introduction.is_some() && self.configuration.assertion_keys.is_some() {
                    timing.note(Wait::Assertion);
                }
                let beside = Beside {
                    introduction,
                    timing: timing.into_header(),
                };
                self.carry_out(&judgement, &headers, carrier, &beside)
            }
            Err(problem) => {
                events::alarm(
                    "assertion_failed",
                    &format!("{}: {problem}", self.incoming.id),
                );
                let setting = Setting::of(self.incoming, Some(self.configuration));
                Answer::message(&Reason::Misconfigured.into(), &setting).into_response()
            }
        }
    }

    /// Who the credential makes its bearer.
    pub(crate) async fn admit(&self, headers: &CredentialHeaders) -> Result<Admitted, Rejected> {
        let (text, carrier) = self.offered(headers)?;
        let now = clock::now();
        if let Some(visitor) = self.isolate.memory.visitor(text, now) {
            visitor.still_valid(now).map_err(Rejected::Refused)?;
            return Ok(Admitted {
                visitor,
                carrier,
                verified_now: false,
            });
        }
        let signatures = WebCrypto {
            configuration: self.configuration,
            issuer_keys: &self.isolate.issuer_keys,
            env: self.env,
            context: &self.incoming.context,
        };
        let presented =
            Presented::read(text, &self.configuration.issuers).map_err(Rejected::Refused)?;
        let judged_at = clock::now();
        let admitted = presented.admit(&signatures, judged_at).await;
        if let Err(Refusal::Expired { seconds_ago }) = &admitted {
            (self.isolate.memory).remember_over(text, *seconds_ago, judged_at);
        }
        let visitor = Rc::new(admitted.map_err(Rejected::Refused)?);
        self.isolate
            .memory
            .remember_visitor(text, Rc::clone(&visitor), now);
        Ok(Admitted {
            visitor,
            carrier,
            verified_now: true,
        })
    }

    /// The one token the request offers. A cookie is sent by the browser whoever asked for the request, and so is what a provider adds
    /// because of its own cookie: a change that another site asked for is refused (CSRF). `SameSite=Lax` alone would leave sibling
    /// domains.
    pub(crate) fn offered<'h>(
        &self,
        headers: &'h CredentialHeaders,
    ) -> Result<(&'h str, Carrier), Rejected> {
        match headers.offer(&self.configuration.cookie) {
            Offer::Nothing if self.is_foreign_preflight() => Err(Rejected::CrossSite),
            Offer::Nothing => Err(Rejected::Absent),
            Offer::Ambiguous => Err(Rejected::Ambiguous),
            Offer::Broken(refusal) => Err(Rejected::Refused(refusal)),
            Offer::Token { carrier, .. }
                if carrier.is_sent_by_itself() && self.is_cross_site_change() =>
            {
                Err(Rejected::CrossSite)
            }
            Offer::Token { text, carrier } => Ok((text, carrier)),
        }
    }

    /// A cookie is sent by the browser whoever asked for the request. What changes something, or opens a socket that could, must
    /// come from this origin.
    fn is_cross_site_change(&self) -> bool {
        let safe = matches!(self.incoming.method(), "GET" | "HEAD" | "OPTIONS");
        let upgrade = self.incoming.header("upgrade").is_some();
        match (safe, upgrade) {
            (true, false) => false,
            // Scripts cannot set `Origin`, and every browser sends it with a WebSocket (RFC 6455 section 10.2).
            (_, true) => {
                self.incoming.header("origin").as_deref() != Some(self.incoming.uri().origin())
            }
            (false, false) => self.incoming.is_from_another_site(),
        }
    }

    /// A browser asks for another site whether it may send what would need a permission (Fetch standard, "CORS-preflight
    /// fetch"). It never sends a credential with that, so "please log in" would be no answer; the gate gives no such permission.
    fn is_foreign_preflight(&self) -> bool {
        self.incoming.method() == "OPTIONS"
            && self
                .incoming
                .header("access-control-request-method")
                .is_some()
            && self.incoming.is_from_another_site()
    }

    /// Where the visitor wants to go.
    pub(crate) fn place(&self) -> Place {
        (self.configuration).place(self.incoming.uri().host(), self.incoming.uri().path())
    }

    /// Who knocks where.
    pub(crate) fn knock(&self, visitor: &Visitor) -> Knock {
        Knock {
            identity: visitor.identity().clone(),
            door: self.door.clone(),
        }
    }

    pub(crate) fn sightings(&self) -> Sightings<'_> {
        Sightings {
            configuration: self.configuration,
            isolate: self.isolate,
            env: self.env,
        }
    }

    /// After the answer: a stale finding is refreshed, a new one is kept for other isolates.
    pub(crate) fn keep(&self, finding: &Finding) {
        match &finding.result {
            FoundOwned::Answered(sighting) => {
                let (configuration, isolate, env) =
                    (self.configuration, self.isolate, self.env.clone());
                let sighting = Rc::clone(sighting);
                self.incoming.context.wait_until(async move {
                    let sightings = Sightings {
                        configuration,
                        isolate,
                        env: &env,
                    };
                    sightings.store(&sighting).await;
                });
            }
            FoundOwned::Remembered(sighting) => {
                let key = StorageKey::at(&sighting.standing.identity, &sighting.standing.door);
                let (jitter, now) = (self.isolate.jitter(&key), clock::now());
                let freshness = &self.configuration.rules.freshness;
                match freshness.judge(sighting, jitter, now) {
                    Freshness::Fresh => {}
                    Freshness::Stale | Freshness::TooOld => self.refresh(&key, sighting, now),
                }
            }
            FoundOwned::AuthorityFailed(_) | FoundOwned::Unreadable(_) => {}
        }
    }

    /// Asks the authority anew after the answer, if no other request of this isolate does.
    pub(crate) fn refresh(&self, key: &StorageKey, sighting: &Sighting, now: Moment) {
        if !self.isolate.memory.begin_refresh(key, now) {
            return;
        }
        let knock = sighting.standing.knock();
        let (configuration, isolate, env) = (self.configuration, self.isolate, self.env.clone());
        self.incoming.context.wait_until(async move {
            Sightings {
                configuration,
                isolate,
                env: &env,
            }
            .refresh(&knock)
            .await;
        });
    }

    fn record(&self, judgement: &Judgement<'_>, visitor: &Visitor, finding: &Finding) {
        let case = Case {
            visitor: Some(visitor),
            refusal: None,
            source: Some(finding.source),
            seen_at: finding.sighting().map(|sighting| sighting.seen_at),
        };
        events::record(self.incoming, judgement, case, clock::now());
    }
}
