import { integrationTable } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The rules that an old flow becomes: conditions instead of requester groups, one step instead of the
 * approvers. A step has approvers: without any, the owners of the flow decide, which an old flow does not have. */
const RULES = `jsonb_build_object(
  'labels', '[]'::jsonb,
  'eligibility', CASE WHEN requester_group_ids IS NULL THEN '{"kind":"everyone"}'::jsonb
    WHEN requester_group_ids = '{}' THEN '{"kind":"not","condition":{"kind":"everyone"}}'::jsonb
    ELSE jsonb_build_object('kind', 'group', 'operator', 'in', 'values', to_jsonb(requester_group_ids)) END,
  'requesters', '["self"]'::jsonb,
  'minDurationSeconds', 60,
  'maxDurationSeconds', max_duration_seconds,
  'pendingSeconds', NULL,
  'requireJustification', false,
  'steps', CASE WHEN approver_ids IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(jsonb_build_object('quorum', 'any', 'approvers',
    (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', 'user', 'id', a) ORDER BY n), '[{"kind":"flow_owners"}]')
     FROM unnest(approver_ids) WITH ORDINALITY AS u (a, n)))) END,
  'distinctApprovers', true,
  'ownerIds', '[]'::jsonb,
  'extension', jsonb_build_object('approval', CASE WHEN approver_ids IS NULL THEN 'automatic' ELSE 'steps' END,
    'maxCount', 100, 'maxSeconds', max_duration_seconds),
  'whenIneligible', 'keep',
  'maxGrantsPerUser', NULL,
  'maxGrantsPerGroup', NULL)`;

/** The count of deactivations of each approver, who is active. */
const NAMED_USERS = `(SELECT coalesce(jsonb_object_agg(u.id, u.deactivations), '{}') FROM access_flow.users u
  WHERE u.integration_id = f.integration_id AND u.id = ANY (f.approver_ids))`;

