//! `/.usher/logout`: ends a log-in, and makes the browser forget it.

use policy::credential::Carrier;
use policy::decision::Rejected;
use policy::negotiation::prefers_html;
use policy::reason::Reason;
use policy::refusal::Refusal;

use super::another_account;
use crate::cookie;
use crate::gate::Gate;
use crate::log_out::LogOut;
use crate::page::{Answer, Setting};

/// A link only asks, for another site may have placed it; whoever is logged out is told so.
pub(super) async fn ask(gate: &Gate<'_>) -> Answer {
    let headers = gate.incoming.credential_headers(gate.configuration);
    let reason = match gate.admit(&headers).await {
        Ok(_) | Err(Rejected::Refused(Refusal::KeysUnavailable)) => Reason::LogoutUnconfirmed,
        Err(
            Rejected::Absent | Rejected::Ambiguous | Rejected::CrossSite | Rejected::Refused(_),
        ) => Reason::LoggedOut,
    };
    let setting = Setting::of(gate.incoming, Some(gate.configuration));
    // Whoever logs in again from here wants to their app, not to be asked whether to log out.
    let setting = setting.leading_to(gate.incoming.uri().origin());
    Answer::message(&reason.into(), &setting)
}

/// Ends all of the visitor's sessions. Whoever wants to log in as somebody else is led on to the log-in page, any other person reads
/// that they are logged out, and a program needs no page.
pub(super) async fn end(gate: &Gate<'_>) -> Answer {
    let incoming = gate.incoming;
    if incoming.is_from_another_site() {
        return Answer::problem(Reason::CrossSiteRequest, &incoming.id, Vec::new());
    }
    let headers = incoming.credential_headers(gate.configuration);
    let (ended, carrier) = match gate.admit(&headers).await {
        Ok(admitted) => (gate.log_out(&admitted.visitor).await, admitted.carrier),
        // Nobody can tell whose log-in it is.
        Err(Rejected::Refused(Refusal::KeysUnavailable)) => (LogOut::Failed, Carrier::Cookie),
        // Whoever is not logged in has nothing to end; their cookie goes all the same.
        Err(
            Rejected::Absent | Rejected::Ambiguous | Rejected::CrossSite | Rejected::Refused(_),
        ) => (LogOut::Ended, Carrier::Cookie),
    };
    let answer = match (ended, carrier) {
        (LogOut::Failed, _) => Answer::mistaken(
            Reason::SessionsNotEnded,
            Vec::new(),
            incoming,
            gate.configuration,
        ),
        // There is no cookie to forget, so nothing would have happened.
        (LogOut::NotKept, Carrier::Bearer) => {
            Answer::problem(Reason::NotFound, &incoming.id, vec![NOT_KEPT.to_owned()])
        }
        (LogOut::Ended | LogOut::NotKept, _) => gone(gate).await,
    };
    // Not also "cookies": that would be those of every other host of the domain (Clear Site Data section 3.1).
    answer
        .header("set-cookie", cookie::cleared(gate.configuration))
        .header("clear-site-data", "\"cache\"".to_owned())
}

async fn gone(gate: &Gate<'_>) -> Answer {
    let incoming = gate.incoming;
    if !prefers_html(&incoming.header("accept").unwrap_or_default()) {
        return Answer::no_content(&incoming.id);
    }
    match another_account::asked_for(gate).await {
        Some(return_to) => another_account::onward(gate, &return_to),
        None => Answer::redirect("/.usher/logout", &incoming.id),
    }
}

const NOT_KEPT: &str = "the control plane keeps no log-outs (docs/authorities.md, \"Log-outs\"), so this token stays good until it ends; only a \
                        browser's cookie can be forgotten here";
