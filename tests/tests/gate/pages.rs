//! Whoever is not let in is told why, in the words of their own case, as a page or as JSON.

use policy::contract::Problem;
use policy::language::Language;
use policy::reason::Reason;
use reqwest::Method;
use serde_json::json;
use stage::KeepAt;

use crate::cast::{account, header, person, program, told, world, world_with};

const STATES: [(&str, KeepAt, Reason); 4] = [
    (
        "provisioning",
        KeepAt::Provisioning,
        Reason::InstanceProvisioning,
    ),
    ("active", KeepAt::Active, Reason::InstanceActive),
    ("suspended", KeepAt::Suspended, Reason::InstanceSuspended),
    (
        "uninvited",
        KeepAt::NeedsInvitation,
        Reason::InvitationRequired,
    ),
];

#[tokio::test]
async fn each_status_has_its_own_message_as_a_page_and_as_json() {
    let world = world().await;
    for (name, keep_at, reason) in STATES {
        let account = account(&world, name, keep_at).await;

        let response = person(&world, &account).get("/").await;
        assert!(
            header(&response, "content-type").starts_with("text/html"),
            "{response:?}"
        );
        let retry_after = reason
            .retry_after()
            .map_or(String::new(), |seconds| seconds.to_string());
        assert_eq!(header(&response, "retry-after"), retry_after);
        let (status, code, page) = told(response).await;
        assert_eq!(
            (status, code.as_str()),
            (reason.http_status(), reason.code())
        );
        let words = reason.words(Language::English);
        // Where a long address may break.
        let page = page.replace("<wbr>", "");
        for part in [
            words.title,
            words.detail,
            words.next,
            &account.email,
            "mailto:support@usher.invalid",
        ] {
            assert!(page.contains(part), "{name} lacks {part}:\n{page}");
        }

        let response = program(&world, &account).get("/").await;
        assert_eq!(
            header(&response, "content-type"),
            "application/problem+json"
        );
        let (status, code, body) = told(response).await;
        let problem: Problem = serde_json::from_str(&body).unwrap();
        assert_eq!(
            (status, code.as_str()),
            (reason.http_status(), reason.code())
        );
        assert_eq!(
            (problem.status, problem.reason.as_str()),
            (reason.http_status(), reason.code())
        );
        assert_eq!(
            (problem.title.as_str(), problem.retry_after),
            (words.title, reason.retry_after())
        );
    }
}

#[tokio::test]
async fn a_waiting_page_opens_the_app_by_itself_and_others_do_not_reload() {
    let world = world().await;
    for (name, keep_at, reason) in STATES {
        let account = account(&world, name, keep_at).await;
        let (_, _, page) = told(person(&world, &account).get("/").await).await;
        let reloads = page.contains("http-equiv=\"refresh\"");
        assert_eq!(
            reloads,
            matches!(
                reason,
                Reason::InstanceActive | Reason::InstanceProvisioning
            ),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_wait_beyond_the_budget_is_called_overdue() {
    let world = world_with(json!({ "USHER_SETUP_BUDGET_SECONDS": 1 })).await;
    let account = account(&world, "waiting", KeepAt::Active).await;
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    let (status, code, page) = told(person(&world, &account).get("/").await).await;
    assert_eq!((status, code.as_str()), (503, "instance_overdue"));
    assert!(page.contains("Contact support"), "{page}");
}

#[tokio::test]
async fn a_stranger_is_told_the_same_as_somebody_without_an_instance() {
    let world = world().await;
    let stranger = world.stage.sign(&json!({
        "iss": world.stage.addresses().identity, "aud": "usher", "sub": "nobody", "exp": crate::cast::unix_seconds() + 60,
    }));
    let (status, code, _) = told(world.api().with_bearer(&stranger).get("/").await).await;
    assert_eq!((status, code.as_str()), (403, "no_instance"));
}

#[tokio::test]
async fn a_page_that_does_not_wait_runs_nothing_and_no_page_loads_anything() {
    let world = world().await;
    let account = account(&world, "suspended", KeepAt::Suspended).await;
    let response = person(&world, &account).get("/").await;
    assert!(header(&response, "content-security-policy").starts_with("default-src 'none'"));
    assert_eq!(header(&response, "x-content-type-options"), "nosniff");
    assert_eq!(header(&response, "referrer-policy"), "same-origin");
    let page = response.text().await.unwrap();
    for part in ["<script", "src=", "@import", "url("] {
        assert!(!page.contains(part), "{part}");
    }
}

#[tokio::test]
async fn what_a_token_says_is_escaped_on_a_page() {
    let world = world().await;
    let account = account(&world, "suspended", KeepAt::Suspended).await;
    let mut claims = crate::cast::claims(&world, &account);
    claims["email"] = json!("<script>alert(1)</script>@x.example");
    let token = world.stage.sign(&claims);
    let (_, _, page) = told(world.browser().with_bearer(&token).get("/").await).await;
    assert!(!page.contains("<script>"), "{page}");
    assert!(page.contains("&#60;script&#62;alert(1)"), "{page}");
}

#[tokio::test]
async fn a_program_is_never_redirected() {
    let world = world().await;
    let response = world.api().get("/").await;
    assert_eq!(header(&response, "www-authenticate"), "Bearer");
    assert_eq!(told(response).await.0, 401);
    let browser = world.browser();
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let response = browser
            .send(browser.request(method, "/").body("precious"))
            .await;
        assert_eq!(told(response).await.0, 401);
    }
}

#[tokio::test]
async fn a_person_without_a_log_in_is_sent_to_log_in_and_back() {
    let world = world().await;
    let response = world.browser().get("/reports?year=2026&q=a%20b").await;
    let return_to = format!(
        "{}%2Freports%3Fyear%3D2026%26q%3Da%2520b",
        world.gate.url.replace(':', "%3A").replace('/', "%2F")
    );
    let location = format!(
        "{}?return_to={return_to}",
        world.stage.addresses().login_url
    );
    assert_eq!(
        (response.status().as_u16(), header(&response, "location")),
        (303, location.as_str())
    );
}

#[tokio::test]
async fn a_person_whose_form_cannot_be_understood_reads_what_is_wrong_with_it() {
    let world = world().await;
    let browser = world.browser();
    let form = browser
        .request(Method::POST, "/.usher/session")
        .header("origin", &world.stage.addresses().identity)
        .body("tokn=x");
    let (status, reason, page) = told(browser.send(form).await).await;
    assert_eq!((status, reason.as_str()), (400, "bad_request"));
    assert!(page.contains("the form has no field `token`"), "{page}");
}

#[tokio::test]
async fn every_answer_of_the_gates_own_says_from_which_upload_it_is_and_no_answer_of_an_app_does() {
    let world = world().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let stranger = world.api();
    for path in ["/", "/.usher/health", "/.usher/me", "/.usher/nothing"] {
        let answer = stranger.get(path).await;
        let version = header(&answer, "usher-version");
        // miniflare makes one up as the platform does.
        assert!(
            uuid::Uuid::parse_str(version).is_ok(),
            "{path}: `{version}`"
        );
    }
    let carried = program(&world, &account).get("/").await;
    assert_eq!(header(&carried, "usher-version"), "");
}
