import { integrationTable } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Flows, requests, grants, effective memberships, and tables of due work. */
const STATEMENTS = [
  // Null requester groups mean everyone, null approvers mean automatic. An empty list means no user.
  `CREATE TABLE access_flow.flows (
     integration_id uuid NOT NULL,
     id uuid NOT NULL,
     name text NOT NULL,
     name_key text NOT NULL,
     enabled boolean NOT NULL,
     requester_group_ids uuid[],
     group_ids uuid[] NOT NULL,
     max_duration_seconds integer NOT NULL,
     approver_ids uuid[],
     version integer NOT NULL DEFAULT 1,
     created_at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (integration_id, id),
     CONSTRAINT flow_name_is_unique UNIQUE (integration_id, name_key)
   )`,

  `CREATE TABLE access_flow.requests (
     integration_id uuid NOT NULL,
     id uuid NOT NULL,
     flow_id uuid NOT NULL,
     user_id uuid NOT NULL,
     group_id uuid NOT NULL,
     deactivations integer NOT NULL,
     duration_seconds integer NOT NULL,
     justification text,
     status text NOT NULL CHECK (status IN ('pending', 'approved', 'denied', 'cancelled', 'expired')),
     status_reason text,
     approver_ids uuid[],
     grant_id uuid,
     created_at timestamptz NOT NULL DEFAULT now(),
     expires_at timestamptz NOT NULL,
     version integer NOT NULL DEFAULT 1,
     PRIMARY KEY (integration_id, id)
   )`,
  `CREATE UNIQUE INDEX requests_pending ON access_flow.requests (integration_id, user_id, group_id, flow_id)
     WHERE status = 'pending'`,
  `CREATE INDEX requests_by_user ON access_flow.requests (integration_id, user_id, id)`,
  `CREATE INDEX requests_by_flow ON access_flow.requests (integration_id, flow_id)`,

  `CREATE TABLE access_flow.reviews (
     integration_id uuid NOT NULL,
     request_id uuid NOT NULL,
     reviewer_id uuid NOT NULL,
     verdict text NOT NULL CHECK (verdict IN ('approve', 'deny')),
     comment text,
     created_at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (integration_id, request_id, reviewer_id)
   )`,

  // deactivations: the user's count of deactivations when the grant was created. A higher count ends the grant.
  `CREATE TABLE access_flow.grants (
     integration_id uuid NOT NULL,
     id uuid NOT NULL,
     request_id uuid NOT NULL,
     user_id uuid NOT NULL,
     group_id uuid NOT NULL,
     status text NOT NULL CHECK (status IN ('scheduled', 'activating', 'active', 'revoking', 'ended')),
     deactivations integer NOT NULL,
     starts_at timestamptz NOT NULL,
     ends_at timestamptz NOT NULL,
     created_at timestamptz NOT NULL DEFAULT now(),
     activated_at timestamptz,
     revoking_at timestamptz,
     ended_at timestamptz,
     end_reason text,
     version integer NOT NULL DEFAULT 1,
     PRIMARY KEY (integration_id, id)
   )`,
  `CREATE INDEX grants_not_ended_by_user ON access_flow.grants (integration_id, user_id, group_id) WHERE status <> 'ended'`,
  `CREATE INDEX grants_not_ended_by_group ON access_flow.grants (integration_id, group_id, user_id) WHERE status <> 'ended'`,
  `CREATE INDEX grants_by_user ON access_flow.grants (integration_id, user_id, id)`,
  `CREATE INDEX grants_by_request ON access_flow.grants (integration_id, request_id)`,

  `CREATE TABLE access_flow.directory_memberships (
     integration_id uuid NOT NULL,
     group_id uuid NOT NULL,
     user_id uuid NOT NULL,
     since timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (integration_id, group_id, user_id)
   )`,
  `CREATE INDEX directory_memberships_by_user ON access_flow.directory_memberships (integration_id, user_id, group_id)`,

  ...['flows', 'requests', 'reviews', 'grants', 'directory_memberships'].flatMap((table) =>
    integrationTable(`access_flow.${table}`),
  ),

  // Due work contains only ids. It is claimed before its integration is known, so it has no row-level security.
  `CREATE TABLE access_flow.target_work (
     target text NOT NULL,
     integration_id uuid NOT NULL,
     group_id uuid NOT NULL,
     user_id uuid NOT NULL,
     urgent boolean NOT NULL,
     request_id text NOT NULL,
     attempts integer NOT NULL DEFAULT 0,
     next_try_at timestamptz NOT NULL DEFAULT now(),
     since timestamptz NOT NULL DEFAULT now(),
     last_error text,
     PRIMARY KEY (target, integration_id, group_id, user_id)
   )`,
  `CREATE INDEX target_work_due ON access_flow.target_work (urgent DESC, next_try_at)`,
  `CREATE TABLE access_flow.deadlines (
     kind text NOT NULL CHECK (kind IN ('grant.end', 'request.expire')),
     id uuid NOT NULL,
     integration_id uuid NOT NULL,
     due_at timestamptz NOT NULL,
     attempts integer NOT NULL DEFAULT 0,
     PRIMARY KEY (kind, id)
   )`,
  `CREATE INDEX deadlines_due ON access_flow.deadlines (due_at)`,
  // Applied commands: a repeated command gets a reply and is not applied again.
  `CREATE TABLE access_flow.applied_commands (
     command_id uuid PRIMARY KEY,
     subject uuid NOT NULL,
     applied_at timestamptz NOT NULL DEFAULT now()
   )`,
  `CREATE INDEX applied_commands_age ON access_flow.applied_commands (applied_at)`,
];

export class AccessTables1764000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE access_flow.flows, access_flow.requests, access_flow.reviews, access_flow.grants,
      access_flow.directory_memberships, access_flow.target_work, access_flow.deadlines, access_flow.applied_commands`);
  }
}
