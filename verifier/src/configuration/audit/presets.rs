//! Lists that need not be described: Auth0's users, the gate's registry, the accounts of an `ATProto` PDS.

use std::ops::Range;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use policy::contract::directory::MOST_ROWS;
use reqwest::header::{AUTHORIZATION, HeaderName};
use serde_json::json;

use crate::configuration::address::UrlTemplate;
use crate::configuration::answer_part::AnswerPart;
use crate::configuration::audit::Reader;
use crate::configuration::audit::complete::Ground;
use crate::configuration::audit::entry::SourceEntry;
use crate::configuration::list::{List, Paging};
use crate::configuration::mistake::Mistake;
use crate::configuration::name::Name;
use crate::configuration::placed::Placed;
use crate::configuration::request::{BodyTemplate, Call, Capture, Request};
use crate::configuration::template::Template;
use crate::configuration::template::json::JsonTemplate;
use crate::configuration::value::{AcceptedStatus, JsonPointer, Method};

/// Every user of a tenant, the oldest first (Management API v2, `GET /api/v2/users`).
pub(super) fn auth0(entry: &SourceEntry, ground: &Ground<'_>) -> Result<List, Mistake> {
    let at = Written { entry, ground };
    let url = entry
        .url
        .as_ref()
        .map_or("{identity}", |url| url.value.as_str());
    let url = url.trim_end_matches('/');
    let asking = at.address(
        entry.url.as_ref(),
        &format!("{url}/api/v2/users?per_page=100&page=0&sort=created_at%3A1&search_engine=v3&include_totals=false"),
    )?;
    let (before, bearer) = match (&entry.token, &entry.client_id, &entry.client_secret) {
        (Some(token), None, None) => (
            Vec::new(),
            at.template(token, &format!("Bearer {}", token.value))?,
        ),
        (None, Some(id), Some(secret)) => {
            let grant = json!({
                "grant_type": "client_credentials",
                "client_id": id.value,
                "client_secret": secret.value,
                "audience": format!("{url}/api/v2/"),
            });
            at.template(id, &id.value)?;
            at.template(secret, &secret.value)?;
            let grant = JsonTemplate::parse(grant);
            let grant = grant.map_err(|error| at.wrong(secret, &error.to_string()))?;
            let mut asking = request(
                Method::Post,
                at.address(entry.url.as_ref(), &format!("{url}/oauth/token"))?,
            );
            asking.body = Some(BodyTemplate::Json(grant));
            let token = at.own("access_token")?;
            asking.captures = vec![Capture {
                name: token.clone(),
                part: at.pointer("/access_token").map(AnswerPart::Json)?,
                is_secret: true,
            }];
            (vec![asking], Template::around("Bearer ", token, ""))
        }
        (_, _, _) => {
            let sentence = "who asks Auth0 needs either a token or an application";
            let cure = "give `client_id` and `client_secret` of a machine-to-machine application that may `read:users`, or `token`";
            return Err(ground.reading.mistake(
                &entry.kind,
                sentence.to_owned(),
                Some(cure.to_owned()),
            ));
        }
    };
    Ok(List {
        call: Call {
            before,
            request: with_header(request(Method::Get, asking), AUTHORIZATION, bearer),
        },
        rows: at.pointer("")?,
        paging: Paging::Windows,
    })
}

/// Everybody whom the gate's registry knows.
pub(super) fn gate(entry: &SourceEntry, ground: &Ground<'_>) -> Result<List, Mistake> {
    let at = Written { entry, ground };
    let (true, Some(admin)) = (ground.has_gate, &ground.admin) else {
        let sentence = "the gate's registry needs `gate` in [target], and [gate_admin]".to_owned();
        let cure = "add `[gate_admin]` with `secret_env = \"USHER_ADMIN_SECRET\"`".to_owned();
        return Err(ground.reading.mistake(&entry.kind, sentence, Some(cure)));
    };
    let asking = at.address(
        None,
        &format!("{{gate}}/.usher/admin/v1/users?limit={MOST_ROWS}"),
    )?;
    let bearer = at.template(&entry.name, &literal(&format!("Bearer {}", admin.secret)))?;
    Ok(List {
        call: Call {
            before: Vec::new(),
            request: with_header(request(Method::Get, asking), AUTHORIZATION, bearer),
        },
        rows: at.pointer("/users")?,
        paging: Paging::Cursor {
            part: at.pointer("/next").map(AnswerPart::Json)?,
            parameter: "after".to_owned(),
        },
    })
}

