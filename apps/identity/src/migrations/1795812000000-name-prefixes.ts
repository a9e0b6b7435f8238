import { type MigrationInterface, type QueryRunner } from 'typeorm';

const NAMES = [
  ['given_name_key', 'givenName'],
  ['family_name_key', 'familyName'],
] as const;

/**
 * Columns with the first 256 characters of the comparison keys of `name.givenName` and `name.familyName`, for searches by
 * prefix. They are columns, because under row-level security Postgres uses indexes only for leakproof operators, and those of
 * jsonb are not leakproof. Users without these names have no entry in the indexes.
 */
export class NamePrefixes1795812000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const columns = NAMES.map(
      ([column, attribute]) =>
        `ADD COLUMN ${column} text COLLATE "C" GENERATED ALWAYS AS (left(keys #>> '{name,${attribute}}', 256)) STORED`,
    );
    await runner.query(`ALTER TABLE identity.users ${columns.join(', ')}`);
    for (const [column] of NAMES)
      await runner.query(
        `CREATE INDEX users_${column} ON identity.users (integration_id, ${column}, id) WHERE ${column} IS NOT NULL`,
      );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE identity.users ${NAMES.map(([column]) => `DROP COLUMN ${column}`).join(', ')}`);
  }
}
