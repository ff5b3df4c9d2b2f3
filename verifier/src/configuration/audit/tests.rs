use std::path::Path;

use super::*;

const TARGET: &str = "[target]\nidentity = \"https://id.example.com\"\n";

const TWO: &str = "
[[audit.sources]]
name = \"idp\"
role = \"identity\"
kind = \"ndjson\"
file = \"idp.ndjson\"
key = \"user_id\"
keep = { mail = \"email\" }

[[audit.sources]]
name = \"app\"
role = \"users\"
kind = \"csv\"
file = \"users.csv\"
key = { field = \"auth0_id\", as = \"trimmed\" }
grace = \"10m\"
";

fn parse(text: &str) -> Result<Audit, String> {
    let text = format!("{TARGET}{text}");
    let known = |name: &str| (name == "KNOWN").then(|| "known-value".to_owned());
    Audit::parse(Path::new("usher.toml"), &text, &known).map_err(|error| error.to_string())
}

#[test]
fn rows_belong_to_the_first_source_by_its_key_unless_said_otherwise() {
    let audit = parse(TWO).unwrap();
    let link = audit.sources[1].link.as_ref().unwrap();
    assert_eq!(link.to, 0);
    assert_eq!(link.matches.field, audit.sources[0].key.field);
    assert_eq!(link.matches.way, audit.sources[1].key.way);
    assert_eq!(audit.sources[1].grace_seconds, 600);
}

/// Of the rows of a long list nothing else is made.
#[test]
fn a_member_that_anything_reads_of_a_row_is_one_that_is_asked_for() {
    let first = "key = \"user_id\"\ncreated = \"since\"\ntenant = \"/app/metadata/tenant\"\n";
    let second = "matches = \"mail\"\nagree = [{ field = \"name\", with = \"/profile/a~1b\" }]\n\
                  pending_if = [{ field = \"verified\", equals = false }]\ngrace =";
    let text = TWO
        .replace("key = \"user_id\"\n", first)
        .replace("grace =", second);
    let audit = parse(&text).unwrap();
    let members = |at: usize| audit.members(at).into_iter().collect::<Vec<_>>();
    let first = [
        "app", "email", "mail", "profile", "since", "user_id", "verified",
    ];
    assert_eq!(members(0), first);
    assert_eq!(members(1), ["auth0_id", "name"]);
}

/// Each said with the file, the line and what to do.
#[test]
fn every_mistake_is_said_where_it_is_with_its_cure() {
    let more = |text: &str| format!("{TWO}{text}");
    let cases = [
        (
            TWO.replace("csv\"\nfile", "csv\"\nquery = \"x\"\nfile"),
            "`query` is not for a source of this kind",
        ),
        (
            TWO.replace("file = \"users.csv\"\n", ""),
            "this source needs `file`",
        ),
        (
            TWO.replace("name = \"app\"", "name = \"idp\""),
            "two sources with the name `idp`",
        ),
        (
            TWO.replace("grace =", "joins = \"idq\"\ngrace ="),
            "did you mean `idp`?",
        ),
        (
            TWO.replace("role = \"identity\"", "role = \"identity\"\ngrace = \"1h\""),
            "the first source is where users begin",
        ),
        (
            TWO.replace("{ mail =", "{ identity ="),
            "`{identity}` has a meaning already",
        ),
        (
            TWO.replace("grace = \"10m\"", "grace = \"10 minutes\""),
            "give a span like 90s",
        ),
        (TWO.replace("kind = \"csv\"", "kind = \"mongo\""), "mongodb"),
        (
            TWO.split("[[audit.sources]]\nname = \"app\"")
                .next()
                .unwrap()
                .to_owned(),
            "an audit holds 2 to 32 sources",
        ),
        (
            TWO.replace(
                "csv\"\nfile = \"users.csv\"",
                "sqlite\"\ndatabase = \"x\"\nquery = \"SELECT 1\"",
            ),
            "there is no [[databases]] with the name `x`",
        ),
        (
            TWO.replace("kind = \"csv\"\nfile = \"users.csv\"", "kind = \"gate\""),
            "the gate's registry needs `gate` in [target]",
        ),
        (
            TWO.replace("kind = \"csv\"\nfile = \"users.csv\"", "kind = \"auth0\""),
            "needs either a token or an application",
        ),
        (
            more(
                "[[audit.actions]]\nclass = \"missing\"\nsource = \"idp\"\nrequest = { url = \"https://x.example/\" }\n",
            ),
            "nothing is missing there",
        ),
        (
            more("[[audit.actions]]\nclass = \"missing\"\nsource = \"app\"\n"),
            "either a request or a statement of SQL",
        ),
        (
            more(
                "[[audit.actions]]\nclass = \"missing\"\nsource = \"app\"\nrequest = { url = \"{identity}/u\", json = { m = \"{mial}\" } }\n",
            ),
            "did you mean `{mail}`?",
        ),
    ];
    for (text, said) in cases {
        let error = parse(&text).map(|_| ()).unwrap_err();
        assert!(error.contains(said), "expected `{said}` in:\n{error}");
        assert!(error.contains("usher.toml:"), "{error}");
    }
}

#[test]
fn a_pending_row_is_one_of_those_that_a_row_belongs_to() {
    let text = TWO.replace(
        "grace =",
        "pending_if = [{ source = \"idp\", field = \"ok\", equals = false }]\ngrace =",
    );
    assert_eq!(parse(&text).unwrap().sources[1].pending_if[0].source, 0);
    let text = text.replace("source = \"idp\", field", "source = \"app\", field");
    assert!(parse(&text).is_err());
}

#[test]
fn the_examples_that_are_handed_out_are_right() {
    let page = include_str!("../../../../docs/audit.md");
    let example = page
        .split("```toml\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let example = example.to_owned();
    let set = |_: &str| Some("postgresql://u:p@h/d".to_owned());
    for text in [
        example.as_str(),
        include_str!("../../../usher.example.toml"),
    ] {
        let read = Audit::parse(Path::new("usher.toml"), text, &set);
        let audit = read.unwrap_or_else(|error| panic!("{error}"));
        assert!(audit.actions.len() == 1 && audit.sources.len() >= 2);
    }
}
