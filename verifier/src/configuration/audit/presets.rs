//! Lists that need not be described: Auth0's users, the gate's registry, the accounts of an `ATProto` PDS.

use std::ops::Range;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use policy::contract::directory::MOST_ROWS;
use reqwest::header::AUTHORIZATION;

use crate::configuration::answer_part::AnswerPart;
use crate::configuration::audit::Reader;
use crate::configuration::audit::complete::Ground;
use crate::configuration::audit::entry::SourceEntry;
use crate::configuration::auth0::Keys;
use crate::configuration::list::{List, Paging};
use crate::configuration::mistake::Mistake;
use crate::configuration::request::{Call, Request};
use crate::configuration::value::Method;
use crate::configuration::written::Written;

/// Every user of a tenant, the oldest first (Management API v2, `GET /api/v2/users`).
pub(super) fn auth0(entry: &SourceEntry, ground: &Ground<'_>) -> Result<List, Mistake> {
    let at = Written {
        place: &entry.kind.span,
        ..written(entry, ground)
    };
    let keys = Keys {
        url: entry.url.as_ref(),
        client_id: entry.client_id.as_ref(),
        client_secret: entry.client_secret.as_ref(),
        token: entry.token.as_ref(),
        scopes: "`read:users`",
    };
    let tenant = keys.tenant(&at)?;
    let all = "users?per_page=100&page=0&sort=created_at%3A1&search_engine=v3&include_totals=false";
    let mut list = keys.list(&at, &tenant, all, "", Paging::Windows)?;
    list.call.before.extend(tenant.grant);
    Ok(list)
}

/// Everybody whom the gate's registry knows.
pub(super) fn gate(entry: &SourceEntry, ground: &Ground<'_>) -> Result<List, Mistake> {
    let at = written(entry, ground);
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
            request: Request::plain(Method::Get, asking).with(AUTHORIZATION, bearer),
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
    let at = written(entry, ground);
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
    let secret = secret.map_err(|error| at.wrong(&password.span, &error.to_string()))?;
    let basic = format!(
        "Basic {}",
        BASE64_STANDARD.encode(format!("admin:{secret}"))
    );
    let basic = at.template(password, &basic)?;
    Ok(Reader::Pds {
        repos: Box::new(List {
            call: Call {
                before: Vec::new(),
                request: Request::plain(Method::Get, repos),
            },
            rows: at.pointer("/repos")?,
            paging: Paging::Cursor {
                part: at.pointer("/cursor").map(AnswerPart::Json)?,
                parameter: "cursor".to_owned(),
            },
        }),
        infos: Box::new(Request::plain(Method::Get, infos).with(AUTHORIZATION, basic)),
    })
}

/// A text in which no brace opens a slot.
fn literal(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

fn written<'a>(entry: &'a SourceEntry, ground: &'a Ground<'_>) -> Written<'a> {
    Written {
        reading: ground.reading,
        scope: &ground.scope,
        place: &entry.name.span,
    }
}
