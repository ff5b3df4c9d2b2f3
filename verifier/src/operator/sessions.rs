//! `usher session`.

use policy::contract::directory::SessionRecord;
use reqwest::Method;

use crate::arguments::given::RecordId;
use crate::arguments::operator::SessionAct;
use crate::clock::now;
use crate::operator::Said;
use crate::operator::desk::Desk;
use crate::operator::failure::Failure;
use crate::operator::names::Names;
use crate::operator::page::List;
use crate::operator::table::{minute, or_dash, table};
use crate::operator::users::id_of;

pub(super) const SESSIONS: List<'static> = List {
    path: &["sessions"],
    name: "sessions",
};

pub(super) async fn act(desk: &Desk<'_>, act: &SessionAct) -> Result<Said, Failure> {
    match act {
        SessionAct::List { user, open, limit } => {
            let user = match user {
                Some(user) => Some(id_of(desk, user).await?),
                None => None,
            };
            let filters = [
                ("user", user.as_ref().map(RecordId::as_str)),
                ("state", open.then_some("open")),
            ];
            let found = desk.rows(SESSIONS, &filters, *limit).await?;
            Ok(Said {
                json: found.json(),
                words: rows(desk, found.understood()?).await + &found.foot("sessions"),
            })
        }
        SessionAct::End { id } => {
            desk.change(Method::DELETE, &["sessions", id.as_str()], None)
                .await?;
            Ok(Said::done(&format!("the session {id} is over")))
        }
    }
}

pub(super) async fn rows(desk: &Desk<'_>, sessions: Vec<SessionRecord>) -> String {
    let now = now().unix_seconds();
    let names = Names::of(
        desk,
        sessions.iter().map(|session| Some(session.user.as_str())),
    )
    .await;
    let row = |session: SessionRecord| {
        let state = match session.ended_at {
            Some(at) => format!("ended {}", minute(at)),
            None if session.expires_at <= now => "expired".to_owned(),
            None => "open".to_owned(),
        };
        [
            session.id,
            names.shown(&session.user),
            minute(session.started_at),
            state,
            or_dash(session.ip.as_deref()),
        ]
    };
    table(
        desk.width,
        ["ID", "USER", "SINCE (UTC)", "STATE", "FROM"],
        sessions.into_iter().map(row).collect(),
    )
}
