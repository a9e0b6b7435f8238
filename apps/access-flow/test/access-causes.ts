import { type FlowSettings, type GroupState } from '@tidegate/contracts';
import { type AccessStates, STATES_OF_REQUESTS, REQUEST_STATES } from './access-states.js';
import { inGroups, type Person } from './integration.js';

/** The maker of a change: the publisher of an event, the caller of a command, or a system job. */
export type Maker = 'event' | 'caller' | 'expiry' | 'start' | 'reconciliation';

/** Something that can end access, or change who can decide about it. */
export interface AccessCause {
  apply(states: AccessStates): Promise<unknown>;
  /** The actor of what it ends; for requests `requestsBy`, if that differs. */
  by: Maker;
  requestsBy?: Maker;
  /** Whether the flows let grants run on when their user is no longer eligible. */
  keep?: true;
}

type Apply = AccessCause['apply'];
const inTurn = async <T>(items: readonly T[], run: (item: T) => Promise<unknown>): Promise<void> => {
  for (const item of items) await run(item);
};
const steps =
  (...all: Apply[]): Apply =>
  (states) =>
    inTurn(all, (apply) => apply(states));

const event = (apply: Apply): AccessCause => ({ by: 'event', apply });
const call = (apply: Apply): AccessCause => ({ by: 'caller', apply });
const kept = (cause: AccessCause): AccessCause => ({ ...cause, keep: true });

const leave =
  (...people: Person[]): Apply =>
  ({ integration }) =>
    inTurn(people, (person) => integration.deactivate(person));
const comeBack =
  (person: Person): Apply =>
  ({ integration }) =>
    integration.reactivate(person);
const remove: Apply = ({ integration }) => {
  const gone = integration.next('alice', { active: false, deleted: true });
  return integration.accessFlow.handleEvent(integration.userEvent(gone, 'user.deleted'));
};
const loseGroup: Apply = ({ integration, staff }) => integration.push(staff, 3, { alice: false });
const loseAttribute: Apply = (states) => states.profile({ title: 'Clerk' });
const reconcile: Apply = ({ accessFlow }) => accessFlow.reconcile();

/** Publishes a state of groups. */
const group =
  (which: (states: AccessStates) => string[], version: number, change: Partial<GroupState>): Apply =>
  (states) =>
    inTurn(which(states), (groupId) => {
      const name = change.deleted ? 'group.deleted' : change.synced ? 'group.synced' : 'group.unsynced';
      const state = { groupId, displayName: 'Group', deleted: false, version, ...change };
      return states.integration.publish(name, groupId, state);
    });
const unsynced = { synced: false, syncVersion: 8 };
const synced = { synced: true, syncVersion: 9 };
const requested = (states: AccessStates) => states.requested;
const condition = (states: AccessStates) => [states.staff];
const approvers = (states: AccessStates) => [states.reviewers];

const edit =
  (change: (states: AccessStates) => Partial<FlowSettings>): Apply =>
  (states) =>
    inTurn([states.flow, states.undecidableFlow], (flow) => states.integration.edit(flow, change(states)));
/** A flow whose approver left accepts a change only with somebody who can decide. */
const narrow = (change: (states: AccessStates) => Partial<FlowSettings>): Apply =>
  edit((states) => ({ ...change(states), ownerIds: [states.integration.people.dan.userId] }));
const narrowGroups = narrow(({ integration }) => ({ groupIds: [integration.deploy] }));
const narrowEligibility = narrow(({ integration }) => ({ eligibility: inGroups(integration.billing) }));
const disable = edit(() => ({ enabled: false }));
const noSteps = edit(() => ({ steps: [], extension: null }));

const start: Apply = async (states) => {
  await states.backdate('grants', 'starts_at', [states.grants.scheduled]);
  await states.accessFlow.runDeadlines();
};
const started = (...before: Apply[]): AccessCause => ({ by: 'start', apply: steps(...before, start) });

const integration =
  (name: 'integration.updated' | 'integration.removed', data: object): Apply =>
  (states) =>
    states.integration.publish(name, states.integration.id, { managerAttribute: 'id', ...data, version: 9 });
const revokeMany =
  (choice: (states: AccessStates) => object): Apply =>
  (states) => {
    const common = { integrationId: states.integration.id, reason: 'Leak' };
    return states.integration.ask('grants.revokeMany', { ...common, ...choice(states) });
  };
const allGrants = (states: AccessStates) => [...Object.values(states.grants), states.extended];

