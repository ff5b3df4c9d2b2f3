//! `usher check config` at a real gate: its files, usher.toml and itself say the same, or what differs is named.

use tests::World;
use tests::world::Verification;

use crate::{findings, world};

/// The gate's file as an operator of this world would have it.
pub(crate) fn wrangler_toml(world: &World) -> String {
    let addresses = world.stage.addresses();
    format!(
        r#"
name = "usher"
main = "edge/build/shim.mjs"
compatibility_date = "2026-10-01"
compatibility_flags = ["global_fetch_strictly_public"]

[vars]
USHER_DEVELOPMENT = true
USHER_LOGIN_URL = "{login}"
USHER_SUPPORT = "mailto:support@usher.invalid"
USHER_INSTANCE_HOSTS = ["127.0.0.1"]

[[vars.USHER_ISSUERS]]
issuer = "{issuer}"
audience = "{audience}"
algorithm = "ES256"
jwks_url = "{keys}"

[[kv_namespaces]]
binding = "USHER_KV"
id = "00000000000000000000000000000000"

[[d1_databases]]
binding = "USHER_DB"
database_id = "00000000-0000-0000-0000-000000000000"
"#,
        login = addresses.login_url,
        issuer = addresses.identity,
        audience = addresses.audience,
        keys = addresses.jwks_url,
    )
}

async fn check(world: &World, file: &str) -> Verification {
    let path = world.folder().join("wrangler.toml");
    std::fs::write(&path, file).unwrap();
    let path = path.display().to_string();
    let command = ["check", "config", "--report", "json", "--wrangler", &path];
    let ended = world.run_usher(&command).await;
    ended.unwrap_or_else(|error| panic!("{error}"))
}

#[tokio::test]
async fn a_gate_that_is_as_its_files_say_raises_nothing_and_what_differs_is_named() {
    let world = world().await;
    let right = wrangler_toml(&world);
    let ended = check(&world, &right).await;
    assert_eq!(
        (findings(&ended), ended.code),
        (vec![], Some(0)),
        "{ended:#?}"
    );
    let addresses = world.stage.addresses();
    let keys = &addresses.jwks_url;
    for (from, to, code) in [
        (
            addresses.login_url.as_str(),
            "http://127.0.0.1:9/login",
            "gate_unlike_files",
        ),
        (
            "[vars]",
            "[vars]\nUSHER_AUTHORITY = \"kv\"",
            "gate_unlike_files",
        ),
        (
            keys.as_str(),
            "http://127.0.0.1:9/keys",
            "issuer_unreachable",
        ),
        (
            keys.as_str(),
            addresses.login_url.as_str(),
            "issuer_unreachable",
        ),
        ("\"ES256\"", "\"RS256\"", "issuer_keys_lack_algorithm"),
    ] {
        // Where people log in is a part of nothing else.
        let changed = right.replace(&format!("\"{from}\""), &format!("\"{to}\""));
        let changed = if changed == right {
            right.replace(from, to)
        } else {
            changed
        };
        let ended = check(&world, &changed).await;
        assert_eq!(findings(&ended), [code], "{to}: {ended:#?}");
    }
    world.stop().await;
}

/// Another server is no gate; nobody is no finding, and the secrets of a gate that does not run are looked for where they have to be.
#[tokio::test]
async fn where_no_gate_answers_nothing_is_said_of_it() {
    let world = world().await;
    let right = wrangler_toml(&world);
    let path = world.folder().join("wrangler.toml");
    std::fs::write(&path, &right).unwrap();
    let usher_toml = world.folder().join("other.toml");
    let at = async |gate: &str| {
        std::fs::write(&usher_toml, format!("[target]\ngate = \"{gate}\"\n")).unwrap();
        let mut command = tokio::process::Command::new(tests::places::usher());
        command.args(["check", "config", "--report", "json", "--wrangler"]);
        command.arg(&path).arg("--config").arg(&usher_toml);
        let output = command.output().await.unwrap();
        Verification {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    };
    let nobody = at("http://127.0.0.1:9").await;
    assert_eq!(findings(&nobody), ["secret_missing"], "{nobody:#?}");
    let dev_vars = world.folder().join(".dev.vars");
    std::fs::write(
        dev_vars,
        "USHER_ADMIN_SECRET=a-secret-that-is-never-shown\n",
    )
    .unwrap();
    let nobody = at("http://127.0.0.1:9").await;
    assert_eq!(
        (findings(&nobody), nobody.code),
        (vec![], Some(3)),
        "{nobody:#?}"
    );
    assert!(!nobody.stdout.contains("never-shown"));
    let other = at(&world.stage.addresses().identity).await;
    assert_eq!(findings(&other), ["gate_unlike_files"], "{other:#?}");
    world.stop().await;
}
