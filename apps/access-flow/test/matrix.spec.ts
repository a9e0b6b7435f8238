import {
  type Actor,
  GRANT_END_REASONS,
  GRANT_STATUSES,
  type GrantEndReason,
  type GrantReply,
  type GrantStatus,
  REQUEST_STATUS_REASONS,
  REQUEST_STATUSES,
  type RequestReply,
  type RequestStatusReason,
} from '@tidegate/contracts';
import { TEST_ACTOR } from '@tidegate/testing';
import { type AccessCause, CAUSES, type CauseName, type Maker } from './access-causes.js';
import { AccessStates, REQUEST_STATES, type StateOfRequest, STATES_OF_REQUESTS } from './access-states.js';
import { TestAccessFlow } from './harness.js';

/** The open step of a request, from 1, with the approvers who can decide it, or why the request ended. */
type RequestOutcome = 'same' | `${1 | 2}: ${string}` | 'expired' | RequestStatusReason;
/** The status of a live grant, or why it ends. */
type GrantOutcome = 'same' | GrantStatus | GrantEndReason;
interface Row {
  requests: Record<StateOfRequest, RequestOutcome>;
  grants: Record<GrantStatus, GrantOutcome>;
}

type Pending = readonly [RequestOutcome, RequestOutcome, RequestOutcome, RequestOutcome];
type Live = readonly [GrantOutcome, GrantOutcome, GrantOutcome];

/**
 * Ends are final, in every row.
 * @param pending outcomes of the requests in step 1 and step 2, the undecidable one, and the extension
 * @param live outcomes of the grants that are scheduled, activating and active
 */
const row = ([first, second, undecidable, extension]: Pending, [scheduled, activating, active]: Live): Row => ({
  requests: {
    'open in step 1': first,
    'open in step 2': second,
    undecidable,
    extension,
    approved: 'same',
    denied: 'same',
    cancelled: 'same',
    expired: 'same',
  },
  grants: { scheduled, activating, active, revoking: 'same', ended: 'same' },
});
const four = <T>(outcome: T) => [outcome, outcome, outcome, outcome] as const;
const three = <T>(outcome: T) => [outcome, outcome, outcome] as const;
const SAME = three('same' as const);
const all = (reason: GrantEndReason & RequestStatusReason): Row => row(four(reason), three(reason));
const requestsOnly = (outcome: RequestOutcome): Row => row(four(outcome), SAME);
const EXTENSION_ENDS = ['same', 'same', 'same', 'grant_ended'] as const;
/** Another approver decides step 1, or step 2. */
const firstBy = (name: string): Row => row([`1: ${name}`, 'same', 'same', `1: ${name}`], SAME);
const secondBy = (name: string): Row => row(['same', `2: ${name}`, 'same', 'same'], SAME);

