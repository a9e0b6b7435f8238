import { type MigrationInterface, type QueryRunner } from 'typeorm';

const STATEMENTS = [
  // Whether no approver can decide the request. Only used while the request is pending.
  `ALTER TABLE access_flow.requests ADD COLUMN undecidable boolean NOT NULL DEFAULT false`,
  `CREATE INDEX requests_undecidable ON access_flow.requests (integration_id) WHERE status = 'pending' AND undecidable`,
  // The latest end that the flow allowed when the grant was created. Null for older grants, which cannot be extended.
  `ALTER TABLE access_flow.grants ADD COLUMN max_ends_at timestamptz`,
  // The maximum at that time is unknown. Live grants get the current maximum of their flow if the flow still exists.
  `UPDATE access_flow.grants g SET max_ends_at = g.starts_at + make_interval(secs => f.max_duration_seconds)
   FROM access_flow.requests r
   JOIN access_flow.flows f ON f.integration_id = r.integration_id AND f.id = r.flow_id
   WHERE r.integration_id = g.integration_id AND r.id = g.request_id
     AND g.status IN ('scheduled', 'activating', 'active')`,
  // The outcome of the command, for the reply to a repeat.
  `ALTER TABLE access_flow.applied_commands ADD COLUMN outcome jsonb`,
];

/** Columns for decisions after a right was removed: undecidable requests, latest ends of grants, outcomes of commands. */
export class Withdrawals1764800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE access_flow.requests DROP COLUMN undecidable`);
    await runner.query(`ALTER TABLE access_flow.grants DROP COLUMN max_ends_at`);
    await runner.query(`ALTER TABLE access_flow.applied_commands DROP COLUMN outcome`);
  }
}
