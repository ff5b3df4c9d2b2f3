//! `action/install.sh` installs what was released for this machine, and nothing else.

use std::io::Write as _;
use std::path::Path;

use axum::Router;
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::process::Command;

const PROGRAM: &str = "#!/bin/sh\necho released\n";

/// Releases: `v1` is whole, `v2` was changed after it was packed.
async fn releases() -> String {
    let name = format!(
        "usher-{}-{}.gz",
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    let packed = |program: &str| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(program.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let whole = packed(PROGRAM);
    let checksum = Sha256::digest(&whole)
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let line = format!("{checksum}  {name}\n");
    let changed = packed("#!/bin/sh\necho evil\n");
    let serve = |body: Vec<u8>| get(async move || body.clone());
    let router = Router::new()
        .route(&format!("/v1/{name}"), serve(whole))
        .route(&format!("/v2/{name}"), serve(changed))
        .route(
            &format!("/v1/{name}.sha256"),
            serve(line.clone().into_bytes()),
        )
        .route(&format!("/v2/{name}.sha256"), serve(line.into_bytes()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn install(releases: &str, version: &str, folder: &Path) -> (Option<i32>, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../action/install.sh");
    let output = Command::new(script)
        .arg(folder)
        .env("USHER_RELEASES", releases)
        .env("USHER_VERSION", version)
        .output()
        .await
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_is_installed_only_if_it_is_what_its_checksum_says() {
    let releases = releases().await;
    let place = TempDir::new().unwrap();
    let folder = place.path().join("bin");
    for (version, complaint) in [
        ("v2", "is not what its checksum says"),
        ("v3", "cannot fetch"),
        ("", "USHER_VERSION is not set"),
    ] {
        let (code, said) = install(&releases, version, &folder).await;
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(complaint), "{said}");
        assert!(!folder.join("usher").exists(), "{version}");
    }
    let (code, said) = install(&releases, "v1", &folder).await;
    assert_eq!(code, Some(0), "{said}");
    let installed = Command::new(folder.join("usher")).output().await.unwrap();
    assert_eq!(installed.stdout, b"released\n");
}
