import { type RequestRecord } from '@tidegate/contracts';
import { GRANT_END, GRANT_START } from '../../src/grants/create-grant.js';
import { REQUEST_ESCALATE, REQUEST_EXPIRE } from '../../src/requests/requests.queries.js';
import { HOUR, type Person } from '../integration.js';
import { randomEdit } from './flows.js';
import { type Random } from './random.js';
import { type World } from './world.js';

/** An operation that is chosen, but not started. Its random numbers are drawn already. */
export interface Operation {
  text: string;
  /** Starts it. What it changes is read when it starts. */
  run: () => Promise<unknown>;
}

const ACTIVE: readonly Person[] = ['alice', 'bob', 'carol', 'dan'];
/** dan as an administrator without a user. */
const ADMINISTRATOR = { kind: 'person', issuer: 'https://admins.example', subject: 'dan' } as const;

type PendingRow = Pick<RequestRecord, 'id' | 'userId'>;
const pending = ({ rows }: World) =>
  rows<PendingRow>(
    `SELECT id, user_id AS "userId" FROM access_flow.requests WHERE integration_id = $1 AND status = 'pending' ORDER BY id`,
  );
const live = ({ rows }: World) =>
  rows<{ id: string; userId: string }>(
    `SELECT id, user_id AS "userId" FROM access_flow.grants
     WHERE integration_id = $1 AND status IN ('scheduled', 'activating', 'active') ORDER BY id`,
  );
const nth = <T>(items: readonly T[], share: number): T | undefined => items[Math.floor(share * items.length)];

