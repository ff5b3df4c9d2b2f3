// Where a visitor stands, read from the registry with the same joins as the gate's own statement (edge/src/authority/registry.rs).

const STANDING = `
  SELECT users.requires_invitation, users.email, users.org,
         iif(users.role = 'platform_owner', users.role, ifnull(members.role, users.role)) AS role,
         instances.id AS instance, instances.url, instances.status, instances.since,
         users.version + ifnull(instances.version, 0) AS version, sign_outs.before AS signed_out_before,
         (SELECT json_group_array(id) FROM (
              SELECT id FROM sessions
              WHERE user_id = users.id AND ended_at IS NOT NULL AND expires_at > ?3
                AND (renewable OR issued_at >= ifnull(sign_outs.before, 0))
              ORDER BY ended_at DESC LIMIT ?4)) AS ended_sessions
  FROM identities
  JOIN users ON users.id = identities.user_id
  LEFT JOIN instances ON instances.user_id = users.id
  LEFT JOIN members ON members.user_id = users.id AND members.org_id = users.org
  LEFT JOIN sign_outs ON sign_outs.user_id = users.id
  WHERE identities.issuer = ?1 AND identities.subject = ?2`;

const MOST_ENDED_SESSIONS = 32;

export function standingInRegistry(database, issuer, subject) {
  const now = Math.floor(Date.now() / 1000);
  return database.prepare(STANDING).bind(issuer, subject, now, MOST_ENDED_SESSIONS).first();
}
