//! `/.usher/explain` asks whatever the authority is, also while that is at rest, and tells operators what is wrong with its answer.

use policy::contract::explanation::{Explanation, Look};
use serde_json::json;
use tests::World;

use crate::cast::{app, outcome, platform, ready, visitor, world_with};
use crate::control_plane::Answer;

async fn explained(world: &World, subject: &str) -> Explanation {
    let operator = world.api().with_bearer(&world.gate.admin_secret);
    let issuer = &world.stage.addresses().identity;
    let path = format!("/.usher/explain?issuer={issuer}&subject={subject}");
    let answer = operator.get(&path).await;
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

fn look<'e>(explanation: &'e Explanation, store: &str) -> &'e Look {
    let mut looks = explanation.looks.iter();
    looks.find(|look| look.store == store).unwrap()
}

fn problem<'e>(explanation: &'e Explanation, store: &str) -> &'e str {
    look(explanation, store)
        .problem
        .as_deref()
        .unwrap_or_default()
}

#[tokio::test]
async fn what_is_wrong_with_the_answer_of_a_control_plane_is_told_to_operators() {
    let platform = platform().await;
    let well = explained(&platform.world, "guy").await;
    assert!(well.admitted, "{well:?}");
    assert_eq!(
        (&*well.decided_by, problem(&well, "authority")),
        ("authority", "")
    );

    let mut wrong = ready(&platform.app);
    wrong["instance"]["status"] = json!("running");
    for (answer, reason, complaint) in [
        (Answer::json(200, &wrong), "standing_unreadable", "running"),
        (
            Answer::json(503, &json!({})),
            "authority_unavailable",
            "503",
        ),
        (
            Answer::json(401, &json!({})),
            "authority_unavailable",
            "signature",
        ),
    ] {
        platform.control_plane.answers(answer);
        let explained = explained(&platform.world, "guy").await;
        assert_eq!(explained.reason, reason);
        let said = problem(&explained, "authority");
        assert!(said.contains(complaint), "{said}");
        assert!(look(&explained, "authority").standing.is_none());
    }
}

#[tokio::test]
async fn while_nobody_is_asked_for_it_is_said_that_nobody_is() {
    let platform = platform().await;
    let failure = Answer::json(500, &json!({}));
    platform.control_plane.answers(failure);
    for number in 0..8 {
        outcome(&platform.visitor(&format!("visitor-{number}"))).await;
    }
    // It answers again, and the circuit does not know it yet.
    platform.heal();
    let explained = explained(&platform.world, "guy").await;
    assert_eq!(explained.reason, "authority_unavailable");
    let said = problem(&explained, "authority");
    assert!(said.contains("asked for this explanation only"), "{said}");
    assert!(look(&explained, "authority").standing.is_some());
}

#[tokio::test]
async fn where_kv_is_the_authority_there_is_no_copy_to_look_at() {
    let world = world_with(json!({ "USHER_AUTHORITY": "kv" })).await;
    let operator = world.api().with_bearer(&world.gate.admin_secret);
    let standing = json!({
        "issuer": world.stage.addresses().identity, "subject": "guy", "membership": "member",
        "instance": { "id": "i-1", "url": app().await },
    });
    let put = operator.request(reqwest::Method::PUT, "/.usher/admin/v1/standings");
    assert_eq!(operator.send(put.json(&standing)).await.status(), 200);
    outcome(&visitor(&world, "guy")).await;
    let explained = explained(&world, "guy").await;
    assert_eq!(explained.reason, "instance_provisioning");
    assert!(problem(&explained, "kv").contains("KV is the authority"));
    assert!(look(&explained, "authority").standing.is_some());
}
