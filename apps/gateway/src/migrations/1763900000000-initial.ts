import { messagingTables, integrationTable } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

const STATEMENTS = [
  // Ids only, without row-level security, so that callers with access to all integrations can list them.
  `CREATE TABLE gateway.integration_ids (id uuid PRIMARY KEY)`,
  `CREATE TABLE gateway.integrations (
     id uuid PRIMARY KEY REFERENCES gateway.integration_ids ON DELETE CASCADE,
     type text NOT NULL CHECK (type = 'okta-scim'),
     name text NOT NULL,
     name_key text NOT NULL CONSTRAINT integrations_name_key UNIQUE,
     domain text NOT NULL,
     groups_to_sync text[] NOT NULL DEFAULT '{}',
     status text NOT NULL DEFAULT 'initializing' CHECK (status IN ('initializing', 'active')),
     version bigint NOT NULL DEFAULT 1,
     created_at timestamptz NOT NULL DEFAULT now()
   )`,
  ...integrationTable('gateway.integrations', 'id'),
  `CREATE TABLE gateway.scim_tokens (
     id uuid PRIMARY KEY,
     integration_id uuid NOT NULL REFERENCES gateway.integrations ON DELETE CASCADE,
     hash bytea NOT NULL UNIQUE,
     hint text NOT NULL,
     description text,
     created_at timestamptz NOT NULL DEFAULT now(),
     last_used_at timestamptz,
     revoked_at timestamptz
   )`,
  `CREATE INDEX scim_tokens_integration ON gateway.scim_tokens (integration_id, id)`,
  ...integrationTable('gateway.scim_tokens'),
  // API keys belong to no integration.
  `CREATE TABLE gateway.api_keys (
     id uuid PRIMARY KEY,
     hash bytea NOT NULL UNIQUE,
     name text NOT NULL,
     created_at timestamptz NOT NULL DEFAULT now()
   )`,
  // Creates with an unknown outcome. A retry uses the same command id.
  `CREATE TABLE gateway.create_attempts (
     integration_id uuid NOT NULL REFERENCES gateway.integrations ON DELETE CASCADE,
     body_hash bytea NOT NULL,
     command_id uuid NOT NULL,
     created_at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (integration_id, body_hash, command_id)
   )`,
  `CREATE INDEX create_attempts_age ON gateway.create_attempts (integration_id, created_at)`,
  ...integrationTable('gateway.create_attempts'),
  ...messagingTables('gateway'),
];

/** Tables for integrations, credentials, creates with an unknown outcome, outbox and inbox. */
export class GatewayInitial1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA gateway CASCADE');
  }
}
