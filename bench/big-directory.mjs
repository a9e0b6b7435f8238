import pg from 'pg';
import { mean, percentile } from './load.mjs';
import { start } from './processes.mjs';
import { seedGroup, seedUsers, userNameOf } from './seed.mjs';

const USERS = 500_000;
const FEW_USERS = 1_000;
const MANY_MEMBERS = 100_000;
const FEW_MEMBERS = 100;
const PUSHED_MEMBERS = 50_000;
const PATCH_URN = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/**
 * Compares a large directory with a small one over HTTP: lookups of users, pages of lists, changes and reads of large
 * groups.
 * @param {{ system: object, databaseUrl: string }} parts
 */
export async function bigDirectory({ system, databaseUrl }) {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const bare = await start('bench/bare-server.mjs', { DATABASE_URL: databaseUrl });
  try {
    const small = await system.connect('Small');
    await seedUsers(client, small.integrationId, FEW_USERS);
    const ids = await seedUsers(client, system.integrationId, USERS);
    const groups = {
      few: await seedGroup(client, system.integrationId, 'Few', ids.slice(0, FEW_MEMBERS)),
      pushed: await seedGroup(client, system.integrationId, 'Pushed', ids.slice(0, PUSHED_MEMBERS)),
      many: await seedGroup(client, system.integrationId, 'Many', ids.slice(0, MANY_MEMBERS)),
    };
    await client.query('VACUUM ANALYZE');
    return {
      lookup: await lookups({ big: system, small, bareUrl: `${bare.message}/Users` }),
      pages: await pages(system.scim),
      members: await memberChanges(system.scim, groups, ids.at(-1)),
      unchangedPut: await unchangedPut({ client, scim: system.scim, id: groups.pushed }),
      reading: await reading(system, groups),
    };
  } finally {
    await bare.stop();
    await client.end();
  }
}

/** Okta's lookup before every create, compared with the bare index and with a small directory. */
async function lookups({ big, small, bareUrl }) {
  const { integrationId } = big;
  const one = (count) => userNameOf(Math.floor(Math.random() * count));
  const lookUp = (scim, name) => scim.send('GET', `/Users?${query({ filter: `userName eq "${name}"` })}`);
  const [inBig, inSmall, inBare] = await alternately(400, [
    async () => found(await lookUp(big.scim, one(USERS))),
    async () => found(await lookUp(small.scim, one(FEW_USERS))),
    async () => found(await (await fetch(`${bareUrl}?${query({ integrationId, userName: one(USERS) })}`)).json()),
  ]);
  return { users: USERS, few: FEW_USERS, inBig, inSmall, inBare };
}

/** Pages by index, as Okta imports them: the first one compared with late ones. */
async function pages(scim) {
  const page = (number) => async () => {
    const answer = await scim.send('GET', `/Users?${query({ startIndex: (number - 1) * 100 + 1, count: 100 })}`);
    if (answer.Resources.length !== 100 || answer.totalResults !== USERS) throw new Error(`page ${number} is wrong`);
  };
  const [first, page900, last] = await alternately(60, [page(1), page(900), page(USERS / 100)]);
  return { first, page900, last, lastPage: USERS / 100 };
}

async function memberChanges(scim, { few, many }, userId) {
  const change = (group) => async () => {
    await scim.send('PATCH', `/Groups/${group}`, patch({ op: 'add', path: 'members', value: [{ value: userId }] }));
    await scim.send('PATCH', `/Groups/${group}`, patch({ op: 'remove', path: `members[value eq "${userId}"]` }));
  };
  const [inFew, inMany] = await alternately(100, [change(few), change(many)]);
  return { few: FEW_MEMBERS, many: MANY_MEMBERS, inFew: inFew / 2, inMany: inMany / 2 };
}

/** An unchanged PUT of a whole group, like "Push Now" of an app with PUT: must write no rows and publish no events. */
async function unchangedPut({ client, scim, id }) {
  const group = await scim.send('GET', `/Groups/${id}`);
  await scim.send('PUT', `/Groups/${id}`, group);
  const before = await written(client);
  const startedAt = performance.now();
  const after = await scim.send('PUT', `/Groups/${id}`, group);
  const milliseconds = performance.now() - startedAt;
  if (after.meta.version !== group.meta.version) throw new Error('an unchanged PUT created a new version');
  const now = await written(client);
  return {
    members: group.members.length,
    milliseconds,
    rows: now.rows - before.rows,
    events: now.events - before.events,
  };
}

/** Rows and events written in identity's schema so far. The statistics of Postgres are slightly delayed. */
async function written(client) {
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const { rows } = await client.query(
    `SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)::float8 AS rows,
            (sum(n_tup_ins) FILTER (WHERE relname = 'outbox'))::float8 AS events
     FROM pg_stat_user_tables WHERE schemaname = 'identity'`,
  );
  return rows[0];
}

/** Reads a group with 100,000 members, with the heap growth of the two services, and then without its members. */
async function reading(system, { few, many }) {
  const read = () => system.scim.send('GET', `/Groups/${many}`);
  if ((await read()).members.length !== MANY_MEMBERS) throw new Error('members are missing in the response');
  const watch = await system.watchHeaps();
  const times = [];
  for (let round = 0; round < 5; round++) times.push(await timed(read));
  const heaps = await watch.stop();
  const without = (id) => () => system.scim.send('GET', `/Groups/${id}?excludedAttributes=members`);
  const [fewWithout, manyWithout] = await alternately(100, [without(few), without(many)]);
  return { members: MANY_MEMBERS, milliseconds: mean(times), heaps, fewWithout, manyWithout };
}

/** @returns {Promise<number[]>} the median time of each call in milliseconds, interleaved so that other load affects all */
async function alternately(rounds, calls) {
  const times = calls.map(() => []);
  for (let round = -10; round < rounds; round++) {
    for (const [i, call] of calls.entries()) {
      const took = await timed(call);
      if (round >= 0) times[i].push(took);
    }
  }
  return times.map((of) => percentile(of, 0.5));
}

async function timed(call) {
  const startedAt = performance.now();
  await call();
  return performance.now() - startedAt;
}

function found(answer) {
  if (answer.totalResults !== 1) throw new Error('the user was not found');
}

const query = (parameters) => new URLSearchParams(parameters).toString();
const patch = (...operations) => ({ schemas: [PATCH_URN], Operations: operations });
