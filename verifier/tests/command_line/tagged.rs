//! Users of runs whose journal is lost are found in the deployment's own list, whatever its pages are like; nobody else is touched.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::usher::{Ended, Usher, configuration};

const KEY: &str = "canary-key-of-an-operator";

/// An identity service with a list for operators.
#[derive(Clone)]
struct Directory(Arc<Inner>);

struct Inner {
    address: String,
    /// By id, in the order of the list.
    users: Mutex<BTreeMap<u32, Value>>,
    /// How often it still says that it is asked too often.
    refusals: Mutex<u32>,
    pages: Mutex<u32>,
}

/// As many rows has a page.
const ROWS: usize = 3;

impl Directory {
    /// Two left over by runs, one by a run of a moment ago, and real people on several pages.
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let users = [
            ("guy@example.com", 0),
            ("usher-00000000000a@usher.invalid", 7200),
            ("usher-fan@usher.invalid", 7200),
            ("anna@example.com", 7200),
            ("usher-00000000000b@00000000000b.usher.invalid", 90_000),
            ("usher-00000000000c@usher.invalid", 10),
            ("usher-00000000000d@usher.example.com", 90_000),
        ];
        let row = |(id, (email, age)): (u32, (&str, u64))| {
            let profile = json!({ "mail": email });
            (
                id,
                json!({ "id": id, "profile": profile, "created": now - age }),
            )
        };
        let inner = Inner {
            address,
            users: Mutex::new((1..).zip(users).map(row).collect()),
            refusals: Mutex::new(0),
            pages: Mutex::new(0),
        };
        let directory = Self(Arc::new(inner));
        let router = Router::new()
            .route("/token", post(token))
            .route("/users", get(list))
            .route("/users/{id}", delete(remove))
            .with_state(directory.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        directory
    }

    fn emails(&self) -> Vec<String> {
        let users = self.0.users.lock().unwrap();
        let mail = |row: &Value| row["profile"]["mail"].as_str().unwrap().to_owned();
        users.values().map(mail).collect()
    }

    /// A folder whose configuration lists users in this way.
    fn usher(&self, paging: &str, style: &str) -> Usher {
        let tagged = format!(
            r#"
[secrets]
key = {{ env = "OPERATOR_KEY" }}

[tagged_users]
email = "/profile/mail"
created = "/created"
keep = {{ user_id = "/id" }}

[[tagged_users.list.before]]
method = "POST"
url = "{{identity}}/token"
json = {{ key = "{{key}}" }}
capture = {{ operator_token = "/access_token" }}

[tagged_users.list]
url = "{{identity}}/users?style={style}&limit={ROWS}"
headers = {{ authorization = "Bearer {{operator_token}}" }}
rows = "/rows"
{paging}

[tagged_users.remove]
url = "{{identity}}/users/{{user_id}}"
headers = {{ authorization = "Bearer {{operator_token}}" }}
"#
        );
        Usher::configured(&format!("{}{tagged}", configuration(&self.0.address)))
            .with("OPERATOR_KEY", KEY)
    }
}

async fn token(Json(body): Json<Value>) -> Response {
    if body["key"] == KEY {
        return Json(json!({ "access_token": "canary-token-of-an-operator" })).into_response();
    }
    StatusCode::FORBIDDEN.into_response()
}

fn is_operator(headers: &HeaderMap) -> bool {
    (headers.get("authorization"))
        .is_some_and(|value| value == "Bearer canary-token-of-an-operator")
}

async fn list(
    State(here): State<Directory>,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if !is_operator(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let mut refusals = here.0.refusals.lock().unwrap();
    if *refusals > 0 {
        *refusals -= 1;
        return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "0")]).into_response();
    }
    *here.0.pages.lock().unwrap() += 1;
    let number = |name: &str| {
        query
            .get(name)
            .map_or(0, |text| text.parse::<usize>().unwrap())
    };
    let style = query["style"].as_str();
    let begin = match style {
        "page" => number("page") * ROWS,
        "deaf" => 0,
        _ => number("from"),
    };
    let users = here.0.users.lock().unwrap();
    let rows: Vec<&Value> = users.values().skip(begin).take(ROWS).collect();
    let end = begin + rows.len();
    let next = (end < users.len()).then_some(end);
    let address = next.map(|next| format!("/users?style={style}&limit={ROWS}&from={next}"));
    match style {
        "link" => {
            let mut answer = Json(json!({ "rows": rows })).into_response();
            if let Some(address) = address {
                let link = format!("<{address}>; rel=\"next\"");
                answer.headers_mut().insert("link", link.parse().unwrap());
            }
            answer
        }
        "away" => Json(json!({ "rows": rows, "next": "http://127.0.0.1:1/users" })).into_response(),
        "next" => Json(json!({ "rows": rows, "next": address })).into_response(),
        _ => Json(json!({ "rows": rows, "next": next })).into_response(),
    }
}

async fn remove(
    State(here): State<Directory>,
    Path(id): Path<u32>,
    headers: HeaderMap,
) -> StatusCode {
    if !is_operator(&headers) {
        return StatusCode::UNAUTHORIZED;
    }
    here.0.users.lock().unwrap().remove(&id);
    StatusCode::NO_CONTENT
}

