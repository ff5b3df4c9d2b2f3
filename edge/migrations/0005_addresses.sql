-- At which hosts an instance is reached, and whose members reach it there. Beside what was there, like everything before.

-- A label below the platform's domain (`guy`), or a whole host (`app.guy.example`): a label has no dot, so neither is ever the other.
CREATE TABLE IF NOT EXISTS addresses (
    address     TEXT PRIMARY KEY CHECK (address = lower(address)),
    instance_id TEXT NOT NULL REFERENCES instances (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS addresses_by_instance ON addresses (instance_id);

CREATE TABLE IF NOT EXISTS instance_orgs (
    instance_id TEXT PRIMARY KEY REFERENCES instances (id) ON DELETE CASCADE,
    org_id      TEXT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS instance_orgs_by_org ON instance_orgs (org_id);
