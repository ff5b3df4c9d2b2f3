//! `usher invite`.

use policy::contract::directory::InvitationRecord;
use policy::org::OrgRole;
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::arguments::operator::orgs::{InvitationAct, InvitationState, Invite};
use crate::operator::Said;
use crate::operator::desk::{Desk, now, understood};
use crate::operator::failure::Failure;
use crate::operator::page::List;
use crate::operator::table::{minute, record, second, table};
use crate::terminal::harmless;

pub(super) async fn act(desk: &Desk<'_>, invite: &Invite) -> Result<Said, Failure> {
    match &invite.act {
        None => said(self::invite(desk, invite).await?),
        Some(InvitationAct::List {
            email,
            org,
            state,
            limit,
        }) => {
            let list = List {
                path: &["invitations"],
                name: "invitations",
            };
            let filters = [
                ("email", email.as_deref()),
                ("org", org.as_deref()),
                ("state", state.map(InvitationState::word)),
            ];
            let found = desk.rows(list, &filters, *limit).await?;
            let row = |invitation: InvitationRecord| {
                [
                    invitation.id.clone(),
                    invitation.email.clone(),
                    invitation.org.clone(),
                    invitation.role.word().to_owned(),
                    state_of(&invitation),
                ]
            };
            let rows = found.understood()?.into_iter().map(row).collect();
            Ok(Said {
                json: found.json(),
                words: table(["ID", "E-MAIL", "ORG", "ROLE", "STATE"], rows)
                    + &found.foot("invitations"),
            })
        }
        Some(InvitationAct::Revoke { id }) => {
            let path = ["invitations", id.as_str()];
            said(desk.change(Method::DELETE, &path, None).await?)
        }
    }
}

/// What is not given is left to the gate.
async fn invite(desk: &Desk<'_>, invite: &Invite) -> Result<Value, Failure> {
    let given = [
        (
            "email",
            invite.email.as_ref().map(|email| json!(email.as_str())),
        ),
        ("org", invite.org.as_ref().map(|org| json!(org))),
        ("role", invite.role.map(|role| json!(OrgRole::word(role)))),
        ("days", invite.days.map(|days| json!(days))),
    ];
    let given = given.into_iter();
    let body: Map<_, _> = given
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect();
    desk.change(Method::POST, &["invitations"], Some(body.into()))
        .await
}

fn said(json: Value) -> Result<Said, Failure> {
    let invitation: InvitationRecord = understood(&json)?;
    let fields = [
        ("for", Some(invitation.email.clone())),
        ("org", Some(invitation.org.clone())),
        ("role", Some(invitation.role.word().to_owned())),
        ("state", Some(state_of(&invitation))),
        ("made", Some(second(invitation.created_at))),
        ("open until", Some(second(invitation.expires_at))),
    ];
    let words = format!(
        "invitation {}\n{}",
        harmless(&invitation.id),
        record(fields)
    );
    Ok(Said { json, words })
}

fn state_of(invitation: &InvitationRecord) -> String {
    match (invitation.revoked_at, invitation.accepted_at) {
        (Some(at), _) => format!("revoked {}", minute(at)),
        (None, Some(at)) => format!("accepted {}", minute(at)),
        (None, None) if invitation.expires_at <= now().unix_seconds() => {
            format!("expired {}", minute(invitation.expires_at))
        }
        (None, None) => format!("open to {}", minute(invitation.expires_at)),
    }
}
