import pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { hostileBodies, manyEmails } from './hostile.mjs';
import { oktaUser } from './okta-user.mjs';
import { seedUsers } from './seed.mjs';

const MEMBERS = 50_000;
const WARM_UP = 300;
const WARM_UP_PATCHES = 20;
const PLAIN = 200;
/** The baseline of a body is one plain create per started 10 kB, or per request that a bulk request replaces. */
const UNIT_BYTES = 10_000;
/** The first run of a kind includes JIT compilation. */
const TRIES = 4;

/**
 * Measures the CPU time of gateway and identity for hostile bodies, compared with a plain create.
 * @param {{ system: object, databaseUrl: string }} parts
 * @returns {Promise<{ plain: number, rows: { name: string, bytes: number, status: number, cpu: number, ratio: number,
 *   gateway: number, identity: number }[] }>} in milliseconds: `plain` CPU of a create, `cpu` of a body, `gateway` and
 *   `identity` the longest block of each event loop; `ratio` is plain creates per unit
 */
export async function hostileCosts({ system, databaseUrl }) {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const { integrationId, scim } = system;
    const members = await seedUsers(client, integrationId, MEMBERS);
    await client.query('VACUUM ANALYZE');
    const creates = (count) => async () => {
      for (let i = 0; i < count; i++) await scim.send('POST', '/Users', oktaUser(`plain${plainUsers++}`));
    };
    await creates(WARM_UP)();
    const warmed = (await scim.send('POST', '/Users', oktaUser('warmed'))).id;
    const [first] = hostileBodies({ bare: warmed, many: warmed, members, group: warmed });
    for (let i = 0; i < WARM_UP_PATCHES; i++) await scim.status(first.method, first.path, first.body());
    await pause(2000); // deferred work is done
    const idle = await idleRate(system);
    const plain = (await costOf(system, idle, creates(PLAIN))).cpu / PLAIN;
    const bare = (await scim.send('POST', '/Users', oktaUser('bare'))).id;
    const many = (await scim.send('POST', '/Users', JSON.parse(manyEmails()))).id;
    const group = (await scim.send('POST', '/Groups', { displayName: 'Hostile' })).id;
    const rows = [];
    for (const { name, method, path, body, operations } of hostileBodies({ bare, many, members, group })) {
      const tries = [];
      for (let i = 0; i < TRIES; i++) {
        const text = body();
        let status;
        const cost = await costOf(system, idle, async () => (status = await scim.status(method, path, text)));
        tries.push({ ...cost, status, bytes: Buffer.byteLength(text) });
      }
      const [least] = tries.toSorted((a, b) => a.cpu - b.cpu);
      const ratio = least.cpu / plain / Math.max(operations, Math.ceil(least.bytes / UNIT_BYTES));
      const held = (service) => Math.min(...tries.map((one) => one.longest[service]));
      rows.push({
        name,
        ...least,
        status: tries[0].status,
        ratio,
        gateway: held('gateway'),
        identity: held('identity'),
      });
    }
    return { plain, rows };
  } finally {
    await client.end();
  }
}

let plainUsers = 0;

/** CPU time of gateway and identity for `work`, until both are idle, and the longest block of each event loop. */
async function costOf({ probes }, idle, work) {
  const probeBoth = async () => [await probes.gateway(), await probes.identity()];
  const before = await probeBoth();
  const startedAt = performance.now();
  await work();
  await pause(150); // events are published after the response
  const after = await probeBoth();
  const cpu = after[0].cpu + after[1].cpu - before[0].cpu - before[1].cpu - idle * (performance.now() - startedAt);
  return { cpu, longest: { gateway: after[0].longest, identity: after[1].longest } };
}

/** CPU per millisecond of two idle services: the minimum of several tries. */
async function idleRate(system) {
  const rates = [];
  for (let i = 0; i < 5; i++) rates.push((await costOf(system, 0, () => pause(1000))).cpu / 1150);
  return Math.min(...rates);
}
