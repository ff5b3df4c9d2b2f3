//! What the gate is bound to: its stores, and the Worker that may be its control plane.

use serde_json::Value;

use crate::check::config::{Scene, certain, opinion};
use crate::findings::code::Code;
use crate::findings::{Evidence, Opinion};

pub(super) fn look(scene: &Scene<'_>) -> Opinion {
    let file = scene.files.wrangler_path();
    let mut missing = Vec::new();
    let mut makes = Vec::new();
    for needed in needed(scene) {
        if entry(scene, &needed).is_none() {
            let Needed {
                table, name, why, ..
            } = needed;
            missing.push(Evidence::new(
                format!("no `{name}` in [[{table}]]: {why}"),
                &file,
            ));
            makes.extend(needed.make.map(str::to_owned));
        }
    }
    let missing = certain(
        Code::BindingMissing,
        "the gate is not bound to what it stands on, so it lets nobody in",
        missing,
        "Make what is missing, and add the table that the command prints to the file (an environment inherits none):",
        makes,
    );
    let placeholders = certain(
        Code::BindingPlaceholder,
        "the file has no real ids of the gate's stores, so it cannot be deployed",
        placeholders(scene),
        "Put the ids of the stores in their place; these say them:",
        vec![
            "npx wrangler kv namespace list".to_owned(),
            "npx wrangler d1 list".to_owned(),
        ],
    );
    opinion([missing, placeholders].into_iter().flatten())
}

struct Needed {
    table: &'static str,
    name: &'static str,
    why: &'static str,
    make: Option<&'static str>,
}

const KV: Needed = Needed {
    table: "kv_namespaces",
    name: "USHER_KV",
    why: "sightings are kept there",
    make: Some("npx wrangler kv namespace create USHER_KV"),
};

const D1: Needed = Needed {
    table: "d1_databases",
    name: "USHER_DB",
    why: "USHER_AUTHORITY is `registry`, which stands there",
    make: Some("npx wrangler d1 create usher"),
};

const SERVICE: Needed = Needed {
    table: "services",
    name: "USHER_CONTROL_PLANE",
    why: "USHER_AUTHORITY is `control-plane`, and there is no USHER_CONTROL_PLANE_URL",
    make: None,
};

/// What the authority needs. A word that is none is said by the gate.
fn needed(scene: &Scene<'_>) -> Vec<Needed> {
    match scene.files.text("USHER_AUTHORITY").as_deref() {
        None | Some("" | "registry") => vec![KV, D1],
        Some("control-plane") if scene.files.text("USHER_CONTROL_PLANE_URL").is_none() => {
            vec![KV, SERVICE]
        }
        Some(_) => vec![KV],
    }
}

fn entry<'a>(scene: &'a Scene<'_>, needed: &Needed) -> Option<&'a Value> {
    let mut entries = scene.files.whole().get(needed.table)?.as_array()?.iter();
    entries.find(|entry| entry.get("binding").is_some_and(|name| name == needed.name))
}

/// Ids that are none. One that is left out is made by wrangler itself, and nobody needs one on a developer's machine.
fn placeholders(scene: &Scene<'_>) -> Vec<Evidence> {
    if !scene.is_deployed {
        return Vec::new();
    }
    let ids = [(KV, "id"), (D1, "database_id")];
    let given = ids.into_iter().filter_map(|(binding, member)| {
        let id = entry(scene, &binding)?.get(member)?.as_str()?;
        is_placeholder(id).then(|| {
            let what = format!("`{member}` of `{}` is `{id}`", binding.name);
            Evidence::new(what, scene.files.wrangler_path())
        })
    });
    given.collect()
}

/// Cloudflare's ids are hexadecimal, with hyphens in those of databases; one of a single digit is nobody's.
fn is_placeholder(id: &str) -> bool {
    let digits: Vec<char> = id.chars().filter(|digit| *digit != '-').collect();
    let is_hexadecimal = digits.len() == 32 && digits.iter().all(char::is_ascii_hexdigit);
    !is_hexadecimal || digits.iter().all(|digit| digits.first() == Some(digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cloudflare_never_gives_is_no_id() {
        for id in [
            "",
            "<KV_ID>",
            "your-database-id",
            "00000000-0000-0000-0000-000000000000",
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        ] {
            assert!(is_placeholder(id), "{id}");
        }
        assert!(!is_placeholder("0f2ac74b498b48028cb68387c421e279"));
        assert!(!is_placeholder("f7a3c1d0-6b6e-4a52-9d7e-2f0f8f6f4b11"));
    }
}
