//! Two visitors at once never see each other's instance.

use serde_json::json;
use stage::KeepAt;
use tokio::task::JoinSet;

use crate::cast::{account, app, program, world, world_with};

#[tokio::test]
async fn visitors_at_once_each_reach_their_own_instance() {
    // Short ages, so that fast and slow answers mix.
    let world = world_with(json!({ "USHER_FRESH_SECONDS": 1, "USHER_FRESH_WAITING_SECONDS": 1, "USHER_STALE_SECONDS": 1 })).await;
    let mut requests = JoinSet::new();
    for number in 0..6 {
        let account = account(&world, &format!("guest-{number}"), KeepAt::Ready).await;
        let visitor = program(&world, &account);
        for _ in 0..40 {
            let (visitor, account) = (visitor.clone(), account.clone());
            requests.spawn(async move {
                let said = app(visitor.get("/").await).await;
                assert_eq!(said["usher-user"], json!(account.subject));
                assert_eq!(said["usher-email"], json!(account.email));
                assert_eq!(said["instance"], json!(account.instance.unwrap().id));
            });
        }
    }
    let answered = requests.join_all().await.len();
    assert_eq!(answered, 240);
}

#[tokio::test]
async fn a_deleted_visitor_is_out_at_the_next_request() {
    let world = world().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let visitor = program(&world, &account);
    app(visitor.get("/").await).await;
    let identity = &world.stage.addresses().identity;
    let response = reqwest::Client::new()
        .delete(format!("{identity}/api/v1/users/me"))
        .bearer_auth(world.stage.access_token(&account))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 204);
    assert_eq!(
        crate::cast::told(visitor.get("/").await).await.1,
        "no_instance"
    );
}
