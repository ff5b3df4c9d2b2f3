//! A control plane that fails is left alone for a while, and asked more and more as it recovers.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::cast::{outcome, platform, ready};
use crate::control_plane::Answer;

#[tokio::test]
async fn a_failing_control_plane_is_left_alone_and_found_again() {
    let platform = platform().await;
    let known = platform.visitor("known");
    assert_eq!(outcome(&known).await, "let in");
    tokio::time::sleep(Duration::from_millis(1100)).await;
    platform
        .control_plane
        .answers(Answer::json(500, &json!({})));
    let (began, before) = (Instant::now(), platform.control_plane.asked());
    for count in 0..40 {
        let new = platform.visitor(&format!("new-{count}"));
        assert_eq!(outcome(&new).await, "authority_unavailable");
        assert_eq!(outcome(&known).await, "let in");
    }
    let asked = platform.control_plane.asked() - before;
    // Five, and one for each time that it was tried again, which is every four seconds at the earliest.
    let most = 5 + usize::try_from(began.elapsed().as_secs() / 4).unwrap();
    assert!(
        (5..=most).contains(&asked),
        "asked {asked} times in {:?}",
        began.elapsed()
    );

    platform.heal();
    let deadline = Instant::now() + Duration::from_secs(30);
    while outcome(&platform.visitor("late")).await != "let in" {
        assert!(Instant::now() < deadline, "never asked again");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for count in 0..10 {
        assert_eq!(
            outcome(&platform.visitor(&format!("more-{count}"))).await,
            "let in"
        );
    }
}

#[tokio::test]
async fn retry_after_is_honoured_from_the_first_answer_on() {
    for (status, when) in [
        (429, "retry-after: 60\r\n"),
        (503, "retry-after: Fri, 31 Dec 9999 23:59:59 GMT\r\n"),
    ] {
        let platform = platform().await;
        platform
            .control_plane
            .answers(Answer::Says(status, when, String::new()));
        let began = Instant::now();
        for count in 0..10 {
            let new = platform.visitor(&format!("new-{count}"));
            assert_eq!(outcome(&new).await, "authority_unavailable");
        }
        let asked = platform.control_plane.asked();
        assert!(
            asked == 1 || began.elapsed() > Duration::from_mins(1),
            "asked {asked} times"
        );
        platform
            .control_plane
            .answers(Answer::json(200, &ready(&platform.app)));
        assert!(
            outcome(&platform.visitor("new")).await == "authority_unavailable"
                || began.elapsed() > Duration::from_mins(1)
        );
    }
}