const MATRIX = {
  'the requester is deactivated': all('user_deactivated'),
  'the requester is deleted': all('user_deactivated'),
  'the requester is deactivated and reactivated': all('user_deactivated'),
  'the requester leaves the group of the condition': all('requester_not_eligible'),
  'the requester leaves that group, grants are kept': requestsOnly('requester_not_eligible'),
  'an attribute of the requester changes': all('requester_not_eligible'),
  'an attribute changes, grants are kept': requestsOnly('requester_not_eligible'),
  'the group of the condition is deleted': all('requester_not_eligible'),
  'the group of the condition is unsynced': all('requester_not_eligible'),
  'the requested group is deleted': all('group_deleted'),
  'the requested group is unsynced': all('group_not_synced'),
  'the requested group is unsynced and synced again': all('group_not_synced'),
  'the requested group is synced again, its removal is late': all('group_not_synced'),
  'the flow is narrowed to other groups': requestsOnly('group_not_offered'),
  'the flow is narrowed to other users': all('requester_not_eligible'),
  'the flow is narrowed to other users, grants are kept': requestsOnly('requester_not_eligible'),
  'the steps of the flow change': requestsOnly('1: dan'),
  'the flow loses its steps': requestsOnly('flow_changed'),
  'the flow is disabled': requestsOnly('same'),
  'the flow is deleted': all('flow_deleted'),
  'the integration is disabled': all('integration_disabled'),
  'the integration is removed': all('integration_removed'),
  'an approver leaves': firstBy('dan'),
  'an approver leaves and comes back': firstBy('dan'),
  'the manager leaves': firstBy('bob'),
  'the last approver leaves': firstBy('administrators'),
  'the manager changes': firstBy('bob, carol'),
  'the approver group loses its last member': secondBy('administrators'),
  'the last member of the approver group leaves': secondBy('administrators'),
  'the last member of the approver group leaves and comes back': requestsOnly('same'),
  'the approver group is deleted': secondBy('administrators'),
  'the approver group is unsynced': secondBy('administrators'),
  panic: all('panic'),
  'all grants of the person are revoked': row(EXTENSION_ENDS, three('revoked')),
  'all grants of the flow are revoked': row(EXTENSION_ENDS, three('revoked')),
  'each grant is revoked': row(EXTENSION_ENDS, three('revoked')),
  'the grant expires': row(EXTENSION_ENDS, three('expired')),
  'the scheduled time comes': row(four('same'), ['activating', 'same', 'same']),
  'the scheduled time comes, the flow is disabled': row(four('same'), ['flow_changed', 'same', 'same']),
  'the scheduled time comes, the flow offers other groups': row(four('group_not_offered'), [
    'flow_changed',
    'same',
    'same',
  ]),
  'the scheduled time comes, the requester is not eligible': row(four('requester_not_eligible'), [
    'requester_not_eligible',
    'same',
    'same',
  ]),
  'the request expires': requestsOnly('expired'),
  'the requester cancels': requestsOnly('withdrawn'),
} satisfies Record<CauseName, Row>;

const CALLER: Actor = { kind: 'apiKey', keyId: 'configured', name: 'root' };
const actorOf = (maker: Maker): Actor => {
  if (maker === 'event') return TEST_ACTOR;
  return maker === 'caller' ? CALLER : { kind: 'system', job: maker };
};

const accessFlow = TestAccessFlow.use();

describe('The end of access', () => {
  it.each(Object.entries<AccessCause>(CAUSES))('%s', async (name, cause) => {
    const states = await AccessStates.create(accessFlow, cause.keep ? 'keep' : 'end');
    const before = await read(states);
    accessFlow.actor = CALLER;
    await cause.apply(states).finally(() => (accessFlow.actor = TEST_ACTOR));
    const after = await read(states);
    expect(outcomesOf(before, after, states)).toEqual(MATRIX[name as CauseName]);
    // The grant that a request would extend is active.
    expect(after.extended.endReason).toBe(after.grants.active.endReason);

    const ended = Object.values({ ...after.grants, extended: after.extended });
    const grantsBefore = Object.values({ ...before.grants, extended: before.extended });
    const newlyRevoking = ended.filter(({ endReason }, index) => endReason !== grantsBefore[index]!.endReason);
    for (const grant of newlyRevoking) expect(grant.revokedBy).toEqual(actorOf(cause.by));
    expect(await makersOf(newlyRevoking, 'grant.revoking')).toEqual(newlyRevoking.map(() => actorOf(cause.by)));
    const closed = STATES_OF_REQUESTS.filter((state) => before.requests[state].status === 'pending')
      .map((state) => after.requests[state])
      .filter(({ status }) => status !== 'pending');
    const closer = actorOf(cause.requestsBy ?? cause.by);
    expect(await makersOf(closed, 'request.cancelled', 'request.expired')).toEqual(closed.map(() => closer));

    await checkApprovers(states);
    await checkVersions(states);
    await checkEffect(states);
  });

  it('has a row for each cause, and each status and reason occurs', () => {
    const rows = Object.values<Row>(MATRIX);
    expect(Object.keys(MATRIX)).toEqual(Object.keys(CAUSES));
    expect(new Set<string>(Object.values(REQUEST_STATES))).toEqual(new Set<string>(REQUEST_STATUSES));
    const reached = (outcomes: string[], reasons: readonly string[]) =>
      reasons.filter((reason) => !outcomes.includes(reason));
    expect(
      reached(
        rows.flatMap(({ requests }) => Object.values(requests)),
        REQUEST_STATUS_REASONS,
      ),
    ).toEqual([]);
    expect(
      reached(
        rows.flatMap(({ grants }) => Object.values(grants)),
        GRANT_END_REASONS,
      ),
    ).toEqual([]);
    for (const { requests, grants } of rows) {
      expect(Object.keys(requests)).toEqual(STATES_OF_REQUESTS);
      expect(Object.keys(grants)).toEqual([...GRANT_STATUSES]);
    }
  });
});

