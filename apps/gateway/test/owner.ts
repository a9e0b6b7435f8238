import { type Bind } from '@tidegate/database';
import pg from 'pg';
import { type TestGateway } from './harness.js';

/** Runs statements as the owner of the database, without row-level security: to change times, and to read. */
export async function asOwner<T>(gateway: TestGateway, work: (query: Query) => Promise<T>): Promise<T> {
  const owner = new pg.Client({ connectionString: gateway.databaseUrl });
  await owner.connect();
  try {
    return await work(async (sql, binds = []) => (await owner.query(sql, [...binds])).rows as object[]);
  } finally {
    await owner.end();
  }
}
type Query = (sql: string, binds?: readonly Bind[]) => Promise<object[]>;

/** Every row of every table of the gateway as a string. */
export function dump(gateway: TestGateway): Promise<string> {
  return asOwner(gateway, async (query) => {
    const tables = (await query(
      `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'gateway'`,
    )) as { name: string }[];
    const texts: string[] = [];
    for (const { name } of tables)
      texts.push(
        ...(await query(`SELECT to_jsonb(t)::text AS row FROM gateway.${name} t`)).map((row) => JSON.stringify(row)),
      );
    return texts.join('\n');
  });
}
