import { Database } from '@tidegate/database';
import { dataKeyTable, Secrets } from '@tidegate/secrets';
import { emptyDatabase, type TestDatabase } from '@tidegate/testing';
import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { deriveKey, seal, unseal } from '../src/sealing.rule.js';

type Purpose = 'session' | 'api key' | 'login';
type Keys = [encryptionKey?: string, previousKey?: string];

const [OLD, NEW] = ['the encryption key of the first year', 'the encryption key of the second year'];

function tables(schema: string): new () => MigrationInterface {
  return class implements MigrationInterface {
    name = 'DataKey1700000000000';
    async up(runner: QueryRunner): Promise<void> {
      for (const sql of dataKeyTable(schema).up) await runner.query(sql);
    }
    async down(): Promise<void> {}
  };
}

describe('the secrets of a service', () => {
  let own: TestDatabase;
  let gateway: Database;
  let accessFlow: Database;

  const openIn = (database: Database, ...[encryptionKey, previousKey]: Keys) =>
    Secrets.open<Purpose>(database, { encryptionKey, previousKey });
  const open = (...keys: Keys) => openIn(gateway, ...keys);
  const kept = async (database = gateway) => {
    const select = `SELECT key, sealed FROM ${database.schema}.data_key`;
    return (await database.unscoped((tx) => tx.row<{ key: Buffer; sealed: boolean }>(select)))!;
  };
  const put = (key: Buffer) =>
    gateway.unscoped((tx) => tx.run('UPDATE gateway.data_key SET key = $1, sealed = true', [key]));

  beforeEach(async () => {
    own = await emptyDatabase();
    const openSchema = (schema: string) =>
      Database.open({ url: own.url, schema, migrations: [tables(schema)], poolSize: 4 });
    [gateway, accessFlow] = [await openSchema('gateway'), await openSchema('access_flow')];
  });
  afterEach(async () => {
    await Promise.all([gateway, accessFlow].map((database) => database.close()));
    await own.drop();
  });

  it('are the same for instances that start concurrently', async () => {
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
    for (const keys of [[OLD], [OLD], [NEW, OLD], [NEW, OLD], [NEW]] satisfies Keys[]) {
      expect((await open(...keys)).unseal('login', sealed)).toBe('secret');
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

  it('open with the new key only, after each service was started with the previous one', async () => {
    const services = [gateway, accessFlow];
    const sealed = await Promise.all(
      services.map(async (service) => (await openIn(service, OLD)).seal('login', service.schema)),
    );
    for (const service of services) await openIn(service, NEW, OLD);
    for (const [i, service] of services.entries()) {
      expect((await openIn(service, NEW)).unseal('login', sealed[i]!)).toBe(service.schema);
      await expect(openIn(service, OLD)).rejects.toThrow('encrypted with another key');
    }
  });

  it('depend on a data key that no other service can open, also under the same encryption key', async () => {
    await Promise.all([openIn(gateway, OLD), openIn(accessFlow, OLD)]);
    const { key } = await kept(gateway);
    await accessFlow.unscoped((tx) => tx.run('UPDATE access_flow.data_key SET key = $1', [key]));
    await expect(openIn(accessFlow, OLD)).rejects.toThrow('encrypted with another key');
    await expect(openIn(accessFlow, NEW, OLD)).rejects.toThrow('encrypted with another key');
  });

  describe('whose data key was encrypted for a former purpose', () => {
    const former = (from: string) => deriveKey(from, 'data key');
    const openFormer = (...[encryptionKey, previousKey]: Keys) =>
      Secrets.open<Purpose>(gateway, { encryptionKey, previousKey, formerPurpose: 'data key' });
    let sealed: Buffer;

    beforeEach(async () => {
      sealed = (await open()).seal('login', 'secret');
      const { key } = await kept();
      await put(seal(former(OLD), key));
    });

    it.each([[[OLD]], [[NEW, OLD]]] satisfies [Keys][])('open, and are encrypted for the service: %j', async (keys) => {
      expect((await openFormer(...keys)).unseal('login', sealed)).toBe('secret');
      const { key } = await kept();
      for (const from of [OLD, NEW]) expect(unseal(former(from), key)).toBeUndefined();
      expect((await open(keys[0])).unseal('login', sealed)).toBe('secret');
    });

    it('do not open in a service without that purpose', async () => {
      await expect(open(OLD)).rejects.toThrow('encrypted with another key');
    });
  });
});
