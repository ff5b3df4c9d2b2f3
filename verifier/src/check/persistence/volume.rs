//! Where the file of a SQLite database is: on a volume, or in what goes with the container.

use std::path::{Path, PathBuf};

use crate::check::persistence::Seen;
use crate::configuration::database::{Database, Place};
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion};

/// Looks at the file system below the file, on this machine.
pub(super) fn look(database: &Database) -> Seen {
    let Place::Sqlite(path) = &database.place else {
        return Seen::default();
    };
    let at = format!("where `{}` ({}) is kept", database.name, path.display());
    let Some(real) = real(path) else {
        return Seen::could_not(at, "neither the file nor its folder is there".to_owned());
    };
    let mounts = match std::fs::read_to_string(MOUNTS) {
        Ok(mounts) => mounts,
        Err(error) => return Seen::could_not(at, format!("{MOUNTS} cannot be read: {error}")),
    };
    let Some(mount) = mount_of(&real, &mounts) else {
        return Seen::could_not(at, format!("{MOUNTS} has no file system for it"));
    };
    Seen {
        looked_at: vec![format!("{at}: {} at {}", mount.kind, mount.point.display())],
        opinion: Opinion {
            causes: judge(database, path, &mount).into_iter().collect(),
            unlooked: Vec::new(),
        },
    }
}

/// A file system, and where it begins.
#[derive(Debug, Eq, PartialEq)]
struct Mount {
    point: PathBuf,
    kind: String,
}

/// Without links; of a file that is not there, where it would be.
fn real(path: &Path) -> Option<PathBuf> {
    let folder = || {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
        Some(folder.join(path.file_name()?))
    };
    path.canonicalize().ok().or_else(folder)
}

/// proc(5), `/proc/pid/mountinfo`: the fifth field is the mount point, with octal escapes, and the file system's type follows a lone `-`.
/// Of several at one point the last one covers the others.
fn mount_of(path: &Path, mounts: &str) -> Option<Mount> {
    let mounts = mounts.lines().filter_map(|line| {
        let (before, after) = line.split_once(" - ")?;
        Some(Mount {
            point: PathBuf::from(unescaped(before.split(' ').nth(4)?)),
            kind: after.split(' ').next()?.to_owned(),
        })
    });
    let holding = mounts.filter(|mount| path.starts_with(&mount.point));
    holding.max_by_key(|mount| mount.point.components().count())
}

fn unescaped(field: &str) -> String {
    let escapes = [
        ("\\040", " "),
        ("\\011", "\t"),
        ("\\012", "\n"),
        ("\\134", "\\"),
    ];
    let replace = |text: String, (escape, real): (&str, &str)| text.replace(escape, real);
    escapes.into_iter().fold(field.to_owned(), replace)
}

fn judge(database: &Database, path: &Path, mount: &Mount) -> Option<Cause> {
    let what = match mount.kind.as_str() {
        "overlay" | "aufs" => "the container's own layer, which is made anew with the container",
        "tmpfs" | "ramfs" => "memory, which is empty after a restart",
        _ => return None,
    };
    let folder = path.parent().unwrap_or(path).display();
    Some(Cause {
        code: Code::DataOnNoVolume,
        confidence: Confidence::Certain,
        sentence: format!(
            "the database `{}` ({}) is on no volume: it is in {what}",
            database.name,
            path.display()
        ),
        evidence: vec![Evidence::new(
            format!("{} at {}", mount.kind, mount.point.display()),
            MOUNTS,
        )],
        fix: Fix {
            sentence: format!(
                "Mount a volume at {folder} (`volumes: [\"data:{folder}\"]` in compose), and copy the file to it before the container is made anew; then prove it with `usher check persistence --around 'DEPLOY COMMAND'`."
            ),
            commands: Vec::new(),
        },
    })
}

const MOUNTS: &str = "/proc/self/mountinfo";

#[cfg(test)]
mod tests {
    use super::*;

    const CONTAINER: &str = "\
600 500 0:50 / / rw,relatime master:200 - overlay overlay rw,lowerdir=/l,upperdir=/u
601 600 0:52 / /dev/shm rw - tmpfs shm rw
602 600 254:1 /volumes/data /srv/my\\040data rw,relatime - ext4 /dev/vda1 rw
";

    fn found(path: &str) -> Option<Code> {
        let mount = mount_of(Path::new(path), CONTAINER).unwrap();
        let database = Database {
            name: "identity".into(),
            place: Place::Sqlite(path.into()),
            tables: Vec::new(),
            migrate: None,
            migrations: None,
            given_to_app: None,
            schema: None,
            indexes: None,
            scratch: None,
        };
        judge(&database, Path::new(path), &mount).map(|cause| cause.code)
    }

    #[test]
    fn only_a_volume_outlives_the_container() {
        assert_eq!(found("/srv/my data/idp.db"), None);
        assert_eq!(
            found("/srv/my data of others/idp.db"),
            Some(Code::DataOnNoVolume)
        );
        assert_eq!(found("/app/idp.db"), Some(Code::DataOnNoVolume));
        assert_eq!(found("/dev/shm/idp.db"), Some(Code::DataOnNoVolume));
    }

    #[test]
    fn the_last_of_two_at_one_point_counts() {
        let mounts = format!("{CONTAINER}603 600 254:1 / / rw - ext4 /dev/vda1 rw\n");
        assert_eq!(mount_of(Path::new("/app/x"), &mounts).unwrap().kind, "ext4");
    }
}