/** Makes the choices of each kind of operation. */
const KINDS = {
  request(world, random) {
    const [person, group] = [random.pick(ACTIVE), random.pick([world.deploy, world.billing])];
    const by = random.chance(0.8) ? person : random.pick(ACTIVE);
    const flow = random.pick(world.flows);
    const startsAt = random.chance(0.15) ? { startsAt: new Date(Date.now() + 2 * HOUR * 1000).toISOString() } : {};
    const durationSeconds = random.int(1, 2) * HOUR;
    const data = { flowId: flow.id, userId: world.id(person), groupId: group.id, durationSeconds, ...startsAt };
    const ask = () => world.integration.ask('requests.create', { ...data, memberId: world.id(by) });
    return {
      text: `request ${group.name} for ${person} by ${by}, flow ${world.flows.indexOf(flow)}${'startsAt' in startsAt ? ', later' : ''}`,
      run: () => world.as(world.actor(by), ask),
    };
  },
  approve: (world, random) => review(world, random, 'approve'),
  deny: (world, random) => review(world, random, 'deny'),
  cancel(world, random) {
    const share = random.next();
    return {
      text: 'cancel a request',
      async run() {
        const request = nth(await pending(world), share);
        if (request) await world.as(ADMINISTRATOR, () => world.integration.ask('requests.cancel', { id: request.id }));
      },
    };
  },
  extend(world, random) {
    const [share, minutes] = [random.next(), random.int(1, 60)];
    return {
      text: `extend a grant by ${minutes} min`,
      async run() {
        const grant = nth(await live(world), share);
        if (!grant) return;
        const data = { id: grant.id, durationSeconds: minutes * 60, isHolder: true };
        const holder = world.integration.nameOf(grant.userId);
        await world.as(world.actor(holder), () => world.integration.ask('grants.extend', data));
      },
    };
  },
  revoke(world, random) {
    const share = random.next();
    return {
      text: 'revoke a grant',
      async run() {
        const grant = nth(await live(world), share);
        if (grant) await world.as(ADMINISTRATOR, () => world.integration.ask('grants.revoke', { id: grant.id }));
      },
    };
  },
  panic(world) {
    return {
      text: 'panic',
      async run() {
        const liveGrants = (await live(world)).length;
        await world.as(ADMINISTRATOR, () => world.integration.ask('grants.panic', { liveGrants, reason: 'a test' }));
      },
    };
  },
  endGrant(world, random) {
    const share = random.next();
    return {
      text: 'the time of a grant passes',
      async run() {
        const grant = nth(await live(world), share);
        if (grant) await passGrant(world, grant.id);
        await world.accessFlow.jobs.drain(GRANT_START, GRANT_END);
      },
    };
  },
  expire(world, random) {
    const share = random.next();
    return {
      text: 'the time of a request passes',
      async run() {
        const request = nth(await pending(world), share);
        if (request) await passRequest(world, request.id, `expires_at = now() - interval '1 second'`, REQUEST_EXPIRE);
        await world.accessFlow.jobs.drain(REQUEST_EXPIRE);
      },
    };
  },
  escalate(world, random) {
    const share = random.next();
    return {
      text: 'the time of an escalation passes',
      async run() {
        const request = nth(await pending(world), share);
        const opened = `step_opened_at = step_opened_at - interval '1 hour'`;
        if (request) await passRequest(world, request.id, opened, REQUEST_ESCALATE);
        await world.accessFlow.jobs.drain(REQUEST_ESCALATE);
      },
    };
  },
  edit(world, random) {
    const flow = random.pick(world.flows);
    const { text, settings } = randomEdit(world, random);
    const data = { id: flow.id, settings, confirm: flow.name };
    return {
      text: `edit flow ${world.flows.indexOf(flow)}: ${text}`,
      run: () => world.as(ADMINISTRATOR, () => world.integration.ask('flows.update', data)),
    };
  },
  deleteFlow(world, random) {
    const flow = random.pick(world.flows);
    return {
      text: `delete flow ${world.flows.indexOf(flow)}`,
      run: () =>
        world.as(ADMINISTRATOR, () => world.integration.ask('flows.delete', { id: flow.id, confirm: flow.name })),
    };
  },
  deactivate(world, random) {
    const [person, lost] = [random.pick(ACTIVE), random.chance(0.1)];
    const text = `deactivate ${person}${lost ? ', event lost' : ''}`;
    return { text, run: () => world.changeUser(person, { active: false }, lost) };
  },
  reactivate(world, random) {
    const person = random.pick(ACTIVE);
    return { text: `reactivate ${person}`, run: () => world.changeUser(person, { active: true }) };
  },
  deleteUser(world, random) {
    const [person, lost] = [random.pick(ACTIVE), random.chance(0.1)];
    const text = `delete ${person}${lost ? ', event lost' : ''}`;
    return { text, run: () => world.changeUser(person, { active: false, deleted: true }, lost) };
  },
  manager(world, random) {
    const [person, manager] = [random.pick(ACTIVE), random.pick(['bob', 'dan', null] as const)];
    return { text: `the manager of ${person} is ${manager}`, run: () => world.setManager(person, manager) };
  },
  owners(world, random) {
    const person = random.pick(ACTIVE);
    const data = { groupId: world.deploy.id, userIds: [world.id(person)] };
    return {
      text: `${person} owns deploy`,
      run: () => world.as(ADMINISTRATOR, () => world.integration.ask('owners.set', data)),
    };
  },
  members(world, random) {
    const [group, person, present] = [random.pick(world.groups), random.pick(ACTIVE), random.chance(0.4)];
    const text = `${person} ${present ? 'joins' : 'leaves'} ${group.name}`;
    return { text, run: () => world.push(group, { [person]: present }) };
  },
  deleteGroup(world, random) {
    const [group, lost] = [random.pick(world.groups), random.chance(0.1)];
    const text = `delete ${group.name}${lost ? ', event lost' : ''}`;
    return { text, run: () => world.changeGroup(group, { deleted: true }, lost) };
  },
  sync(world, random) {
    const [group, synced, lost] = [random.pick(world.groups), random.chance(0.5), random.chance(0.1)];
    const text = `${synced ? 'sync' : 'unsync'} ${group.name}${lost ? ', event lost' : ''}`;
    const members = Object.fromEntries(ACTIVE.map((person) => [person, random.chance(0.6)]));
    return {
      text,
      async run() {
        await world.changeGroup(group, { synced }, lost);
        if (synced && !lost && !group.state.deleted) await world.push(group, members);
      },
    };
  },
  integration(world, random) {
    const disabled = random.chance(0.4);
    return {
      text: `${disabled ? 'disable' : 'enable'} the integration`,
      run: () => world.setIntegration(disabled),
    };
  },
  targets: (world) => ({ text: 'run the targets', run: () => world.accessFlow.runTargets() }),
  reconcile: (world) => ({ text: 'reconcile', run: () => world.accessFlow.reconcile() }),
} satisfies Record<string, (world: World, random: Random) => Operation>;

