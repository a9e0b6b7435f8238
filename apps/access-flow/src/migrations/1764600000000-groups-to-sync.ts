import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Whether a group is synced, and the version from which its members count. Existing groups are synced. */
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