interface Read {
  requests: Record<StateOfRequest, RequestReply>;
  grants: Record<GrantStatus, GrantReply>;
  extended: GrantReply;
}

async function read({ integration, requests, grants, extended }: AccessStates): Promise<Read> {
  const get = (id: string) => integration.ask('grants.get', { id });
  return {
    requests: await mapValues(requests, (id) => integration.ask('requests.get', { id })),
    grants: await mapValues(grants, get),
    extended: await get(extended),
  };
}

async function mapValues<K extends string, V, W>(
  record: Record<K, V>,
  map: (value: V) => Promise<W>,
): Promise<Record<K, W>> {
  const entries = Object.entries<V>(record) as [K, V][];
  return Object.fromEntries(
    await Promise.all(entries.map(async ([key, value]) => [key, await map(value)] as const)),
  ) as Record<K, W>;
}

function outcomesOf(before: Read, after: Read, states: AccessStates): Row {
  const request = (reply: RequestReply) => {
    const { status, statusReason, step } = reply;
    if (status !== 'pending') return statusReason ?? status;
    const names = states.integration.deciders(reply).map((id) => (id === states.reviewers ? 'reviewers' : id));
    return `${step! + 1}: ${names.join(', ')}`;
  };
  const grant = ({ status, endReason }: GrantReply) => endReason ?? status;
  const compare = <K extends string, V>(one: Record<K, V>, other: Record<K, V>, describe: (value: V) => string) =>
    Object.fromEntries(
      (Object.keys(one) as K[]).map((key) => {
        const [was, is] = [describe(one[key]), describe(other[key])];
        return [key, was === is ? 'same' : is];
      }),
    );
  return {
    requests: compare(before.requests, after.requests, request),
    grants: compare(before.grants, after.grants, grant),
  } as Row;
}

/** @returns the actors of these events, one for each record */
async function makersOf(records: { id: string }[], ...names: string[]): Promise<Actor[]> {
  const rows = await accessFlow.rows<{ actor: Actor }>(
    `SELECT actor FROM access_flow.outbox WHERE subject = ANY ($1) AND name = ANY ($2)`,
    [records.map(({ id }) => id), names],
  );
  return rows.map(({ actor }) => actor);
}

/** Exactly the pending requests have approvers who can decide them. */
async function checkApprovers({ integration }: AccessStates): Promise<void> {
  const wrong = await accessFlow.rows(
    `SELECT r.id, r.status FROM access_flow.requests r WHERE r.integration_id = $1 AND (r.status = 'pending') <> EXISTS (
       SELECT 1 FROM access_flow.request_approvers a WHERE a.integration_id = r.integration_id AND a.request_id = r.id AND a.open)`,
    [integration.id],
  );
  expect(wrong).toEqual([]);
}

/** Each event of a subject has a higher version than the one before; so has each notification. */
async function checkVersions({ integration }: AccessStates): Promise<void> {
  const wrong = await accessFlow.rows(
    `SELECT * FROM (
       SELECT name, version, lag(version) OVER (PARTITION BY subject, name = 'request.notification.due' ORDER BY id) AS before
       FROM access_flow.outbox WHERE integration_id = $1) e WHERE before >= version`,
    [integration.id],
  );
  expect(wrong).toEqual([]);
}

/** When the target has confirmed, exactly the active grants are memberships. */
async function checkEffect(states: AccessStates): Promise<void> {
  await accessFlow.runTargets();
  const { grants, extended } = await read(states);
  const all = [...Object.values(grants), extended];
  for (const { status, endReason } of all)
    expect([endReason, status]).toEqual([
      endReason,
      endReason ? 'ended' : expect.stringMatching(/^(active|scheduled)$/),
    ]);
  const rows = await accessFlow.rows<{ id: string }>(
    `SELECT group_id AS id FROM access_flow.directory_memberships WHERE integration_id = $1`,
    [states.integration.id],
  );
  const active = all.filter(({ status }) => status === 'active').map(({ groupId }) => groupId);
  expect(rows.map(({ id }) => id).sort()).toEqual(active.sort());
}
