//! The app asked at its own address, around the gate: whether it is the app or what stands before it that is not well.

use policy::contract::{InstanceRecord, MeInstance};
use reqwest::Url;

use crate::configuration::address::{BaseUrl, UrlPath};
use crate::deployment::gate::Gate;
use crate::findings::{Evidence, Scene, Unlooked};

/// What the app itself said at its own address.
pub(super) struct AtOwnAddress {
    pub(super) url: Url,
    pub(super) path: String,
    /// The status, or why there is none.
    pub(super) said: Result<u16, String>,
}

impl AtOwnAddress {
    pub(super) fn evidence(&self) -> Evidence {
        let what = match &self.said {
            Ok(code) => format!("the app answers {code}"),
            Err(reason) => reason.clone(),
        };
        Evidence::new(what, self.url.as_str())
    }
}

/// What the gate's registry has of an instance: its address is told to nobody else.
pub(super) async fn record(
    gate: &Gate<'_>,
    instance: &MeInstance,
) -> Result<InstanceRecord, Unlooked> {
    let at = || "the gate's registry".to_owned();
    let Some(admin) = &gate.front.admin else {
        return Err(Unlooked {
            at: at(),
            why: "no [gate_admin] in the configuration".to_owned(),
        });
    };
    let record = gate.instance_record(admin, &instance.id).await;
    record.map_err(|unseen| Unlooked {
        at: at(),
        why: unseen.to_string(),
    })
}

/// Asks the app whether it is well, where the configuration says how.
pub(super) async fn health(
    scene: &Scene<'_>,
    registry: Option<&InstanceRecord>,
) -> Result<AtOwnAddress, Unlooked> {
    let health = scene.deployment.configuration.instance.health.as_ref();
    let path = health
        .ok_or_else(|| unlooked("no `health` in [instance] of the configuration".to_owned()))?;
    ask(scene, registry, path).await
}

/// Asks the app for the page that the step wanted.
pub(super) async fn page(
    scene: &Scene<'_>,
    registry: Option<&InstanceRecord>,
) -> Result<AtOwnAddress, Unlooked> {
    let path = scene.deployment.configuration.instance.path();
    ask(scene, registry, &path).await
}

async fn ask(
    scene: &Scene<'_>,
    registry: Option<&InstanceRecord>,
    path: &UrlPath,
) -> Result<AtOwnAddress, Unlooked> {
    let record = registry
        .ok_or_else(|| unlooked("its address stands in the gate's registry only".to_owned()))?;
    let base = BaseUrl::parse(&record.url).map_err(|error| unlooked(error.to_string()))?;
    let url = base.join(path);
    // Without the token: it is meant for the gate, not for whatever the registry points at.
    let said = scene.deployment.look_at(&url).await.answer;
    Ok(AtOwnAddress {
        url,
        path: path.as_str().to_owned(),
        said: said
            .map(|answer| answer.status)
            .map_err(|reason| reason.to_string()),
    })
}

fn unlooked(why: String) -> Unlooked {
    Unlooked {
        at: "the app at its own address".to_owned(),
        why,
    }
}