/// Everybody but the two whom runs left behind long ago.
const OTHERS: [&str; 5] = [
    "guy@example.com",
    "usher-fan@usher.invalid",
    "anna@example.com",
    "usher-00000000000c@usher.invalid",
    "usher-00000000000d@usher.example.com",
];

fn assert_swept(ended: &Ended, directory: &Directory) {
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    let verdict = "swept up 2 users; nothing is left over";
    assert!(ended.stdout.contains(verdict), "{}", ended.stdout);
    assert_eq!(directory.emails(), OTHERS);
    for said in [&ended.stdout, &ended.stderr] {
        assert!(!said.contains("canary"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_run_left_behind_is_found_by_every_way_to_the_next_page_and_nobody_else_is() {
    for (style, paging) in [
        ("link", "paging = { link = true }"),
        ("next", r#"paging = { next = "/next" }"#),
        (
            "cursor",
            r#"paging = { cursor = "/next", parameter = "from" }"#,
        ),
        ("page", r#"paging = { page = "page" }"#),
        ("offset", r#"paging = { offset = "from" }"#),
    ] {
        let directory = Directory::start().await;
        let usher = directory.usher(paging, style);
        let ended = usher.run(&["cleanup", "--yes"]).await;
        assert_swept(&ended, &directory);
        assert!(*directory.0.pages.lock().unwrap() >= 3, "{style}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_wants_to_be_asked_later_is_asked_later() {
    let directory = Directory::start().await;
    *directory.0.refusals.lock().unwrap() = 3;
    let usher = directory.usher(r#"paging = { next = "/next" }"#, "next");
    let ended = usher.run(&["cleanup", "--yes"]).await;
    assert_swept(&ended, &directory);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_removed_from_the_list_unasked_and_their_age_counts() {
    let directory = Directory::start().await;
    let usher = directory.usher(r#"paging = { next = "/next" }"#, "next");
    let all = directory.emails().len();
    let ended = usher.run(&["cleanup"]).await;
    assert_eq!(ended.code, 2, "{}", ended.stderr);
    for named in [
        "usher-00000000000a@usher.invalid",
        "listed by [tagged_users] of usher.toml",
    ] {
        assert!(ended.stderr.contains(named), "{}", ended.stderr);
    }
    assert_eq!(directory.emails().len(), all);
    let ended = usher.run(&["cleanup", "--yes", "--older-than", "1d"]).await;
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(directory.emails().len(), all - 1);
    let of_a_moment_ago = ["cleanup", "--yes", "--older-than", "5s", OTHERS[3]];
    assert_eq!(usher.run(&of_a_moment_ago).await.code, 0);
    assert_eq!(directory.emails().len(), all - 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_was_not_read_is_never_taken_for_an_empty_one() {
    for (style, paging, said) in [
        (
            "deaf",
            r#"paging = { page = "page" }"#,
            "the same page again and again",
        ),
        (
            "away",
            r#"paging = { next = "/next" }"#,
            "no address of the same service",
        ),
        (
            "next",
            "paging = { link = true }\nstatus = [204]",
            "expected status 204, found 200",
        ),
    ] {
        let directory = Directory::start().await;
        let usher = directory.usher(paging, style);
        let ended = usher.run(&["cleanup", "--yes"]).await;
        assert_eq!(ended.code, 3, "{}", ended.stdout);
        let report = ended.report();
        assert!(report.contains(said), "{report}");
        assert!(report.contains("is not known"), "{report}");
        assert_eq!(directory.emails().len(), OTHERS.len() + 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_in_how_users_are_listed_is_shown_before_anybody_is_asked() {
    let directory = Directory::start().await;
    for (paging, said) in [
        (
            r#"paging = { cursor = "/next" }"#,
            "`cursor` and `parameter` belong together",
        ),
        ("paging = {}", "there is one way to the next page"),
        (
            r#"paging = { link = true, offset = "from" }"#,
            "there is one way to the next page",
        ),
        (
            r#"paging = { offset = "from", first = 1 }"#,
            "there is no `page`",
        ),
    ] {
        let ended = directory
            .usher(paging, "next")
            .run(&["cleanup", "--yes"])
            .await;
        assert_eq!(ended.code, 2, "{paging}: {}", ended.stderr);
        assert!(ended.stderr.contains(said), "{paging}: {}", ended.stderr);
    }
    let text = format!(
        "{}\n[users]\nemail = \"{{run}}@example.com\"\n[tagged_users]\nemail = \"/m\"\ncreated = \"/c\"\nlist = {{ url = \"{{identity}}/users\", rows = \"\" }}\nremove = {{ url = \"{{identity}}/users?e={{email}}\" }}\n",
        configuration(&directory.0.address)
    );
    let ended = Usher::configured(&text).run(&["cleanup", "--yes"]).await;
    assert_eq!(ended.code, 2, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("cannot be told from real people"),
        "{}",
        ended.stderr
    );
    assert_eq!(*directory.0.pages.lock().unwrap(), 0);
}
