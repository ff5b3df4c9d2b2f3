//! The names and the obvious values of the gate's settings: one mistake among them, and the gate lets nobody in.

use policy::setting::{Home, SETTINGS, Setting};
use serde_json::Value;

use crate::check::config::{Scene, certain, opinion};
use crate::configuration::suggestion::closest;
use crate::findings::code::Code;
use crate::findings::{Evidence, Opinion};

pub(super) fn look(scene: &Scene<'_>) -> Opinion {
    let unknown = certain(
        Code::SettingUnknown,
        "the files name settings that the gate has not got, and it lets nobody in with a name that it does not know",
        unknown(scene),
        "Correct the names, or take them out; README.md, \"Configuration\", has all of them.",
        Vec::new(),
    );
    let missing = certain(
        Code::SettingMissing,
        "the files leave out what the gate cannot do without",
        missing(scene),
        "Add what is listed to the file; README.md, \"Configuration\", says what each means.",
        Vec::new(),
    );
    let exposed = exposed(scene);
    let commands = exposed
        .iter()
        .map(|(name, _)| format!("npx wrangler secret put {name}"));
    let commands = commands.collect();
    let exposed = certain(
        Code::SecretWrittenDown,
        "secrets stand in a file that everybody reads who reads the code",
        exposed.into_iter().map(|(_, evidence)| evidence).collect(),
        "Take them out of the file, make new ones, which nobody has read, and set those:",
        commands,
    );
    let development = certain(
        Code::DevelopmentDeployed,
        "the gate is deployed as on a developer's machine: without `Secure` cookies, and answering at no host but loopback",
        development(scene),
        "Take USHER_DEVELOPMENT out of the file; in .dev.vars it counts for `wrangler dev` alone.",
        Vec::new(),
    );
    let unreadable = certain(
        Code::GateMisconfigured,
        "the gate would let nobody in: USHER_ISSUERS has mistakes",
        scene.files.mistakes_of_issuers(),
        "Correct what is listed; README.md, \"Configuration\", says what an issuer has.",
        Vec::new(),
    );
    opinion(
        [unknown, missing, exposed, development, unreadable]
            .into_iter()
            .flatten(),
    )
}

fn unknown(scene: &Scene<'_>) -> Vec<Evidence> {
    let secrets = scene.files.secrets_of_issuers();
    let is_known = |name: &String| {
        SETTINGS.iter().any(|setting| setting.name == *name) || secrets.contains(name)
    };
    let names = scene.files.names().into_iter();
    let unknown = names.filter(|(name, _)| name.starts_with("USHER_") && !is_known(name));
    unknown
        .map(|(name, place)| {
            let nearest = closest(&name, SETTINGS.map(|setting| setting.name));
            let hint =
                nearest.map_or_else(String::new, |right| format!("; did you mean `{right}`?"));
            Evidence::new(format!("`{name}`{hint}"), place)
        })
        .collect()
}

fn missing(scene: &Scene<'_>) -> Vec<Evidence> {
    let file = scene.files.wrangler_path();
    let is_needed = |setting: &&Setting| {
        setting.home == Home::Variable
            && setting.default.is_none()
            && scene.files.value(setting.name).is_none()
    };
    let variables = SETTINGS.iter().filter(is_needed);
    let mut missing: Vec<_> = variables
        .map(|setting| {
            let what = format!("[vars] has no `{}`: {}", setting.name, setting.meaning);
            Evidence::new(what, &file)
        })
        .collect();
    let file_says = scene.files.whole();
    if file_says
        .get("compatibility_date")
        .is_none_or(|date| !date.is_string())
    {
        let what = "no `compatibility_date`: the platform would run it as in 2021";
        missing.push(Evidence::new(what, &file));
    }
    let flags = file_says
        .get("compatibility_flags")
        .and_then(Value::as_array);
    let has_flag = flags.is_some_and(|flags| flags.iter().any(|flag| flag == PUBLIC_FETCHES));
    if !has_flag {
        let what = format!(
            "`compatibility_flags` lacks `{PUBLIC_FETCHES}`: what the gate fetches in its own zone would go around the zone's front door"
        );
        missing.push(Evidence::new(what, &file));
    }
    missing
}

/// Names of secrets among the variables. `.dev.vars` is no part of the code.
fn exposed(scene: &Scene<'_>) -> Vec<(String, Evidence)> {
    let of_issuers = scene.files.secrets_of_issuers();
    let is_secret = |name: &String| {
        let mut settings = SETTINGS.iter();
        let known = settings.any(|setting| setting.home == Home::Secret && setting.name == *name);
        known || of_issuers.contains(name)
    };
    let file = scene.files.wrangler_path();
    let variables = scene.files.variables().filter(|name| is_secret(name));
    variables
        .map(|name| {
            let evidence = Evidence::new(format!("`{name}` is in [vars]"), &file);
            (name, evidence)
        })
        .collect()
}

fn development(scene: &Scene<'_>) -> Vec<Evidence> {
    let is_set = scene.is_deployed && scene.files.is_development();
    let evidence = is_set.then(|| {
        let what = format!(
            "USHER_DEVELOPMENT is true, and the gate is at {}",
            scene.in_use.gate
        );
        Evidence::new(what, scene.files.wrangler_path())
    });
    evidence.into_iter().collect()
}

const PUBLIC_FETCHES: &str = "global_fetch_strictly_public";
