//! `usher verify --plan`: what a run would send, in its order, and what it would keep of the answers. Nothing is sent.
//!
//! It is made by the code that fills the requests of a run, with names in place of what a run would know by then; so no secret can be in it.

use std::fmt::Write as _;

use policy::contract::MembershipWord;
use policy::status::Status;
use regex::Regex;

use crate::configuration::credential::SentAs;
use crate::configuration::front::Front;
use crate::configuration::name::{BuiltIn, Unfilled, Values};
use crate::configuration::own_step::OwnStep;
use crate::configuration::ready::Ready;
use crate::configuration::request::{Call, Request};
use crate::configuration::value::AcceptedStatus;
use crate::deployment::Deployment;
use crate::deployment::gate::Gate;
use crate::deployment::prepared::{Shown, prepared};
use crate::deployment::sent::Sent;
use crate::newcomer::values_of;
use crate::programme::Programme;
use crate::scenario::Scenario;
use crate::steps::StepName;
use crate::steps::reach_instance::{start, visit};

/// The plan of these stories for a person, and which of those that were wanted are none of it.
pub(crate) fn plan(programme: &Programme, deployment: &Deployment<'_>) -> Result<String, Unfilled> {
    let plans = programme.played.iter();
    let plans: Result<Vec<_>, _> = plans.map(|&one| plan_of(one, deployment)).collect();
    let left_out = programme.skipped.iter();
    let left_out = left_out
        .map(|(scenario, lacks)| format!("{}: left out: it needs {lacks}\n", scenario.name()));
    Ok(plans?
        .into_iter()
        .chain(left_out)
        .collect::<Vec<_>>()
        .join("\n"))
}

fn plan_of(scenario: Scenario, deployment: &Deployment<'_>) -> Result<String, Unfilled> {
    let configuration = deployment.configuration;
    let mut page = Page {
        text: format!(
            "{} on {}: what would be sent; nothing was\n",
            scenario.name(),
            configuration.front.address()
        ),
        steps: scenario.steps(configuration),
        deployment,
        values: values_of(configuration).with_placeholders(),
    };
    for step in page.steps.clone() {
        let _infallible = write!(page.text, "\n{}\n", step.title());
        match step.left_out_of(configuration) {
            Some(why) => page.note(&format!("left out: {why}")),
            None => page.step(&step)?,
        }
    }
    Ok(page.text)
}

struct Page<'a> {
    text: String,
    /// The steps of the story.
    steps: Vec<StepName>,
    deployment: &'a Deployment<'a>,
    values: Values,
}

