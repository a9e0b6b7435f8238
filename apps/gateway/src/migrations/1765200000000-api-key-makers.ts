import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Adds the creator of API keys: none (the key of the first start), the configured root key, another key, or a person. The
 * root key becomes the creator of existing keys, and their expiry stays. No foreign key to the creator, so that the database
 * owner can delete any key manually; keys whose creator is missing are refused.
 */
export class GatewayApiKeyMakers1765200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE gateway.api_keys
         ADD COLUMN maker_kind text NOT NULL DEFAULT 'root' CHECK (maker_kind IN ('none', 'root', 'key', 'person')),
         ADD COLUMN maker_key_id uuid,
         ADD COLUMN maker_issuer text,
         ADD COLUMN maker_subject text,
         ADD COLUMN warned_days integer,
         ADD CONSTRAINT api_keys_maker CHECK (
           (maker_key_id IS NOT NULL) = (maker_kind = 'key')
           AND (maker_issuer IS NOT NULL) = (maker_kind = 'person')
           AND (maker_subject IS NOT NULL) = (maker_kind = 'person'))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE gateway.api_keys DROP COLUMN maker_kind, DROP COLUMN maker_key_id, DROP COLUMN maker_issuer,
         DROP COLUMN maker_subject, DROP COLUMN warned_days`,
    );
  }
}
