//! A defect of `usher` itself leaves nobody behind, says no secret, and is never taken for a wrong deploy.

use crate::deployment::{ADMIN_SECRET, Deployment, Switch};
use crate::usher::Usher;

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_any_step_leaves_nobody_behind_and_says_no_secret() {
    for step in ["log_in", "wait_until_ready", "reach_instance", "log_out"] {
        let deployment = Deployment::start(Switch::Healthy).await;
        let words = format!("{step}=found {ADMIN_SECRET} here");
        let usher = Usher::at(deployment.address()).with("USHER_TEST_PANIC", &words);
        let ended = usher.verify(&["--report", "json"]).await;
        assert_eq!(ended.code, 3, "{step}: {}{}", ended.stdout, ended.stderr);
        assert_eq!(deployment.registered(), 1, "{step}");
        assert_eq!(deployment.users(), Vec::<String>::new(), "{step}");
        assert!(usher.journals().is_empty(), "{step}");
        let report: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
        let verdict = serde_json::json!({ "outcome": "broken", "step": step });
        assert_eq!(report["verdict"], verdict, "{step}");
        let why = "a defect of usher itself: found *** here";
        for said in [&ended.stdout, &ended.stderr] {
            assert!(!said.contains(ADMIN_SECRET), "{step}: {said}");
        }
        assert!(ended.stdout.contains(why), "{step}: {}", ended.stdout);
        assert!(ended.stderr.contains("found *** here"), "{}", ended.stderr);
        assert!(
            ended.stderr.contains("please report it"),
            "{}",
            ended.stderr
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_a_panic_in_the_clean_up_leaves_behind_is_swept_up_later() {
    let deployment = Deployment::start(Switch::Healthy).await;
    let usher = Usher::at(deployment.address()).with("USHER_TEST_PANIC", "clean_up=oh");
    let ended = usher.verify(&[]).await;
    assert_eq!(ended.code, 5, "{}{}", ended.stdout, ended.stderr);
    assert_eq!(deployment.users().len(), 1);
    let text = std::fs::read_to_string(usher.folder().join("usher.toml")).unwrap();
    let sound = Usher::configured(&text);
    std::fs::create_dir_all(sound.folder().join("state/journal")).unwrap();
    for journal in usher.journals() {
        let name = journal.file_name().unwrap().to_owned();
        std::fs::copy(&journal, sound.folder().join("state/journal").join(name)).unwrap();
    }
    let ended = sound.run(&["cleanup", "--yes"]).await;
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    assert!(deployment.users().is_empty());
}
