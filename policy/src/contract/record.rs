//! The records of the admin API as data, from which their descriptions for other languages are made.
//!
//! The Rust types in [`contract`](crate::contract) are what is really read and written. That these lists say the same is tested where a
//! validator is at hand (tests/tests/contract/): every record that serde writes, with everything in it, fits its description exactly.

/// A JSON object that others read or write.
pub(super) struct Record {
    /// Its name, also in other languages.
    pub(super) name: &'static str,
    pub(super) meaning: &'static str,
    pub(super) fields: &'static [Field],
    /// Whether a member that is not listed is a mistake.
    pub(super) closed: bool,
    /// Whether it has a `status` that says what its `suspended_from` is.
    pub(super) suspends: bool,
}

/// One member of a record.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) meaning: &'static str,
    pub(super) kind: Kind,
    pub(super) required: bool,
}

/// What a member holds.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// A whole number, zero or more.
    Count,
    /// An instance's id.
    InstanceId,
    /// A word of `MembershipWord`.
    Membership,
    /// A record within the record.
    NewInstance,
    /// A word of `Role`.
    Role,
    /// A word of `Status`.
    Status,
    /// A status that can be suspended, or null.
    SuspendedFrom,
    /// Any text.
    Text,
    /// Any text, or null where there is none.
    TextOrNull,
    /// Any number of texts.
    Texts,
}

pub(super) const ALL: [&Record; 4] = [&NEW_INSTANCE, &INSTANCE, &STANDING, &STATUS_CHANGE];

pub(super) const NEW_INSTANCE: Record = Record {
    name: "NewInstance",
    meaning: "An instance to be created: the part of it that the platform decides.",
    fields: &[
        required("id", Kind::InstanceId, "The id the platform gives it."),
        required("url", Kind::Text, "Where it answers: an origin."),
    ],
    closed: true,
    suspends: false,
};

const INSTANCE: Record = Record {
    name: "Instance",
    meaning: "An instance as the admin API shows it: GET /.usher/admin/v1/instances/{id}.",
    fields: &[
        required("id", Kind::InstanceId, "The instance's id."),
        required("url", Kind::Text, "Where it answers."),
        required("status", Kind::Status, "Its status."),
        required(
            "suspended_from",
            Kind::SuspendedFrom,
            "What it was before it was suspended, null unless it is suspended.",
        ),
        required(
            "since",
            Kind::Count,
            "Since when it has its status, in seconds since the Unix epoch.",
        ),
        required(
            "version",
            Kind::Count,
            "Counts every change; a late write with a smaller number loses.",
        ),
        optional(
            "user",
            Kind::TextOrNull,
            "The id of its owner's record, null without a registry.",
        ),
        optional(
            "issuer",
            Kind::TextOrNull,
            "The exact iss of its owner's tokens, null if nobody can log in as its owner.",
        ),
        optional(
            "subject",
            Kind::TextOrNull,
            "The exact sub of its owner's tokens.",
        ),
        optional(
            "addresses",
            Kind::Texts,
            "The hosts at which it is reached, if it has any of its own.",
        ),
        optional(
            "org",
            Kind::TextOrNull,
            "The org whose members reach it there as well, if any.",
        ),
    ],
    closed: false,
    suspends: true,
};

const STANDING: Record = Record {
    name: "Standing",
    meaning: "Who somebody is to the platform: PUT and GET /.usher/admin/v1/standings. In a PUT, what is left out stays as it is.",
    fields: &[
        required(
            "issuer",
            Kind::Text,
            "The exact iss of the visitor's tokens.",
        ),
        required(
            "subject",
            Kind::Text,
            "The exact sub of the visitor's tokens.",
        ),
        optional(
            "email",
            Kind::TextOrNull,
            "The e-mail address, to be shown to people; nobody is recognised by it.",
        ),
        required(
            "membership",
            Kind::Membership,
            "Member, or known but not invited.",
        ),
        optional(
            "org",
            Kind::TextOrNull,
            "The org the visitor is in now; one that is not there is made.",
        ),
        optional(
            "role",
            Kind::Role,
            "The visitor's role; somebody new is a member.",
        ),
        optional("instance", Kind::NewInstance, "The visitor's instance."),
    ],
    closed: true,
    suspends: false,
};

const STATUS_CHANGE: Record = Record {
    name: "StatusChange",
    meaning: "A change of status: PUT /.usher/admin/v1/instances/{id}/status.",
    fields: &[required(
        "status",
        Kind::Status,
        "The status it shall have.",
    )],
    closed: true,
    suspends: false,
};

const fn required(name: &'static str, kind: Kind, meaning: &'static str) -> Field {
    Field {
        name,
        meaning,
        kind,
        required: true,
    }
}

const fn optional(name: &'static str, kind: Kind, meaning: &'static str) -> Field {
    Field {
        name,
        meaning,
        kind,
        required: false,
    }
}
