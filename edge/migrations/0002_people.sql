-- Who belongs where, how they came, which of their log-ins are over, and what happened. Everything here is added beside what
-- was there, so that the release before and the release after read the same registry while one replaces the other.

CREATE TABLE IF NOT EXISTS orgs (
    id           TEXT PRIMARY KEY,
    name         TEXT    NOT NULL,
    default_role TEXT    NOT NULL DEFAULT 'member' CHECK (default_role IN ('member', 'org_owner')),
    created_at   INTEGER NOT NULL
) STRICT;

-- Domains as `policy::email` writes them: lower case, compared whole.
CREATE TABLE IF NOT EXISTS allowed_domains (
    domain TEXT PRIMARY KEY CHECK (domain = lower(domain)),
    org_id TEXT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS allowed_domains_by_org ON allowed_domains (org_id);

-- `users.org` is the org somebody is in now; here are all of theirs.
CREATE TABLE IF NOT EXISTS members (
    org_id  TEXT    NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
    user_id TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role    TEXT    NOT NULL CHECK (role IN ('member', 'org_owner')),
    since   INTEGER NOT NULL,
    PRIMARY KEY (org_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS members_by_user ON members (user_id);

INSERT INTO orgs (id, name, created_at)
SELECT org, org, min(created_at) FROM users WHERE org IS NOT NULL GROUP BY org
ON CONFLICT DO NOTHING;

INSERT INTO members (org_id, user_id, role, since)
SELECT org, id, iif(role = 'member', 'member', 'org_owner'), created_at FROM users WHERE org IS NOT NULL
ON CONFLICT DO NOTHING;

CREATE INDEX IF NOT EXISTS users_by_email ON users (email COLLATE NOCASE);

-- "Is there an owner yet?" is asked at every first sight.
CREATE INDEX IF NOT EXISTS owners ON users (id) WHERE role = 'platform_owner';

CREATE TABLE IF NOT EXISTS invitations (
    id          TEXT PRIMARY KEY,
    email       TEXT    NOT NULL CHECK (email = lower(email)),
    org_id      TEXT    NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,
    role        TEXT    NOT NULL CHECK (role IN ('member', 'org_owner')),
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    accepted_at INTEGER,
    accepted_by TEXT REFERENCES users (id) ON DELETE SET NULL,
    revoked_at  INTEGER,
    CHECK (accepted_at IS NULL OR revoked_at IS NULL)
) STRICT;

CREATE INDEX IF NOT EXISTS open_invitations ON invitations (email) WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX IF NOT EXISTS invitations_by_org ON invitations (org_id);

-- Everything that was issued to somebody before this moment is over.
CREATE TABLE IF NOT EXISTS sign_outs (
    user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    before  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- `expires_at`: until when the session's tokens could be offered; afterwards it need not be remembered that it ended.
-- `renewable`: the issuer gives new tokens of the same session (`sid`).
CREATE TABLE IF NOT EXISTS sessions (
    id               TEXT PRIMARY KEY,
    user_id          TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    issuer           TEXT    NOT NULL,
    provider         TEXT    NOT NULL,
    issued_at        INTEGER NOT NULL,
    started_at       INTEGER NOT NULL,
    last_activity_at INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL,
    renewable        INTEGER NOT NULL CHECK (renewable IN (0, 1)),
    ended_at         INTEGER,
    ended_by         TEXT,
    ip               TEXT,
    user_agent       TEXT
) STRICT;

CREATE INDEX IF NOT EXISTS sessions_by_user ON sessions (user_id, started_at);
CREATE INDEX IF NOT EXISTS sessions_by_expiry ON sessions (expires_at);
CREATE INDEX IF NOT EXISTS ended_sessions ON sessions (user_id, ended_at) WHERE ended_at IS NOT NULL;

-- What happened, to whom, by whom. It outlives the people it is about: an audit whose rows vanish is none.
CREATE TABLE IF NOT EXISTS events (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    event      TEXT    NOT NULL,
    user_id    TEXT,
    email      TEXT,
    org        TEXT,
    issuer     TEXT,
    provider   TEXT,
    instance   TEXT,
    ip         TEXT,
    user_agent TEXT,
    reason     TEXT,
    request_id TEXT,
    actor      TEXT,
    why        TEXT,
    details    TEXT CHECK (details IS NULL OR json_valid(details))
) STRICT;

CREATE INDEX IF NOT EXISTS events_by_user ON events (user_id, id);
CREATE INDEX IF NOT EXISTS events_by_kind ON events (event, id);
CREATE INDEX IF NOT EXISTS events_by_time ON events (at);

CREATE TABLE IF NOT EXISTS status_history (
    instance_id TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    from_status TEXT,
    to_status   TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    actor       TEXT,
    why         TEXT,
    PRIMARY KEY (instance_id, version)
) STRICT, WITHOUT ROWID;

INSERT INTO status_history (instance_id, version, from_status, to_status, at, actor)
SELECT id, version, suspended_from, status, since, 'as found by this migration' FROM instances WHERE true
ON CONFLICT DO NOTHING;

DROP TRIGGER IF EXISTS instances_created;

CREATE TRIGGER instances_created AFTER INSERT ON instances BEGIN
    INSERT INTO status_history (instance_id, version, to_status, at, actor)
    VALUES (NEW.id, NEW.version, NEW.status, NEW.since, 'somebody in the database')
    ON CONFLICT DO NOTHING;
END;

-- A status that somebody changes by hand is a change like any other: it has a moment and a new version, or caches would keep
-- the old one, and it is in the history. Whoever changes it through the gate writes both, and then their name into the history.
DROP TRIGGER IF EXISTS instances_changed;

CREATE TRIGGER instances_changed AFTER UPDATE OF status ON instances WHEN NEW.status IS NOT OLD.status BEGIN
    UPDATE instances
    SET since = unixepoch(), version = max(NEW.version + 1, unixepoch() * 1000)
    WHERE id = NEW.id AND NEW.version = OLD.version;
    INSERT INTO status_history (instance_id, version, from_status, to_status, at, actor)
    SELECT id, version, OLD.status, status, since, 'somebody in the database' FROM instances WHERE id = NEW.id
    ON CONFLICT DO NOTHING;
END;
