//! `usher invite`.

use policy::contract::directory::InvitationRecord;
use policy::org::OrgRole;
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::arguments::given::RecordId;
use crate::arguments::operator::Limit;
use crate::arguments::operator::orgs::{InvitationAct, InvitationState, Invite};
use crate::clock::now;
use crate::operator::Said;
use crate::operator::desk::{Desk, understood};
use crate::operator::failure::Failure;
use crate::operator::page::List;
use crate::operator::table::{minute, record, second, table};
use crate::operator::users::is_address;
use crate::terminal::harmless;

const INVITATIONS: List<'static> = List {
    path: &["invitations"],
    name: "invitations",
};

pub(super) async fn act(desk: &Desk<'_>, invite: &Invite) -> Result<Said, Failure> {
    match &invite.act {
        None => {
            let made = self::invite(desk, invite).await?;
            let invitation: InvitationRecord = understood(&made)?;
            let others = open_besides(desk, &invitation).await?;
            Ok(Said {
                json: made,
                words: described(&invitation) + &others,
            })
        }
        Some(InvitationAct::List {
            email,
            org,
            state,
            limit,
        }) => {
            let filters = [
                ("email", email.as_deref()),
                ("org", org.as_deref()),
                ("state", state.map(InvitationState::word)),
            ];
            let found = desk.rows(INVITATIONS, &filters, *limit).await?;
            Ok(Said {
                json: found.json(),
                words: rows(desk, found.understood()?) + &found.foot("invitations"),
            })
        }
        Some(InvitationAct::Revoke { invitation }) => {
            let id = id_of(desk, invitation).await?;
            let path = ["invitations", id.as_str()];
            let json = desk.change(Method::DELETE, &path, None).await?;
            let words = described(&understood(&json)?);
            Ok(Said { json, words })
        }
    }
}

/// The id of the invitation that is named by id, or by the address that it is for: then it must be the only open one.
async fn id_of(desk: &Desk<'_>, invitation: &RecordId) -> Result<RecordId, Failure> {
    if !is_address(invitation) {
        return Ok(invitation.clone());
    }
    let open = open_for(desk, invitation.as_str()).await?;
    match open.as_slice() {
        [only] => only
            .id
            .parse()
            .map_err(|_| Failure::not_understood(format!("the invitation {}", only.id))),
        [] => Err(Failure::NotDone(format!(
            "no invitation is open for {invitation}; `usher invite list --email {invitation}` shows those that are over"
        ))),
        [_, ..] => {
            let each = |one: &InvitationRecord| format!("{} (into {})", one.id, one.org);
            Err(Failure::NotDone(format!(
                "{} invitations are open for {invitation}; name one by id: {}",
                open.len(),
                open.iter().map(each).collect::<Vec<_>>().join(", ")
            )))
        }
    }
}

async fn open_for(desk: &Desk<'_>, email: &str) -> Result<Vec<InvitationRecord>, Failure> {
    let filters = [
        ("email", Some(email)),
        ("state", Some(InvitationState::Open.word())),
    ];
    let limit = Limit { limit: 100 };
    desk.rows(INVITATIONS, &filters, limit).await?.understood()
}

/// Whoever is invited twice accepts whichever counts; whoever invites should know.
async fn open_besides(desk: &Desk<'_>, made: &InvitationRecord) -> Result<String, Failure> {
    let mut others = open_for(desk, &made.email).await?;
    others.retain(|other| other.id != made.id);
    if others.is_empty() {
        return Ok(String::new());
    }
    Ok(format!(
        "\n{} was invited before, and that is open as well:\n{}\n`usher invite revoke ID` withdraws one.\n",
        harmless(&made.email),
        rows(desk, others)
    ))
}

fn rows(desk: &Desk<'_>, invitations: Vec<InvitationRecord>) -> String {
    let row = |invitation: InvitationRecord| {
        let state = state_of(&invitation);
        [
            invitation.id,
            invitation.email,
            invitation.org,
            invitation.role.word().to_owned(),
            state,
        ]
    };
    table(
        desk.width,
        ["ID", "E-MAIL", "ORG", "ROLE", "STATE"],
        invitations.into_iter().map(row).collect(),
    )
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

fn described(invitation: &InvitationRecord) -> String {
    let fields = [
        ("for", Some(invitation.email.clone())),
        ("org", Some(invitation.org.clone())),
        ("role", Some(invitation.role.word().to_owned())),
        ("state", Some(state_of(invitation))),
        ("made", Some(second(invitation.created_at))),
        ("open until", Some(second(invitation.expires_at))),
    ];
    format!(
        "invitation {}\n{}",
        harmless(&invitation.id),
        record(fields)
    )
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