/// Every repository of a PDS, and what its administrator knows of the account (`com.atproto.sync.listRepos`,
/// `com.atproto.admin.getAccountInfos`). The reference PDS has no search by address, so all are read.
pub(super) fn pds(
    entry: &SourceEntry,
    ground: &Ground<'_>,
    span: &Range<usize>,
) -> Result<Reader, Mistake> {
    let at = Written { entry, ground };
    let (Some(url), Some(password)) = (&entry.url, &entry.password) else {
        let sentence = "a PDS needs `url` and `password`".to_owned();
        return Err(ground.reading.mistake_at(span, sentence, None));
    };
    let base = url.value.trim_end_matches('/');
    let repos = at.address(
        Some(url),
        &format!("{base}/xrpc/com.atproto.sync.listRepos?limit=100"),
    )?;
    let infos = at.address(
        Some(url),
        &format!("{base}/xrpc/com.atproto.admin.getAccountInfos"),
    )?;
    let secret = at.template(password, &password.value)?.fill(&ground.values);
    let secret = secret.map_err(|error| at.wrong(password, &error.to_string()))?;
    let basic = format!(
        "Basic {}",
        BASE64_STANDARD.encode(format!("admin:{secret}"))
    );
    let basic = at.template(password, &basic)?;
    Ok(Reader::Pds {
        repos: Box::new(List {
            call: Call {
                before: Vec::new(),
                request: request(Method::Get, repos),
            },
            rows: at.pointer("/repos")?,
            paging: Paging::Cursor {
                part: at.pointer("/cursor").map(AnswerPart::Json)?,
                parameter: "cursor".to_owned(),
            },
        }),
        infos: Box::new(with_header(
            request(Method::Get, infos),
            AUTHORIZATION,
            basic,
        )),
    })
}

fn request(method: Method, url: UrlTemplate) -> Request {
    Request {
        method,
        url,
        headers: Vec::new(),
        body: None,
        as_user: false,
        status: AcceptedStatus::default(),
        fails_if: Vec::new(),
        expect: Vec::new(),
        captures: Vec::new(),
    }
}

fn with_header(mut request: Request, name: HeaderName, value: Template) -> Request {
    request.headers.push((name, value));
    request
}

/// A text in which no brace opens a slot.
fn literal(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

/// Texts of a source, which may name what is known.
struct Written<'a> {
    entry: &'a SourceEntry,
    ground: &'a Ground<'a>,
}

impl Written<'_> {
    fn wrong(&self, at: &Placed<String>, sentence: &str) -> Mistake {
        self.ground.reading.mistake(at, sentence.to_owned(), None)
    }

    fn template(&self, at: &Placed<String>, text: &str) -> Result<Template, Mistake> {
        let template = Template::parse(text).map_err(|error| self.wrong(at, &error.to_string()))?;
        self.ground
            .scope
            .hold(self.ground.reading, &at.span, template.names())?;
        Ok(template)
    }

    fn address(&self, at: Option<&Placed<String>>, text: &str) -> Result<UrlTemplate, Mistake> {
        let at = at.unwrap_or(&self.entry.name);
        let template = UrlTemplate::parse(text).map_err(|error| self.wrong(at, &error))?;
        self.ground
            .scope
            .hold(self.ground.reading, &at.span, template.names())?;
        Ok(template)
    }

    fn pointer(&self, text: &str) -> Result<JsonPointer, Mistake> {
        JsonPointer::parse(text.to_owned()).map_err(|error| self.wrong(&self.entry.name, &error))
    }

    fn own(&self, name: &str) -> Result<Name, Mistake> {
        Name::parse(name).map_err(|error| self.wrong(&self.entry.name, &error.to_string()))
    }
}
