//! Ready-made accounts.

use policy::status::Status;
use serde_json::json;
use stage::{KeepAt, NewAccount, StageError, UserError};

use crate::world::{EMAIL, PASSWORD, World};

#[tokio::test]
async fn an_account_is_brought_to_its_status_step_by_step_and_stays_there() {
    for (keep_at, steps) in [
        (KeepAt::Provisioning, &[][..]),
        (KeepAt::Active, &[Status::Active]),
        (KeepAt::Ready, &[Status::Active, Status::Ready]),
        (
            KeepAt::Suspended,
            &[Status::Active, Status::Ready, Status::Suspended],
        ),
    ] {
        let world = World::start().await;
        let account = world.account(keep_at).await;
        let instance = account.instance.unwrap();
        let [standing, changes @ ..] = &world.gate.calls()[..] else {
            panic!("a standing")
        };
        assert_eq!(standing.body["subject"], account.subject.as_str());
        assert_eq!(
            standing.body["instance"],
            json!({ "id": instance.id, "url": instance.url })
        );
        let bodies: Vec<_> = changes.iter().map(|change| &change.body).collect();
        let expected: Vec<_> = steps.iter().map(|step| json!({ "status": step })).collect();
        assert_eq!(bodies, expected.iter().collect::<Vec<_>>(), "{keep_at:?}");
    }
}

#[tokio::test]
async fn an_uninvited_account_has_a_standing_and_no_instance() {
    let world = World::start().await;
    let account = world.account(KeepAt::NeedsInvitation).await;
    assert_eq!(account.instance, None);
    let [standing] = &world.gate.calls()[..] else {
        panic!("one call")
    };
    assert_eq!(standing.body["membership"], "needs_invitation");
    assert_eq!(standing.body.get("instance"), None);
}

#[tokio::test]
async fn a_second_account_of_one_address_is_refused() {
    let world = World::start().await;
    world.account(KeepAt::Provisioning).await;
    let again = NewAccount {
        email: EMAIL.to_owned(),
        password: PASSWORD.to_owned(),
        keep_at: KeepAt::Ready,
    };
    let refused = world.stage.account(again).await;
    assert!(
        matches!(refused, Err(StageError::Database(UserError::EmailTaken))),
        "{refused:?}"
    );
}
