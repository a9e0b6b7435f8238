import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Adds the missed calls of an integration: how many users and groups have any, and which are dismissed. */
export class MissedCalls1766200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE gateway.integrations
         ADD COLUMN missed_calls integer NOT NULL DEFAULT 0, ADD COLUMN missed_calls_after uuid`,
    );
    await runner.query(
      `CREATE INDEX provisioning_log_missed ON gateway.provisioning_log (integration_id, id)
       WHERE result = 'refused' AND detail = 'The integration is disabled.'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX gateway.provisioning_log_missed`);
    await runner.query(`ALTER TABLE gateway.integrations DROP COLUMN missed_calls, DROP COLUMN missed_calls_after`);
  }
}
