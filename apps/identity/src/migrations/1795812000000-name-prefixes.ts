import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Table, column, and the value of the column. */
const COLUMNS = [
  ['users', 'given_name_key', `keys #>> '{name,givenName}'`],
  ['users', 'family_name_key', `keys #>> '{name,familyName}'`],
  // Collation "C" folds ASCII letters only, so the result does not depend on the database.
  ['users', 'external_id_key', `lower(external_id COLLATE "C")`],
  ['groups', 'external_id_key', `lower(external_id COLLATE "C")`],
] as const;
const TABLES = ['users', 'groups'] as const;

/** @returns a statement that changes the columns of a table */
const alter = (table: string, change: (column: string, value: string) => string): string => {
  const changes = COLUMNS.filter(([of]) => of === table).map(([, column, value]) => change(column, value));
  return `ALTER TABLE identity.${table} ${changes.join(', ')}`;
};

/**
 * Columns with the first 256 characters of the comparison keys of `name.givenName`, `name.familyName` and `externalId`, for
 * searches by prefix. They are columns, because under row-level security Postgres uses indexes only for leakproof operators,
 * and those of jsonb and `lower` are not. Users and groups without these attributes have no entry in the indexes.
 */
export class NamePrefixes1795812000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES)
      await runner.query(
        alter(
          table,
          (column, value) => `ADD COLUMN ${column} text COLLATE "C" GENERATED ALWAYS AS (left(${value}, 256)) STORED`,
        ),
      );
    for (const [table, column] of COLUMNS)
      await runner.query(
        `CREATE INDEX ${table}_${column} ON identity.${table} (integration_id, ${column}, id) WHERE ${column} IS NOT NULL`,
      );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(alter(table, (column) => `DROP COLUMN ${column}`));
  }
}
