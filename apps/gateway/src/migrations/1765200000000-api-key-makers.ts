import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * API keys get a maker: none (the key of a first start), the root key of the configuration, another key, or a person. Keys
 * that exist count as made by the root key, and keep the end that they have. There is no foreign key to the maker: a key
 * whose maker is missing does not work, and the owner of the database may delete any key by hand.
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
