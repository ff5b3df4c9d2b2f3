//! Target `control_plane`: whatever a control plane says, it is read as the plainest reader would, and makes nobody somebody else.

#![expect(
    clippy::cast_precision_loss,
    clippy::expect_used,
    reason = "a law: where it is broken it panics"
)]

use policy::control_plane::Said;
use policy::org::OrgId;
use policy::standing::{Membership, Standing};
use serde_json::Value;

use crate::json_members;
use crate::kv_record::{ASKED, ISSUER, SUBJECT};
use crate::outcome::Outcome;

pub(crate) const WORDS: &[&str] = &[
    "\"issuer\":\"https://login.platform.test\"",
    "\"subject\":\"guy\"",
    "\"membership\":\"member\"",
    "\"needs_invitation\"",
    "\"stranger\"",
    "\"org\":",
    "\"role\":\"platform_owner\"",
    "\"instance\":{",
    "\"id\":\"i-1\"",
    "\"url\":\"https://guy.fly.dev\"",
    "\"status\":\"ready\"",
    "\"since\":7",
    "\"signed_out_before\":",
    "\"version\":3",
    "\"address\":\"app.guy.test\"",
    "null",
    "\\u0067uy",
    "9007199254740993",
    "1e3",
];

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let record =
        |more: &str| format!(r#"{{"issuer":"{ISSUER}","subject":"{SUBJECT}",{more},"version":3}}"#);
    let instance =
        r#""instance":{"id":"i-1","url":"https://guy.fly.dev","status":"ready","since":7}"#;
    let texts = [
        record(&format!(
            r#""membership":"member","org":"guys","role":"org_owner",{instance}"#
        )),
        record(r#""membership":"needs_invitation","instance":null,"signed_out_before":9"#),
        record(&format!(
            r#""membership":"member","address":"app.guy.test",{instance}"#
        )),
        record(r#""membership":"stranger","more":{"x":[1]}"#),
        record(&format!(
            r#""membership":"member","membership":"stranger",{instance}"#
        )),
    ];
    texts.map(Into::into).to_vec()
}

pub(crate) fn law(data: &[u8]) -> Outcome {
    let (doors, hosts) = &*ASKED;
    let Ok(said) = Said::read(data) else {
        return Outcome::Refused;
    };
    let plain = json_members::strictly(data);
    let knock = said.knock();
    let at_each = doors.iter().filter_map(|asked| {
        let standing = said.clone().parse(asked, hosts).ok()?;
        Some((asked, standing))
    });
    let mut taken = at_each.collect::<Vec<_>>();
    assert!(taken.len() < 2, "one record opens one door");
    let Some((asked, standing)) = taken.pop() else {
        return Outcome::Refused;
    };
    assert_eq!(knock.as_ref(), Some(asked));
    assert_eq!(standing.knock(), *asked);
    // Numbers that no reader of ours can hold are another matter: then there is one reading.
    if let Some(plain) = plain {
        the_same(&plain, &standing);
    }
    Outcome::Taken
}

fn the_same(plain: &Value, standing: &Standing) {
    assert_eq!(plain["issuer"], ISSUER);
    assert_eq!(plain["subject"], SUBJECT);
    assert_eq!(plain["version"].as_f64(), Some(standing.version as f64));
    let word = match &standing.membership {
        Membership::Member { org, role } => {
            assert_eq!(plain["org"].as_str(), org.as_ref().map(OrgId::as_str));
            assert_eq!(plain["role"].as_str().unwrap_or("member"), role.word());
            "member"
        }
        Membership::NeedsInvitation => "needs_invitation",
        Membership::Stranger => "stranger",
    };
    assert_eq!(plain["membership"], word);
    match &standing.instance {
        Some(instance) => {
            let said = &plain["instance"];
            assert_eq!(said["status"], instance.status.word());
            assert_eq!(said["id"], instance.id.as_str());
            let host = instance.url.host();
            assert!(host == "127.0.0.1" || host.ends_with(".fly.dev"), "{host}");
        }
        None => assert!(plain["instance"].is_null()),
    }
    let before = standing.sign_outs.before;
    assert_eq!(before.is_some(), !plain["signed_out_before"].is_null());
    let identity = &standing.identity;
    assert!(!identity.subject.as_str().is_empty(), "{identity:?}");
    let again = serde_json::to_vec(plain).expect("a value can be written");
    assert!(Said::read(&again).is_ok());
}
