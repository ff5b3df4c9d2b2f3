//! An Action of the trigger `post-user-registration`. Auth0 runs it beside the sign-up, which passes whatever becomes of it.

use serde_json::Value;

use crate::configuration::webhooks::Action;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion, Unlooked};
use crate::webhooks::auth0::Asked;
use crate::webhooks::{Scene, missing};

/// Looks whether it is bound to the trigger, and deployed.
pub(super) async fn look(scene: &Scene<'_>, action: &Action) -> Opinion {
    match bound(scene, action).await {
        Ok(cause) => Opinion {
            causes: cause.into_iter().collect(),
            unlooked: Vec::new(),
        },
        Err(unlooked) => Opinion {
            causes: Vec::new(),
            unlooked: vec![unlooked],
        },
    }
}

async fn bound(scene: &Scene<'_>, action: &Action) -> Result<Option<Cause>, Unlooked> {
    let asked = Asked::of(scene, &action.tenant).await?;
    let what = "the Actions of the trigger post-user-registration";
    let bindings = asked.rows(&action.bindings, what, "read:actions").await?;
    let name_of = |binding: &Value| {
        let text = |pointer: &str| Some(binding.pointer(pointer)?.as_str()?.to_owned());
        text("/action/name").or_else(|| text("/display_name"))
    };
    let place = format!(
        "{}/api/v2/actions/triggers/post-user-registration/bindings",
        asked.address
    );
    let ours = |binding: &&Value| name_of(binding).is_some_and(|name| name == action.name);
    let Some(binding) = bindings.iter().find(ours) else {
        let names: Vec<_> = bindings.iter().filter_map(name_of).collect();
        return Ok(Some(unbound(action, &names, place)));
    };
    let deployed = binding.pointer("/action/deployed_version");
    let is_a_draft = deployed.is_some_and(Value::is_null);
    Ok(is_a_draft.then(|| never_deployed(action, place)))
}

fn unbound(action: &Action, bound: &[String], place: String) -> Cause {
    let what = if bound.is_empty() {
        "no Action is bound to the trigger".to_owned()
    } else {
        format!("bound to the trigger are `{}`", bound.join("`, `"))
    };
    missing(
        format!(
            "the Action `{}` is not bound to the trigger post-user-registration: nobody tells the platform of a sign-up",
            action.name
        ),
        vec![Evidence::new(what, place)],
        in_the_dashboard("Drag it into the flow"),
    )
}

fn never_deployed(action: &Action, place: String) -> Cause {
    Cause {
        code: Code::WebhookDisabled,
        confidence: Confidence::Certain,
        sentence: format!(
            "the Action `{}` is bound, and was never deployed: nothing runs after a sign-up",
            action.name
        ),
        evidence: vec![Evidence::new("it has no deployed version", place)],
        fix: in_the_dashboard("Deploy it"),
    }
}

/// Setting the bindings by the API replaces all of them.
fn in_the_dashboard(what: &str) -> Fix {
    Fix {
        sentence: format!(
            "{what}: Dashboard > Actions > Triggers > post-user-registration. Whoever signed up meanwhile is not sent again: `usher audit`              finds them."
        ),
        commands: Vec::new(),
    }
}
