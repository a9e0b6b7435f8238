import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Adds the data key, which encrypts and hashes secrets. It is stored encrypted if an encryption key is configured. */
export class GatewayDataKey1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE gateway.data_key (
         single boolean PRIMARY KEY DEFAULT true CHECK (single),
         key bytea NOT NULL,
         sealed boolean NOT NULL,
         created_at timestamptz NOT NULL DEFAULT now()
       )`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE gateway.data_key');
  }
}
