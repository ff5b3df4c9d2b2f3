//! What the catalogue says of what `usher audit` finds.

use crate::findings::code::Entry;

pub(super) const ACCOUNT_WITHOUT_USER: Entry = Entry {
    meaning: "There is an account of a service behind the platform, and no user whose it is.",
    known_by: "`usher audit` read both places to their end, and the account's key is that of no user.",
    cure: "Find out whose it was: a removal that stopped half-way, or a record that was lost. The report's CSV names them all.",
};

pub(super) const IDENTITY_WITHOUT_USER: Entry = Entry {
    meaning: "Somebody can log in of whom the app has no record: a sign-up that silently created nothing.",
    known_by: "`usher audit` read both places to their end, the identity is not pending, and its key is in no row of the app's users.",
    cure: "Find why the sign-up wrote nothing (a swallowed error, a webhook that is off); write the missing records by a plan of `usher audit`.",
};

pub(super) const KNOWN_TO_GATE_ONLY: Entry = Entry {
    meaning: "The gate's registry knows somebody whom the platform does not know.",
    known_by: "`usher audit` read both places to their end, and the key of the registry's row is that of nobody.",
    cure: "Remove them with `usher user remove`, once it is clear that they are gone.",
};

pub(super) const RECORD_DUPLICATED: Entry = Entry {
    meaning: "Several rows of one place are there for one user, so which one counts is left to chance.",
    known_by: "`usher audit` found the same key more than once in a source.",
    cure: "Decide which row is right and remove the others; then let the database hold the key unique.",
};

pub(super) const RECORDS_DISAGREE: Entry = Entry {
    meaning: "Two records of one user say different things.",
    known_by: "`usher audit` joined the rows, and what `agree` names is not the same in both.",
    cure: "Decide which record leads, and write what it says into the other one, by a plan of `usher audit`.",
};

pub(super) const UNKNOWN_TO_GATE: Entry = Entry {
    meaning: "The gate's registry has nobody for a user of the platform, so the gate will not let them in as that user.",
    known_by: "`usher audit` read both places to their end, the user is not pending, and their key is not in the registry.",
    cure: "Tell the gate of them, by a plan of `usher audit` with a request to the admin API.",
};

pub(super) const USER_WITHOUT_ACCOUNT: Entry = Entry {
    meaning: "A user has no account at a service that the platform needs for them.",
    known_by: "`usher audit` read both places to their end, the user is not pending, and there is no account with their key.",
    cure: "Find why it was not created; create the missing accounts by a plan of `usher audit`.",
};

pub(super) const USER_WITHOUT_IDENTITY: Entry = Entry {
    meaning: "The app has a record of somebody who cannot log in, because the identity provider does not know them.",
    known_by: "`usher audit` read both places to their end, and the key of the record is that of no identity.",
    cure: "Find out whether the identity was removed and the record forgotten, or written with another key.",
};
