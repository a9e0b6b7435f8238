import { once } from 'node:events';
import pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { manyEmails } from './hostile.mjs';
import { oktaUser } from './okta-user.mjs';
import { seedUsers } from './seed.mjs';

const SECONDS_ALONE = 2.5;
const SECONDS_LOADED = 6;
const PAUSE_MS = 10;
const MEMBERS = 20_000;
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
/** A system that uses at most this share of one core is idle. */
const QUIET = 0.3;

/** Bulk requests continue for the time of a write after their caller has disconnected, so they run once, and last. */
const LOADS = [
  ['PATCHes of 990 values', 24, { kind: 'body', title: 'PATCH: 990 values created by a filter' }],
  ['creates', 200, { kind: 'create' }],
  ['groups of 9.5 MB', 4, { kind: 'body', title: 'group: 100,000 unknown members' }],
  ['groups of 20,000 members', 8, { kind: 'body', title: 'group: 50,000 existing members' }],
  ['searches through all users', 100, { kind: 'search' }],
  ['unread responses', 60, { kind: 'unread' }],
  ['deeply nested JSON, 1 MiB', 24, { kind: 'body', title: 'POST: 1 MiB of brackets' }],
  ['wide bodies, 0.9 MB', 24, { kind: 'body', title: 'POST: 900 unknown names of 1,000 characters', again: true }],
  ['deactivations', 100, { kind: 'deactivate' }],
  ['bulk requests of 400 creates', 30, { kind: 'body', title: 'Bulk: 400 creates', again: true }, 1],
  ['bulk requests of 1,000 deletions', 30, { kind: 'body', title: 'Bulk: 1,000 deletions of unknown users' }, 1],
].map(([name, connections, load, rounds = 2]) => ({ name, connections, load, rounds }));

/**
 * Measures deactivations of one integration while another one floods the system, over three processes. Measurements
 * without and with each flood alternate, so that other load on the machine affects both. All times without a flood are
 * combined, because the p99 of a hundred times is only the second longest.
 * @param {{ system: object, databaseUrl: string, isFlood: (name: string) => boolean }} parts
 * @returns {Promise<{ alone: number[], rows: { name: string, answers: string, loaded: number[] }[] }>} milliseconds of
 *   each deactivation
 */
export async function noisyNeighbour({ system, databaseUrl, isFlood }) {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const quiet = await system.connect('Quiet');
    const users = [];
    for (let i = 0; i < 40; i++) users.push((await quiet.scim.send('POST', '/Users', oktaUser(`quiet${i}`))).id);
    const noisy = await noisyIntegration(client, system);
    await deactivations(quiet.scim, users, 2 * SECONDS_ALONE); // warm-up
    const alone = [];
    const rows = [];
    for (const { name, rounds, ...flood } of LOADS.filter((load) => isFlood(load.name))) {
      const row = { name, loaded: [] };
      const answers = {};
      for (let round = 0; round < rounds; round++) {
        await untilQuiet(system);
        alone.push(...(await deactivations(quiet.scim, users, (SECONDS_ALONE * 2) / rounds)));
        const stop = startFlood({ ...noisy, ...flood });
        await pause(700);
        row.loaded.push(...(await deactivations(quiet.scim, users, (SECONDS_LOADED * 2) / rounds)));
        for (const [status, count] of Object.entries(await stop())) answers[status] = (answers[status] ?? 0) + count;
      }
      const counts = Object.entries(answers).map(([status, count]) => `${count} × ${status}`);
      rows.push({ ...row, answers: counts.join(', ') || 'none yet' });
    }
    return { alone, rows };
  } finally {
    await client.end();
  }
}

/** @returns {() => Promise<Record<string, number>>} ends the flood and returns the number of responses by status */
function startFlood(parts) {
  const worker = new Worker(new URL('flood.mjs', import.meta.url), { workerData: parts });
  return async () => {
    const counts = once(worker, 'message');
    worker.postMessage('stop');
    return (await counts)[0];
  };
}

/** Deactivates and reactivates users one after the other. @returns the duration of each deactivation in milliseconds */
async function deactivations(scim, users, seconds) {
  const times = [];
  const until = performance.now() + seconds * 1000;
  for (let i = 0; performance.now() < until; i++) {
    const path = `/Users/${users[i % users.length]}`;
    const startedAt = performance.now();
    await scim.send('PATCH', path, activity(false));
    times.push(performance.now() - startedAt);
    await pause(PAUSE_MS);
    await scim.send('PATCH', path, activity(true));
    await pause(PAUSE_MS);
  }
  return times;
}

const activity = (active) => ({ schemas: [PATCH], Operations: [{ op: 'replace', value: { active } }] });

/** Waits at most a minute until gateway and identity are idle. */
async function untilQuiet({ probes }) {
  const used = async () => (await probes.gateway()).cpu + (await probes.identity()).cpu;
  for (let tries = 0; tries < 120; tries++) {
    const [before, startedAt] = [await used(), performance.now()];
    await pause(500);
    if (((await used()) - before) / (performance.now() - startedAt) < QUIET) return;
  }
}

async function noisyIntegration(client, system) {
  const { scim, integrationId } = await system.connect('Noisy');
  const members = await seedUsers(client, integrationId, MEMBERS);
  await client.query('VACUUM ANALYZE');
  const { id: bare } = await scim.send('POST', '/Users', oktaUser('noisy'));
  const { id: many } = await scim.send('POST', '/Users', JSON.parse(manyEmails()));
  const { id: group } = await scim.send('POST', '/Groups', { displayName: 'Noisy' });
  return { url: scim.url, headers: scim.headers, ids: { bare, many, members, group } };
}
