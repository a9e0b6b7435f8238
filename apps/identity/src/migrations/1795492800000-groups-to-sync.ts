import { integrationTable } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Which groups are synced, and what is left to be done about it after a list was heard. Groups that were there before
 * have been told, so they count as synced until the integration's list is heard; so do those that a process of the
 * release before makes meanwhile.
 */
const CHANGES = [
  // Names as they are compared; null until the list was heard, empty for all groups.
  `ALTER TABLE identity.integrations ADD COLUMN sync_list text[], ADD COLUMN sync_list_version bigint`,
  `ALTER TABLE identity.groups
     ADD COLUMN synced boolean NOT NULL DEFAULT true,
     ADD COLUMN sync_version bigint NOT NULL DEFAULT 1`,
  // How far a list has been applied, in the order of the groups' ids; no row when it is done.
  `CREATE TABLE identity.sync_passes (
     integration_id uuid PRIMARY KEY REFERENCES identity.integrations ON DELETE CASCADE,
     groups_after uuid NOT NULL
   )`,
  // How far the members of a group that was taken in have been told, in the order of their ids; no row when they are.
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
