//! How lists look: in a pipe, and on a terminal.

use serde_json::json;
use stage::KeepAt;

use crate::cast::{done, instance, world};

const LONG: &str = "https://an-instance-with-a-rather-long-name.of-a-platform.example";

#[tokio::test]
async fn what_others_wrote_moves_no_cursor() {
    let world = world().await;
    let id = instance(&world, "guy", KeepAt::Ready).await;
    let hostile = "\u{1b}]0;owned\u{7}\u{202e}gnp.exe";
    let statement = "UPDATE users SET email = ?";
    world.gate.d1(statement, &[json!(hostile)]).await.unwrap();
    for arguments in [
        &["user", "list"][..],
        &["instance", "list"],
        &["instance", "show", &id],
    ] {
        let words = done(&world, arguments).await;
        assert!(words.contains("owned"), "{words:?}");
        assert!(
            !words.contains(['\u{1b}', '\u{202e}', '\u{7}']),
            "{words:?}"
        );
    }
    let program = done(&world, &["user", "list", "--report", "json"]).await;
    assert!(!program.contains(['\u{1b}', '\u{202e}']), "{program:?}");
    let list: serde_json::Value = serde_json::from_str(&program).unwrap();
    assert_eq!(list["users"][0]["email"], hostile);
    world.stop().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_list_is_as_wide_as_its_terminal_and_whole_in_a_pipe() {
    let world = world().await;
    let id = instance(&world, "guy", KeepAt::Ready).await;
    let statement = "UPDATE instances SET url = ? WHERE id = ?";
    world
        .gate
        .d1(statement, &[json!(LONG), json!(id)])
        .await
        .unwrap();
    let list = ["instance", "list"];
    let piped = done(&world, &list).await;
    assert!(
        piped.contains(LONG) && piped.lines().count() == 2,
        "{piped}"
    );
    for (columns, set, is_whole) in [
        (80, None, false),
        (200, None, true),
        (80, Some("200"), true),
        (200, Some("80"), false),
    ] {
        let shown = terminal::shown(&world, &list, columns, set).await;
        assert_eq!(shown.contains(LONG), is_whole, "{columns} {set:?}: {shown}");
        assert!(shown.contains(&id), "{shown}");
        let room = set.map_or(usize::from(columns), |set| set.parse().unwrap());
        for line in shown.lines() {
            assert!(line.chars().count() <= room, "{line}");
        }
    }
    world.stop().await;
}

#[cfg(unix)]
pub(crate) mod terminal {
    use std::fs::File;
    use std::io::Read as _;
    use std::process::Stdio;

    use rustix::fs::{Mode, OFlags, open};
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use rustix::termios::{Winsize, tcsetwinsize};
    use tests::World;

    use crate::cast::command;

    /// What a command shows on a real terminal of so many columns, with `COLUMNS` set or not.
    pub(crate) async fn shown(
        world: &World,
        arguments: &[&str],
        columns: u16,
        set: Option<&str>,
    ) -> String {
        let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&screen).unwrap();
        unlockpt(&screen).unwrap();
        let size = Winsize {
            ws_row: 24,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&screen, size).unwrap();
        let name = ptsname(&screen, Vec::new()).unwrap();
        let line = open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        let mut command = command(world, arguments);
        command.stdout(Stdio::from(line));
        command.envs(set.map(|columns| ("COLUMNS", columns)));
        let mut child = command.spawn().unwrap();
        // The command holds the other end; with ours gone its end is the end of the file.
        drop(command);
        let reading = tokio::task::spawn_blocking(move || {
            let mut shown = Vec::new();
            // Linux says EIO where nobody has the other end any more.
            let _ended = File::from(screen).read_to_end(&mut shown);
            String::from_utf8(shown).unwrap()
        });
        let text = reading.await.unwrap();
        assert!(child.wait().await.unwrap().success(), "{text}");
        text.replace('\r', "")
    }
}
