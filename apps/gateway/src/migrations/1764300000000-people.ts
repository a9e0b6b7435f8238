import { integrationTable } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

const STATEMENTS = [
  // Null means all scopes or all integrations, as for the first key and keys from before this migration.
  `ALTER TABLE gateway.api_keys
     ADD COLUMN hint text NOT NULL DEFAULT '',
     ADD COLUMN scopes text[],
     ADD COLUMN integration_ids uuid[],
     ADD COLUMN expires_at timestamptz,
     ADD COLUMN last_used_at timestamptz,
     ADD COLUMN revoked_at timestamptz`,
  // Sessions, roles and login providers belong to identities, not to an integration.
  `CREATE TABLE gateway.sessions (
     id uuid PRIMARY KEY,
     hash bytea NOT NULL UNIQUE,
     issuer text NOT NULL,
     subject text NOT NULL,
     key_hash bytea,
     created_at timestamptz NOT NULL DEFAULT now(),
     authenticated_at timestamptz NOT NULL DEFAULT now(),
     last_used_at timestamptz NOT NULL DEFAULT now(),
     expires_at timestamptz NOT NULL
   )`,
  `CREATE INDEX sessions_identity ON gateway.sessions (issuer, subject)`,
  `CREATE INDEX sessions_expires_at ON gateway.sessions (expires_at)`,
  `CREATE TABLE gateway.login_providers (
     id uuid PRIMARY KEY,
     issuer text NOT NULL CONSTRAINT login_providers_issuer UNIQUE,
     client_id text NOT NULL,
     client_secret bytea NOT NULL,
     label text NOT NULL,
     created_at timestamptz NOT NULL DEFAULT now()
   )`,
  // At most one login provider per integration.
  `CREATE TABLE gateway.login_provider_integrations (
     integration_id uuid PRIMARY KEY REFERENCES gateway.integration_ids ON DELETE CASCADE,
     provider_id uuid NOT NULL REFERENCES gateway.login_providers ON DELETE CASCADE
   )`,
  `CREATE INDEX login_provider_integrations_provider ON gateway.login_provider_integrations (provider_id)`,
  `CREATE TABLE gateway.used_login_states (hash bytea PRIMARY KEY, used_at timestamptz NOT NULL DEFAULT now())`,
  `CREATE TABLE gateway.role_assignments (
     id uuid PRIMARY KEY,
     issuer text,
     subject text,
     integration_id uuid REFERENCES gateway.integration_ids ON DELETE CASCADE,
     user_id uuid,
     role text NOT NULL CHECK (role IN ('member', 'auditor', 'admin')),
     integration_ids uuid[],
     created_at timestamptz NOT NULL DEFAULT now(),
     CHECK ((issuer IS NULL) = (subject IS NULL) AND (integration_id IS NULL) = (user_id IS NULL)
       AND (issuer IS NULL) <> (user_id IS NULL))
   )`,
  `CREATE INDEX role_assignments_identity ON gateway.role_assignments (issuer, subject)`,
  `CREATE INDEX role_assignments_user ON gateway.role_assignments (integration_id, user_id)`,
  // The user of an identity in an integration. `version` is the version of the user when `active` was set.
  `CREATE TABLE gateway.identity_links (
     integration_id uuid NOT NULL REFERENCES gateway.integrations ON DELETE CASCADE,
     issuer text NOT NULL,
     subject text NOT NULL,
     user_id uuid NOT NULL,
     active boolean NOT NULL,
     version bigint NOT NULL,
     created_at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (integration_id, issuer, subject),
     CONSTRAINT identity_links_user UNIQUE (integration_id, user_id)
   )`,
  ...integrationTable('gateway.identity_links'),
];

/** Adds logins of persons (sessions, login providers, roles, links to users), and scopes and expiry of API keys. */
export class GatewayPeople1764300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['identity_links', 'role_assignments', 'used_login_states', 'login_provider_integrations'])
      await runner.query(`DROP TABLE gateway.${table}`);
    await runner.query('DROP TABLE gateway.login_providers, gateway.sessions');
    await runner.query(
      `ALTER TABLE gateway.api_keys DROP COLUMN hint, DROP COLUMN scopes, DROP COLUMN integration_ids,
         DROP COLUMN expires_at, DROP COLUMN last_used_at, DROP COLUMN revoked_at`,
    );
  }
}
