import { Database } from '@tidegate/database';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@tidegate/embedded-postgres';
import { explainStartError } from '@tidegate/runtime';
import { certificatePath, eventually, localhostCertificate } from '@tidegate/testing';
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

describe('PostgreSQL over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-tls-'));
  chmodSync(folder, 0o711); // under root, PostgreSQL runs as another user, which needs access to its data
  let server: EmbeddedPostgres;

  beforeAll(async () => {
    server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), durable: false });
    useCertificate(join(folder, 'postgres', 'cluster'));
    const owner = new pg.Client(server.url);
    await owner.connect();
    await owner.query('ALTER SYSTEM SET ssl = on');
    await owner.query('SELECT pg_reload_conf()');
    await owner.end();
    await eventually(async () => expect(await isOverTls(url('localhost', 'authority'))).toBe(true));
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

  /** Writes the certificate and key to PostgreSQL's default files, readable for its account. */
  function useCertificate(cluster: string): void {
    const { uid, gid } = statSync(cluster);
    const { cert, key } = localhostCertificate();
    for (const [name, content] of Object.entries({ 'server.crt': cert, 'server.key': key })) {
      writeFileSync(join(cluster, name), content, { mode: 0o600 });
      chownSync(join(cluster, name), uid, gid);
    }
  }

  function url(host: string, authority?: 'authority' | 'other-authority'): string {
    const address = new URL(server.url);
    address.hostname = host;
    address.searchParams.set('sslmode', 'verify-full');
    if (authority) address.searchParams.set('sslrootcert', certificatePath(authority));
    return address.href;
  }

  async function isOverTls(DATABASE_URL: string): Promise<boolean> {
    const database = await Database.open({ url: DATABASE_URL, schema: 'identity', migrations: [], poolSize: 1 });
    const [connection] = await database.unscoped((tx) =>
      tx.rows<{ ssl: boolean }>('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'),
    );
    await database.close();
    return connection?.ssl ?? false;
  }

  const refusal = (DATABASE_URL: string) =>
    isOverTls(DATABASE_URL).then(
      () => 'connected',
      (error: unknown) => explainStartError(error, { DATABASE_URL }),
    );

  it('connects the owner and the role of the service over TLS if authority and host are correct', async () => {
    expect(await isOverTls(url('localhost', 'authority'))).toBe(true);
  });

  it('refuses a certificate of another authority', async () => {
    const message =
      /^The TLS certificate of PostgreSQL at localhost:\d+ is not trusted \([A-Z_]+\)\. Check sslrootcert in /;
    expect(await refusal(url('localhost', 'other-authority'))).toMatch(message);
    expect(await refusal(url('localhost'))).toMatch(message);
  });

  it('refuses a certificate for another host', async () => {
    expect(await refusal(url('127.0.0.1', 'authority'))).toMatch(
      /^The TLS certificate of PostgreSQL at 127\.0\.0\.1:\d+ is for another host\. .*127\.0\.0\.1/,
    );
  });

  it('fails with the name of an authority file that cannot be read', async () => {
    const missing = join(folder, 'missing.pem');
    const address = new URL(url('localhost'));
    address.searchParams.set('sslrootcert', missing);
    expect(await refusal(address.href)).toBe(`The file ${missing} cannot be read (ENOENT).`);
  });
});
