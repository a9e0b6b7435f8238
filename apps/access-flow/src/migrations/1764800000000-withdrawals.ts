import { type MigrationInterface, type QueryRunner } from 'typeorm';

const STATEMENTS = [
  // Whether no approver can decide a request; it counts while the request is pending.
  `ALTER TABLE access_flow.requests ADD COLUMN undecidable boolean NOT NULL DEFAULT false`,
  `CREATE INDEX requests_undecidable ON access_flow.requests (integration_id) WHERE status = 'pending' AND undecidable`,
  // The latest end that the flow allowed when the grant was made. Null: made before it was kept.
  `ALTER TABLE access_flow.grants ADD COLUMN max_ends_at timestamptz`,
  // What a repeat of the command is answered beside the rows as they are.
  `ALTER TABLE access_flow.applied_commands ADD COLUMN outcome jsonb`,
];

/** What decisions need that look again at what was withdrawn. */
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