impl Page<'_> {
    fn step(&mut self, step: &StepName) -> Result<(), Unfilled> {
        let configuration = self.deployment.configuration;
        let token = BuiltIn::Token.name().to_string();
        match step {
            StepName::Register => self.call(&configuration.register, None),
            StepName::LogIn | StepName::LogInAgain => {
                self.call(&configuration.log_in.call, None)?;
                let log_in = &configuration.log_in;
                self.note(&format!("gives `{token}`, from {}", log_in.token));
                Ok(())
            }
            StepName::WaitUntilReady => {
                self.standing(&token)?;
                let seconds = configuration.ready_within.as_secs();
                self.note(&format!("again and again, for up to {seconds} s"));
                Ok(())
            }
            StepName::BeRecognised => self.standing(&token),
            StepName::Suspend => {
                self.change_status(Status::Suspended);
                Ok(())
            }
            StepName::Resume => {
                self.change_status(Status::Ready);
                self.standing(&token)
            }
            StepName::Uninvite => {
                self.change_membership(MembershipWord::NeedsInvitation);
                Ok(())
            }
            StepName::Invite => {
                self.change_membership(MembershipWord::Member);
                self.standing(&token)
            }
            StepName::ReachInstance
            | StepName::ReachAgain
            | StepName::BeAskedToWait
            | StepName::BeTurnedAway => {
                let sent = visit(self.deployment, &self.values, &token)?;
                self.sent(&sent);
                let contains = configuration.instance.contains.as_ref();
                if let Some(contains) = contains.filter(|_| shows_the_app(step)) {
                    let text = contains.fill(&self.values)?;
                    self.note(&format!("expects that the body contains `{text}`"));
                }
                Ok(())
            }
            StepName::ReachBySession | StepName::BeKeptOut => {
                let sent = Sent::get(&start(self.deployment, &self.values)?);
                self.sent(&sent);
                self.note(if *step == StepName::BeKeptOut {
                    "as a browser that is not logged in any more, wherever redirects lead"
                } else {
                    "with the cookie of the session"
                });
                Ok(())
            }
            StepName::EndSession => {
                if let Some(gate) = self.deployment.gate() {
                    self.sent(&gate.ending_session());
                    self.note("with the cookie of the session");
                }
                Ok(())
            }
            StepName::BeInvited => self.first_sight(FirstSight::Invitation, &token),
            StepName::OpenDomain => self.first_sight(FirstSight::Domain, &token),
            StepName::BeTakenIn | StepName::BecomeOwner => {
                self.first_sight(FirstSight::Visit, &token)
            }
            StepName::OpenSession => {
                if let Some(gate) = self.deployment.gate() {
                    let sent = gate.opening_session(&token);
                    self.sent(&sent);
                }
                Ok(())
            }
            StepName::FindLogIn => {
                let gate = self.deployment.gate();
                if let Some(gate) = &gate
                    && let Some(admin) = &gate.front.admin
                {
                    let secret = admin.origin.in_a_shell();
                    let sent = gate.asking_log_ins(&secret, "{request_id}", "{since}");
                    self.sent(&sent);
                }
                Ok(())
            }
            StepName::Own(name) => {
                let steps = configuration.steps.iter();
                let mut of_this_name = steps.filter(|step| step.name == *name);
                of_this_name.try_for_each(|step| self.request(&step.request, Some(&token)))
            }
            StepName::LogOut => self.calls(configuration.log_out.as_ref(), &token),
            StepName::CleanUp => {
                self.undoing(&token)?;
                self.calls(configuration.remove_user.as_ref(), &token)
            }
        }
    }

    /// What removes that which the operator's own steps of this story create, the last one first.
    fn undoing(&mut self, token: &str) -> Result<(), Unfilled> {
        let performed = |step: &&OwnStep| self.steps.contains(&StepName::Own(step.name.clone()));
        let steps = self.deployment.configuration.steps.iter().rev();
        let undone: Vec<_> = steps.filter(performed).collect();
        for step in undone {
            if let Some(undo) = &step.undo {
                self.call(undo, Some(token))?;
                self.note(&format!("undoes `{}`, if that was sent", step.name));
            }
        }
        Ok(())
    }

    /// What an operator sends.
    fn order(&mut self, order: impl Fn(&Gate<'_>, &str) -> Sent) {
        if let Some((gate, admin)) = self.deployment.operated_gate() {
            let sent = order(&gate, &admin.origin.in_a_shell());
            self.sent(&sent);
        }
    }

    /// What an operator sends before somebody comes for the first time, and how it is seen what became of them.
    fn first_sight(&mut self, step: FirstSight, token: &str) -> Result<(), Unfilled> {
        match step {
            FirstSight::Invitation => {
                self.order(|gate, secret| gate.making_org(secret, ORG, None));
                self.order(|gate, secret| gate.inviting(secret, "{email}", ORG));
            }
            FirstSight::Domain => {
                self.order(|gate, secret| gate.making_org(secret, ORG, Some("{domain}")));
            }
            FirstSight::Visit => {
                self.standing(token)?;
                self.order(|gate, secret| gate.asking_users(secret, "{email}"));
            }
        }
        Ok(())
    }

    /// The order of an operator.
    fn change_membership(&mut self, membership: MembershipWord) {
        let gate = self.deployment.gate();
        if let Some(gate) = &gate
            && let Some(admin) = &gate.front.admin
        {
            let secret = admin.origin.in_a_shell();
            let sent = gate.changing_membership(&secret, "{issuer}", "{subject}", membership);
            self.sent(&sent);
        }
    }

    /// The order of an operator.
    fn change_status(&mut self, status: Status) {
        let gate = self.deployment.gate();
        if let Some(gate) = &gate
            && let Some(admin) = &gate.front.admin
        {
            let secret = admin.origin.in_a_shell();
            let sent = gate.changing_status(&secret, "{instance}", status);
            self.sent(&sent);
        }
    }

    /// The question whether the user would be let in.
    fn standing(&mut self, token: &str) -> Result<(), Unfilled> {
        let configuration = self.deployment.configuration;
        match &configuration.front {
            Front::Direct { ready: None, .. } => {}
            Front::Direct {
                ready: Some(ready), ..
            } => {
                self.request(&ready.request, Some(token))?;
                self.words(ready);
            }
            Front::Gate(_) => {
                if let Some(gate) = self.deployment.gate() {
                    let sent = gate.asking_me(token);
                    self.sent(&sent);
                }
            }
        }
        Ok(())
    }

    fn words(&mut self, ready: &Ready) {
        let Some(words) = &ready.words else {
            return;
        };
        let list = |words: &[String]| words.join(", ");
        self.note(&format!("until {} is {}", words.part, list(&words.ready)));
        if !words.failed.is_empty() {
            self.note(&format!("no longer if it is {}", list(&words.failed)));
        }
        if let Some(waiting) = &words.waiting {
            self.note(&format!("or any word but {}", list(waiting)));
        }
    }

    fn calls(&mut self, call: Option<&Call>, token: &str) -> Result<(), Unfilled> {
        call.map_or(Ok(()), |call| self.call(call, Some(token)))
    }

    fn call(&mut self, call: &Call, token: Option<&str>) -> Result<(), Unfilled> {
        call.requests()
            .try_for_each(|request| self.request(request, token))
    }

    fn request(&mut self, request: &Request, token: Option<&str>) -> Result<(), Unfilled> {
        let sent_as = &self.deployment.configuration.log_in.sent_as;
        let shown = token.map(|token| Shown { token, sent_as });
        let sent = prepared(request, &self.values, shown)?;
        self.sent(&sent);
        if request.as_user && shown.is_some() && *sent_as == SentAs::Cookies {
            self.note("with the cookies that the log-in sets");
        }
        if request.status != AcceptedStatus::AnySuccess {
            self.note(&format!("expects status {}", request.status));
        }
        for sign in &request.fails_if {
            self.note(&format!("fails if {}", sign.in_words(&self.values)?));
        }
        for expectation in &request.expect {
            let words = expectation.in_words(&self.values)?;
            self.note(&format!("expects that {words}"));
        }
        for capture in &request.captures {
            self.note(&format!("keeps `{}`, from {}", capture.name, capture.part));
        }
        Ok(())
    }

    fn sent(&mut self, sent: &Sent) {
        let _infallible = writeln!(self.text, "  {} {}", sent.method, readable(&sent.url));
        for (name, value) in &sent.headers {
            self.note(&format!("{name}: {value}"));
        }
        let body = sent.body.iter().flat_map(|body| body.lines());
        body.for_each(|line| self.note(&readable(line)));
    }

    fn note(&mut self, line: &str) {
        let _infallible = writeln!(self.text, "    {line}");
    }
}

/// A part of a first visit.
#[derive(Clone, Copy)]
enum FirstSight {
    Domain,
    Invitation,
    Visit,
}

/// The org of a run.
const ORG: &str = "usher-{run}";

/// Whether the step is right only if the app answers.
fn shows_the_app(step: &StepName) -> bool {
    matches!(step, StepName::ReachInstance | StepName::ReachAgain)
}

/// Names in braces as they are written in usher.toml, also where a form or an address has to encode the braces.
fn readable(text: &str) -> String {
    match Regex::new("%7B([a-z][a-z0-9_]*)%7D") {
        Ok(encoded) => encoded.replace_all(text, "{$1}").into_owned(),
        Err(_) => text.to_owned(),
    }
}
