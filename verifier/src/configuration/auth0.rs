//! Auth0's Management API (v2): how a tenant is asked, and its lists.

use reqwest::header::AUTHORIZATION;
use serde_json::json;

use crate::configuration::address::UrlTemplate;
use crate::configuration::answer_part::AnswerPart;
use crate::configuration::list::{List, Paging};
use crate::configuration::mistake::Mistake;
use crate::configuration::placed::Placed;
use crate::configuration::request::{BodyTemplate, Call, Capture, Request};
use crate::configuration::template::Template;
use crate::configuration::template::json::JsonTemplate;
use crate::configuration::value::Method;
use crate::configuration::written::Written;

/// A tenant, and what opens its API.
#[derive(Clone, Debug)]
pub(crate) struct Tenant {
    /// Where it is.
    pub(crate) address: UrlTemplate,
    /// What gives a token; nothing where the file names one.
    pub(crate) grant: Option<Request>,
    /// The value of the header that shows the token.
    pub(crate) bearer: Template,
}

/// What a table of the file says of a tenant.
pub(super) struct Keys<'a> {
    /// `{identity}` unless said otherwise.
    pub(super) url: Option<&'a Placed<String>>,
    pub(super) client_id: Option<&'a Placed<String>>,
    pub(super) client_secret: Option<&'a Placed<String>>,
    pub(super) token: Option<&'a Placed<String>>,
    /// What the application must be allowed to do.
    pub(super) scopes: &'static str,
}

impl Keys<'_> {
    /// Where it is, as it is written.
    fn base(&self) -> &str {
        let url = self.url.map_or("{identity}", |url| url.value.as_str());
        url.trim_end_matches('/')
    }

    /// What opens it.
    pub(super) fn tenant(&self, at: &Written<'_>) -> Result<Tenant, Mistake> {
        let (grant, bearer) = match (self.token, self.client_id, self.client_secret) {
            (Some(token), None, None) => (
                None,
                at.template(token, &format!("Bearer {}", token.value))?,
            ),
            (None, Some(id), Some(secret)) => self.granted(at, id, secret)?,
            (_, _, _) => {
                let sentence = "who asks Auth0 needs either a token or an application";
                let cure = format!(
                    "give `client_id` and `client_secret` of a machine-to-machine application that may {}, or `token`",
                    self.scopes
                );
                return Err(at
                    .reading
                    .mistake_at(at.place, sentence.to_owned(), Some(cure)));
            }
        };
        Ok(Tenant {
            address: at.address(self.url, self.base())?,
            grant,
            bearer,
        })
    }

    /// One of its lists: the address below the API, where the rows are, and how the next page is asked for.
    pub(super) fn list(
        &self,
        at: &Written<'_>,
        tenant: &Tenant,
        below: &str,
        rows: &str,
        paging: Paging,
    ) -> Result<List, Mistake> {
        let url = at.address(self.url, &format!("{}/api/v2/{below}", self.base()))?;
        let request = Request::plain(Method::Get, url);
        Ok(List {
            call: Call {
                before: Vec::new(),
                request: request.with(AUTHORIZATION, tenant.bearer.clone()),
            },
            rows: at.pointer(rows)?,
            paging,
        })
    }

    /// A token by the client credentials of an application (RFC 6749 section 4.4).
    fn granted(
        &self,
        at: &Written<'_>,
        id: &Placed<String>,
        secret: &Placed<String>,
    ) -> Result<(Option<Request>, Template), Mistake> {
        let base = self.base();
        let grant = json!({
            "grant_type": "client_credentials",
            "client_id": id.value,
            "client_secret": secret.value,
            "audience": format!("{base}/api/v2/"),
        });
        at.template(id, &id.value)?;
        at.template(secret, &secret.value)?;
        let grant = JsonTemplate::parse(grant);
        let grant = grant.map_err(|error| at.wrong(&secret.span, &error.to_string()))?;
        let url = at.address(self.url, &format!("{base}/oauth/token"))?;
        let mut asking = Request::plain(Method::Post, url);
        asking.body = Some(BodyTemplate::Json(grant));
        let token = at.own("access_token")?;
        asking.captures = vec![Capture {
            name: token.clone(),
            part: at.pointer("/access_token").map(AnswerPart::Json)?,
            is_secret: true,
        }];
        Ok((Some(asking), Template::around("Bearer ", token, "")))
    }
}
