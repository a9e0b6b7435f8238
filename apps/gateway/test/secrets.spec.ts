import { Database } from '@tidegate/database';
import { freshDatabase, type TestDatabase } from '@tidegate/testing';
import { MIGRATIONS } from '../src/migrations/index.js';
import { Secrets } from '../src/secrets/secrets.service.js';

const [OLD, NEW] = ['the encryption key of the first year', 'the encryption key of the second year'];

describe('stored secrets', () => {
  let own: TestDatabase;
  let database: Database;
  const open = (encryptionKey?: string, previousKey?: string) => Secrets.open(database, { encryptionKey, previousKey });
  const kept = () =>
    database.unscoped((tx) => tx.row<{ key: Buffer; sealed: boolean }>('SELECT key, sealed FROM gateway.data_key'));

  beforeEach(async () => {
    own = await freshDatabase();
    database = await Database.open({ url: own.url, schema: 'gateway', migrations: MIGRATIONS, poolSize: 4 });
  });
  afterEach(async () => {
    await database.close();
    await own.drop();
  });

  it('are the same for gateways that start concurrently', async () => {
    const [one, two] = await Promise.all([open(OLD), open(OLD)]);
    expect(one.hash('session', 'x')).toEqual(two.hash('session', 'x'));
    expect(two.unseal('login', one.seal('login', 'secret'))).toBe('secret');
  });

  it('of one purpose cannot be used for another', async () => {
    const secrets = await open();
    expect(secrets.hash('session', 'x')).not.toEqual(secrets.hash('api key', 'x'));
    expect(() => secrets.unseal('session', secrets.seal('login', 'secret'))).toThrow('Could not decrypt');
  });

  it('survive adding and rotating the encryption key', async () => {
    const sealed = (await open()).seal('login', 'secret');
    expect(await kept()).toMatchObject({ sealed: false });
    for (const [current, previous] of [[OLD], [OLD], [NEW, OLD], [NEW, OLD], [NEW]] as const) {
      expect((await open(current, previous)).unseal('login', sealed)).toBe('secret');
      expect(await kept()).toMatchObject({ sealed: true });
    }
    await expect(open(OLD)).rejects.toThrow('encrypted with another key');
  });

  it('are unchanged by a start with a wrong key or none, which fails', async () => {
    const sealed = (await open(OLD)).seal('login', 'secret');
    const before = await kept();
    await expect(open(NEW)).rejects.toThrow('encrypted with another key');
    await expect(open()).rejects.toThrow('TIDEGATE_ENCRYPTION_KEY');
    expect(await kept()).toEqual(before);
    expect((await open(OLD)).unseal('login', sealed)).toBe('secret');
  });
});
