//! A tenant of Auth0 that is asked, and the commands that change something there.

use reqwest::Method;
use serde_json::Value;

use crate::configuration::auth0::Tenant;
use crate::configuration::list::List;
use crate::configuration::name::Unfilled;
use crate::deployment::pages::{Pages, Unread, learn};
use crate::deployment::prepared::{self, prepared};
use crate::deployment::sent::Sent;
use crate::findings::Unlooked;
use crate::webhooks::Scene;

/// A tenant whose token is known.
pub(super) struct Asked<'a> {
    scene: &'a Scene<'a>,
    tenant: &'a Tenant,
    /// Where it is.
    pub(super) address: String,
}

impl<'a> Asked<'a> {
    /// Gets a token, once for all questions: a tenant has a quota of them.
    pub(super) async fn of(scene: &'a Scene<'a>, tenant: &'a Tenant) -> Result<Self, Unlooked> {
        let unlooked = |why| Unlooked {
            at: "Auth0's Management API".to_owned(),
            why,
        };
        let address = tenant.address.fill(&scene.memory.values());
        let address = address.map_err(|unfilled| unlooked(unfilled.to_string()))?;
        if let Some(grant) = &tenant.grant {
            let learned = learn(scene.http, &scene.memory, grant).await;
            learned.map_err(|unread| {
                let hint = match unread.status() {
                    Some(401 | 403) => "; `client_id`, `client_secret` or the application's access to the API is wrong",
                    Some(_) | None => "",
                };
                unlooked(format!("there is no token for it: {unread}{hint}"))
            })?;
        }
        Ok(Self {
            scene,
            tenant,
            address,
        })
    }

    /// All rows of a list, or what is missing to read them.
    pub(super) async fn rows(
        &self,
        list: &List,
        what: &str,
        scope: &str,
    ) -> Result<Vec<Value>, Unlooked> {
        let mut pages = Pages::of(self.scene.http, list, &self.scene.memory);
        let mut rows = Vec::new();
        loop {
            match pages.next().await {
                Ok(Some(page)) => rows.extend(page),
                Ok(None) => return Ok(rows),
                Err(unread) => {
                    return Err(Unlooked {
                        at: format!("{what} of {}", self.address),
                        why: why(&unread, scope),
                    });
                }
            }
        }
    }

    /// The commands that change something below the API, with a token where the file names none.
    pub(super) fn commands(&self, method: Method, below: &str, body: &Value) -> Vec<String> {
        self.change(method, below, body).unwrap_or_default()
    }

    fn change(&self, method: Method, below: &str, body: &Value) -> Result<Vec<String>, Unfilled> {
        let (values, secrets) = (self.scene.memory.values(), self.scene.http.secrets);
        let url = format!("{}/api/v2/{below}", self.address);
        let sent = Sent::new(method, url).with("authorization", &self.tenant.bearer.fill(&values)?);
        let change = prepared::json(sent, body).curl(secrets);
        let Some(grant) = &self.tenant.grant else {
            return Ok(vec![change]);
        };
        let asking = prepared(grant, &values, None)?.curl(secrets);
        let asking = asking.replacen("curl -i", "curl -s", 1);
        let token = format!(r#"TOKEN=$({asking} | sed 's/.*"access_token": *"\([^"]*\)".*/\1/')"#);
        Ok(vec![token, change])
    }
}

/// A token that may too little is the usual reason.
fn why(unread: &Unread, scope: &str) -> String {
    match unread.status() {
        Some(401) => {
            format!("{unread}; the token of the Management API is not accepted, or is over")
        }
        Some(403) => format!(
            "{unread}; it needs the scope `{scope}`: Dashboard > Applications > APIs > Auth0 Management API > Machine to Machine Applications"
        ),
        Some(_) | None => unread.to_string(),
    }
}
