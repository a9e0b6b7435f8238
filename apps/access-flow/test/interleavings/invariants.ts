import { type ApprovalStep } from '@tidegate/contracts';
import { decide, type Review } from '../../src/approval/verdict.rule.js';
import { MAX_EXTENSIONS } from './flows.js';
import { type World } from './world.js';

/** SQL: the grant `t` is live. */
const LIVE = `t.integration_id = $1 AND t.status IN ('scheduled', 'activating', 'active')`;

/**
 * What must be true whenever no operation runs: statements that return the rows that break it. $1 is the integration.
 */
const NEVER = {
  'a live grant of a user who is inactive, deleted, or was deactivated since': `
    SELECT t.id, t.user_id, t.status FROM access_flow.grants t
    LEFT JOIN access_flow.users u ON u.integration_id = t.integration_id AND u.id = t.user_id
    WHERE ${LIVE} AND (u.id IS NULL OR NOT u.active OR u.deleted OR t.deactivations < u.deactivations)`,
  'a pending request of a user who is inactive, deleted, or was deactivated since': `
    SELECT t.id, t.user_id FROM access_flow.requests t
    LEFT JOIN access_flow.users u ON u.integration_id = t.integration_id AND u.id = t.user_id
    WHERE t.integration_id = $1 AND t.status = 'pending'
      AND (u.id IS NULL OR NOT u.active OR u.deleted OR t.deactivations < u.deactivations)`,
  'a live grant for a group that is deleted or not synced': `
    SELECT t.id, t.group_id, t.status FROM access_flow.grants t
    LEFT JOIN access_flow.groups g ON g.integration_id = t.integration_id AND g.id = t.group_id
    WHERE ${LIVE} AND (g.id IS NULL OR g.deleted OR NOT g.synced)`,
  'a pending request for a group that is deleted or not synced': `
    SELECT t.id, t.group_id FROM access_flow.requests t
    LEFT JOIN access_flow.groups g ON g.integration_id = t.integration_id AND g.id = t.group_id
    WHERE t.integration_id = $1 AND t.status = 'pending' AND (g.id IS NULL OR g.deleted OR NOT g.synced)`,
  'access of an integration that is removed or disabled': `
    SELECT 'grant', t.id FROM access_flow.grants t JOIN access_flow.integrations i ON i.id = $1 AND (i.removed OR i.disabled)
    WHERE ${LIVE}
    UNION ALL SELECT 'request', r.id FROM access_flow.requests r
    JOIN access_flow.integrations i ON i.id = $1 AND (i.removed OR i.disabled)
    WHERE r.integration_id = $1 AND r.status = 'pending'`,
  'access of a deleted flow': `
    SELECT 'grant', t.id FROM access_flow.grants t WHERE ${LIVE}
      AND NOT EXISTS (SELECT 1 FROM access_flow.flows f WHERE f.integration_id = $1 AND f.id = t.flow_id)
    UNION ALL SELECT 'request', r.id FROM access_flow.requests r WHERE r.integration_id = $1 AND r.status = 'pending'
      AND NOT EXISTS (SELECT 1 FROM access_flow.flows f WHERE f.integration_id = $1 AND f.id = r.flow_id)`,
  'a pending request for a group that its flow does not offer': `
    SELECT r.id, r.kind, r.group_id FROM access_flow.requests r
    JOIN access_flow.flows f ON f.integration_id = r.integration_id AND f.id = r.flow_id
    WHERE r.integration_id = $1 AND r.status = 'pending' AND r.group_id <> ALL (f.group_ids)`,
  'an approval by the requester, or by the person who made the request for another': `
    SELECT r.id, v.reviewer_id FROM access_flow.reviews v
    JOIN access_flow.requests r ON r.integration_id = v.integration_id AND r.id = v.request_id
    WHERE v.integration_id = $1 AND v.verdict = 'approve'
      AND (v.reviewer_id = r.user_id OR v.reviewer_id::text = r.requested_by ->> 'userId')`,
  'two approvals by one person of a request that requires distinct approvers': `
    SELECT v.request_id, v.reviewer_key FROM access_flow.reviews v
    JOIN access_flow.requests r ON r.integration_id = v.integration_id AND r.id = v.request_id AND r.round = v.round
    JOIN access_flow.flow_versions w ON w.integration_id = r.integration_id AND w.flow_id = r.flow_id
      AND w.version = r.flow_version AND (w.settings ->> 'distinctApprovers')::boolean
    WHERE v.integration_id = $1 AND v.verdict = 'approve' GROUP BY 1, 2 HAVING count(*) > 1`,
  'a grant that lasts longer than its flow allowed, or was extended too often': `
    SELECT t.id, t.ends_at, t.max_ends_at, t.extensions FROM access_flow.grants t
    WHERE t.integration_id = $1 AND (t.ends_at > t.max_ends_at OR t.extensions > ${MAX_EXTENSIONS})`,
  'two live grants of one user and group for the same time, of which none was extended': `
    SELECT t.id, o.id AS other FROM access_flow.grants t JOIN access_flow.grants o ON o.integration_id = t.integration_id
      AND o.user_id = t.user_id AND o.group_id = t.group_id AND o.id > t.id
      AND o.status IN ('scheduled', 'activating', 'active') AND o.starts_at < t.ends_at AND t.starts_at < o.ends_at
    WHERE ${LIVE} AND t.extensions + o.extensions = 0 AND NOT (t.id = ANY ($2::uuid[]) OR o.id = ANY ($2::uuid[]))`,
  'an approved request without a grant, or a grant of a request that was not approved': `
    SELECT r.id, r.status, t.id AS grant FROM access_flow.requests r
    LEFT JOIN access_flow.grants t ON t.integration_id = r.integration_id AND t.request_id = r.id
    WHERE r.integration_id = $1 AND r.kind = 'access' AND (r.status = 'approved') <> (t.id IS NOT NULL)`,
  'a pending request without open approvers': `
    SELECT r.id, r.step, r.undecidable FROM access_flow.requests r WHERE r.integration_id = $1 AND r.status = 'pending'
      AND NOT EXISTS (SELECT 1 FROM access_flow.request_approvers a
        WHERE a.integration_id = $1 AND a.request_id = r.id AND a.open AND a.step = r.step)
      AND NOT (r.step IS NULL AND EXISTS (SELECT 1 FROM access_flow.jobs j
        WHERE j.kind = 'request.approvers' AND j.integration_id = $1 AND j.key = r.id::text))`,
  'a request that is undecidable without its administrators as approvers, or the reverse': `
    SELECT r.id, r.undecidable FROM access_flow.requests r WHERE r.integration_id = $1 AND r.status = 'pending'
      AND r.undecidable <> EXISTS (SELECT 1 FROM access_flow.request_approvers a
        WHERE a.integration_id = $1 AND a.request_id = r.id AND a.open AND a.kind = 'administrators')`,
  'an open approver of a request that is not pending, or of another step': `
    SELECT r.id, r.status, r.step, a.step AS of FROM access_flow.request_approvers a
    JOIN access_flow.requests r ON r.integration_id = a.integration_id AND r.id = a.request_id
    WHERE a.integration_id = $1 AND a.open AND (r.status <> 'pending' OR r.step IS DISTINCT FROM a.step)`,
  'two changes of one subject with the same version, or a version out of order': `
    SELECT * FROM (SELECT subject, name, version, lag(version) OVER w AS before, lag(name) OVER w AS after
      FROM access_flow.outbox WHERE integration_id = $1 AND name <> 'request.notification.due'
      WINDOW w AS (PARTITION BY subject ORDER BY id)) o WHERE version <= before`,
  'a job that failed': `
    SELECT kind, key, last_error FROM access_flow.jobs WHERE integration_id = $1 AND last_error IS NOT NULL`,
  'a request whose events do not end it exactly once': `
    SELECT r.id, r.status, e.names FROM access_flow.requests r
    CROSS JOIN LATERAL (SELECT array_agg(name) AS names, count(*) AS ends FROM access_flow.outbox o
      WHERE o.subject = r.id AND o.name IN ('request.approved', 'request.denied', 'request.cancelled', 'request.expired')) e
    WHERE r.integration_id = $1 AND e.ends <> CASE r.status WHEN 'pending' THEN 0 ELSE 1 END`,
};

