import { openDirectory, type Directory, members } from './harness.js';
let d: Directory;
import pg from 'pg';
beforeAll(async () => { d = await openDirectory();
 if (process.env.ISTRUE) { const c = new pg.Client(d.url); await c.connect(); for (const x of ['users','groups','group_members','deleted_users','integrations']) await c.query(`ALTER POLICY tenant ON identity.${x} USING ((integration_id = ANY ((SELECT nullif(current_setting('tidegate.integration_ids', true), '')::uuid[])::uuid[])) IS TRUE)`); await c.end(); }
});
afterAll(() => d.close());
const time = async (label: string, f: () => Promise<unknown>) => { const t = performance.now(); const r = await f(); console.log(label, (performance.now() - t).toFixed(1), 'ms'); return r; };
it('perf', async () => {
  const t = d.tenant();
  await t.createUser({ userName: 'warm' });
  const N = 4000;
  await time(`create ${N} x8`, async () => { let i = 0; await Promise.all(Array.from({ length: 8 }, async () => { while (i < N) await t.createUser({ userName: `u${i++}`, displayName: 'x', emails: [{ value: 'a@b' }] }); })); });
  await t.sql(`INSERT INTO identity.users (integration_id,id,user_name,user_name_key,active,attributes,command_id) SELECT $1, gen_random_uuid(), 'b'||i, 'b'||i, true, '{"userName":"x"}', gen_random_uuid() FROM generate_series(1,100000) i`, [t.integrationId]);
  const ids = (await t.sql<{ id: string }>(`SELECT id FROM identity.users ORDER BY id`)).map((x) => x.id);
  const big = await t.createGroup({ displayName: 'big' });
  await time('add 50k by replace', () => t.patchGroup(big.id, [{ op: 'replace', path: 'members', value: members(...ids.slice(0, 50000).map((id) => ({ id }))) }]));
  await time('same 50k again', () => t.patchGroup(big.id, [{ op: 'replace', path: 'members', value: members(...ids.slice(0, 50000).map((id) => ({ id }))) }]));
  await time('replace to 100k', () => t.patchGroup(big.id, [{ op: 'replace', path: 'members', value: members(...ids.slice(0, 100000).map((id) => ({ id }))) }]));
  const small = await t.createGroup({ displayName: 'small', members: members(...ids.slice(0, 10).map((id) => ({ id }))) });
  for (const [name, g] of [['small', small], ['big', big], ['small', small], ['big', big]] as const) {
    await time(`100 adds+removes one ${name}`, async () => { for (let i = 0; i < 50; i++) { await t.patchGroup(g.id, [{ op: 'add', path: 'members', value: members({ id: ids[101000 + i]! }) }]); await t.patchGroup(g.id, [{ op: 'remove', path: `members[value eq "${ids[101000 + i]!}"]` }]); } });
  }
  await time('20 finds', async () => { for (let i = 0; i < 20; i++) await t.findUsers(`userName eq "b${i + 5}"`); });
  await time('20 by id', async () => { for (let i = 0; i < 20; i++) await t.getUser(ids[i]!); });
  await time('list 100 at 1', () => t.findUsers());
  await time('list 100 at 50001', () => t.findUsers(undefined, { startIndex: 50001, count: 100 }));
  await time('10 pages', async () => { for (let i = 0; i < 10; i++) await d.users.page(t.command('users.page', { limit: 200, cursor: ids[50000 + i]! })); });
  await time('member filter', () => t.findGroups(`members.value eq "${ids[5]!}"`));
  await time('1000 ops', () => t.patchGroup(big.id, ids.slice(0, 1000).map((id) => ({ op: 'remove', path: `members[value eq "${id}"]` }))));
  await time('remove integration', () => d.integrations.hear({ id: t.command('users.get', { id: '' }).commandId, name: 'integration.removed', integrationId: t.integrationId, subject: t.integrationId, version: 2, time: '', requestId: '', data: { integrationId: t.integrationId, name: '', type: '', removed: true, version: 2 } }));
}, 600000);
