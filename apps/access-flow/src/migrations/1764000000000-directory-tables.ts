import { messagingTables, integrationTable } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The projection of the directory, updated by events. Versions are those of the events. */
const STATEMENTS = [
  // The list of integrations: only ids and no row-level security, because workers read it for all integrations.
  `CREATE TABLE access_flow.integrations (id uuid PRIMARY KEY, removed boolean NOT NULL, version bigint NOT NULL)`,

  `CREATE TABLE access_flow.users (
     integration_id uuid NOT NULL,
     id uuid NOT NULL,
     user_name text NOT NULL,
     display_name text,
     external_id text,
     active boolean NOT NULL,
     deleted boolean NOT NULL,
     deactivations integer NOT NULL,
     version bigint NOT NULL,
     PRIMARY KEY (integration_id, id)
   )`,

  `CREATE TABLE access_flow.groups (
     integration_id uuid NOT NULL,
     id uuid NOT NULL,
     display_name text NOT NULL,
     deleted boolean NOT NULL,
     version bigint NOT NULL,
     PRIMARY KEY (integration_id, id)
   )`,

  // Removed members keep a row (present = false), so a late event with an older version cannot add them again.
  `CREATE TABLE access_flow.members (
     integration_id uuid NOT NULL,
     group_id uuid NOT NULL,
     user_id uuid NOT NULL,
     present boolean NOT NULL,
     version bigint NOT NULL,
     PRIMARY KEY (integration_id, group_id, user_id)
   )`,
  `CREATE INDEX members_by_user ON access_flow.members (integration_id, user_id, group_id)`,

  ...['users', 'groups', 'members'].flatMap((table) => integrationTable(`access_flow.${table}`)),
  ...messagingTables('access_flow'),
];

export class DirectoryTables1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE access_flow.users, access_flow.groups, access_flow.members, access_flow.integrations,
      access_flow.outbox_delivery, access_flow.outbox, access_flow.inbox`);
  }
}
