import pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { percentile } from './load.mjs';
import { oktaUser } from './okta-user.mjs';

const USERS = 300;
/** Pause between deactivations: a low rate, so that queueing does not affect the measurement. */
const PAUSE_MS = 40;
const DEACTIVATE = {
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: [{ op: 'replace', value: { active: false } }],
};

/**
 * Measures the time from the 200 of a deactivation until the user's grant is visible as `revoking` or `ended`. The database
 * is polled continuously, which is accurate to a fraction of a millisecond; 0 when the first poll finds the decision.
 */
export async function revocations({ system, databaseUrl }) {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const userIds = await usersWithGrants(system);
    const times = [];
    for (const userId of userIds) {
      await untilStatus(client, userId, ['active']);
      await system.scim.send('PATCH', `/Users/${userId}`, DEACTIVATE);
      const answeredAt = performance.now();
      const polls = await untilStatus(client, userId, ['revoking', 'ended']);
      times.push(polls === 1 ? 0 : performance.now() - answeredAt);
      await pause(PAUSE_MS);
    }
    return { count: times.length, p50: percentile(times, 0.5), p99: percentile(times, 0.99), max: Math.max(...times) };
  } finally {
    await client.end();
  }
}

async function usersWithGrants({ api, integrationId, scim }) {
  const group = await scim.send('POST', '/Groups', { displayName: 'On-call', members: [] });
  const flow = await untilKnown(() =>
    api.createFlow({
      integrationId,
      name: 'Everyday work',
      enabled: true,
      eligibility: { kind: 'everyone' },
      groupIds: [group.id],
      maxDurationSeconds: 3600,
      steps: [],
    }),
  );
  const userIds = [];
  for (let i = 0; i < USERS; i++) userIds.push((await scim.send('POST', '/Users', oktaUser(`leaver${i}`))).id);
  const asked = { flowId: flow.id, groupId: group.id, durationSeconds: 3600, justification: 'on call' };
  for (const userId of userIds) await untilKnown(() => api.createRequest({ ...asked, userId }));
  return userIds;
}

/** Waits until access-flow has handled the events of users and groups. */
async function untilKnown(ask) {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (tries === 100) throw error;
      await pause(50);
    }
  }
}

/** @returns {Promise<number>} the number of polls */
async function untilStatus(client, userId, statuses) {
  for (let polls = 1; polls < 100_000; polls++) {
    const { rows } = await client.query({
      name: 'poll',
      text: 'SELECT 1 FROM access_flow.grants WHERE user_id = $1 AND status = ANY ($2)',
      values: [userId, statuses],
    });
    if (rows.length > 0) return polls;
  }
  throw new Error(`the grant did not become ${statuses.join(' or ')}`);
}
