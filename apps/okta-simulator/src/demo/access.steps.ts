import { type FlowSettings } from '@tidegate/contracts';
import { ApiFailure } from './admin-api.js';
import {
  byScim,
  type DemoContext,
  effectiveMembers,
  group,
  groupId,
  runTasks,
  nameOf,
  person,
  untilActive,
  untilMembers,
  userId,
} from './context.js';

/** Ids of the two access flows. */
export interface Flows {
  automatic: string;
  approved: string;
}

const HOUR = 3600;

/** An administrator creates two access flows. */
export async function accessFlows(context: DemoContext): Promise<Flows> {
  const { runner, api, integrationId } = context;
  const create = (settings: Pick<FlowSettings, 'name' | 'groupIds' | 'steps'>) =>
    api.createFlow({
      ...settings,
      integrationId,
      enabled: true,
      eligibility: { kind: 'everyone' },
      maxDurationSeconds: 8 * HOUR,
    });
  return runner.step(
    'an administrator creates two access flows: one automatic, one with carol as approver',
    '2 flows',
    async () => {
      const automatic = await create({
        name: 'Everyday work',
        groupIds: [groupId(context, 'On-call'), groupId(context, 'Finance')],
        steps: [],
      });
      const approved = await create({
        name: 'Production on approval',
        groupIds: [groupId(context, 'Production access')],
        steps: [{ quorum: 'any', approvers: [{ kind: 'user', id: userId(context, 'carol') }] }],
      });
      return { automatic: automatic.id, approved: approved.id };
    },
    (flows) => `${new Set(Object.values(flows)).size} flows`,
  );
}

/** dan gets a short grant of On-call, which `expiry` checks later. */
export async function grantBriefly(context: DemoContext, flows: Flows, seconds: number): Promise<void> {
  await context.runner.step(
    `dan requests On-call for ${seconds} seconds`,
    'active',
    async () => {
      await createRequest(context, flows.automatic, 'dan', 'On-call', seconds);
      return untilActive(context, 'dan', 1);
    },
    (grants) => grants.map((grant) => grant.status).join(', '),
  );
}

/** alice gets a grant by approval, bob gets two grants, and Okta's "Push Now" ends none of them. */
export async function requestAndApprove(context: DemoContext, flows: Flows): Promise<void> {
  const { runner, api, catalog } = context;
  await runner.step(
    'erin, who is deactivated, requests a group',
    'refused',
    () => outcomeOf(() => createRequest(context, flows.automatic, 'erin', 'Finance', HOUR)),
    String,
  );
  const request = await runner.step(
    'alice requests Production access for one hour',
    'pending',
    () => createRequest(context, flows.approved, 'alice', 'Production access', HOUR),
    ({ status }) => status,
  );
  await runner.step(
    'bob, who is not an approver, approves it',
    'refused',
    () => outcomeOf(() => api.approve(request.id, userId(context, 'bob'))),
    String,
  );
  await runner.step(
    'carol approves it, and alice is an effective member',
    'approved; alice by grant, carol by scim',
    async () => {
      const { status } = await api.approve(request.id, userId(context, 'carol'));
      await untilActive(context, 'alice', 1);
      return `${status}; ${await untilMembers(context, 'Production access', 'alice by grant, carol by scim')}`;
    },
    String,
  );
  await runner.step(
    'Okta reads the group and gets only the pushed members',
    'carol',
    () => catalog.client.send('GET', `/Groups/${groupId(context, 'Production access')}`),
    (read) => names(context, read?.['members']),
  );
  await runner.step(
    'bob requests On-call and Finance at the same time',
    'active, active',
    async () => {
      await Promise.all(
        ['On-call', 'Finance'].map((name) => createRequest(context, flows.automatic, 'bob', name, HOUR)),
      );
      return untilActive(context, 'bob', 2);
    },
    (grants) => grants.map((grant) => grant.status).join(', '),
  );
  await pushNow(context);
}

async function pushNow(context: DemoContext): Promise<void> {
  const { runner, catalog } = context;
  const [production, finance] = [group(context, 'Production access'), group(context, 'Finance')];
  const financeAfter = `bob by grant, ${byScim('person18', 'person19', 'person22')}`;
  await runner.step(
    'Okta pushes all members again ("Push Now"), and every grant stays',
    `alice by grant, carol by scim; ${financeAfter}`,
    async () => {
      finance.members.clear();
      for (const name of ['person18', 'person19', 'person22']) finance.members.add(person(context, name));
      await runTasks(catalog, catalog.groups.pushNow(production), catalog.groups.pushNow(finance));
      const after = await untilMembers(context, 'Finance', financeAfter);
      return `${await effectiveMembers(context, 'Production access')}; ${after}`;
    },
    String,
  );
}

function createRequest(context: DemoContext, flowId: string, name: string, groupName: string, durationSeconds: number) {
  return context.api.createRequest({
    flowId,
    userId: userId(context, name),
    groupId: groupId(context, groupName),
    durationSeconds,
    justification: `the first day of ${name}`,
  });
}

/** @returns `refused` for a 403, else `allowed`. @throws ApiFailure for other errors */
async function outcomeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'allowed';
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 403) return 'refused';
    throw error;
  }
}

function names(context: DemoContext, members: unknown): string {
  const list = Array.isArray(members) ? (members as { value?: string }[]) : [];
  return list.map((member) => nameOf(context, member.value)).join(', ');
}
