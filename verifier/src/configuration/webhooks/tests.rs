use std::path::Path;

use super::*;

const BEGIN: &str = "[target]\nidentity = \"https://id.example.com\"\n[secrets]\nkey = { env = \"KNOWN\" }\n[[webhooks]]\nname = \"one\"\n\
                     endpoint = \"https://api.example.com/h\"\n";
const AUTH0: &str = "provider = \"auth0\"\ntoken = \"{key}\"\n";

fn parse(text: &str) -> Result<Webhooks, String> {
    let text = format!("{BEGIN}{text}");
    let known = |name: &str| (name == "KNOWN").then(|| "known-value".to_owned());
    Webhooks::parse(Path::new("usher.toml"), &text, &known).map_err(|error| error.to_string())
}

fn streams(text: &str) -> Streams {
    let webhooks = parse(&format!("{AUTH0}{text}")).unwrap_or_else(|error| panic!("{error}"));
    match webhooks.all.into_iter().next().unwrap().carrier {
        Carrier::Streams(streams) => *streams,
        other @ (Carrier::Action(_) | Carrier::Listed(_)) => panic!("{other:?}"),
    }
}

#[test]
fn sign_ups_are_what_is_sent_unless_said_otherwise() {
    let usual = streams("");
    assert_eq!(usual.log.events, ["auth.signup.success"]);
    assert_eq!(usual.event.events, ["user.created"]);
    // The code of a log type is its category, and each kind of stream knows its own words.
    let said = streams("events = [\"ss\", \"user.success\", \"user.updated\"]\n");
    assert_eq!(said.log.events, ["auth.signup.success", "user.success"]);
    assert_eq!(said.event.events, ["user.updated"]);
}

#[test]
fn every_mistake_is_said_with_its_cure() {
    let other = "[[webhooks]]\nname = \"one\"\nendpoint = \"https://api.example.com/h\"\n";
    let cases = [
        ("provider = \"auth0\"\n".to_owned(), "`read:log_streams`"),
        (format!("{AUTH0}action = \"a\"\nstream = \"s\"\n"), "give one of"),
        (format!("{AUTH0}off_if = [{{ field = \"a\", equals = 1 }}]\n"), "`off_if` is not for this provider"),
        (format!("{AUTH0}failed_within = \"soon\"\n"), "90s, 15m, 1h or 7d"),
        (format!("{AUTH0}{other}{AUTH0}"), "two webhooks with the name `one`"),
        ("provider = \"auth0\"\ntoken = \"{kay}\"\n".to_owned(), "did you mean `{key}`?"),
        ("provider = \"http\"\n".to_owned(), "this webhook needs `list`"),
        (
            "provider = \"http\"\nlist = { url = \"https://a.example/w\", rows = \"\" }\nevents = [\"x\"]\n".to_owned(),
            "`events` and `events_at` belong together",
        ),
        ("provider = \"clerk\"\n".to_owned(), "unknown variant"),
    ];
    for (text, said) in cases {
        let error = parse(&text).unwrap_err();
        assert!(error.contains(said), "{text}\n{error}");
    }
}
