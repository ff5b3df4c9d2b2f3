//! `usher org`.

use policy::contract::directory::{MemberRecord, MemberRequest, OrgRecord, OrgRequest};
use reqwest::Method;
use serde_json::{Value, json};

use crate::arguments::given::RecordId;
use crate::arguments::operator::Limit;
use crate::arguments::operator::orgs::{MemberAct, OrgAct, OrgSet};
use crate::consent;
use crate::counted::counted;
use crate::operator::Said;
use crate::operator::desk::{Desk, understood};
use crate::operator::failure::Failure;
use crate::operator::page::List;
use crate::operator::table::{minute, or_dash, record, second, table};
use crate::operator::users::{self, id_of};
use crate::outlet::Outlet;
use crate::terminal::harmless;

pub(super) async fn act(
    desk: &Desk<'_>,
    act: &OrgAct,
    outlet: &Outlet<'_>,
) -> Result<Said, Failure> {
    match act {
        OrgAct::List { domain, limit } => list(desk, domain.as_deref(), *limit).await,
        OrgAct::Show { id, limit } => show(desk, id, *limit).await,
        OrgAct::Set(wanted) => set(desk, wanted).await,
        OrgAct::Remove { id, consent } => {
            let (_, org) = get(desk, id).await?;
            let question = format!(
                "This removes the org {id} ({}); its {} stay{}, without it.",
                org.name,
                counted(org.members, "member"),
                if org.members == 1 { "s" } else { "" }
            );
            consent::ask(consent.yes, &question, outlet)?;
            desk.change(Method::DELETE, &["orgs", id.as_str()], None)
                .await?;
            Ok(Said::done(&format!("{id} is removed; its members stay")))
        }
        OrgAct::Member(act) => member(desk, act).await,
    }
}

async fn list(desk: &Desk<'_>, domain: Option<&str>, limit: Limit) -> Result<Said, Failure> {
    let list = List {
        path: &["orgs"],
        name: "orgs",
    };
    let found = desk.rows(list, &[("domain", domain)], limit).await?;
    let row = |org: OrgRecord| {
        [
            org.id,
            org.name,
            org.members.to_string(),
            org.default_role.word().to_owned(),
            org.domains.join(" "),
        ]
    };
    let rows = found.understood()?.into_iter().map(row).collect();
    Ok(Said {
        json: found.json(),
        words: table(
            desk.width,
            ["ID", "NAME", "MEMBERS", "BY DOMAIN", "DOMAINS"],
            rows,
        ) + &found.foot("orgs"),
    })
}

async fn show(desk: &Desk<'_>, id: &RecordId, limit: Limit) -> Result<Said, Failure> {
    let (json, org) = get(desk, id).await?;
    let list = List {
        path: &["orgs", id.as_str(), "members"],
        name: "members",
    };
    let members = desk.rows(list, &[], limit).await?;
    let row = |member: MemberRecord| {
        [
            member.user,
            or_dash(member.email.as_deref()),
            member.role.word().to_owned(),
            minute(member.since),
        ]
    };
    let rows = members.understood()?.into_iter().map(row).collect();
    let table = table(desk.width, ["USER", "E-MAIL", "ROLE", "SINCE (UTC)"], rows);
    Ok(Said {
        json: json!({ "org": json, "members": members.json() }),
        words: format!("{}\n{table}{}", described(&org), members.foot("members")),
    })
}

/// The gate takes an org whole, so what is not given is first looked up.
async fn set(desk: &Desk<'_>, wanted: &OrgSet) -> Result<Said, Failure> {
    let before = match get(desk, &wanted.id).await {
        Ok((_, org)) => Some(org),
        Err(Failure::NotThere { .. }) => None,
        Err(failure) => return Err(failure),
    };
    let (name, default_role, domains) = match before {
        Some(org) => (Some(org.name), org.default_role, org.domains),
        None => Default::default(),
    };
    let Some(name) = wanted.name.clone().or(name) else {
        return Err(Failure::NotDone(format!(
            "there is no org {} yet; give a new one its name with --name",
            wanted.id
        )));
    };
    let request = OrgRequest {
        name,
        default_role: wanted.default_role.unwrap_or(default_role),
        domains: if wanted.no_domains {
            Vec::new()
        } else if wanted.domain.is_empty() {
            domains
        } else {
            wanted.domain.clone()
        },
    };
    let body = serde_json::to_value(request).ok();
    let path = ["orgs", wanted.id.as_str()];
    let json = desk.change(Method::PUT, &path, body).await?;
    let org: OrgRecord = understood(&json)?;
    Ok(Said {
        json,
        words: described(&org),
    })
}

async fn member(desk: &Desk<'_>, act: &MemberAct) -> Result<Said, Failure> {
    match act {
        MemberAct::Add { org, user, role } => {
            let id = id_of(desk, user).await?;
            let body = serde_json::to_value(MemberRequest { role: *role }).ok();
            let path = ["orgs", org.as_str(), "members", id.as_str()];
            match desk.change(Method::PUT, &path, body).await {
                Err(failure @ Failure::NotThere { .. }) => {
                    // It may as well be the org that is not there.
                    get(desk, org).await?;
                    Err(failure)
                }
                changed => users::said(changed?),
            }
        }
        MemberAct::Remove { org, user } => {
            let id = id_of(desk, user).await?;
            let path = ["orgs", org.as_str(), "members", id.as_str()];
            desk.change(Method::DELETE, &path, None).await?;
            Ok(Said::done(&format!(
                "{user} is no member of {org} any more"
            )))
        }
    }
}

async fn get(desk: &Desk<'_>, id: &RecordId) -> Result<(Value, OrgRecord), Failure> {
    let json = desk.get(&["orgs", id.as_str()], &[]).await?;
    let org = understood(&json)?;
    Ok((json, org))
}

fn described(org: &OrgRecord) -> String {
    let domains = if org.domains.is_empty() {
        "none".to_owned()
    } else {
        org.domains.join(", ")
    };
    let fields = [
        ("name", Some(org.name.clone())),
        ("domains", Some(domains)),
        (
            "by domain",
            Some(format!("becomes {}", org.default_role.word())),
        ),
        ("members", Some(org.members.to_string())),
        ("since", Some(second(org.created_at))),
    ];
    format!("org {}\n{}", harmless(&org.id), record(fields))
}