/** The same after all targets ran and nothing is left to do. */
const NEVER_AT_REST = {
  'a grant that waits for its target': `
    SELECT id, status FROM access_flow.grants WHERE integration_id = $1 AND status IN ('activating', 'revoking')`,
  'a membership by a grant without an active grant, or the reverse': `
    SELECT user_id, group_id, count(d) AS held FROM
      (SELECT user_id, group_id FROM access_flow.grants WHERE integration_id = $1 AND status = 'active' GROUP BY 1, 2) t
      FULL JOIN (SELECT user_id, group_id, true AS d FROM access_flow.directory_memberships WHERE integration_id = $1) m
        USING (user_id, group_id)
    WHERE (t IS NULL) <> (m IS NULL) GROUP BY 1, 2`,
  'a pending extension of a grant that is not live': `
    SELECT r.id, t.status FROM access_flow.requests r
    JOIN access_flow.grants t ON t.integration_id = r.integration_id AND t.id = r.grant_id
    WHERE r.integration_id = $1 AND r.status = 'pending' AND r.kind = 'extension' AND NOT (${LIVE})`,
};

/** One named statement for all, because most of the time would be planning. */
function statement(name: string, never: Readonly<Record<string, string>>) {
  const each = Object.values(never).map((sql, index) => `SELECT ${index} AS index, to_jsonb(x) AS row FROM (${sql}) x`);
  return { name, texts: Object.keys(never), text: each.join(' UNION ALL ') };
}
const ALWAYS = statement('always', NEVER);
const AT_REST = statement('at rest', { ...NEVER, ...NEVER_AT_REST });

