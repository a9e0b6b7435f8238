import { integrationTable } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Groups as members of groups, and the ids of the last commands that changed a row, to detect repeated commands. */
const TABLES = [
  `CREATE TABLE identity.group_groups (
     integration_id uuid NOT NULL,
     group_id uuid NOT NULL,
     member_id uuid NOT NULL CHECK (member_id <> group_id),
     PRIMARY KEY (integration_id, group_id, member_id),
     FOREIGN KEY (integration_id, group_id) REFERENCES identity.groups ON DELETE CASCADE,
     FOREIGN KEY (integration_id, member_id) REFERENCES identity.groups ON DELETE CASCADE
   )`,
  `CREATE INDEX group_groups_member ON identity.group_groups (integration_id, member_id)`,
  // Tombstones of groups, with the command that deleted the group.
  `CREATE TABLE identity.deleted_groups (
     integration_id uuid NOT NULL,
     id uuid NOT NULL,
     command_id uuid NOT NULL,
     deleted_at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (integration_id, id)
   )`,
];

const COLUMNS = [
  { table: 'users', column: `recent_commands uuid[] NOT NULL DEFAULT '{}'` },
  { table: 'groups', column: `recent_commands uuid[] NOT NULL DEFAULT '{}'` },
  { table: 'deleted_users', column: 'command_id uuid' },
];

export class NestedGroups1795478400000 implements MigrationInterface {
  readonly name = 'NestedGroups1795478400000';

  async up(runner: QueryRunner): Promise<void> {
    const columns = COLUMNS.map(({ table, column }) => `ALTER TABLE identity.${table} ADD COLUMN ${column}`);
    const security = ['group_groups', 'deleted_groups'].flatMap((table) => integrationTable(`identity.${table}`));
    for (const statement of [...TABLES, ...columns, ...security]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { table, column } of COLUMNS)
      await runner.query(`ALTER TABLE identity.${table} DROP COLUMN ${column.split(' ')[0]}`);
    await runner.query(`DROP TABLE identity.group_groups, identity.deleted_groups`);
  }
}
