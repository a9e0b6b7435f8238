import { integrationTable } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Which groups are synced, and the unfinished work after a list was received. Events about existing groups were already
 * published, so these groups are synced until the list of the integration arrives. The same applies to groups that a
 * process of the previous release creates in the meantime.
 */
const CHANGES = [
  // Folded names; null until a list is received, empty for all groups.
  `ALTER TABLE identity.integrations ADD COLUMN sync_list text[], ADD COLUMN sync_list_version bigint`,
  `ALTER TABLE identity.groups
     ADD COLUMN synced boolean NOT NULL DEFAULT true,
     ADD COLUMN sync_version bigint NOT NULL DEFAULT 1`,
  // The last group to which a list was applied, ordered by id; no row when it is finished.
  `CREATE TABLE identity.sync_passes (
     integration_id uuid PRIMARY KEY REFERENCES identity.integrations ON DELETE CASCADE,
     groups_after uuid NOT NULL
   )`,
  // The last published member of a newly synced group, ordered by id; no row when all members are published.
  `CREATE TABLE identity.sync_tellings (
     integration_id uuid NOT NULL,
     group_id uuid NOT NULL,
     members_after uuid NOT NULL,
     chunk integer NOT NULL,
     PRIMARY KEY (integration_id, group_id),
     FOREIGN KEY (integration_id, group_id) REFERENCES identity.groups ON DELETE CASCADE
   )`,
];

export class GroupsToSync1795492800000 implements MigrationInterface {
  readonly name = 'GroupsToSync1795492800000';

  async up(runner: QueryRunner): Promise<void> {
    const security = ['sync_passes', 'sync_tellings'].flatMap((table) => integrationTable(`identity.${table}`));
    for (const statement of [...CHANGES, ...security]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE identity.sync_passes, identity.sync_tellings`);
    await runner.query(`ALTER TABLE identity.groups DROP COLUMN synced, DROP COLUMN sync_version`);
    await runner.query(`ALTER TABLE identity.integrations DROP COLUMN sync_list, DROP COLUMN sync_list_version`);
  }
}