/** The causes. Each is applied to all states at once. */
export const CAUSES = {
  'the requester is deactivated': event(leave('alice')),
  'the requester is deleted': event(remove),
  'the requester is deactivated and reactivated': event(steps(leave('alice'), comeBack('alice'))),
  'the requester leaves the group of the condition': event(loseGroup),
  'the requester leaves that group, grants are kept': kept(event(loseGroup)),
  'an attribute of the requester changes': event(loseAttribute),
  'an attribute changes, grants are kept': kept(event(loseAttribute)),
  'the group of the condition is deleted': event(group(condition, 4, { deleted: true })),
  'the group of the condition is unsynced': event(group(condition, 4, unsynced)),
  'the requested group is deleted': event(group(requested, 4, { deleted: true })),
  'the requested group is unsynced': event(group(requested, 8, unsynced)),
  'the requested group is unsynced and synced again': event(
    steps(group(requested, 8, unsynced), group(requested, 9, synced)),
  ),
  'the requested group is synced again, its removal is late': event(
    steps(group(requested, 9, synced), group(requested, 8, unsynced)),
  ),
  'the flow is narrowed to other groups': call(narrowGroups),
  'the flow is narrowed to other users': call(narrowEligibility),
  'the flow is narrowed to other users, grants are kept': kept(call(narrowEligibility)),
  'the steps of the flow change': call(edit(({ integration: of }) => ({ steps: of.by('dan') }))),
  'the flow loses its steps': call(noSteps),
  'the flow is disabled': call(disable),
  'the flow is deleted': call(({ integration: of, flow, undecidableFlow }) =>
    inTurn([flow, undecidableFlow], ({ id, name }) => of.ask('flows.delete', { id, confirm: name })),
  ),
  'the integration is disabled': event(
    integration('integration.updated', { disabled: true, disablements: 1, removed: false }),
  ),
  'the integration is removed': event(integration('integration.removed', { removed: true })),
  'an approver leaves': event(leave('bob')),
  'an approver leaves and comes back': event(steps(leave('bob'), comeBack('bob'))),
  'the manager leaves': event(leave('dan')),
  'the last approver leaves': event(leave('bob', 'dan')),
  'the manager changes': event(steps((states) => states.manager('carol'), reconcile)),
  'the approver group loses its last member': event(({ integration: of, reviewers }) =>
    of.push(reviewers, 3, { carol: false }),
  ),
  'the last member of the approver group leaves': event(leave('carol')),
  'the last member of the approver group leaves and comes back': event(steps(leave('carol'), comeBack('carol'))),
  'the approver group is deleted': event(group(approvers, 4, { deleted: true })),
  'the approver group is unsynced': event(group(approvers, 8, unsynced)),
  panic: call(async ({ integration: of }) => {
    const { liveGrants } = await of.ask('grants.count', {});
    await of.ask('grants.panic', { liveGrants, reason: 'Leak' });
  }),
  'all grants of the person are revoked': {
    ...call(
      steps(
        revokeMany(({ userId, integration: of }) => ({ userId, confirm: of.people.alice.userName })),
        reconcile,
      ),
    ),
    requestsBy: 'reconciliation',
  },
  'all grants of the flow are revoked': {
    ...call(
      steps(
        revokeMany(({ flow }) => ({ flowId: flow.id, confirm: flow.name })),
        reconcile,
      ),
    ),
    requestsBy: 'reconciliation',
  },
  'each grant is revoked': {
    ...call(
      steps((states) => inTurn(allGrants(states), (id) => states.integration.ask('grants.revoke', { id })), reconcile),
    ),
    requestsBy: 'reconciliation',
  },
  'the grant expires': {
    by: 'expiry',
    requestsBy: 'reconciliation',
    apply: steps(
      (states) => states.backdate('grants', 'ends_at', allGrants(states)),
      ({ accessFlow }) => accessFlow.runDeadlines(),
      reconcile,
    ),
  },
  'the scheduled time comes': started(),
  'the scheduled time comes, the flow is disabled': started(disable),
  'the scheduled time comes, the flow offers other groups': { ...started(narrowGroups), requestsBy: 'caller' },
  'the scheduled time comes, the requester is not eligible': {
    ...started(loseGroup),
    requestsBy: 'event',
    keep: true,
  },
  'the request expires': {
    by: 'expiry',
    apply: steps(
      (states) => states.backdate('requests', 'expires_at', Object.values(states.requests)),
      ({ accessFlow }) => accessFlow.runDeadlines(),
    ),
  },
  'the requester cancels': call(({ integration: of, requests }) =>
    inTurn(
      STATES_OF_REQUESTS.filter((state) => REQUEST_STATES[state] === 'pending'),
      (state) => of.ask('requests.cancel', { id: requests[state] }),
    ),
  ),
} as const satisfies Record<string, AccessCause>;
export type CauseName = keyof typeof CAUSES;
