import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Which groups are synced, and since which of their versions members count. Those that were told until now are. */
export class GroupsToSync1764600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE access_flow.groups
         ADD COLUMN synced boolean NOT NULL DEFAULT true, ADD COLUMN sync_version bigint NOT NULL DEFAULT 1`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE access_flow.groups DROP COLUMN synced, DROP COLUMN sync_version`);
  }
}
