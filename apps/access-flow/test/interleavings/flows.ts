import { type ApprovalStep, type Condition, type ExtensionApproval, type FlowSettings } from '@tidegate/contracts';
import { HOUR, type Person } from '../integration.js';
import { type Random } from './random.js';

/** The users and groups of a `World`, by name. */
interface Named {
  id: (person: Person) => string;
  deploy: { id: string };
  billing: { id: string };
  staff: { id: string };
  reviewers: { id: string };
}

/** The most extensions of every flow, so that a grant can be checked under whichever version. */
export const MAX_EXTENSIONS = 2;

/** The steps that flows of the interleavings can have, by name. */
export const STEPS = {
  managerThenGroup: ({ id, reviewers }: Named): ApprovalStep[] => [
    { quorum: 'any', approvers: [{ kind: 'manager' }], fallback: { quorum: 'any', approvers: [user(id('bob'))] } },
    {
      quorum: 'any',
      approvers: [{ kind: 'group', id: reviewers.id }],
      escalation: { quorum: 'any', approvers: [user(id('dan'))], afterSeconds: 60 },
    },
  ],
  all: ({ id }: Named): ApprovalStep[] => [
    {
      quorum: 'all',
      approvers: [user(id('bob')), user(id('carol'))],
      fallback: { quorum: 'any', approvers: [{ kind: 'group_owners' }] },
    },
  ],
  twoThenOwners: ({ id, reviewers }: Named): ApprovalStep[] => [
    { quorum: 'count', count: 2, approvers: [{ kind: 'group', id: reviewers.id }, user(id('dan'))] },
    { quorum: 'any', approvers: [{ kind: 'flow_owners' }, user(id('alice'))] },
  ],
  bob: ({ id }: Named): ApprovalStep[] => [{ quorum: 'any', approvers: [user(id('bob'))] }],
  none: (): ApprovalStep[] => [],
};

/** The conditions that they can have, by name. */
export const CONDITIONS = {
  everyone: (): Condition => ({ kind: 'everyone' }),
  staff: ({ staff }: Named): Condition => ({ kind: 'group', operator: 'is', values: [staff.id] }),
  notCarol: ({ id }: Named): Condition => ({ kind: 'user', operator: 'isNot', values: [id('carol')] }),
  staffOrReports: ({ id, staff }: Named): Condition => ({
    kind: 'any',
    conditions: [
      { kind: 'group', operator: 'in', values: [staff.id] },
      { kind: 'manager', operator: 'is', values: [id('dan')] },
    ],
  }),
};

const extension = (approval: ExtensionApproval) => ({ approval, maxCount: MAX_EXTENSIONS, maxSeconds: HOUR });
const user = (id: string) => ({ kind: 'user' as const, id });
const keys = <K extends string>(table: Record<K, unknown>) => Object.keys(table) as K[];

/** @returns changes of a flow, with a description */
export function randomEdit(world: Named, random: Random): { text: string; settings: Partial<FlowSettings> } {
  const steps = random.pick(keys(STEPS));
  const condition = random.pick(keys(CONDITIONS));
  const enabled = random.chance(0.7);
  const groups = random.pick([['deploy'], ['billing'], ['deploy', 'billing']] as const);
  const hours = random.int(1, 8);
  const owner = random.pick(['bob', 'carol', 'dan'] as const);
  const edits: Record<string, [text: string, settings: Partial<FlowSettings>]> = {
    steps: [
      `steps ${steps}`,
      { steps: STEPS[steps](world), ...(steps === 'none' ? { extension: extension('automatic') } : {}) },
    ],
    extension: [
      `extension ${enabled ? 'automatic' : 'by steps'}`,
      { extension: extension(enabled ? 'automatic' : 'steps') },
    ],
    eligibility: [`eligibility ${condition}`, { eligibility: CONDITIONS[condition](world) }],
    groups: [`groups ${groups.join('+')}`, { groupIds: groups.map((name) => world[name].id) }],
    enabled: [`enabled ${enabled}`, { enabled }],
    maximum: [`maximum ${hours} h`, { maxDurationSeconds: hours * HOUR }],
    owner: [`owner ${owner}`, { ownerIds: [world.id(owner)] }],
    distinct: [`distinct approvers ${enabled}`, { distinctApprovers: enabled }],
  };
  const [text, settings] = edits[random.pick(keys(edits))]!;
  return { text, settings };
}

/** @returns the settings of a new flow */
export function randomFlow(world: Named, random: Random, steps: keyof typeof STEPS): FlowSettings {
  const approval = steps !== 'none' && random.chance(0.7) ? 'steps' : 'automatic';
  return {
    name: `Flow ${random.int(1, 1e9)}`,
    eligibility: CONDITIONS[random.pick(keys(CONDITIONS))](world),
    requesters: ['self', 'manager', 'others'],
    groupIds: [world.deploy.id, world.billing.id],
    maxDurationSeconds: 4 * HOUR,
    steps: STEPS[steps](world),
    ownerIds: [world.id('dan')],
    extension: extension(approval),
    whenIneligible: random.pick(['end', 'keep']),
  };
}
