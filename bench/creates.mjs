import { inTurn, mean, post } from './load.mjs';
import { oktaUser } from './okta-user.mjs';
import { start } from './processes.mjs';

const CONNECTIONS = 32;
const PLAN = { rounds: 3, warmUpSeconds: 5, seconds: 8 };

/**
 * Creating users: through the whole path, and by a bare insert.
 * @param {{ system: object, databaseUrl: string }} parts
 */
export async function creates({ system, databaseUrl }) {
  const bare = await start('bench/bare-insert.mjs', { DATABASE_URL: databaseUrl });
  try {
    const bareUrl = `${bare.told}/Users`;
    let users = 0;
    const body = () => JSON.stringify(oktaUser(`u${(users++).toString().padStart(9, '0')}`));
    const load = { connections: CONNECTIONS, body };
    const { url, headers } = system.scim;
    const [ours, bares] = await inTurn(PLAN, [
      (seconds) => post({ ...load, url: `${url}/Users`, headers, seconds }),
      (seconds) => post({ ...load, url: bareUrl, headers: { 'content-type': 'application/json' }, seconds }),
    ]);
    const [perSecond, barePerSecond] = [ours, bares].map((rounds) => mean(rounds.map((round) => round.perSecond)));
    return {
      perSecond,
      barePerSecond,
      p50: mean(ours.map((round) => round.p50)),
      p99: Math.max(...ours.map((round) => round.p99)),
      bareP50: mean(bares.map((round) => round.p50)),
    };
  } finally {
    await bare.stop();
  }
}
