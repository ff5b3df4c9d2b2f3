//! Where usher.toml and the gate's own file speak of the same thing.

use crate::check::config::{Scene, certain, opinion};
use crate::configuration::credential::SentAs;
use crate::findings::code::Code;
use crate::findings::{Evidence, Opinion};

pub(super) fn look(scene: &Scene<'_>) -> Opinion {
    let differences = [cookie(scene), provisioning(scene)].into_iter().flatten();
    let cause = certain(
        Code::ConfigsDisagree,
        "usher.toml and the gate's file disagree, so a run of `usher` tells nothing of this gate",
        differences.collect(),
        "Correct the one that is wrong.",
        Vec::new(),
    );
    opinion(cause)
}

/// Whoever sends the token in a cookie needs the one that the gate reads.
fn cookie(scene: &Scene<'_>) -> Option<Evidence> {
    let Some(SentAs::Cookie(sent)) = &scene.in_use.sent_as else {
        return None;
    };
    let read = scene.files.cookie()?;
    (*sent != read).then(|| {
        let what = format!("the token is sent in the cookie `{sent}`, and the gate reads `{read}`");
        Evidence::new(what, "`sent_as` in [log_in], and USHER_COOKIE")
    })
}

fn provisioning(scene: &Scene<'_>) -> Option<Evidence> {
    let here = scene.in_use.first_sight?;
    let word = scene.files.text("USHER_PROVISIONING").unwrap_or_default();
    let there = word == "first-sight";
    (here != there).then(|| {
        let what = format!(
            "`first_sight` is {here}, and USHER_PROVISIONING is `{}`",
            if word.is_empty() {
                "admin"
            } else {
                word.as_str()
            }
        );
        Evidence::new(what, "[gate_admin], and USHER_PROVISIONING")
    })
}
