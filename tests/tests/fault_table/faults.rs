//! Each way to be broken, and the step at which each story has to end for it.

use stage::Fault;
use tests::Incident;

/// The stories of users who get an app by signing up.
pub(crate) const OF_APPS: [&str; 6] = [
    "new-user",
    "returning-user",
    "denied",
    "pending",
    "logged-out",
    "suspended",
];

/// The stories of users who become known by coming; they need a platform of their own, and the last one a fresh one.
pub(crate) const OF_FIRST_SIGHT: [&str; 3] = ["invited", "domain", "bootstrap"];

/// The step at which each story ends, in the order of [`OF_APPS`] and [`OF_FIRST_SIGHT`]; nothing where it passes.
#[derive(Clone, Copy)]
pub(crate) struct Ends {
    apps: [&'static str; 6],
    first_sight: [&'static str; 3],
}

impl Ends {
    pub(crate) const NOWHERE: Self = Self::of([""; 6], [""; 3]);

    const fn of(apps: [&'static str; 6], first_sight: [&'static str; 3]) -> Self {
        Self { apps, first_sight }
    }

    const fn of_apps(apps: [&'static str; 6]) -> Self {
        Self::of(apps, [""; 3])
    }

    const fn of_first_sight(first_sight: [&'static str; 3]) -> Self {
        Self::of([""; 6], first_sight)
    }

    /// All of them, at the same step.
    const fn all(step: &'static str) -> Self {
        Self::of([step; 6], [step; 3])
    }

    /// All for whom there has to be an app.
    const fn every_app(step: &'static str) -> Self {
        Self::of_apps([step; 6])
    }

    pub(crate) fn steps(&self) -> Vec<&'static str> {
        [self.apps.as_slice(), &self.first_sight].concat()
    }
}

/// Nobody becomes known, whichever way they come.
const NOBODY_KNOWN: Ends = Ends::of(
    ["wait_until_ready"; 6],
    ["be_taken_in", "be_taken_in", "become_owner"],
);

/// What is broken inside of the gate's registry, by hand: its name, the triggers, and where it shows.
pub(crate) struct InTheRegistry {
    pub(crate) name: &'static str,
    pub(crate) breaks: &'static [&'static str],
    pub(crate) ends: Ends,
    /// What is named beside the trigger itself.
    pub(crate) besides: &'static [&'static str],
}

pub(crate) const REGISTRY: [InTheRegistry; 24] = [
    InTheRegistry {
        name: "log-ins are not written down",
        breaks: &["BEFORE INSERT ON events WHEN new.event = 'login_success' BEGIN SELECT raise(IGNORE); END"],
        ends: Ends::of_apps(["find_log_in", "", "", "", "", ""]),
        besides: &["events_lost"],
    },
    InTheRegistry {
        name: "everybody is recorded twice",
        breaks: &["AFTER INSERT ON users WHEN new.id NOT LIKE 'twin-%' BEGIN
            INSERT INTO users (id, email, version, created_at)
            VALUES ('twin-' || new.id, new.email, new.version, new.created_at); END"],
        ends: Ends::of(
            ["", "be_recognised", "", "", "", ""],
            ["be_taken_in", "be_taken_in", "become_owner"],
        ),
        besides: &[],
    },
    InTheRegistry {
        name: "no suspension is taken",
        breaks: &["BEFORE UPDATE OF status ON instances WHEN new.status = 'suspended'
            BEGIN SELECT raise(ABORT, 'no such status'); END"],
        ends: Ends::of_apps(["", "", "", "", "", "suspend"]),
        besides: &[],
    },
    InTheRegistry {
        name: "nobody is let in again after a suspension",
        breaks: &["BEFORE UPDATE OF status ON instances WHEN old.status = 'suspended'
            BEGIN SELECT raise(ABORT, 'no way back'); END"],
        ends: Ends::of_apps(["", "", "", "", "", "resume"]),
        besides: &[],
    },
    InTheRegistry {
        name: "who is uninvited stays a member",
        breaks: &["BEFORE UPDATE OF requires_invitation ON users WHEN new.requires_invitation = 1
            BEGIN SELECT raise(IGNORE); END"],
        ends: Ends::of_apps(["", "", "be_turned_away", "", "", ""]),
        besides: &[],
    },
    InTheRegistry {
        name: "who is uninvited is an error",
        breaks: &["BEFORE UPDATE OF requires_invitation ON users WHEN new.requires_invitation = 1
            BEGIN SELECT raise(ABORT, 'not allowed'); END"],
        ends: Ends::of_apps(["", "", "uninvite", "", "", ""]),
        besides: &[],
    },
    InTheRegistry {
        name: "who is invited again stays out",
        breaks: &["BEFORE UPDATE OF requires_invitation ON users WHEN new.requires_invitation = 0 AND old.requires_invitation = 1
            BEGIN SELECT raise(IGNORE); END"],
        ends: Ends::of_apps(["", "", "invite", "", "", ""]),
        besides: &[],
    },
    InTheRegistry {
        name: "who is invited again is an error",
        breaks: &["BEFORE UPDATE OF requires_invitation ON users WHEN new.requires_invitation = 0 AND old.requires_invitation = 1
            BEGIN SELECT raise(ABORT, 'not allowed'); END"],
        ends: Ends::of_apps(["", "", "invite", "", "", ""]),
        besides: &[],
    },
    InTheRegistry {
        name: "log-outs are forgotten",
        breaks: &[
            "BEFORE INSERT ON sign_outs BEGIN SELECT raise(IGNORE); END",
            "BEFORE INSERT ON sessions BEGIN SELECT raise(IGNORE); END",
        ],
        ends: Ends::of_apps(["", "", "", "", "be_kept_out", ""]),
        besides: &[],
    },
    InTheRegistry {
        name: "no instance is taken",
        breaks: &["BEFORE INSERT ON instances BEGIN SELECT raise(ABORT, 'full'); END"],
        ends: Ends::every_app("wait_until_ready"),
        besides: &["instance_missing"],
    },
    InTheRegistry {
        name: "no user is taken",
        breaks: &["BEFORE INSERT ON users BEGIN SELECT raise(ABORT, 'full'); END"],
        ends: NOBODY_KNOWN,
        besides: &["instance_missing"],
    },
    InTheRegistry {
        name: "no identity is taken",
        breaks: &["BEFORE INSERT ON identities BEGIN SELECT raise(ABORT, 'full'); END"],
        ends: NOBODY_KNOWN,
        besides: &["instance_missing"],
    },
    InTheRegistry {
        name: "the step to ready is refused",
        breaks: &["BEFORE UPDATE OF status ON instances WHEN old.status = 'active' AND new.status = 'ready'
            BEGIN SELECT raise(ABORT, 'not yet'); END"],
        ends: Ends::every_app("wait_until_ready"),
        besides: &["instance_stuck"],
    },
    InTheRegistry {
        name: "everybody is born suspended",
        breaks: &["AFTER UPDATE OF status ON instances WHEN new.status = 'active' BEGIN
            UPDATE instances SET status = 'suspended', suspended_from = 'active', version = version + 1 WHERE id = new.id; END"],
        ends: Ends::every_app("wait_until_ready"),
        besides: &[],
    },
    InTheRegistry {
        name: "no invitation is taken",
        breaks: &["BEFORE INSERT ON invitations BEGIN SELECT raise(ABORT, 'full'); END"],
        ends: Ends::of_first_sight(["be_invited", "", ""]),
        besides: &[],
    },
    InTheRegistry {
        name: "an invitation does not count",
        breaks: &["AFTER INSERT ON invitations BEGIN
            UPDATE invitations SET revoked_at = new.created_at WHERE id = new.id; END"],
        ends: Ends::of_first_sight(["be_taken_in", "", ""]),
        besides: &[],
    },
    InTheRegistry {
        name: "an invitation is never spent",
        breaks: &["BEFORE UPDATE OF accepted_at ON invitations BEGIN SELECT raise(IGNORE); END"],
        ends: Ends::of_first_sight(["be_taken_in", "", ""]),
        besides: &[],
    },
    InTheRegistry {
        name: "an invitation gives the wrong role",
        breaks: &["AFTER INSERT ON members WHEN new.org_id IN (SELECT org_id FROM invitations) BEGIN
            UPDATE members SET role = 'org_owner' WHERE org_id = new.org_id AND user_id = new.user_id; END"],
        ends: Ends::of_first_sight(["be_taken_in", "", ""]),
        besides: &[],
    },
    InTheRegistry {
        name: "no domain is taken",
        breaks: &["BEFORE INSERT ON allowed_domains BEGIN SELECT raise(ABORT, 'full'); END"],
        ends: Ends::of_first_sight(["", "open_domain", ""]),
        besides: &[],
    },
    InTheRegistry {
        name: "the domain is claimed by nobody",
        breaks: &["BEFORE INSERT ON allowed_domains BEGIN SELECT raise(IGNORE); END"],
        ends: Ends::of_first_sight(["", "be_taken_in", ""]),
        besides: &[],
    },
    InTheRegistry {
        name: "who is taken in is in no org",
        breaks: &["BEFORE INSERT ON members BEGIN SELECT raise(IGNORE); END"],
        ends: Ends::of_first_sight(["be_taken_in", "be_taken_in", ""]),
        besides: &[],
    },
    InTheRegistry {
        name: "everybody becomes the owner",
        breaks: &["AFTER INSERT ON users WHEN new.role = 'member' BEGIN
            UPDATE users SET role = 'platform_owner' WHERE id = new.id; END"],
        ends: Ends::of_first_sight(["be_taken_in", "be_taken_in", ""]),
        besides: &[],
    },
    InTheRegistry {
        name: "nobody becomes the owner",
        breaks: &["BEFORE INSERT ON users WHEN new.role = 'platform_owner' BEGIN SELECT raise(IGNORE); END"],
        ends: Ends::of_first_sight(["", "", "become_owner"]),
        besides: &[],
    },
    InTheRegistry {
        name: "the first owner is a mere member",
        breaks: &["AFTER INSERT ON users WHEN new.role = 'platform_owner' BEGIN
            UPDATE users SET role = 'member' WHERE id = new.id; END"],
        ends: Ends::of_first_sight(["", "", "become_owner"]),
        besides: &[],
    },
];

/// Where what is broken from the start shows, and what is named as its cause; nothing where the step says all there is to say.
pub(crate) const INCIDENTS: [(Incident, Ends, &[&str]); 12] = [
    (
        Incident::LostEvents,
        Ends::of_apps(["find_log_in", "", "", "", "", ""]),
        &["events_lost", "registry_altered"],
    ),
    (
        Incident::Stage(Fault::AppDown),
        Ends::every_app("reach_instance"),
        &["app_failing"],
    ),
    (
        Incident::Stage(Fault::AppForgetsVisitor),
        Ends::every_app("reach_instance"),
        &["app_ignores_visitor"],
    ),
    (
        Incident::Stage(Fault::EmailMissing),
        Ends::of(
            ["reach_instance"; 6],
            ["be_taken_in", "be_taken_in", "become_owner"],
        ),
        &["email_not_vouched"],
    ),
    (
        Incident::Stage(Fault::EmailUnverified),
        Ends::of_first_sight(["be_taken_in", "be_taken_in", ""]),
        &["email_not_vouched"],
    ),
    (
        Incident::Stage(Fault::LogInFails),
        Ends::all("log_in"),
        &["identity_failing"],
    ),
    (
        Incident::Stage(Fault::LogInWithoutToken),
        Ends::all("log_in"),
        &["token_missing"],
    ),
    (
        Incident::Stage(Fault::LogOutFails),
        Ends::of_apps(["log_out", "", "", "", "", ""]),
        &["identity_failing"],
    ),
    (
        Incident::Stage(Fault::NeverMigrated),
        Ends::all("register"),
        &["database_never_migrated"],
    ),
    (
        Incident::Stage(Fault::RemovalFails),
        Ends::all("clean_up"),
        &["identity_failing"],
    ),
    (
        Incident::Stage(Fault::SignUpLost),
        Ends::every_app("wait_until_ready"),
        &["instance_missing"],
    ),
    (
        Incident::Stage(Fault::StuckActive),
        Ends::every_app("wait_until_ready"),
        &["instance_stuck"],
    ),
];
