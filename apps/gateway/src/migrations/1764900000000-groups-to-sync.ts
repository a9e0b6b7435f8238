import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Adds the version of the integration at the last save of its groups to sync. */
export class GatewayGroupsToSync1764900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE gateway.integrations ADD COLUMN groups_to_sync_version bigint NOT NULL DEFAULT 1`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE gateway.integrations DROP COLUMN groups_to_sync_version`);
  }
}
