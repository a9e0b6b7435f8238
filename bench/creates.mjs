import pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { inTurn, mean, post } from './load.mjs';
import { oktaUser } from './okta-user.mjs';
import { start } from './processes.mjs';

const CONNECTIONS = 32;
/** The warm-up is long because the services have more code to compile than the bare server; it is the same for both. */
const PLAN = { rounds: 4, warmUpSeconds: 20, seconds: 8 };

/**
 * Measures the creation of users through Tidegate and by a bare insert.
 * @param {{ system: object, databaseUrl: string }} parts
 */
export async function creates({ system, databaseUrl }) {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const bare = await start('bench/bare-server.mjs', { DATABASE_URL: databaseUrl });
  try {
    const bareUrl = `${bare.message}/Users`;
    let users = 0;
    const body = () => JSON.stringify(oktaUser(`u${(users++).toString().padStart(9, '0')}`));
    const load = { connections: CONNECTIONS, body };
    const { url, headers } = system.scim;
    const [ours, bares] = await inTurn(PLAN, [
      async (seconds) => {
        const result = await post({ ...load, url: `${url}/Users`, headers, seconds });
        return { ...result, catchUpSeconds: await untilHandled(client) };
      },
      (seconds) => post({ ...load, url: bareUrl, headers: { 'content-type': 'application/json' }, seconds }),
    ]);
    const [perSecond, barePerSecond] = [ours, bares].map((rounds) => mean(rounds.map((round) => round.perSecond)));
    return {
      perSecond,
      barePerSecond,
      p50: mean(ours.map((round) => round.p50)),
      p99: Math.max(...ours.map((round) => round.p99)),
      catchUpSeconds: mean(ours.map((round) => round.catchUpSeconds)),
      bareP50: mean(bares.map((round) => round.p50)),
    };
  } finally {
    await bare.stop();
    await client.end();
  }
}

/**
 * Waits until access-flow has all users, so that pending events don't slow down the baseline.
 * @returns {Promise<number>} the duration in seconds
 */
async function untilHandled(client) {
  const startedAt = performance.now();
  for (;;) {
    const { rows } = await client.query(
      'SELECT (SELECT count(*) FROM identity.users) - (SELECT count(*) FROM access_flow.users) AS missing',
    );
    if (Number(rows[0].missing) === 0) return (performance.now() - startedAt) / 1000;
    await pause(50);
  }
}
