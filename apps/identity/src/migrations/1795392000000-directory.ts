import { messagingTables, integrationTable } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Users, groups and memberships. Every key begins with the integration id, and every table has row-level security. The
 * `_key` columns contain folded text: texts that differ only in case have the same key, independent of the locale of
 * the database.
 */
const TABLES = [
  // A row is inserted by the first event or command of an integration, and is never deleted.
  `CREATE TABLE identity.integrations (
     integration_id uuid PRIMARY KEY,
     version bigint NOT NULL DEFAULT 0,
     removed_at timestamptz
   )`,
  `CREATE TABLE identity.users (
     integration_id uuid NOT NULL,
     id uuid NOT NULL,
     user_name text NOT NULL,
     user_name_key text NOT NULL,
     display_name text,
     display_name_key text,
     external_id text,
     active boolean NOT NULL,
     deactivations integer NOT NULL DEFAULT 0,
     deactivated_received_at timestamptz,
     attributes jsonb NOT NULL,
     version bigint NOT NULL DEFAULT 1,
     created_at timestamptz NOT NULL DEFAULT now(),
     last_modified_at timestamptz NOT NULL DEFAULT now(),
     command_id uuid NOT NULL,
     PRIMARY KEY (integration_id, id),
     CONSTRAINT users_user_name UNIQUE (integration_id, user_name_key),
     CONSTRAINT users_command UNIQUE (integration_id, command_id)
   )`,
  `CREATE INDEX users_external_id ON identity.users (integration_id, external_id)`,
  `CREATE INDEX users_display_name ON identity.users (integration_id, display_name_key)`,
  // Tombstones of users. They contain the state for subscribers that missed the event of the deletion.
  `CREATE TABLE identity.deleted_users (
     integration_id uuid NOT NULL,
     id uuid NOT NULL,
     user_name text NOT NULL,
     display_name text,
     external_id text,
     deactivations integer NOT NULL,
     version bigint NOT NULL,
     deleted_at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (integration_id, id)
   )`,
  `CREATE TABLE identity.groups (
     integration_id uuid NOT NULL,
     id uuid NOT NULL,
     display_name text NOT NULL,
     display_name_key text NOT NULL,
     external_id text,
     attributes jsonb NOT NULL,
     version bigint NOT NULL DEFAULT 1,
     created_at timestamptz NOT NULL DEFAULT now(),
     last_modified_at timestamptz NOT NULL DEFAULT now(),
     command_id uuid NOT NULL,
     PRIMARY KEY (integration_id, id),
     CONSTRAINT groups_command UNIQUE (integration_id, command_id)
   )`,
  `CREATE INDEX groups_display_name ON identity.groups (integration_id, display_name_key)`,
  `CREATE INDEX groups_external_id ON identity.groups (integration_id, external_id)`,
  `CREATE TABLE identity.group_members (
     integration_id uuid NOT NULL,
     group_id uuid NOT NULL,
     user_id uuid NOT NULL,
     PRIMARY KEY (integration_id, group_id, user_id),
     FOREIGN KEY (integration_id, group_id) REFERENCES identity.groups ON DELETE CASCADE,
     FOREIGN KEY (integration_id, user_id) REFERENCES identity.users ON DELETE CASCADE
   )`,
  `CREATE INDEX group_members_user ON identity.group_members (integration_id, user_id)`,
];

const TENANT_TABLES = ['integrations', 'users', 'deleted_users', 'groups', 'group_members'];

export class Directory1795392000000 implements MigrationInterface {
  readonly name = 'Directory1795392000000';

  async up(runner: QueryRunner): Promise<void> {
    const security = TENANT_TABLES.flatMap((table) => integrationTable(`identity.${table}`));
    for (const statement of [...TABLES, ...security, ...messagingTables('identity')]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = ['inbox', 'outbox_delivery', 'outbox', ...TENANT_TABLES.toReversed()];
    for (const table of tables) await runner.query(`DROP TABLE identity.${table}`);
  }
}
