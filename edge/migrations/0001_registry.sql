-- The registry: who a visitor is to the platform, and which instance is theirs.
-- Times are seconds since the Unix epoch; versions only grow, also when a row is deleted and created again, because they
-- start from the clock in milliseconds.

CREATE TABLE IF NOT EXISTS users (
    id                  TEXT PRIMARY KEY,
    email               TEXT,
    org                 TEXT,
    role                TEXT    NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'org_owner', 'platform_owner')),
    requires_invitation INTEGER NOT NULL DEFAULT 0 CHECK (requires_invitation IN (0, 1)),
    version             INTEGER NOT NULL,
    created_at          INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS identities (
    issuer  TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS identities_by_user ON identities (user_id);

CREATE TABLE IF NOT EXISTS instances (
    id             TEXT PRIMARY KEY,
    user_id        TEXT    NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    url            TEXT    NOT NULL,
    status         TEXT    NOT NULL CHECK (status IN ('provisioning', 'active', 'ready', 'suspended')),
    suspended_from TEXT    CHECK (suspended_from IN ('provisioning', 'active', 'ready')),
    since          INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    CHECK ((status = 'suspended') = (suspended_from IS NOT NULL))
) STRICT;
