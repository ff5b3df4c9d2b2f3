//! The accounts of an `ATProto` PDS: every repository, a page at a time, and what the administrator is told of its account.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Feed;
use crate::configuration::list::{List, Paging};
use crate::configuration::request::{Call, Request};
use crate::configuration::value::JsonPointer;
use crate::deployment::http::Http;
use crate::deployment::pages::Pages;
use crate::memory::Memory;

/// Rows are what `com.atproto.admin.getAccountInfos` says (did, handle, email, indexedAt …), with `active` and `status` of the
/// repository; an account of which it says nothing keeps those.
pub(super) async fn read(
    http: &Http<'_>,
    repos: &List,
    infos: &Request,
    memory: &Memory,
    feed: &Feed,
) -> Result<(), String> {
    let mut pages = Pages::of(http, repos, memory);
    while let Some(mut rows) = pages.next().await.map_err(|error| error.to_string())? {
        let dids = rows.iter().filter_map(did).map(str::to_owned);
        let dids: Vec<String> = dids.collect();
        let mut known = BTreeMap::new();
        for some in dids.chunks(AT_ONCE) {
            for info in accounts(http, infos, memory, some).await? {
                if let Some(did) = did(&info) {
                    known.insert(did.to_owned(), info);
                }
            }
        }
        for row in &mut rows {
            let info = did(row).and_then(|did| known.remove(did));
            if let (Value::Object(row), Some(Value::Object(info))) = (row, info) {
                row.extend(info);
            }
        }
        feed.give(rows).await?;
    }
    Ok(())
}

async fn accounts(
    http: &Http<'_>,
    infos: &Request,
    memory: &Memory,
    dids: &[String],
) -> Result<Vec<Value>, String> {
    let query: Vec<String> = dids.iter().map(|did| format!("dids={did}")).collect();
    let request = infos.asking(&query.join("&"));
    let rows = JsonPointer::parse("/infos".to_owned())?;
    let list = List {
        call: Call {
            before: Vec::new(),
            request,
        },
        rows,
        paging: Paging::OnePage,
    };
    let mut pages = Pages::of(http, &list, memory);
    let page = pages.next().await.map_err(|error| error.to_string())?;
    Ok(page.unwrap_or_default())
}

fn did(row: &Value) -> Option<&str> {
    // It becomes a part of an address; a DID has no sign that means something there (W3C DID Core, section 3.1).
    let did = row.get("did")?.as_str()?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b":.-_%".contains(&byte);
    did.bytes().all(is_plain).then_some(did)
}

/// The address stays below 4 KiB.
const AT_ONCE: usize = 100;