const WEIGHTS: Record<keyof typeof KINDS, number> = {
  request: 18,
  approve: 26,
  deny: 3,
  cancel: 3,
  extend: 12,
  revoke: 2,
  panic: 1,
  endGrant: 4,
  expire: 2,
  escalate: 4,
  edit: 9,
  deleteFlow: 0.5,
  deactivate: 4,
  reactivate: 4,
  deleteUser: 0.7,
  manager: 3,
  owners: 2,
  members: 6,
  deleteGroup: 0.7,
  sync: 3,
  integration: 2,
  targets: 8,
  reconcile: 2,
};

/** How the operations of the first rounds are chosen: without requests and grants, most operations do nothing. */
export const FIRST_ROUNDS: readonly ((world: World, random: Random) => Operation)[] = [
  KINDS.request,
  (world, random) => (random.chance(0.8) ? KINDS.approve(world, random) : KINDS.request(world, random)),
  (world, random) => (random.chance(0.7) ? KINDS.approve(world, random) : KINDS.targets(world)),
];

/** Chooses an operation. */
export const randomOperation = (world: World, random: Random): Operation =>
  KINDS[random.weighted(WEIGHTS)](world, random);

/** A review of a pending request: mostly by an open approver of the request, or by anybody. */
function review(world: World, random: Random, verdict: 'approve' | 'deny'): Operation {
  const [share, byApprover, shareOfApprovers] = [random.next(), random.chance(0.85), random.next()];
  const anybody = random.pick([...ACTIVE, 'administrator'] as const);
  const operation: Operation = {
    text: verdict,
    async run() {
      const request = nth(await pending(world), share);
      if (!request) return;
      const approvers = byApprover ? await approversOf(world, request.id) : [];
      const by = nth(approvers, shareOfApprovers) ?? anybody;
      operation.text = `${verdict} the request of ${world.nameOf(request.userId)} by ${by}`;
      const actor = by === 'administrator' ? ADMINISTRATOR : world.actor(by);
      const reviewer = by === 'administrator' ? {} : { reviewerId: world.id(by) };
      const data = { id: request.id, verdict, ...reviewer };
      await world.as(actor, () => world.integration.ask('requests.review', data));
    },
  };
  return operation;
}

async function approversOf(world: World, requestId: string): Promise<(Person | 'administrator')[]> {
  const rows = await world.rows<{ id: string | null }>(
    `SELECT CASE a.kind WHEN 'user' THEN a.approver_id WHEN 'group' THEN m.user_id END AS id
     FROM access_flow.request_approvers a
     LEFT JOIN access_flow.members m ON a.kind = 'group' AND m.integration_id = $1 AND m.group_id = a.approver_id AND m.present
     WHERE a.integration_id = $1 AND a.request_id = $2 AND a.open ORDER BY a.tier, a.entry, id`,
    requestId,
  );
  return rows.map(({ id }) => (id === null ? 'administrator' : world.integration.nameOf(id)));
}

/** Moves the times of a grant so that its end has passed, or its start if it is scheduled. */
async function passGrant(world: World, id: string): Promise<void> {
  world.moved.add(id);
  await world.rows(
    `UPDATE access_flow.grants g SET starts_at = g.starts_at - by, ends_at = g.ends_at - by, max_ends_at = g.max_ends_at - by
     FROM (SELECT CASE status WHEN 'scheduled' THEN starts_at ELSE ends_at END - now() + interval '1 second' AS by
           FROM access_flow.grants WHERE integration_id = $1 AND id = $2) past
     WHERE g.integration_id = $1 AND g.id = $2 AND g.status IN ('scheduled', 'activating', 'active')`,
    id,
  );
  await dueNow(world, id, [GRANT_START, GRANT_END]);
}

async function passRequest(world: World, id: string, change: string, job: string): Promise<void> {
  await world.rows(
    `UPDATE access_flow.requests SET ${change} WHERE integration_id = $1 AND id = $2 AND status = 'pending'`,
    id,
  );
  await dueNow(world, id, [job]);
}

async function dueNow(world: World, key: string, kinds: string[]): Promise<void> {
  await world.rows(
    `UPDATE access_flow.jobs SET run_at = now() WHERE integration_id = $1 AND key = $2 AND kind = ANY ($3) AND lease IS NULL`,
    key,
    kinds,
  );
}
