-- Two facts that first sight depends on, and that the rows of today do not tell. Everything here is added beside what was there.

-- That the platform has had an owner: it stays so when they are removed or become somebody else, or the next stranger would be
-- the first owner once more. One row, written by whoever makes an owner.
CREATE TABLE IF NOT EXISTS ownership (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    since    INTEGER NOT NULL
) STRICT;

INSERT INTO ownership (only_row, since)
SELECT 1, unixepoch()
WHERE EXISTS (SELECT 1 FROM users WHERE role = 'platform_owner')
   OR EXISTS (SELECT 1 FROM events WHERE event = 'bootstrap_created')
ON CONFLICT DO NOTHING;

DROP TRIGGER IF EXISTS owner_created;

CREATE TRIGGER owner_created AFTER INSERT ON users WHEN NEW.role = 'platform_owner' BEGIN
    INSERT INTO ownership (only_row, since) VALUES (1, unixepoch()) ON CONFLICT DO NOTHING;
END;

DROP TRIGGER IF EXISTS owner_made;

CREATE TRIGGER owner_made AFTER UPDATE OF role ON users WHEN NEW.role = 'platform_owner' BEGIN
    INSERT INTO ownership (only_row, since) VALUES (1, unixepoch()) ON CONFLICT DO NOTHING;
END;

-- Who needs an invitation because nothing spoke for them when they came. Everybody else who needs one was told so by an operator,
-- and no domain brings them back.
CREATE TABLE IF NOT EXISTS denied_at_first_sight (
    user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO denied_at_first_sight (user_id)
SELECT id FROM users
WHERE requires_invitation = 1
  AND EXISTS (SELECT 1 FROM events WHERE user_id = users.id AND event = 'provisioning_denied')
  AND NOT EXISTS (SELECT 1 FROM events WHERE user_id = users.id AND event IN ('standing_changed', 'user_changed'))
ON CONFLICT DO NOTHING;

DROP TRIGGER IF EXISTS user_welcomed;

CREATE TRIGGER user_welcomed AFTER UPDATE OF requires_invitation ON users WHEN NEW.requires_invitation = 0 BEGIN
    DELETE FROM denied_at_first_sight WHERE user_id = NEW.id;
END;
