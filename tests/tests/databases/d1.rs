//! wrangler's own migrations of a local D1, which is a SQLite file.

use std::path::PathBuf;

use tests::places;

use crate::place::{Place, skipped};

const WRANGLER: &str = "
name = \"platform\"
compatibility_date = \"2026-01-01\"
[[d1_databases]]
binding = \"DB\"
database_name = \"platform\"
database_id = \"platform\"
";

/// wrangler names the file by a hash.
fn file(place: &Place) -> PathBuf {
    let folder = place.path(".wrangler/state/v3/d1/miniflare-D1DatabaseObject");
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{error}"));
    let paths = files.flatten().map(|file| file.path());
    let is_it = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with(".sqlite") && !name.starts_with("metadata")
    };
    paths
        .into_iter()
        .find(is_it)
        .unwrap_or_else(|| panic!("no file in {}", folder.display()))
}

#[test]
fn what_wrangler_applied_is_told_from_what_it_did_not() {
    let packages = places::workspace().join("node_modules");
    if !packages.join("wrangler").is_dir() {
        return skipped(
            "WRANGLER",
            "there is no node_modules/wrangler; run `cargo xtask setup`",
        );
    }
    let place = Place::new()
        .with("WRANGLER_SEND_METRICS", "false")
        .with("CLOUDFLARE_CF_FETCH_ENABLED", "false")
        .with("WRANGLER_HIDE_BANNER", "true")
        .with("CI", "1")
        .with("npm_config_offline", "true");
    std::os::unix::fs::symlink(packages, place.path("node_modules"))
        .unwrap_or_else(|error| panic!("{error}"));
    place.write("package.json", "{ \"private\": true }");
    place.write("wrangler.toml", WRANGLER);
    place.write(
        "migrations/0001_users.sql",
        "CREATE TABLE users (id INTEGER PRIMARY KEY);",
    );
    place.done("npx wrangler d1 execute platform --local --command 'SELECT 1'");
    let apply = "npx wrangler d1 migrations apply platform --local";
    let configure = |tool: &str| {
        place.write(
            "usher.toml",
            &format!(
                "[[databases]]\nname = \"d1\"\nkind = \"sqlite\"\npath = {:?}\nmigrations = \"migrations\"\nmigrate = \"{apply}\"\n{tool}",
                file(&place)
            ),
        );
    };
    configure("");
    // Before the first one, nothing tells it from sqlx.
    let undecided = place.check_migrations();
    assert_eq!(undecided.code, Some(2), "{}", undecided.said);
    assert!(undecided.said.contains("--tool"), "{}", undecided.said);
    configure("tool = \"d1\"\n");
    place.finds_and_mends("D1 × never migrated", &["database_never_migrated"]);
    configure("");
    place.finds("D1 × healthy", &[]);
    place.write(
        "migrations/0002_more.sql",
        "ALTER TABLE users ADD COLUMN name TEXT;",
    );
    place.finds_and_mends("D1 × pending", &["migration_pending"]);
    place.done("rm migrations/0001_users.sql");
    place.finds("D1 × ahead", &["migration_unknown"]);
    place.write("migrations/0003_other.sql", "SELECT 1;");
    place.finds("D1 × diverged", &["migrations_diverged"]);
}
