import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Whether an integration is disabled, and how often it was disabled. */
export class DisabledIntegrations1764500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE access_flow.integrations
         ADD COLUMN disabled boolean NOT NULL DEFAULT false, ADD COLUMN disablements integer NOT NULL DEFAULT 0`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE access_flow.integrations DROP COLUMN disabled, DROP COLUMN disablements`);
  }
}
