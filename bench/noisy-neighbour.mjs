import { setMaxListeners } from 'node:events';
import { connect as connectSocket } from 'node:net';
import pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { hostileBodies, manyEmails } from './hostile.mjs';
import { oktaUser } from './okta-user.mjs';
import { seedUsers } from './seed.mjs';

/** Each flood comes several times, for so many seconds, and before each the measure is taken alone. */
const ROUNDS = 3;
const SECONDS_ALONE = 2.5;
const SECONDS_LOADED = 4;
const PAUSE_MS = 25;
const MEMBERS = 20_000;
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/**
 * How long a deactivation of one integration takes while another floods the system, over three processes. Alone and
 * beside each flood are measured in turn, so that whatever else the machine does falls on both.
 * @param {{ system: object, databaseUrl: string }} parts
 * @returns {Promise<{ name: string, answers: string, alone: number[], beside: number[] }[]>} milliseconds of each
 *   deactivation
 */
export async function noisyNeighbour({ system, databaseUrl }) {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const victim = await system.connect('Quiet');
    const ids = [];
    for (let i = 0; i < 40; i++) ids.push((await victim.scim.send('POST', '/Users', oktaUser(`quiet${i}`))).id);
    const loads = await loadsOf(client, system);
    await deactivations(victim.scim, ids, 2 * SECONDS_ALONE); // warm
    const rows = [];
    for (const { name, connections, send } of loads) {
      const row = { name, alone: [], beside: [] };
      const answers = new Map();
      for (let round = 0; round < ROUNDS; round++) {
        row.alone.push(...(await deactivations(victim.scim, ids, SECONDS_ALONE)));
        const flood = startFlood(connections, send, answers);
        await pause(500);
        row.beside.push(...(await deactivations(victim.scim, ids, SECONDS_LOADED)));
        await flood.stop();
        await pause(500); // what is left of it ends
      }
      rows.push({ ...row, answers: [...answers].map(([status, count]) => `${count} × ${status}`).join(', ') });
    }
    return rows;
  } finally {
    await client.end();
  }
}

/** Deactivates one user after the other, and reactivates it. @returns how long each deactivation took, in milliseconds */
async function deactivations(scim, ids, seconds) {
  const times = [];
  const until = performance.now() + seconds * 1000;
  for (let i = 0; performance.now() < until; i++) {
    const path = `/Users/${ids[i % ids.length]}`;
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

/** Keeps calls in flight until it is stopped, and counts their answers. */
function startFlood(connections, send, answers) {
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  const caller = async (_, number) => {
    for (let i = 0; !stopping.signal.aborted; i++) {
      const status = await send({ number, i, signal: stopping.signal }).catch(
        (error) => error.cause?.code ?? error.name,
      );
      if (!stopping.signal.aborted) answers.set(status, (answers.get(status) ?? 0) + 1);
    }
  };
  const done = Promise.all(Array.from({ length: connections }, caller));
  const stop = async () => {
    stopping.abort();
    await done;
  };
  return { stop };
}

async function loadsOf(client, system) {
  const { scim, integrationId } = await system.connect('Noisy');
  const members = await seedUsers(client, integrationId, MEMBERS);
  await client.query('VACUUM ANALYZE');
  const { id: bare } = await scim.send('POST', '/Users', oktaUser('noisy'));
  const { id: many } = await scim.send('POST', '/Users', JSON.parse(manyEmails()));
  const { id: group } = await scim.send('POST', '/Groups', { displayName: 'Noisy' });
  const bodies = new Map(hostileBodies({ bare, many, members, group }).map((body) => [body.name, body]));
  const sent = (method, path, text, signal) => scim.status(method, path, text, signal);
  const body = (title) => {
    const { method, path, body } = bodies.get(title);
    return ({ signal }) => sent(method, path, body(), signal);
  };
  const fixed = (title) => {
    const { method, path, body } = bodies.get(title);
    const text = body();
    return ({ signal }) => sent(method, path, text, signal);
  };
  let users = 0;
  const create = ({ signal }) => sent('POST', '/Users', JSON.stringify(oktaUser(`n${users++}`)), signal);
  const deactivate = ({ number, i, signal }) =>
    sent('PATCH', `/Users/${members[number * 100 + (i % 100)]}`, JSON.stringify(activity(i % 200 >= 100)), signal);
  const search = ({ signal }) =>
    sent(
      'GET',
      `/Users?filter=${encodeURIComponent('title co "zq" or nickName co "qz"')}&sortBy=title`,
      undefined,
      signal,
    );
  return [
    ['PATCHes of 1,000 values', 24, fixed('PATCH: 990 values made by a filter')],
    ['bulk requests of 400 creates', 30, body('Bulk: 400 creates')],
    ['bulk requests of 1,000 deletions', 30, fixed('Bulk: 1,000 deletions of nobody')],
    ['creates', 200, create],
    ['groups of 16 MiB', 4, fixed('group: 100,000 strangers')],
    ['groups of 20,000 members', 8, fixed('group: 50,000 members who exist')],
    ['searches through everything', 100, search],
    ['answers that nobody reads', 60, ({ signal }) => unread(scim, signal)],
    ['JSON nested deep', 24, fixed('POST: 1 MiB of brackets')],
    ['wide bodies', 24, fixed('POST: 1 MiB of values')],
    ['deactivations', 100, deactivate],
  ].map(([name, connections, send]) => ({ name, connections, send }));
}

/** Asks for a long list and never reads the answer. */
function unread({ url, headers }, signal) {
  const { hostname, port, pathname } = new URL(`${url}/Users?count=200`);
  return new Promise((resolve) => {
    const socket = connectSocket({ host: hostname, port, signal });
    socket.on('error', () => resolve('closed'));
    socket.on('close', () => resolve('closed'));
    socket.pause();
    socket.write(
      `GET ${pathname}?count=200 HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: ${headers.authorization}\r\n\r\n`,
    );
    setTimeout(() => socket.destroy(), 10_000).unref();
  });
}
