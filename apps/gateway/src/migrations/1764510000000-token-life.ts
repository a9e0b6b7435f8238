import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Adds expiry, successor and keyed hash of tokens. Existing tokens keep their SHA-256 hash and do not expire, because they
 * were created without an expiry.
 */
export class GatewayTokenLife1764510000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE gateway.scim_tokens
         ADD COLUMN hash_kind text NOT NULL DEFAULT 'sha256' CHECK (hash_kind IN ('sha256', 'hmac')),
         ADD COLUMN expires_at timestamptz,
         ADD COLUMN successor_id uuid,
         ADD COLUMN last_used_from text,
         ADD COLUMN warned_days integer`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE gateway.scim_tokens DROP COLUMN hash_kind, DROP COLUMN expires_at, DROP COLUMN successor_id,
         DROP COLUMN last_used_from, DROP COLUMN warned_days`,
    );
  }
}
