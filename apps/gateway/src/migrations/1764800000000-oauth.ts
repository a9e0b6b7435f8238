import { integrationTable } from '@tidegate/database';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

const STATEMENTS = [
  `CREATE TABLE gateway.oauth_clients (
     integration_id uuid PRIMARY KEY REFERENCES gateway.integrations ON DELETE CASCADE,
     client_id text NOT NULL,
     grant_type text NOT NULL CHECK (grant_type IN ('authorization_code', 'client_credentials')),
     app_name text,
     redirect_uris text[] NOT NULL DEFAULT '{}',
     created_at timestamptz NOT NULL DEFAULT now(),
     last_used_at timestamptz
   )`,
  ...integrationTable('gateway.oauth_clients'),
  `CREATE TABLE gateway.oauth_client_secrets (
     id uuid PRIMARY KEY,
     integration_id uuid NOT NULL REFERENCES gateway.oauth_clients ON DELETE CASCADE,
     hash bytea NOT NULL,
     hint text NOT NULL,
     created_at timestamptz NOT NULL DEFAULT now(),
     UNIQUE (integration_id, hash)
   )`,
  ...integrationTable('gateway.oauth_client_secrets'),
  // The objects of the authorization server: grants, codes, tokens, consent requests. Values for lookups are in columns, ids
  // as keyed hashes; the rest is encrypted. Deleting a grant deletes its codes and tokens.
  `CREATE TABLE gateway.oauth_states (
     integration_id uuid NOT NULL REFERENCES gateway.oauth_clients ON DELETE CASCADE,
     key bytea NOT NULL,
     model text NOT NULL,
     payload bytea NOT NULL,
     uid bytea,
     grant_key bytea,
     parent_key bytea,
     created_at timestamptz NOT NULL DEFAULT now(),
     consumed_at timestamptz,
     expires_at timestamptz NOT NULL,
     PRIMARY KEY (integration_id, key),
     FOREIGN KEY (integration_id, grant_key) REFERENCES gateway.oauth_states ON DELETE CASCADE
   )`,
  `CREATE INDEX oauth_states_grant ON gateway.oauth_states (integration_id, grant_key)`,
  `CREATE INDEX oauth_states_parent ON gateway.oauth_states (integration_id, parent_key) WHERE parent_key IS NOT NULL`,
  `CREATE INDEX oauth_states_uid ON gateway.oauth_states (integration_id, uid) WHERE uid IS NOT NULL`,
  `CREATE INDEX oauth_states_expiry ON gateway.oauth_states (expires_at)`,
  ...integrationTable('gateway.oauth_states'),
];

/** Adds OAuth clients with their secrets, and the state of the authorization servers. */
export class GatewayOAuth1764800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE gateway.oauth_states, gateway.oauth_client_secrets, gateway.oauth_clients');
  }
}
