import { DataSource } from 'typeorm';
import { type EntityClass, SnakeCaseColumns } from './entities.js';

/** A column of a table, without its length or precision: `uuid[] not null`. */
type Columns = Record<string, string>;

/**
 * For tests: compares entities with the tables of a migrated schema: names of tables and columns, types and nullability.
 * @param url URL of the database, as its owner
 * @param otherTables tables of the schema without an entity
 * @returns the differences in words; empty if there are none
 */
export async function entityDifferences(
  url: string,
  schema: string,
  entities: readonly EntityClass[],
  otherTables: readonly string[],
): Promise<string[]> {
  const namingStrategy = new SnakeCaseColumns();
  const source = new DataSource({ type: 'postgres', url, schema, entities: [...entities], namingStrategy });
  await source.initialize();
  try {
    const actual = await tables(source, schema);
    const expected = new Map<string, Columns>(
      source.entityMetadatas.map(({ tableName, columns }) => [
        tableName,
        Object.fromEntries(
          columns.map((column) => [
            column.databaseName,
            `${source.driver.normalizeType(column)}${column.isArray ? '[]' : ''}${column.isNullable ? '' : ' not null'}`,
          ]),
        ),
      ]),
    );
    const missing = [...actual.keys()].filter((table) => !expected.has(table) && !otherTables.includes(table));
    return [
      ...missing.map((table) => `${table} has no entity`),
      ...[...expected].flatMap(([table, columns]) => columnDifferences(table, columns, actual.get(table) ?? {})),
    ];
  } finally {
    await source.destroy();
  }
}

async function tables(source: DataSource, schema: string): Promise<Map<string, Columns>> {
  const rows = await source.query<{ table: string; column: string; type: string }[]>(
    `SELECT c.relname AS table, a.attname AS column,
            format_type(a.atttypid, NULL) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END AS type
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition`,
    [schema],
  );
  const found = new Map<string, Columns>();
  for (const { table, column, type } of rows) found.set(table, { ...found.get(table), [column]: type });
  return found;
}

function columnDifferences(table: string, entity: Columns, actual: Columns): string[] {
  const names = [...new Set([...Object.keys(entity), ...Object.keys(actual)])];
  return names
    .filter((name) => entity[name] !== actual[name])
    .map(
      (name) => `${table}.${name}: ${entity[name] ?? 'absent'} in the entity, ${actual[name] ?? 'absent'} in the table`,
    );
}