const UP = [
  `ALTER TABLE access_flow.flows
     ADD COLUMN priority integer NOT NULL DEFAULT 0,
     ADD COLUMN rules jsonb,
     ADD COLUMN named_users jsonb NOT NULL DEFAULT '{}',
     ADD COLUMN condition_group_ids uuid[] NOT NULL DEFAULT '{}',
     ADD COLUMN approver_group_ids uuid[] NOT NULL DEFAULT '{}',
     ADD COLUMN user_ids uuid[] NOT NULL DEFAULT '{}'`,
  `UPDATE access_flow.flows f SET rules = ${RULES}, named_users = ${NAMED_USERS},
     condition_group_ids = coalesce(requester_group_ids, '{}'), user_ids = coalesce(approver_ids, '{}')`,
  `ALTER TABLE access_flow.flows ALTER COLUMN rules SET NOT NULL`,
  // Kept after the deletion of the flow.
  `CREATE TABLE access_flow.flow_versions (
     integration_id uuid NOT NULL,
     flow_id uuid NOT NULL,
     version integer NOT NULL,
     settings jsonb NOT NULL,
     saved_by jsonb,
     saved_at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (integration_id, flow_id, version)
   )`,
  `INSERT INTO access_flow.flow_versions (integration_id, flow_id, version, settings, saved_by, saved_at)
   SELECT integration_id, id, version, rules || jsonb_build_object('name', name, 'enabled', enabled, 'priority', priority,
     'groupIds', to_jsonb(group_ids)), coalesce(updated_by, created_by), created_at FROM access_flow.flows`,

  // approver_id: a user, a group, or for administrators the nil UUID. open: the approver can decide the request now.
  `CREATE TABLE access_flow.request_approvers (
     integration_id uuid NOT NULL,
     request_id uuid NOT NULL,
     step integer NOT NULL,
     tier text NOT NULL CHECK (tier IN ('step', 'fallback', 'escalation', 'flow_owners', 'administrators')),
     entry integer NOT NULL,
     kind text NOT NULL CHECK (kind IN ('user', 'group', 'administrators')),
     approver_id uuid NOT NULL,
     source text NOT NULL CHECK (source IN ('user', 'group', 'manager', 'group_owners', 'flow_owners', 'administrators')),
     open boolean NOT NULL DEFAULT true,
     PRIMARY KEY (integration_id, request_id, step, tier, entry, approver_id)
   )`,
  `CREATE INDEX request_approvers_open ON access_flow.request_approvers (integration_id, approver_id, request_id) WHERE open`,
  `CREATE INDEX request_approvers_by_approver ON access_flow.request_approvers (integration_id, approver_id, request_id)`,
  `INSERT INTO access_flow.request_approvers (integration_id, request_id, step, tier, entry, kind, approver_id, source, open)
   SELECT r.integration_id, r.id, 0, 'step', coalesce(array_position(f.approver_ids, a.id) - 1, 0), 'user', a.id, 'user',
     r.status = 'pending'
   FROM access_flow.requests r CROSS JOIN LATERAL (SELECT DISTINCT unnest(r.approver_ids) AS id) a
   LEFT JOIN access_flow.flows f ON f.integration_id = r.integration_id AND f.id = r.flow_id`,
  `INSERT INTO access_flow.request_approvers (integration_id, request_id, step, tier, entry, kind, approver_id, source)
   SELECT integration_id, id, 0, 'administrators', 0, 'administrators', '00000000-0000-0000-0000-000000000000', 'administrators'
   FROM access_flow.requests WHERE status = 'pending' AND undecidable`,
  // What happened to a request: for its timeline. Notifications name the users and groups to notify.
  `CREATE TABLE access_flow.request_entries (
     integration_id uuid NOT NULL,
     request_id uuid NOT NULL,
     id uuid NOT NULL,
     kind text NOT NULL,
     actor jsonb NOT NULL,
     data jsonb NOT NULL DEFAULT '{}',
     created_at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (integration_id, request_id, id)
   )`,
  ...['flow_versions', 'request_approvers', 'request_entries'].flatMap((table) =>
    integrationTable(`access_flow.${table}`),
  ),

  `ALTER TABLE access_flow.requests
     ADD COLUMN kind text NOT NULL DEFAULT 'access' CHECK (kind IN ('access', 'extension')),
     ADD COLUMN flow_version integer,
     ADD COLUMN round integer NOT NULL DEFAULT 0,
     ADD COLUMN step integer,
     ADD COLUMN step_opened_at timestamptz,
     ADD COLUMN escalated boolean NOT NULL DEFAULT false,
     ADD COLUMN starts_at timestamptz,
     ADD COLUMN approved_seconds integer,
     ADD COLUMN idempotency_key text,
     ADD COLUMN idempotency_hash text`,
  // An old automatic flow has no step; a request that waits under it keeps the approvers that it has, until the flow is saved.
  `UPDATE access_flow.requests r SET step = 0, step_opened_at = r.created_at, flow_version = f.version
   FROM access_flow.flows f
   WHERE r.status = 'pending' AND f.integration_id = r.integration_id AND f.id = r.flow_id`,
  `ALTER TABLE access_flow.requests DROP COLUMN approver_ids`,
  `DROP INDEX access_flow.requests_pending`,
  // Not unique: the periods of requests for one group can follow each other.
  `CREATE INDEX requests_pending ON access_flow.requests (integration_id, user_id, group_id) WHERE status = 'pending'`,
  `CREATE INDEX requests_pending_by_flow ON access_flow.requests (integration_id, flow_id) WHERE status = 'pending'`,
  `CREATE INDEX requests_to_extend ON access_flow.requests (integration_id, grant_id)
     WHERE status = 'pending' AND kind = 'extension'`,
  `CREATE UNIQUE INDEX requests_by_idempotency_key ON access_flow.requests (integration_id, user_id, idempotency_key)
     WHERE idempotency_key IS NOT NULL`,

  // A reviewer is a user, or an administrator without one: reviewer_key is the user id or a hash of the login.
  `ALTER TABLE access_flow.reviews
     ADD COLUMN round integer NOT NULL DEFAULT 0,
     ADD COLUMN step integer NOT NULL DEFAULT 0,
     ADD COLUMN reviewer_key text,
     ADD COLUMN entries jsonb NOT NULL DEFAULT '[]',
     ADD COLUMN duration_seconds integer`,
  `UPDATE access_flow.reviews SET reviewer_key = reviewer_id, entries = '[{"tier":"step","entry":0,"source":"user"}]'`,
  `ALTER TABLE access_flow.reviews ALTER COLUMN reviewer_key SET NOT NULL, DROP CONSTRAINT reviews_pkey,
     ALTER COLUMN reviewer_id DROP NOT NULL,
     ADD PRIMARY KEY (integration_id, request_id, round, step, reviewer_key)`,
  `ALTER TABLE access_flow.flows DROP COLUMN requester_group_ids, DROP COLUMN max_duration_seconds, DROP COLUMN approver_ids`,

  `ALTER TABLE access_flow.grants
     ADD COLUMN already_member boolean,
     ADD COLUMN extensions integer NOT NULL DEFAULT 0,
     DROP CONSTRAINT grants_status_check,
     ADD CONSTRAINT grants_status_check CHECK (status IN ('scheduled', 'activating', 'active', 'revoking', 'ended'))`,
];

/** Conditions, approval steps, versions, timelines, scheduled grants and extensions by request. */
export class ApprovalSteps1765800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(): Promise<void> {
    throw new Error('Flows with conditions and steps have no older form: restore a backup from before the upgrade.');
  }
}
