use std::path::Path;

use super::*;
use crate::deployment::exchange::NoAnswer;

const SHIPPED: &str = include_str!("../../../../wrangler.toml");
const HERE: &str = "http://127.0.0.1:8787";
const THERE: &str = "https://app.example.com";

/// A folder with the gate's files.
struct Folder(tempfile::TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Self(folder)
    }

    /// What the files alone are found to be wrong with, for a gate that does not answer.
    fn codes(&self, file: &str, usher_toml: &str, env: Option<&str>) -> Vec<&'static str> {
        let path = self.0.path().join("usher.toml");
        std::fs::write(&path, usher_toml).unwrap();
        let in_use = GateInUse::load(&path, &|_| None).unwrap_or_else(|error| panic!("{error}"));
        let is_deployed = !in_use.gate.is_on_this_machine();
        let file = self.0.path().join(file);
        let files = GateFiles::read(Some(&file), env, is_deployed, &|_| None);
        let files = files.unwrap_or_else(|error| panic!("{error}"));
        let scene = Scene {
            files: &files,
            in_use: &in_use,
            is_deployed,
        };
        let nobody = Live::NoAnswer(NoAnswer::Refused {
            url: HERE.to_owned(),
        });
        let opinions = [
            settings::look(&scene),
            bindings::look(&scene),
            agreement::look(&scene),
            routes::look(&scene, &nobody),
        ];
        let opinion = opinions.into_iter().fold(Opinion::default(), Opinion::and);
        opinion
            .causes
            .iter()
            .map(|cause| cause.code.word())
            .collect()
    }
}

fn target(gate: &str) -> String {
    format!("[target]\ngate = \"{gate}\"\n")
}

fn of_file(text: &str, gate: &str) -> Vec<&'static str> {
    Folder::with(&[("wrangler.toml", text)]).codes("wrangler.toml", &target(gate), None)
}

/// The shipped file with real ids.
fn right() -> String {
    SHIPPED
        .replace(
            "\"00000000000000000000000000000000\"",
            "\"0f2ac74b498b48028cb68387c421e279\"",
        )
        .replace(
            "00000000-0000-0000-0000-000000000000",
            "f7a3c1d0-6b6e-4a52-9d7e-2f0f8f6f4b11",
        )
}

#[test]
fn the_shipped_file_is_right_on_this_machine_and_lacks_its_ids_elsewhere() {
    assert_eq!(of_file(SHIPPED, HERE), Vec::<&str>::new());
    assert_eq!(of_file(SHIPPED, THERE), ["binding_placeholder"]);
    assert_eq!(of_file(&right(), THERE), Vec::<&str>::new());
}

#[test]
fn every_mistake_of_the_file_is_named() {
    let before_vars = |text: &str| right().replace("[build]", &format!("{text}\n[build]"));
    let in_vars = |text: &str| right().replace("[vars]", &format!("[vars]\n{text}"));
    let cases = [
        (
            right().replace("USHER_LOGIN_URL", "USHER_LOGN_URL"),
            vec!["setting_unknown", "setting_missing"],
        ),
        (
            right().replace("compatibility_date = \"2026-10-01\"", ""),
            vec!["setting_missing"],
        ),
        (
            right().replace("\"global_fetch_strictly_public\"", "\"nodejs_compat\""),
            vec!["setting_missing"],
        ),
        (
            in_vars("USHER_ADMIN_SECRET = \"x\""),
            vec!["secret_written_down"],
        ),
        (
            in_vars("USHER_DEVELOPMENT = true"),
            vec!["development_deployed"],
        ),
        (
            right().replace("audience = \"usher\"", "audiance = \"usher\""),
            vec!["gate_misconfigured"],
        ),
        (
            right().replace("binding = \"USHER_DB\"", "binding = \"DB\""),
            vec!["binding_missing"],
        ),
        (
            right().replace("[[kv_namespaces]]", "[[r2_buckets]]"),
            vec!["binding_missing"],
        ),
        (
            in_vars("USHER_AUTHORITY = \"control-plane\""),
            vec!["binding_missing"],
        ),
        (
            before_vars("routes = [\"www.example.com/*\"]"),
            vec!["configs_disagree"],
        ),
        (
            before_vars("route = \"app.example.com/api/*\""),
            vec!["route_partial"],
        ),
        (
            before_vars(
                "routes = [\"app.example.com/api/*\", { pattern = \"app.example.com\", custom_domain = true }]",
            ),
            vec![],
        ),
        (before_vars("route = \"*.example.com/*\""), vec![]),
        (
            before_vars("route = \"app.example.com/*\"")
                .replace("[vars]", "[vars]\nUSHER_APP_DOMAIN = \"apps.example.com\""),
            vec!["configs_disagree"],
        ),
    ];
    for (text, expected) in cases {
        assert_ne!(text, right());
        assert_eq!(of_file(&text, THERE), expected, "{text}");
    }
    // On a developer's machine it is right.
    let development = in_vars("USHER_DEVELOPMENT = true");
    assert_eq!(of_file(&development, HERE), Vec::<&str>::new());
}

