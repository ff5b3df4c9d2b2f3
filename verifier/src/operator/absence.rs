//! What is not there, by the place of the admin API that was asked: the gate answers all of it with the same 404.

use serde_json::Value;

/// A record that is not there, and where those are that are.
#[derive(Debug)]
pub(super) struct Absence {
    pub(super) sentence: String,
    pub(super) next: String,
}

impl Absence {
    /// What the answer 404 means there.
    pub(super) fn at(path: &[&str], body: Option<&Value>) -> Self {
        let (sentence, next) = match path {
            ["instances", id, ..] => (
                format!("there is no instance `{id}`"),
                "`usher instance list` shows which there are".to_owned(),
            ),
            ["users", id, ..] | ["orgs", _, "members", id] => (
                format!("there is no user `{id}`"),
                "`usher user list` shows who is known".to_owned(),
            ),
            ["orgs", id, ..] => no_org(id),
            ["invitations"] => {
                let org = body
                    .and_then(|body| body.get("org"))
                    .and_then(Value::as_str);
                no_org(org.unwrap_or_default())
            }
            ["invitations", id] => (
                format!("there is no invitation `{id}`"),
                "`usher invite list` shows which there are".to_owned(),
            ),
            ["sessions", id] => (
                format!("there is no session `{id}`"),
                "`usher session list --open` shows which there are".to_owned(),
            ),
            _ => (
                format!("this gate has nothing at `{}`", path.join("/")),
                "this `usher` and the gate may be of different versions".to_owned(),
            ),
        };
        Self { sentence, next }
    }
}

fn no_org(id: &str) -> (String, String) {
    (
        format!("there is no org `{id}`"),
        format!(
            "`usher org list` shows which there are; `usher org set {id} --name NAME` makes it"
        ),
    )
}

/// What only the registry keeps, of what is asked for at this place; nothing where every authority has it.
pub(super) fn kept_by_the_registry(path: &[&str]) -> Option<&'static str> {
    match path {
        ["instances", _, "history"] => Some("history"),
        ["users", ..] => Some("users"),
        ["orgs", ..] => Some("orgs"),
        ["invitations", ..] => Some("invitations"),
        ["sessions", ..] => Some("sessions"),
        ["events", ..] => Some("events"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_404_says_which_record_of_which_id_is_not_there() {
        for (path, said) in [
            (&["instances", "i-1", "status"][..], "instance `i-1`"),
            (&["users", "u-1", "sessions"], "user `u-1`"),
            (&["orgs", "acme", "members"], "org `acme`"),
            (&["orgs", "acme", "members", "u-1"], "user `u-1`"),
            (&["invitations", "inv-1"], "invitation `inv-1`"),
            (&["sessions", "s-1"], "session `s-1`"),
        ] {
            let absence = Absence::at(path, None);
            assert_eq!(absence.sentence, format!("there is no {said}"));
            assert!(absence.next.contains("list"), "{path:?}");
        }
        let body = serde_json::json!({ "org": "acme" });
        let absence = Absence::at(&["invitations"], Some(&body));
        assert_eq!(absence.sentence, "there is no org `acme`");
    }
}
