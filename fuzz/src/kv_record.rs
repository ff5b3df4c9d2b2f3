//! Target `kv_record`: a store may hold anything, and never makes anybody somebody else or leads to a host that is not allowed.

#![expect(clippy::expect_used, reason = "a law: where it is broken it panics")]

use std::sync::LazyLock;

use policy::door::{Address, Door, Knock};
use policy::instance_url::HostRule;
use policy::sighting::Sighting;
use policy::standing::{Identity, IssuerUrl, Subject};
use policy::status::Status;
use serde_json::Value;

use crate::json_members;
use crate::outcome::Outcome;

pub(crate) const ISSUER: &str = "https://login.platform.test";
pub(crate) const SUBJECT: &str = "guy";
const ADDRESS: &str = "app.guy.test";

pub(crate) const WORDS: &[&str] = &[
    "\"v\":2",
    "\"seen_at\":",
    "\"standing\":",
    "\"issuer\":\"https://login.platform.test\"",
    "\"subject\":\"guy\"",
    "\"membership\":\"member\"",
    "\"needs_invitation\"",
    "\"stranger\"",
    "\"org\":",
    "\"role\":\"platform_owner\"",
    "\"instance_id\":\"i-1\"",
    "\"instance_url\":\"https://guy.fly.dev\"",
    "\"status\":\"ready\"",
    "\"since\":7",
    "\"signed_out_before\":9",
    "\"ended_sessions\":[\"abcdefghijklmnopqrstuv\"]",
    "\"version\":3",
    "\"address\":\"app.guy.test\"",
    "null",
    "\\u0067uy",
    ".fly.dev",
    "http://127.0.0.1:4000",
    "https://",
];

/// Who is asked for at which doors, and where instances may answer.
pub(crate) static ASKED: LazyLock<([Knock; 2], Vec<HostRule>)> = LazyLock::new(|| {
    let knock = |door| Knock {
        identity: Identity {
            issuer: IssuerUrl::new(ISSUER).expect("a name"),
            subject: Subject::new(SUBJECT).expect("a subject"),
        },
        door,
    };
    let address = Address::new(ADDRESS).expect("an address");
    let rules = ["*.fly.dev", "http://127.0.0.1"];
    let rules = rules.map(|rule| HostRule::parse(rule).expect("a rule"));
    ([knock(Door::Own), knock(Door::At(address))], rules.to_vec())
});

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let record = |standing: &str| {
        format!(
            r#"{{"v":2,"seen_at":1767225600000,"standing":{{"issuer":"{ISSUER}","subject":{standing},"version":3}}}}"#
        )
    };
    let instance =
        r#""instance_id":"i-1","instance_url":"https://guy.fly.dev","status":"ready","since":7"#;
    let none = r#""instance_id":null,"instance_url":null,"status":null,"since":null"#;
    let texts = [
        record(&format!(
            r#""guy","membership":"member","signed_out_before":9,"ended_sessions":["abcdefghijklmnopqrstuv"],"org":"guys","role":"member",{instance}"#
        )),
        record(&format!(
            r#""guy","membership":"member","org":null,"role":"member",{instance},"address":"app.guy.test""#
        )),
        record(&format!(
            r#""eve","membership":"member","org":null,"role":"member",{instance}"#
        )),
        record(&format!(
            r#""guy","membership":"stranger","org":null,"role":null,{none}"#
        )),
        record(&format!(
            r#""guy","membership":"needs_invitation","org":null,"role":null,{none}"#
        )),
        format!(
            r#"[2,5,["{ISSUER}","guy","stranger",null,null,null,null,null,null,9,["abcdefghijklmnopqrstuv"],3]]"#
        ),
    ];
    texts.map(Into::into).to_vec()
}

pub(crate) fn law(data: &[u8]) -> Outcome {
    let (doors, hosts) = &*ASKED;
    let at_each = doors
        .iter()
        .filter_map(|asked| Some((asked, Sighting::restore(data, asked, hosts).ok()?)));
    let mut taken = at_each.collect::<Vec<_>>();
    assert!(taken.len() < 2, "one record opens one door");
    let Some((asked, sighting)) = taken.pop() else {
        return Outcome::Refused;
    };
    assert!(data.len() <= Sighting::MAX_STORED_BYTES);
    assert_eq!(sighting.standing.knock(), *asked);
    the_same_person(
        &json_members::strictly(data).expect("read strictly"),
        &sighting,
    );
    if let Some(instance) = &sighting.standing.instance {
        assert!(Status::parse(instance.status.word()).is_ok());
        let host = instance.url.host();
        assert!(host == "127.0.0.1" || host.ends_with(".fly.dev"), "{host}");
        let url = url::Url::parse(instance.url.as_str()).expect("an address");
        assert_eq!(url.host_str(), Some(host));
    }
    let stored = sighting.store().expect("what was read can be stored");
    assert_eq!(Sighting::restore(&stored, asked, hosts), Ok(sighting));
    Outcome::Taken
}

fn the_same_person(record: &Value, sighting: &Sighting) {
    assert_eq!(record["v"], 2);
    let standing = &record["standing"];
    assert_eq!(standing["issuer"], ISSUER);
    assert_eq!(standing["subject"], SUBJECT);
    if let Some(instance) = &sighting.standing.instance {
        assert_eq!(standing["status"], instance.status.word());
    }
}
