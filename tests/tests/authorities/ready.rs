//! `/.usher/ready` with a control plane: what is wrong, with the cure.

use policy::contract::Problem;
use serde_json::json;

use crate::cast::platform_with;
use crate::control_plane::Answer;

#[tokio::test]
async fn a_control_plane_is_asked_and_what_is_wrong_with_it_is_said() {
    let platform = platform_with(json!({})).await;
    let html = |status| Answer::Says(status, "content-type: text/html\r\n", String::new());
    for answer in [
        Answer::json(404, &json!({})),
        Answer::json(200, &crate::cast::ready(&platform.app)),
    ] {
        platform.control_plane.answers(answer);
        let response = platform.world.api().get("/.usher/ready").await;
        assert_eq!(response.status(), 200, "{}", response.text().await.unwrap());
    }
    for (answer, parts) in [
        (
            Answer::json(401, &json!({})),
            ["answered 401", "USHER_CONTROL_PLANE_SECRET"],
        ),
        (html(404), ["no application/json", "docs/authorities.md"]),
        (
            Answer::Says(302, "location: /\r\n", String::new()),
            ["a redirect", "USHER_CONTROL_PLANE_URL"],
        ),
        (
            Answer::json(500, &json!({})),
            ["answered 500", &platform.control_plane.url],
        ),
        (
            Answer::Silence,
            ["cannot be asked", &platform.control_plane.url],
        ),
        (
            Answer::json(200, &json!({})),
            ["`membership` is not a text", "docs/authorities.md"],
        ),
    ] {
        platform.control_plane.answers(answer);
        let response = platform.world.api().get("/.usher/ready").await;
        assert_eq!(response.status(), 503);
        let problem: Problem = response.json().await.unwrap();
        let [mistake] = &problem.mistakes[..] else {
            panic!("{:?}", problem.mistakes)
        };
        assert!(parts.iter().all(|part| mistake.contains(part)), "{mistake}");
    }
    let visitor = platform.world.api().get("/.usher/ready").await;
    assert!(!visitor.text().await.unwrap().contains(crate::cast::NEW));
}
