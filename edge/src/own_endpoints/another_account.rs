//! "Use another account": the form of the gate's own pages that ends the log-in, as logging out does, and leads on to the log-in
//! page and back.

use policy::message::Message;
use policy::negotiation::Audience;
use policy::reason::Reason;
use web_sys::UrlSearchParams;

use super::session::safe_return_to;
use crate::gate::Gate;
use crate::page::{Answer, Setting, log_in_as_another_address};

/// Two short fields, one of them an address.
const MAX_FORM_BYTES: usize = 8 * 1024;

/// Where to come back to, if what is sent to the log-out is that form.
pub(super) async fn asked_for(gate: &Gate<'_>) -> Option<String> {
    let body = gate.incoming.text(MAX_FORM_BYTES).await.ok()?;
    let form = UrlSearchParams::new_with_str(&body).ok()?;
    let asked = form.get("then").as_deref() == Some("log_in");
    let origin = gate.incoming.uri().origin();
    asked.then(|| [origin, &safe_return_to(form.get("return_to"), origin)].concat())
}

/// A page that leads on by itself. Not a redirect: browsers hold every redirect of a form against `form-action`, and only the
/// operator knows through which hosts a log-in leads (w3c/webappsec-csp#8).
pub(super) fn onward(gate: &Gate<'_>, return_to: &str) -> Answer {
    let configuration = gate.configuration;
    let setting = Setting {
        // Only a person sends this form.
        audience: Audience::Form,
        ..Setting::of(gate.incoming, Some(configuration))
    };
    let setting = setting.leading_to(return_to);
    let address = log_in_as_another_address(configuration, setting.return_to);
    Answer::message(&Message::from(Reason::LoggedOut), &setting)
        .header("refresh", format!("0;url={address}"))
}
