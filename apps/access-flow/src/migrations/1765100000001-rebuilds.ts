import { type MigrationInterface, type QueryRunner } from 'typeorm';

const STATEMENTS = [
  // PROJECTION_VERSION at the last rebuild of this integration. If it is lower than the current one, a rebuild is due.
  `ALTER TABLE access_flow.integrations ADD COLUMN projection_version integer NOT NULL DEFAULT 0`,
  // Due work, like target_work: only ids and no row-level security, because the worker claims rows of all integrations.
  `CREATE TABLE access_flow.rebuilds (
     integration_id uuid PRIMARY KEY,
     run uuid NOT NULL,
     step text NOT NULL,
     after uuid NOT NULL,
     request_id text NOT NULL,
     requested_at timestamptz NOT NULL DEFAULT now(),
     due_at timestamptz NOT NULL DEFAULT now()
   )`,
];

/** Rebuilds of the projection from identity. */
export class Rebuilds1765100000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE access_flow.rebuilds`);
    await runner.query(`ALTER TABLE access_flow.integrations DROP COLUMN projection_version`);
  }
}