/** @returns what is broken, with the rows; empty if all is right */
export async function broken(world: World, { atRest }: { atRest: boolean }): Promise<string[]> {
  const { name, texts, text } = atRest ? AT_REST : ALWAYS;
  const values = [world.integration.id, [...world.moved]];
  const { rows } = await world.accessFlow.owner.query<{ index: number; row: object }>({ name, text, values });
  const found = rows.map(({ index, row }) => `${texts[index]}: ${JSON.stringify(row)}`);
  return [...found, ...(await wrongVerdicts(world))];
}

interface Decided {
  id: string;
  status: 'approved' | 'denied';
  steps: ApprovalStep[];
  reviews: Review[];
}

/** Decides again what was decided, under the version of the flow that the request follows. */
async function wrongVerdicts(world: World): Promise<string[]> {
  const decided = await world.rows<Decided>(
    `SELECT r.id, r.status, v.settings -> 'steps' AS steps, coalesce((
       SELECT jsonb_agg(jsonb_build_object('step', w.step, 'verdict', w.verdict, 'reviewer', w.reviewer_key, 'entries', w.entries))
       FROM access_flow.reviews w WHERE w.integration_id = $1 AND w.request_id = r.id AND w.round = r.round), '[]') AS reviews
     FROM access_flow.requests r JOIN access_flow.flow_versions v
       ON v.integration_id = r.integration_id AND v.flow_id = r.flow_id AND v.version = r.flow_version
     WHERE r.integration_id = $1 AND r.status IN ('approved', 'denied')`,
  );
  return decided.flatMap(({ id, status, steps, reviews }) => {
    const { status: expected } = decide(steps, reviews);
    return expected === status
      ? []
      : [`${status}, but its reviews decide ${expected}: ${id} ${JSON.stringify(reviews)}`];
  });
}