#[test]
fn what_usher_toml_says_of_the_same_gate_is_held_against_it() {
    let cases = [
        (
            "[log_in]\nsent_as = { cookie = \"session\" }\n",
            vec!["configs_disagree"],
        ),
        (
            "[log_in]\nsent_as = { cookie = \"__Host-usher\" }\n",
            vec![],
        ),
        (
            "[gate_admin]\nsecret_env = \"S\"\nfirst_sight = true\n",
            vec!["configs_disagree"],
        ),
        ("[gate_admin]\nsecret_env = \"S\"\n", vec![]),
    ];
    for (more, expected) in cases {
        let folder = Folder::with(&[("wrangler.toml", &right())]);
        let usher_toml = format!("{}{more}", target(THERE));
        assert_eq!(
            folder.codes("wrangler.toml", &usher_toml, None),
            expected,
            "{more}"
        );
    }
}

/// An environment inherits the date and the flags, and neither variables nor bindings.
#[test]
fn an_environment_has_its_own_variables_and_bindings() {
    let own = "
        [env.staging.vars]
        USHER_LOGIN_URL = \"https://id.example.com/login\"
        USHER_SUPPORT = \"mailto:support@example.com\"
        USHER_INSTANCE_HOSTS = [\"*.apps.example.com\"]
        USHER_ISSUERS = [{ issuer = \"https://id.example.com\", audience = \"usher\", algorithm = \"ES256\", jwks_url = \"https://id.example.com/keys\" }]
        [[env.staging.kv_namespaces]]
        binding = \"USHER_KV\"
        ";
    let bound = format!("{own}\n[[env.staging.d1_databases]]\nbinding = \"USHER_DB\"\n");
    let codes = |more: &str| {
        let text = format!("{}{more}", right());
        let folder = Folder::with(&[("wrangler.toml", &text)]);
        folder.codes("wrangler.toml", &target(THERE), Some("staging"))
    };
    assert_eq!(codes(own), ["binding_missing"]);
    assert_eq!(codes(&bound), Vec::<&str>::new());
}

/// What stands in `.dev.vars` is given to a gate on this machine, and to no other.
#[test]
fn dev_vars_count_for_a_gate_on_this_machine_alone() {
    let text = right();
    let files = [
        ("wrangler.toml", text.as_str()),
        (".dev.vars", "USHER_SUPORT=x\nUSHER_ADMIN_SECRET=y\n"),
    ];
    let folder = Folder::with(&files);
    assert_eq!(
        folder.codes("wrangler.toml", &target(HERE), None),
        ["setting_unknown"]
    );
    assert_eq!(
        folder.codes("wrangler.toml", &target(THERE), None),
        Vec::<&str>::new()
    );
}

#[test]
fn the_other_formats_of_the_file_are_read_alike() {
    let json: serde_json::Value = toml::from_str(&right()).unwrap();
    let mut json = json.to_string();
    json.insert_str(0, "// the gate\n");
    let folder = Folder::with(&[("wrangler.jsonc", &json)]);
    assert_eq!(
        folder.codes("wrangler.jsonc", &target(THERE), None),
        Vec::<&str>::new()
    );
    let wrong = json.replace("USHER_DB", "DB");
    let folder = Folder::with(&[("wrangler.jsonc", &wrong)]);
    assert_eq!(
        folder.codes("wrangler.jsonc", &target(THERE), None),
        ["binding_missing"]
    );
}

#[test]
fn without_a_gate_there_is_nothing_to_hold() {
    let folder = Folder::with(&[("usher.toml", "[target]\napp = \"https://a.example\"\n")]);
    let path: &Path = &folder.0.path().join("usher.toml");
    let error = GateInUse::load(path, &|_| None).unwrap_err().to_string();
    assert!(error.contains("[target] has no `gate`"), "{error}");
}
