//! The example is right, and every mistake names the thing, the place and the cure.

use super::*;
use crate::configuration::credential::SentAs;

const SMALLEST: &str = r#"
[target]
gate = "https://app.example.com"
[register]
url = "https://id.example.com/register"
[log_in]
url = "https://id.example.com/login"
token = "/access_token"
[instance]
"#;

fn read_text(text: &str) -> Result<Configuration, String> {
    read(Path::new("usher.toml"), text, &|name| {
        (name == "SET").then(|| "value".to_owned())
    })
    .map_err(|error| error.to_string())
}

#[test]
fn the_smallest_file_has_sensible_defaults() {
    let configuration = read_text(SMALLEST).unwrap();
    assert_eq!(configuration.ready_within.as_secs(), 120);
    assert_eq!(
        configuration.front.address().as_str(),
        "https://app.example.com"
    );
    assert_eq!(configuration.log_in.sent_as, SentAs::Bearer);
    assert_eq!(configuration.email.fill("x"), "usher-x@usher.invalid");
}

#[test]
fn the_example_file_is_read_as_it_stands() {
    let text = include_str!("../../../usher.example.toml");
    let configuration = read(Path::new("usher.example.toml"), text, &|_| {
        Some("value".to_owned())
    })
    .unwrap();
    assert_eq!(configuration.databases.len(), 2);
}

/// What is written in place of what, the line that the message names, and what it says.
const MISTAKES: &[(&str, &str, usize, &str)] = &[
    ("token =", "tokn =", 8, "hint: did you mean `token`?"),
    (
        "/access_token",
        "access_token",
        8,
        "`/access_token` instead of `access_token`",
    ),
    (
        "https://app.example.com",
        "app.example.com",
        3,
        "expected an address like",
    ),
    (
        "https://id.example.com/login",
        "{identity}/login",
        7,
        "[target] has no `identity`",
    ),
    (
        "https://id.example.com/login",
        "https://{emial}/",
        7,
        "did you mean `{email}`?",
    ),
    (
        "https://id.example.com/login",
        "https://id.example.com/{token}",
        7,
        "before the log-in has given it",
    ),
    (
        "[log_in]",
        "json = { a = [{ b = \"x{ticket}\" }] }\n[log_in]\ncapture = { ticket = \"/t\" }",
        6,
        "`{ticket}` is not known here: it is captured in [log_in]",
    ),
    (
        "token =",
        "capture = { Ticket = \"/t\" }\ntoken =",
        8,
        "`Ticket` is no name",
    ),
    (
        "token =",
        "capture = { email = \"/t\" }\ntoken =",
        8,
        "`{email}` has a meaning already",
    ),
    (
        "\"/access_token\"",
        "{ cokie = \"sid\" }",
        8,
        "did you mean `cookie`?",
    ),
    (
        "\"/access_token\"",
        "{ cookie = \"sid\", json = \"/a\" }",
        8,
        "expected one part of the answer, found 2",
    ),
    (
        "token =",
        "sent_as = \"baerer\"\ntoken =",
        8,
        "did you mean `bearer`?",
    ),
    (
        "token =",
        "expect = [{ json = \"/ok\", equals = true, exists = true }]\ntoken =",
        8,
        "expected one test, found 2",
    ),
    (
        "token =",
        "json = { a = 1 }\nform = { a = \"1\" }\ntoken =",
        9,
        "one body at most",
    ),
    (
        "token =",
        "headers = { \"x y\" = \"1\" }\ntoken =",
        8,
        "expected the name of a header",
    ),
    (
        "gate = \"https://app.example.com\"",
        "",
        2,
        "[target] has neither `gate` nor `app`",
    ),
    (
        "[instance]",
        "[instance]\nurl = \"{app}/me\"",
        10,
        "give `path` in place of `url`",
    ),
    (
        "[instance]",
        "[ready]\nurl = \"{app}/me\"\n[instance]",
        9,
        "without a gate",
    ),
    (
        "[instance]",
        "[instance]\n[secrets]\nkey = { env = \"UNSET\" }",
        11,
        "`UNSET` is not set",
    ),
    (
        "[instance]",
        "[instance]\n[secrets]\nkey = { file = \"/nowhere/at/all\" }",
        11,
        "cannot read `/nowhere/at/all`",
    ),
    (
        "[instance]",
        "[instance]\n[[steps]]\nname = \"Log in\"\nurl = \"{app}/\"",
        11,
        "a built-in step has this name already",
    ),
    (
        "[instance]",
        "[instance]\n[[steps]]\nname = \"a\"\nurl = \"{app}/\"\n[[steps]]\nname = \"A\"\nurl = \"{app}/\"",
        14,
        "another step has this name already",
    ),
    (
        "[instance]",
        "[[steps]]\nname = \"a\"\nurl = \"{app}/\"\ncapture = { p = \"/p\" }\n[remove_user]\nurl = \"{app}/{p}\"\n[instance]",
        14,
        "captured in [[steps]]",
    ),
    (
        "[instance]",
        "[instance]\npath = 7",
        10,
        "expected a string",
    ),
    (
        "[instance]",
        "[instance]\n[gate_admin]\nsecret_env = \"UNSET\"",
        11,
        "`UNSET` is not set",
    ),
    (
        "[instance]",
        "[instance]\n[budget]\nready_seconds = 0",
        11,
        "expected 1 to 3600 seconds, found 0",
    ),
    (
        "[instance]",
        "[instance]\n[users]\nemail = \"a@b.c\"",
        11,
        "with `{run}`",
    ),
    (
        "[instance]",
        "[instance]\n[[databases]]\nname = \"d\"\nkind = \"sqlte\"",
        12,
        "did you mean `sqlite`?",
    ),
    (
        "[instance]",
        "[instance]\n[[databases]]\nname = \"d\"\nkind = \"sqlite\"",
        11,
        "either `path` or `path_env`",
    ),
];

#[test]
fn every_mistake_names_the_thing_the_place_and_the_cure() {
    for &(from, to, line, said) in MISTAKES {
        let message = read_text(&SMALLEST.replace(from, to)).unwrap_err();
        assert!(
            message.starts_with(&format!("usher.toml:{line}:")),
            "{message}"
        );
        assert!(message.contains(said), "{message}");
    }
}

#[test]
fn an_empty_file_is_named_as_such() {
    for text in ["", "\n  \n", "# nothing yet\n"] {
        assert!(read_text(text).unwrap_err().contains("is empty"));
    }
}
