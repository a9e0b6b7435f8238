import { openDirectory, type Directory, members } from './harness.js';
let d: Directory;
beforeAll(async () => void (d = await openDirectory()));
afterAll(() => d.close());
it('plans', async () => {
  const t = d.tenant();
  await t.createUser({ userName: 'warm' });
  await t.sql(`INSERT INTO identity.users (integration_id,id,user_name,user_name_key,active,attributes,command_id) SELECT $1, gen_random_uuid(), 'b'||i, 'b'||i, true, '{"userName":"x"}', gen_random_uuid() FROM generate_series(1,100000) i`, [t.integrationId]);
  const ids = (await t.sql<{ id: string }>(`SELECT id FROM identity.users ORDER BY id`)).map((x) => x.id);
  const big = await t.createGroup({ displayName: 'big' });
  await t.patchGroup(big.id, [{ op: 'replace', path: 'members', value: members(...ids.slice(0, 100000).map((id) => ({ id }))) }]);
  const explain = async (sql: string, binds: unknown[]) => { console.log(sql + '\n' + (await t.sql<Record<string,string>>('EXPLAIN (ANALYZE, BUFFERS) ' + sql, binds as string[])).map((r) => r['QUERY PLAN']).join('\n')); };
  const all = async () => {
    await explain(`SELECT id FROM identity.users WHERE integration_id = ANY ($1::uuid[]) AND id = $2`, [[t.integrationId], ids[5]]);
    await explain(`SELECT id FROM identity.users r WHERE integration_id = $1 AND (user_name_key = $2)`, [t.integrationId, 'b77']);
    await explain(`SELECT m.user_id, g.id, g.display_name FROM identity.group_members m
     JOIN identity.groups g ON g.integration_id = m.integration_id AND g.id = m.group_id
     WHERE m.integration_id = $1 AND m.user_id = ANY ($2::uuid[]) ORDER BY g.id`, [t.integrationId, [ids[5]]]);
    await explain(`SELECT m.group_id, m.user_id, coalesce(u.display_name, u.user_name) AS display
     FROM unnest($2::uuid[]) AS g (id)
     CROSS JOIN LATERAL (
       SELECT group_id, user_id FROM identity.group_members
       WHERE integration_id = $1 AND group_id = g.id AND user_id > $3 ORDER BY user_id LIMIT $4
     ) AS m
     JOIN identity.users u ON u.integration_id = $1 AND u.id = m.user_id
     ORDER BY m.group_id, m.user_id`, [t.integrationId, [big.id], '00000000-0000-0000-0000-000000000000', '501']);
    await explain(`SELECT id FROM identity.users r WHERE r.integration_id = $1 AND r.id > $2 ORDER BY r.id LIMIT $3`, [t.integrationId, ids[50000], '201']);
    await explain(`SELECT id FROM identity.users WHERE integration_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id FOR KEY SHARE`, [t.integrationId, [ids[50000]]]);
    await explain(`SELECT id FROM identity.users r WHERE r.integration_id = $1 AND (true) ORDER BY r.id LIMIT $2 OFFSET $3`, [t.integrationId, '100', '50000']);
  };
  await all();
}, 600000);
